"""PHP's own web server with its worker processes."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.support import wordpress_golden as golden
from tests.support.processes import (
    free_port,
    is_free,
    kill,
    listens,
    living,
    members,
    spawn,
    wait_until,
)


@dataclass
class PhpServer:
    """Answers at a port that it keeps, `workers` requests side by side, and one more.

    `root`: the site's directory, for logs and what PHP has compiled. `router`: the script that each
    request goes to. `spare`: workers beyond those, where tests kill some: PHP does not replace
    them, and to start all again costs more. `is_exchanged`: folders take each other's places there.
    The document root is given at each start: it may have been laid out meanwhile.
    """

    root: Path
    router: Path
    workers: int
    spare: int = 0
    env: dict[str, str] = field(default_factory=dict)
    is_exchanged: bool = False
    port: int = field(default_factory=free_port)
    _process: subprocess.Popen[bytes] | None = None
    _living: set[int] = field(default_factory=set)
    _enough: int = 0
    _first: int = 0

    @property
    def log(self) -> Path:
        """What PHP said."""
        return self.root / f"{self.router.stem}.log"

    def start(self, document_root: Path) -> None:
        """Returns when it listens."""
        wait_until(lambda: is_free(self.port), f"port {self.port}")
        options = golden.php_options(self.root, is_exchanged=self.is_exchanged)
        command = ["php", *options, "-S", f"127.0.0.1:{self.port}"]
        workers = {"PHP_CLI_SERVER_WORKERS": str(self.workers + self.spare)}
        self._process = spawn(
            [*command, "-t", str(document_root), str(self.router)],
            self.log,
            cwd=document_root,
            env={**os.environ, **workers, **self.env},
        )
        wait_until(self._listens, "PHP's web server")
        wait_until(self._has_all_workers, "the workers of PHP's web server")
        self._enough = len(self._living) - self.spare

    def stop(self) -> None:
        """End it, whatever it is doing."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    def is_strong(self) -> bool:
        """Whether enough of its processes live. The first one takes all others with it."""
        self._living = self._still_living()
        return self._first in self._living and len(self._living) >= self._enough

    def bury(self) -> None:
        """Wait until a process that was killed is gone; until then it still counts as living."""
        wait_until(lambda: self._living != self._still_living(), "the end of a process of PHP")

    def _has_all_workers(self) -> bool:
        """It listens before it has made them. What most of the processes come from is the first."""
        self._look_for_its_end()
        self._living = self._members()
        [(self._first, children)] = Counter([0, *map(_parent, self._living)]).most_common(1)
        return children == self.workers + self.spare

    def _still_living(self) -> set[int]:
        """PHP makes no new ones, so nobody else's processes need to be looked at."""
        return set(living(self._living, self._process.pid)) if self._process is not None else set()

    def _members(self) -> set[int]:
        return set(members(self._process.pid)) if self._process is not None else set()

    def _listens(self) -> bool:
        self._look_for_its_end()
        return listens(self.port)

    def _look_for_its_end(self) -> None:
        """Raises RuntimeError, with what PHP said, where it has ended by itself."""
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(self.log.read_text(errors="replace")[-2000:])


def _parent(pid: int) -> int:
    """0 where it ended meanwhile."""
    with suppress(OSError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
