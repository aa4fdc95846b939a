"""The product's own processes, started as `igny8 web` and `igny8 worker` are, and ended."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from urllib.parse import urlsplit

import sqlalchemy as sa

from benchmarks.desk import environment
from tests.support.desk import Desk
from tests.support.processes import wait_until
from webapp.publisher.records.models import WorkerProcess


@contextmanager
def web(desk: Desk) -> Iterator[int]:
    """The web process, answering; its pid."""
    with _running(desk, "web") as pid:
        url = desk.system.config.public_url
        wait_until(lambda: answers(url), "the web process")
        yield pid


@contextmanager
def worker(desk: Desk) -> Iterator[int]:
    """The worker process, ready for work; its pid."""
    with workers(desk, 1) as pids:
        yield pids[0]


@contextmanager
def workers(desk: Desk, count: int) -> Iterator[list[int]]:
    """So many worker processes, ready for work; their pids."""
    with ExitStack() as stack:
        pids = [stack.enter_context(_running(desk, "worker")) for _ in range(count)]
        wait_until(lambda: _are_working(desk, pids), "the workers")
        time.sleep(0.5)  # Huey's consumer starts after the engine
        yield pids


@contextmanager
def _running(desk: Desk, name: str) -> Iterator[int]:
    """The process; it is told to end when the benchmark does, in whatever way that ends."""
    config = desk.system.config
    command = ["setpriv", "--pdeathsig", "TERM", sys.executable, "-m", "webapp.cli", name]
    with (config.var / f"{name}.log").open("ab") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environment(config)}, stdout=output, stderr=output
        )
    try:
        yield process.pid  # setpriv becomes the program
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    """Whether the web process answers; asked so cheaply that asking does not slow its start."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _are_working(desk: Desk, pids: list[int]) -> bool:
    with desk.system.db.read() as db:
        return set(pids) <= set(db.scalars(sa.select(WorkerProcess.pid)))
