"""What lies in the queue: names and numbers, whoever has put it there."""

from __future__ import annotations

import os
import pickle
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis import Redis

from tests.conftest import MakeSystem
from tests.support.redis_server import RedisServer
from webapp.config import Config
from webapp.core.jobs import AsJson
from webapp.core.system import System

OF_HUEY = b"\0" * 8  # before each message in Redis, so that two of the same are two
WRONG = [
    b"",
    b"{}",
    b'["1", "publish"]',
    b'["1", "publish", ["1"]]',
    b'["1", "publish", [-1]]',
    b'["1", "publish", [9223372036854775808]]',
    b'["1", "publish", [1], {"on_complete": 1}]',
]


class Evil:
    """What somebody puts there who can write to the queue."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.path),)


@pytest.fixture(params=["file", "redis"])
def system(
    request: pytest.FixtureRequest, config: Config, make_system: MakeSystem, tmp_path: Path
) -> System:
    if request.param == "file":
        return make_system(replace(config, queue_url=f"sqlite:///{tmp_path / 'queue.sqlite'}"))
    redis: RedisServer = request.getfixturevalue("redis")
    return make_system(replace(config, queue_url=redis.url))


def put(system: System, message: bytes) -> None:
    """Past our code, as the first in the queue."""
    url, name = system.config.queue_url, system.jobs.huey.storage.name
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
            insert = "INSERT INTO task (queue, data, priority) VALUES (?, ?, 9)"
            file.execute(insert, (name, message))
        return
    with Redis.from_url(url) as stranger:
        [key] = [one for one in stranger.scan_iter("*") if stranger.type(one) == b"zset"]
        stranger.zadd(key, {OF_HUEY + message: -10.0})


def test_who_can_write_to_the_queue_runs_nothing_in_a_worker(
    system: System, tmp_path: Path
) -> None:
    """What is no job of ours is left out, and the ones behind it are done."""
    done: list[tuple[int, ...]] = []
    system.jobs.register("publish", lambda *ids: done.append(ids))
    system.jobs.enqueue("publish", 1, 2**63 - 1)
    put(system, pickle.dumps(Evil(tmp_path / "mine")))
    with pytest.raises(msgspec.DecodeError):
        system.jobs.huey.dequeue()
    assert not (tmp_path / "mine").exists()
    huey = system.jobs.huey
    huey.execute(huey.dequeue())
    assert done == [(1, 2**63 - 1)]
    assert system.jobs.waiting() == 0


@pytest.mark.parametrize("message", WRONG)
def test_what_is_no_job_is_refused(message: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        AsJson().deserialize(message)
