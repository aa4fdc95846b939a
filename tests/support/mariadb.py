"""A private MariaDB server on a Unix socket."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pymysql
from pymysql.cursors import DictCursor

from tests.support.processes import kill, spawn, wait_until

_AS_ROOT = ["--user=root"] if os.geteuid() == 0 else []


class MariaDB:
    """One data directory and the server that serves it."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.socket = directory / "s.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make an empty data directory."""
        self.directory.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [
                "mariadb-install-db",
                "--no-defaults",
                f"--datadir={self.directory}/data",
                "--skip-test-db",
                "--auth-root-authentication-method=normal",
                "--innodb-log-file-size=16M",
                *_AS_ROOT,
            ],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def start(self) -> None:
        """Serve the data directory; durable against the end of PHP, not against power loss.

        It has a temporary directory of its own: a MariaDB that starts removes the temporary tables
        that it finds there, also those of a server that runs.
        """
        temporary = self.directory / "tmp"
        temporary.mkdir(exist_ok=True)
        self._process = spawn(
            [
                "mariadbd",
                "--no-defaults",
                f"--datadir={self.directory}/data",
                f"--tmpdir={temporary}",
                f"--socket={self.socket}",
                f"--pid-file={self.directory}/pid",
                f"--log-error={self.directory}/error.log",
                "--skip-networking",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--innodb-buffer-pool-size=128M",
                "--innodb-log-file-size=16M",
                "--innodb-flush-log-at-trx-commit=0",
                "--innodb-doublewrite=0",
                "--performance-schema=OFF",
                "--character-set-server=utf8mb4",
                *_AS_ROOT,
            ],
            self.directory / "out.log",
        )
        wait_until(self._answers, "MariaDB")

    def shut_down(self) -> None:
        """Stop gently, so that the data directory can be copied."""
        subprocess.run(
            ["mariadb-admin", "--no-defaults", f"--socket={self.socket}", "-uroot", "shutdown"],
            check=True,
        )
        if self._process:
            self._process.wait(timeout=30)
            self._process = None

    def kill(self) -> None:
        """Stop at once."""
        if self._process:
            kill(self._process)
            self._process = None

    def query(self, statement: str) -> list[dict[str, str | None]]:
        """Rows of one statement in WordPress' database; every value is text or None."""
        return self.query_each([statement])[0]

    def query_each(self, statements: Sequence[str]) -> list[list[dict[str, str | None]]]:
        """The same for several statements, over one connection."""
        connection = pymysql.connect(
            unix_socket=str(self.socket),
            user="root",
            database="wordpress",
            charset="utf8mb4",
            conv={},
            autocommit=True,
            ssl_disabled=True,
            cursorclass=DictCursor,
        )
        found = []
        with closing(connection), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
                rows = [{name: _text(value) for name, value in row.items()} for row in cursor]
                found.append(rows)
        return found

    def _answers(self) -> bool:
        if self._process and self._process.poll() is not None:
            log = (self.directory / "error.log").read_text(errors="replace")
            raise RuntimeError(f"MariaDB ended: {log[-2000:]}")
        return self.answers()

    def answers(self) -> bool:
        """Whether somebody listens."""
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.socket)) == 0


def _text(value: str | bytes | None) -> str | None:
    """Binary columns come as bytes."""
    return value.decode(errors="replace") if isinstance(value, bytes) else value
