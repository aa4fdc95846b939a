"""The product as Compose would start it: two web processes and three workers on a PostgreSQL and a
Redis of their own, behind nginx, all of which can be troubled.

    with House(directory) as house:
        house.start()
        with house.load() as load: ...
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx
import psycopg

from tests.conftest import KEY
from tests.destinations.product import BOUNDED, ROOT, Product, end
from tests.support import composed, fronts
from tests.support.pgbouncer import pooled
from tests.support.plain_http import NO_TLS
from tests.support.postgres import Postgres
from tests.support.processes import free_port, wait_until
from tests.support.redis_server import RedisServer

LEASE = 2.0
GIVEN = {"DESK_NAME": fronts.NAME, "POSTGRES_PASSWORD": "none", "IGNY8_SECRET_KEYS": KEY}
SETTINGS = {
    "IGNY8_LEASE_SECONDS": str(LEASE),
    "IGNY8_VERIFY_SECONDS": "0.01",
    "IGNY8_MANUAL_RETRY_SECONDS": "0.3",
    "IGNY8_SCHEDULED_RETRY_SECONDS": "1",
    "IGNY8_ALLOW_PRIVATE_DESTINATIONS": "1",
    "IGNY8_TRUSTED_PROXIES": "127.0.0.1",
    "IGNY8_API_PER_MINUTE": "0",
    "IGNY8_BACKUPS": "",
    "IGNY8_LOG": "json",
}
# The clocks of the workers' machines, in seconds before and behind the database's.
CLOCKS = ("0", "300", "-300")
AT_ANOTHER_TIME = """
import sys
from datetime import timedelta
from webapp.core import clock
by, real = timedelta(seconds=float(sys.argv.pop(1))), clock.host
clock.host = lambda: real() + by
clock.use(clock.host)
"""
DISK = "96m"
ROLE = "igny8"


@dataclass
class Process:
    """One of the five. `port` is of a web process."""

    kind: str
    command: list[str]
    env: dict[str, str]
    log: Path
    port: int = 0
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.running = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=self.env,
                start_new_session=True,
            )

    def stop(self) -> None:
        """As a service is stopped; it finishes what it does."""
        assert self.running is not None
        self.running.send_signal(signal.SIGTERM)
        self.running.wait(timeout=60)

    def kill(self) -> None:
        if self.running is not None:
            end(self.running)

    @property
    def pids(self) -> list[int]:
        return [self.running.pid] if self.running is not None else []

    def is_ready(self) -> bool:
        assert self.running is not None
        assert self.running.poll() is None, self.log.read_text()[-3000:]
        if not self.port:
            return '"event": "worker started"' in self.log.read_text()
        try:
            url = f"http://127.0.0.1:{self.port}/readyz"
            return httpx.get(url, timeout=5, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False


class House:
    """Servers and processes. Needs root for a disk of its own that can be full."""

    def __init__(self, directory: Path, *, through_pgbouncer: bool = False) -> None:
        self.directory = directory
        self.postgres, self.redis = Postgres(), RedisServer()
        self._through_pgbouncer = through_pgbouncer
        self._stack = ExitStack()
        self.processes: list[Process] = []
        self.disk: Path | None = None

    def __enter__(self) -> Self:
        with self._stack:
            self._stack.callback(self.postgres.stop)
            self._stack.callback(self.redis.stop)
            self.postgres.start()
            self.redis.start()
            self.direct = self._database()
            self.url = self.direct
            if self._through_pgbouncer:
                # Half of what the five would open.
                self.url = self._stack.enter_context(pooled(self.direct, default_pool_size="25"))
            self._make_processes()
            self._stack = self._stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        with self._stack:
            for one in self.processes:
                one.kill()

    def start(self) -> float:
        """All at once, on an empty database; seconds until the last one is ready."""
        began = time.monotonic()
        for one in self.processes:
            one.start()
        wait_until(lambda: all(one.is_ready() for one in self.processes), "five processes", 120)
        self.product = self._stack.enter_context(Product(self.directory, **self._settings()))
        self.product.desk.connect("headless")
        webs = [one.port for one in self.processes if one.port]
        place = self.directory / "nginx"
        place.mkdir()
        self.port = self._stack.enter_context(fronts.behind("nginx", place, *webs))
        return time.monotonic() - began

    @property
    def workers(self) -> list[Process]:
        return [one for one in self.processes if one.kind == "worker"]

    @property
    def webs(self) -> list[Process]:
        return [one for one in self.processes if one.kind == "web"]

    def keep(self) -> None:
        """Start again what has ended, as whoever keeps services running does."""
        for one in self.processes:
            if one.running is not None and one.running.poll() is not None:
                one.start()

    def said(self) -> str:
        """What all processes have written."""
        return "".join(one.log.read_text() for one in self.processes)

    def connections(self) -> int:
        """How many PostgreSQL has from them now."""
        return int(self.ask("SELECT count(*) FROM pg_stat_activity WHERE usename = 'igny8'"))

    def ask(self, statement: str) -> str:
        """The server's administrator asks, or orders."""
        dsn = f"host={self.postgres.directory} user=postgres dbname=postgres"
        with psycopg.connect(dsn, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            row = cursor.fetchone() if cursor.description else None
            return str(row[0]) if row else ""

    def _database(self) -> str:
        """A database of a role with no more rights than an installation has, on a small disk."""
        self.ask(f"CREATE ROLE {ROLE} LOGIN")
        # Committed is written, also when the server is killed (tests/support/postgres.py is lax).
        self.ask(f"ALTER ROLE {ROLE} SET synchronous_commit = on")
        place = ""
        self.disk = self._disk()
        if self.disk is not None:
            self.ask(f"CREATE TABLESPACE small LOCATION '{self.disk}'")
            place = "TABLESPACE small"
        self.ask(f"CREATE DATABASE {ROLE} OWNER {ROLE} {place}")
        return f"postgresql+psycopg://{ROLE}@/{ROLE}?host={self.postgres.directory}"

    def _disk(self) -> Path | None:
        disk = self.postgres.directory.with_name(self.postgres.directory.name + "-disk")
        disk.mkdir()
        self._stack.callback(shutil.rmtree, disk, ignore_errors=True)
        mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            return None
        self._stack.callback(subprocess.run, ["umount", "-l", str(disk)], check=False)
        inner = disk / "data"
        inner.mkdir()
        shutil.chown(inner, "postgres", "postgres")
        return inner

    def _settings(self) -> dict[str, str]:
        pooled_by = {"IGNY8_PGBOUNCER": "1"} if self._through_pgbouncer else {}
        addresses = {"IGNY8_DATABASE_URL": self.url, "IGNY8_QUEUE_URL": self.redis.url}
        named = {"IGNY8_SECRET_KEYS": KEY, "IGNY8_PUBLIC_URL": f"https://{fronts.NAME}"}
        return {**SETTINGS, **addresses, **named, **pooled_by}

    def _make_processes(self) -> None:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("IGNY8_")}
        clocks = iter(CLOCKS)
        for number, (kind, env) in enumerate(composed.processes(GIVEN, **self._settings())):
            port = free_port() if kind == "web" else 0
            command = [sys.executable, "-c", BOUNDED, kind]
            if kind == "worker":
                command = [sys.executable, "-c", AT_ANOTHER_TIME + BOUNDED, next(clocks), kind]
            given = {**kept, **env, "IGNY8_VAR": str(self.directory), "IGNY8_PORT": str(port or 1)}
            log = self.directory / f"{kind}-{number}.log"
            self.processes.append(Process(kind, command, given, log, port))
