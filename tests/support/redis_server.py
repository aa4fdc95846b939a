"""A private Redis on a free port, without persistence."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import free_port, frozen, kill, members, spawn, wait_until


class RedisMissing(RuntimeError):
    """There is no redis-server on this machine."""


class RedisServer:
    """`start()`, use `url`, `stop()`; after a stop it can be started again on the same port."""

    def __init__(self) -> None:
        if shutil.which("redis-server") is None:
            raise RedisMissing("Redis: install the package redis-server")
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = Path(tempfile.mkdtemp(prefix="igny8-redis-"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve, with an empty database."""
        command = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self._directory),
        ]
        self._process = spawn(command, self._directory / "log")
        wait_until(self._answers, "Redis")

    def kill(self) -> None:
        """End it at once; it can be started again."""
        if self._process is not None:
            kill(self._process)
            self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile it stands still: connections stay, and nothing is answered."""
        assert self._process is not None
        with frozen([one for one in members(self._process.pid) if _is_redis(one)]):
            yield

    def stop(self) -> None:
        """End it and remove its directory."""
        self.kill()
        shutil.rmtree(self._directory, ignore_errors=True)

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError((self._directory / "log").read_text(errors="replace")[-2000:])
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def _is_redis(pid: int) -> bool:
    return Path(f"/proc/{pid}/comm").read_text().startswith("redis")
