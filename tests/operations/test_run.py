"""`igny8 run` and its two processes, while what they stand on goes and comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.fernet import Fernet

from tests.conftest import own_postgres
from tests.support.postgres import Postgres
from tests.support.processes import free_port, kill, members, spawn, wait_until
from tests.support.redis_server import RedisServer
from webapp.core.absences import BRIEF

pytestmark = pytest.mark.heavy


class Runs:
    """`igny8 run --empty` on a PostgreSQL and a Redis of its own."""

    def __init__(self, var: Path, postgres: Postgres, redis: RedisServer) -> None:
        self.postgres, self.redis = postgres, redis
        self.keys, self.port, self._log = var / "keys", free_port(), var / "log"
        self.keys.write_text(Fernet.generate_key().decode())
        env = {name: one for name, one in os.environ.items() if not name.startswith("IGNY8_")}
        env |= {
            "IGNY8_VAR": str(var),
            "IGNY8_DATABASE_URL": postgres.url(postgres.create()),
            "IGNY8_QUEUE_URL": redis.url,
            "IGNY8_SECRET_KEYS_FILE": str(self.keys),
            "IGNY8_PORT": str(self.port),
            "IGNY8_LOG": "json",
        }
        command = [sys.executable, "-m", "webapp.cli", "run", "--empty"]
        self.process: subprocess.Popen[bytes] = spawn(command, self._log, env=env)

    def kill_worker(self) -> None:
        for pid in members(self.process.pid):
            words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
            if words[-2:] == ["worker", ""] and words[0] == sys.executable:
                os.kill(pid, signal.SIGKILL)

    def serves(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self.port}/readyz", timeout=9).status_code == 200
        except httpx.HTTPError:
            return False

    def said(self, part: str) -> list[dict[str, Any]]:
        """The lines whose event has this in it."""
        lines = [json.loads(one) for one in self._log.read_text().splitlines() if one[:1] == "{"]
        return [one for one in lines if part in one["event"]]

    def has_said(self, part: str) -> bool:
        return bool(self.said(part))


@pytest.fixture
def runs(tmp_path: Path, redis: RedisServer) -> Iterator[Runs]:
    with own_postgres() as postgres:
        made = Runs(tmp_path, postgres, redis)
        try:
            wait_until(made.serves, "the web process", 60)
            wait_until(partial(made.has_said, "worker started"), "the worker", 60)
            yield made
        finally:
            kill(made.process)


def test_what_passes_is_waited_for_and_what_is_back_is_said(runs: Runs) -> None:
    runs.postgres.crash()
    runs.kill_worker()
    tried = "The worker process cannot start yet, for what may pass; it is tried again in "
    wait_until(lambda: len(runs.said(tried)) == 2, "two tries", 60)
    assert [one["event"].removeprefix(tried) for one in runs.said(tried)] == [
        "2 seconds.",
        "5 seconds.",
    ]
    assert not runs.serves()
    assert not runs.said("is back")
    runs.postgres.serve()
    wait_until(lambda: len(runs.said("worker started")) == 2, "the worker", 60)
    wait_until(runs.serves, "the web process")
    [back] = runs.said("the database is back")
    assert back["seconds"] > 2
    runs.redis.kill()
    for loss in ("the feed of changes was lost", "Error reading from queue"):
        wait_until(partial(runs.has_said, loss), loss, 30)
    time.sleep(2 * BRIEF)
    runs.redis.start()
    for service in ("the feed of changes", "the queue of jobs"):
        wait_until(partial(runs.has_said, f"{service} is back"), service, 30)
    runs.keys.write_text("no key")
    runs.kill_worker()
    runs.process.wait(60)
    assert runs.said("is not a Fernet key")
    assert runs.said("The worker process ended with code 1. Everything is stopped.")
