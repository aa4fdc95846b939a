"""A private PostgreSQL on a Unix socket: nothing of the machine's own servers is touched."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from tests.support.processes import children, frozen, kill, spawn, wait_until

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class PostgresMissing(RuntimeError):
    """There is no PostgreSQL server on this machine."""


def binaries() -> Path:
    """The newest server's programs; raises PostgresMissing, saying how to get one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=_version)
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    if elsewhere:
        return Path(elsewhere).parent
    raise PostgresMissing("PostgreSQL: install the package postgresql")


def _version(path: Path) -> float:
    return float(path.parts[-3])


class Postgres:
    """A cluster in a directory of its own; `stop()` ends and removes it."""

    def __init__(self) -> None:
        self._programs = binaries()
        # Not below pytest's directories: an unprivileged user may not enter those.
        self.directory = Path(tempfile.mkdtemp(prefix="igny8-pg-"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Make the cluster and serve it; not durable against power loss, and quick."""
        if os.geteuid() == 0:
            shutil.chown(self.directory, "postgres", "postgres")
        data = f"{self.directory}/data"
        subprocess.run(
            [
                *self._as_user(),
                str(self._programs / "initdb"),
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "--no-sync",
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )
        self.serve()

    def serve(self) -> None:
        """Start the server on the cluster, also again after `crash`."""
        options = [part for setting in FAST for part in ("-c", setting)]
        command = [
            *self._as_user(),
            str(self._programs / "postgres"),
            "-D",
            f"{self.directory}/data",
            "-k",
            str(self.directory),
            "-c",
            "listen_addresses=",
            *options,
        ]
        self._process = spawn(command, Path(f"{self.directory}.log"), cwd=Path("/"))
        wait_until(self._answers, "PostgreSQL")

    def crash(self) -> None:
        """End all its processes at once, keeping the data."""
        if self._process is not None:
            kill(self._process)
            self._process = None
            # A dead postmaster that nobody has reaped yet would still count as running.
            for lock in ("data/postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
                (self.directory / lock).unlink(missing_ok=True)

    def stop(self) -> None:
        """End it and remove everything."""
        if self._process is not None:
            # Asked to end, it also gives its shared memory back to the machine.
            stop = [*self._as_user(), str(self._programs / "pg_ctl"), "stop", "-m", "immediate"]
            subprocess.run(
                [*stop, "-D", f"{self.directory}/data"],
                check=False,
                stdout=subprocess.DEVNULL,
                cwd="/",
            )
        self.crash()
        shutil.rmtree(self.directory, ignore_errors=True)
        Path(f"{self.directory}.log").unlink(missing_ok=True)

    @property
    def session(self) -> int:
        """The session in which all its processes are."""
        assert self._process is not None
        return self._process.pid

    @property
    def pids(self) -> list[int]:
        """Its processes of now. Those that serve a connection have sessions of their own."""
        first = int(Path(f"{self.directory}/data/postmaster.pid").read_text().split()[0])
        return [first, *children(first)]

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Meanwhile each of its processes stands still; first the one that starts the others."""
        with frozen(self.pids[:1]), frozen(self.pids):
            yield

    def url(self, database: str) -> str:
        """As IGNY8_DATABASE_URL takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.directory}"

    def create(self, template: str = "template1") -> str:
        """A new database, a copy of the template; its name."""
        name = f"t_{uuid.uuid4().hex[:16]}"
        create = sql.SQL("CREATE DATABASE {} TEMPLATE {}" + self._as_files)
        self._execute(create.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    @functools.cached_property
    def _as_files(self) -> LiteralString:
        """How servers that know another way are told to copy files, as older ones always do: that
        takes half as long as by pages through the log."""
        with psycopg.connect(self._dsn()) as connection:
            is_asked = connection.info.server_version >= 150_000
        return " STRATEGY FILE_COPY" if is_asked else ""

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected to it."""
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        self._execute(drop.format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._dsn(), autocommit=True) as connection:
            connection.execute(statement)

    def _dsn(self) -> str:
        return f"host={self.directory} user=postgres dbname=postgres"

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            log = Path(f"{self.directory}.log").read_text(errors="replace")
            raise RuntimeError(f"PostgreSQL ended: {log[-2000:]}")
        try:
            psycopg.connect(self._dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _as_user(self) -> list[str]:
        """PostgreSQL refuses to run as root."""
        if os.geteuid() != 0:
            return []
        return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
