"""Redis that is shared, refuses to be written, or stands still: nobody waits for it, and it is
noticed."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from huey import crontab
from redis import Redis
from redis.connection import AbstractConnection

from tests.conftest import MakeSystem
from tests.live.test_events import Open, hears_again, say
from tests.support.application import open_client
from tests.support.desk import Desk
from tests.support.logged import lines_of
from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from tests.support.redis_server import RedisServer
from webapp import health, worker
from webapp.accounts.throttle import Throttle
from webapp.config import Config
from webapp.core import absences
from webapp.core.absences import Absence
from webapp.core.db import Database
from webapp.core.shared_redis import RESTS, Rest
from webapp.core.system import System
from webapp.core.wake import wake

SOON = 0.2  # seconds that a click may take which changes nothing but rows


@pytest.fixture
def on_redis(config: Config, make_system: MakeSystem, redis: RedisServer) -> System:
    return make_system(replace(config, queue_url=redis.url))


@pytest.fixture
def another(on_redis: System, make_system: MakeSystem, tmp_path: Path) -> System:
    """Another installation that has been given the same Redis."""
    url = f"sqlite:///{tmp_path / 'another.sqlite'}"
    return make_system(replace(on_redis.config, database_url=url))


def click(desk: Desk, system: System) -> None:
    """What wakes a worker and tells open pages."""
    with system.db.write() as db:
        system.notices.send(db, desk.owner.account_id, "content", 1)
        wake(db, system, "publish", 1)


def clicks(desk: Desk, system: System, number: int) -> list[float]:
    """How long each of so many clicks takes."""
    taken = []
    for _ in range(number):
        began = time.monotonic()
        click(desk, system)
        taken.append(time.monotonic() - began)
    return taken


def test_two_installations_share_a_redis_and_nothing_in_it(
    desk: Desk, on_redis: System, another: System, open_tab: Open
) -> None:
    tab = open_tab(on_redis, desk.owner)
    say(another, desk.owner.account_id, "content", 601)
    another.jobs.enqueue("publish", 601)
    say(on_redis, desk.owner.account_id, "content", 602)
    assert tab.hears("602")
    assert not any("601" in line for line in tab.lines)
    assert on_redis.jobs.waiting() == 0
    assert another.jobs.waiting() == 1
    for one in (on_redis, another):
        asyncio.run(Throttle(60, one.config.queue_url, one.db.name).take("1"))
    with Redis.from_url(on_redis.config.queue_url) as admin:
        keys = [key.decode() for key in admin.scan_iter("*")]
    assert len(keys) >= 3
    assert {on_redis.db.name in key or another.db.name in key for key in keys} == {True}


def test_processes_of_one_installation_call_it_the_same(postgres: Postgres) -> None:
    """Also where their addresses differ, and where the role is not the server's superuser."""
    first, second = postgres.create(), postgres.create()
    one = Database(postgres.url(first))
    with one.write() as db:
        db.execute(sa.text("CREATE ROLE one_of_many LOGIN"))
    try:
        other = Database(postgres.url(first).replace("postgres@", "one_of_many@"))
        third = Database(postgres.url(second))
        assert one.name == other.name != third.name
        for database in (other, third):
            database.dispose()
    finally:
        with one.write() as db:
            db.execute(sa.text("DROP ROLE one_of_many"))
        one.dispose()
        postgres.drop(first)
        postgres.drop(second)


def test_a_redis_that_stands_still_holds_nobody_up_and_is_noticed(
    desk: Desk, on_redis: System, redis: RedisServer, open_tab: Open
) -> None:
    tab = open_tab(on_redis, desk.owner)
    clicks(desk, on_redis, 3)
    before = sum("hello" in line for line in tab.lines)
    with redis.frozen():
        taken = clicks(desk, on_redis, 40)
        assert sum(one > SOON for one in taken) <= 1, "more than one click waited for Redis"
        assert max(taken) < 1.5
        began = time.monotonic()
        found = health.checks(on_redis)
        assert not found["queue"]["ok"]
        assert time.monotonic() - began < 2
        is_noticed = lambda: sum("hello" in line for line in tab.lines) > before  # noqa: E731
        wait_until(is_noticed, "tabs to fetch what they show", 10)
    hears_again(tab, desk, on_redis)


def test_a_redis_that_refuses_to_be_written_is_said(
    desk: Desk, on_redis: System, redis: RedisServer
) -> None:
    assert health.checks(on_redis)["queue"]["ok"]
    with Redis.from_url(redis.url) as admin:
        admin.config_set("maxmemory", "1")
    told = health.checks(on_redis)["queue"]
    assert not told["ok"]
    assert "maxmemory" in told["message"]
    assert max(clicks(desk, on_redis, 20)) < SOON * 2


@pytest.fixture
def journeys(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What goes to Redis, as often as somebody waits for its answer."""
    sent: list[object] = []
    send: Any = AbstractConnection.send_packed_command

    def noted(self: AbstractConnection, command: Any, *args: Any, **kept: Any) -> Any:
        sent.append(command)
        return send(self, command, *args, **kept)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", noted)
    return sent


def test_no_page_waits_for_redis_and_what_asks_it_waits_once(
    desk: Desk, on_redis: System, journeys: list[object]
) -> None:
    with open_client(on_redis) as client:
        desk.sign_in(client, desk.owner)
        journeys.clear()
        for page in (
            "/review",
            "/publisher/publishing-queue",
            "/publisher/content-calendar",
            "/content",
            "/readyz",
        ):
            answer = client.get(page)
            assert answer.status_code == 200, page
            assert journeys == [], page
    for act in (lambda: health.checks(on_redis), lambda: click(desk, on_redis)):
        journeys.clear()
        act()
        assert len(journeys) == 1
    assert on_redis.jobs.waiting() == 1


def test_rests_grow_until_it_works_again() -> None:
    now, done = [0.0], []

    def fails() -> None:
        done.append(now[0])
        raise OSError

    rest = Rest("Redis", lambda: now[0])
    for _ in range(200):
        assert not rest.tried(fails, "away")
        now[0] += 0.5
    gaps = [after - before for before, after in itertools.pairwise(done)]
    assert gaps[:3] == list(RESTS[:3])
    assert set(gaps[3:]) == {RESTS[-1]}
    rest.end()
    assert rest.tried(lambda: None, "away")
    assert not rest.tried(fails, "away")
    assert rest.begin() == RESTS[1]


def test_what_is_back_is_said_once_with_how_long_it_was_away() -> None:
    now = [0.0]
    absence = Absence("the database", lambda: now[0])
    with lines_of(absences) as lines:
        for moment in (0.0, 0.5, 3.0, 5.0):
            now[0] = moment
            absence.noticed()
        for now[0] in (7.25, 8.0):
            absence.over()
        absence.noticed()
        now[0] = 8.5
        absence.over()  # one that refuses one of many is not away
    assert [(one["event"], one["seconds"]) for one in lines] == [("the database is back", 7.2)]


def test_the_table_is_kept_while_the_queue_is_away(
    config: Config, make_system: MakeSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[System] = []
    monkeypatch.setattr(worker, "PERIODIC", [("note", crontab(minute="*"), done.append)])
    system = make_system(replace(config, queue_url="redis://127.0.0.1:1/0"))
    table = worker.periodic(system)
    worker.begin(table)
    wait_until(lambda: done == [system], "the minute's job")
    table.stop(graceful=True)
