"""Machines with wrong clocks: nothing goes out early or twice, and it is said whose they are."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from tests.support.postgres import Postgres
from tests.support.processes import kill, spawn, wait_until
from webapp.config import Config
from webapp.core.clock import host, use
from webapp.core.system import System
from webapp.integrations.health import Health
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import clocks, destinations, reconcile
from webapp.publisher.records.models import WorkerProcess

AHEAD, BEHIND = timedelta(minutes=5), timedelta(minutes=-5)


# A worker on a machine whose clock shows another time.
WORKER = """
import sys
from datetime import timedelta
from webapp.core import clock
real = clock.host
clock.host = lambda: real() + timedelta(seconds=float(sys.argv[1]))
clock.use(clock.host)
from webapp.cli import main
main(["worker"])
"""


@pytest.mark.parametrize(
    ("own", "others", "is_wrong"),
    [
        ([0], [0, 0], False),
        ([300], [0, 0], False),
        ([300], [299.5, 301], True),
        ([-300], [-300, 300], False),
        ([300], [], False),
        ([0.4], [0.4], False),
    ],
)
def test_where_all_differ_alike_the_database_is_wrong(
    own: list[float], others: list[float], is_wrong: bool
) -> None:
    found = [timedelta(seconds=one) for one in (*own, *others)]
    assert clocks.is_database_wrong(found) is is_wrong


@pytest.mark.parametrize(
    ("machines", "websites", "is_wrong"),
    [
        ([300], [301], True),  # one process, and a website that goes with it
        ([300, 308, 260], [301, 300, 0], True),  # most websites, and machines that differ
        ([300, 300], [0, 1, 300], False),  # alike, and most websites go with the database
        ([300, -300], [301], False),
        ([300], [-301], False),
        ([0.2], [300], False),
        ([300, 0.2], [300], False),
    ],
)
def test_websites_are_asked_who_is_right(
    machines: list[float], websites: list[float], is_wrong: bool
) -> None:
    ours, theirs = ([timedelta(seconds=one) for one in found] for found in (machines, websites))
    assert clocks.is_database_wrong(ours, theirs) is is_wrong


@pytest.mark.both_databases
def test_what_websites_say_of_our_clock_is_told(
    desk: Desk, misbehaving: Misbehaving, clock: FakeClock
) -> None:
    """A health check keeps what a real server's answer says; we go by a clock that is behind."""
    integration_id = desk.connect("wordpress", misbehaving.url)
    clock.now = host() - AHEAD
    use(clock)
    try:
        reconcile.check_one(desk.system, integration_id)
        with desk.system.db.read() as db:
            [told] = clocks.wrong(db, desk.system)
        assert "behind that of 1 website" in told
        assert "300" in told or "299" in told
        desk.system.clock = Ahead(clock, AHEAD)
        with desk.system.db.read() as db:
            [told] = clocks.wrong(db, desk.system)
            assert "The database’s clock is" in told
            assert "1 website go" in told
            assert clocks.may_work(db, desk.system)
        clock.advance(hours=1)
        with desk.system.db.read() as db:
            [told] = clocks.wrong(db, desk.system)
        assert "website" not in told, "what it said an hour ago counts no more"
    finally:
        use(host)


@pytest.mark.both_databases
@pytest.mark.parametrize("years", [1, -1, 7900])
def test_a_website_with_a_wild_clock_silences_no_other(desk: Desk, years: int) -> None:
    """Its Date is of another year; more milliseconds than PostgreSQL's INTEGER holds."""
    integration_id = desk.connect("wordpress", "http://127.0.0.1:1")
    there = datetime.now(UTC).replace(day=1)
    date = format_datetime(there.replace(year=there.year + years), usegmt=True)
    desk.system.http.told.note("127.0.0.1:1", {"date": date})
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, integration_id)
        destinations.note_health(db, desk.system, row, Health(status="healthy"))
        assert abs(row.health_report[destinations.CLOCK]) == 10 * 24 * 3600 * 1000
    with desk.system.db.read() as db:
        [told] = clocks.wrong(db, desk.system)
    assert "864,000.0 s" in told


@pytest.mark.both_databases
def test_a_wild_clock_that_was_kept_before_is_read(desk: Desk) -> None:
    integration_id = desk.connect("wordpress", "http://127.0.0.1:1")
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, integration_id)
        row.health_checked_at = desk.system.clock()
        row.health_report = {destinations.CLOCK: 30 * 24 * 3600 * 1000}
    with desk.system.db.read() as db:
        [told] = clocks.wrong(db, desk.system)
    assert "behind that of 1 website" in told


class Ahead:
    """The database's clock, as a process sees it whose own one is ahead of it."""

    def __init__(self, clock: FakeClock, offset: timedelta) -> None:
        self._clock, self.offset = clock, offset

    def __call__(self) -> datetime:
        return self._clock()


@pytest.fixture
def house(
    config: Config, postgres: Postgres, postgres_template: str, make_system: MakeSystem
) -> Iterator[Desk]:
    """A desk on PostgreSQL, which goes by the real clock."""
    name = postgres.create(postgres_template)
    system = make_system(replace(config, database_url=postgres.url(name)))
    system.clock = host
    made = Desk(system)
    made.connect()
    yield made
    system.close()
    postgres.drop(name)


@pytest.fixture
def workers(house: Desk, redis_url: str, tmp_path: Path) -> Iterator[None]:
    """Three workers on one PostgreSQL: one is right, one five minutes ahead, one behind."""
    started = []
    config = house.system.config
    env = {
        **os.environ,
        "IGNY8_VAR": str(tmp_path),
        "IGNY8_DATABASE_URL": config.database_url,
        "IGNY8_QUEUE_URL": redis_url,
        "IGNY8_SECRET_KEYS": config.secret_keys[0],
        "IGNY8_PUBLIC_URL": config.public_url,
        "IGNY8_ALLOW_PRIVATE_DESTINATIONS": "1",
        "IGNY8_VERIFY_SECONDS": "0.1",
    }
    try:
        for number, by in enumerate((timedelta(), AHEAD, BEHIND)):
            log = tmp_path / f"worker{number}.log"
            command = [sys.executable, "-c", WORKER, str(by.total_seconds())]
            started.append(spawn(command, log, env=env))
        yield
    finally:
        for process in started:
            kill(process)


def offsets(system: System) -> list[int]:
    """By how many minutes the workers' clocks are ahead, as they say."""
    with system.db.read() as db:
        found = db.scalars(sa.select(WorkerProcess.clock_ahead_ms))
        return sorted(round(one / 60_000) for one in found)


@pytest.mark.heavy
@pytest.mark.usefixtures("workers")
def test_workers_with_wrong_clocks_are_on_time_and_say_so(house: Desk) -> None:
    desk, system = house, house.system
    wait_until(lambda: offsets(system) == [-5, 0, 5], "three workers")
    due = host() + timedelta(seconds=4)
    ids = []
    for number in range(30):
        content_id = desk.approved(title=f"On time {number}")
        with desk.changing(content_id) as (_, content):
            content.site_status, content.scheduled_publish_at = "scheduled", due
        ids.append(content_id)
    while host() < due:
        seen = [desk.content(one).site_status for one in ids]
        if host() < due:
            assert set(seen) == {"scheduled"}, "somebody was early"
        time.sleep(0.05)
    wait_until(lambda: all(desk.content(one).status == "published" for one in ids), "all of them")
    for content_id in ids:
        [record] = desk.records_of(content_id)
        assert record.attempt == 1
        assert record.started_at is not None
        assert timedelta() <= record.started_at - due < timedelta(seconds=10)
    with system.db.read() as db:
        told = clocks.wrong(db, system)
    assert len(told) == 2
    assert "300.0 s" in told[0].replace("299.9", "300.0").replace("300.1", "300.0")
    with desk.browser(desk.owner) as client:
        assert "has a clock that is 300 s off" in client.get("/layout/line").text
