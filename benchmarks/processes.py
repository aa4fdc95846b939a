"""The product's own processes, started as `igny8 web` and `igny8 worker` are, and ended."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import sqlalchemy as sa

from benchmarks.desk import environment
from tests.support.desk import Desk
from tests.support.processes import kill, spawn, wait_until
from webapp.publisher.models import WorkerProcess


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
    with _running(desk, "worker") as pid:
        wait_until(lambda: _is_working(desk), "the worker")
        time.sleep(0.5)  # Huey's consumer starts after the engine
        yield pid


@contextmanager
def _running(desk: Desk, name: str) -> Iterator[int]:
    config = desk.system.config
    env = {**os.environ, **environment(config)}
    program = [sys.executable, "-m", "webapp.cli", name]
    process = spawn(program, config.var / f"{name}.log", env=env)
    try:
        yield _child(process)
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)
    finally:
        kill(process)


def _child(process: subprocess.Popen[bytes]) -> int:
    """The program's pid: `spawn` wraps it in `timeout`."""
    path = f"/proc/{process.pid}/task/{process.pid}/children"
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with open(path) as children:
            pids = children.read().split()
        if pids:
            return int(pids[0])
        time.sleep(0.005)
    raise TimeoutError("the process did not start")


def answers(url: str) -> bool:
    """Whether the web process answers."""
    try:
        return httpx.get(url + "/healthz", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _is_working(desk: Desk) -> bool:
    with desk.system.db.read() as db:
        return db.scalar(sa.select(sa.func.count()).select_from(WorkerProcess)) == 1
