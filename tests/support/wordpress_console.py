"""PHP code inside a site's WordPress, whatever the site's own web server is doing.

A web server of its own runs it, which keeps WordPress compiled: a process for each piece of code
would spend most of its time on loading that.
"""

from __future__ import annotations

from pathlib import Path

import httpx

from tests.support import wordpress_golden as golden
from tests.support.php_server import PhpServer
from tests.support.plain_http import NO_TLS

_END = "\n-- came to its end --"  # console.php prints it last


class Console:
    """Runs code in the WordPress at `home`; starts with the first code."""

    def __init__(self, home: Path, root: Path, *, is_exchanged: bool) -> None:
        self._home = home
        self._server = PhpServer(
            root, golden.TEMPLATES / "console.php", workers=2, is_exchanged=is_exchanged
        )

    def run(self, code: str) -> str:
        """What the code, without `<?php`, prints; RuntimeError when it does not come to its end."""
        if not self._server.is_strong():
            self._server.stop()
            self._server.start(self._home)
        address = f"http://127.0.0.1:{self._server.port}/"
        try:
            answer = httpx.post(address, content=code, timeout=120, verify=NO_TLS)
        except httpx.TransportError as problem:  # as that, it would pass for a site's own
            raise RuntimeError(f"PHP gave no answer: {problem}") from problem
        printed, end, _ = answer.text.rpartition(_END)
        if not end or not answer.is_success:
            raise RuntimeError(f"PHP ended early, with {answer.status_code}: {answer.text}")
        return printed

    def stop(self) -> None:
        """End it, whatever it is doing."""
        self._server.stop()
