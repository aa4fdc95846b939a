"""When workers were there, and sites that are paused."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.rhythm import alive, choose, claim, gone, scheduled, stands, stay
from webapp import health
from webapp.core import processes
from webapp.core.system import System
from webapp.live import watch
from webapp.live.feed import Hub
from webapp.publisher.delivery import due, heartbeats
from webapp.publisher.records.models import PublishingRecord, WorkerProcess

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Connected with the headless destination; a worker runs."""
    desk.connect()
    alive(desk.system)
    return desk


def test_a_worker_that_signed_off_is_kept_with_its_time(desk: Desk, clock: FakeClock) -> None:
    began = clock.now
    clock.advance(5)
    gone(desk.system)
    [row] = desk.rows(WorkerProcess)
    assert (row.started_at, row.seen_at, row.stopped_at) == (began, clock.now, clock.now)


def test_people_are_told_when_the_last_worker_has_signed_off(desk: Desk) -> None:
    notice = "The worker is not running"
    with desk.browser(desk.owner) as client:
        assert health.checks(desk.system)["worker"]["ok"]
        assert notice not in client.get("/review").text
        gone(desk.system)
        assert not health.checks(desk.system)["worker"]["ok"]
        assert notice in client.get("/review").text


def test_a_dead_worker_is_believed_for_one_heartbeat(desk: Desk, clock: FakeClock) -> None:
    pause = heartbeats.pause(desk.system)
    died = clock.now
    clock.advance(hours=1)
    other = System(**{**vars(desk.system), "owner": "elsewhere:1:x"})
    with desk.system.db.read() as db:
        [there] = heartbeats.since(db, other, died)
        assert there.covers(died + pause)
        assert not there.covers(died + pause + timedelta(seconds=1))
        assert heartbeats.since(db, other, died + pause + timedelta(seconds=1)) == []


def test_a_worker_believes_itself_until_now(desk: Desk, clock: FakeClock) -> None:
    clock.advance(desk.system.config.lease_seconds - 1)
    with desk.system.db.read() as db:
        [there] = heartbeats.since(db, desk.system, clock.now)
        assert there.covers(clock.now)


def test_a_hole_in_the_heartbeat_is_nobody_there(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, missed_then="hold")
    content_id = scheduled(desk, 30)
    before = clock.now
    clock.advance(hours=1)  # the machine slept, or its clock was set
    alive(desk.system)
    asleep, awake = desk.rows(WorkerProcess)
    assert asleep.stopped_at == before
    assert (awake.owner, awake.started_at) == (desk.system.owner, clock.now)
    claim(desk)
    assert stands(desk, content_id)[1] == frozenset({"held", "missed"})


def test_a_clock_that_is_set_back_loses_no_presence(desk: Desk, clock: FakeClock) -> None:
    clock.advance(hours=-1)
    alive(desk.system)
    content_id = scheduled(desk)
    assert claim(desk) == 1
    [row] = desk.rows(WorkerProcess)
    assert row.started_at == row.seen_at == clock.now
    assert desk.records_of(content_id)[0].missed_seconds is None


def test_a_paused_site_lets_nothing_out_by_itself(desk: Desk, clock: FakeClock) -> None:
    waiting, retrying, clicked = scheduled(desk), scheduled(desk), scheduled(desk)
    desk.publish(retrying)
    with desk.system.db.write() as db:
        db.execute(sa.update(PublishingRecord).values(mode="scheduled", lane=1))
    choose(desk, paused=True)
    assert claim(desk) == 0
    assert desk.take() == []
    desk.publish(clicked)
    desk.run_worker()
    states = {one: stands(desk, one)[0] for one in (waiting, retrying, clicked)}
    assert states == {waiting: "scheduled", retrying: "publishing", clicked: "published"}
    choose(desk, paused=False)
    desk.run_worker()
    assert {stands(desk, one)[0] for one in (waiting, retrying)} == {"published"}


def test_after_a_pause_what_fell_into_it_goes_by_the_policy(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, missed_then="hold")
    early, late, after = scheduled(desk, 10), scheduled(desk, 50), scheduled(desk, 70)
    choose(desk, paused=True)
    stay(desk, clock, 60)
    assert claim(desk) == 0
    choose(desk, paused=False)
    assert claim(desk) == 2
    assert stands(desk, early)[1] == frozenset({"held", "missed"})
    assert (desk.content(early).plan_trace or {})["missed"]["why"] == "paused"
    assert desk.records_of(late)[0].missed_seconds == 600
    stay(desk, clock, 10)
    assert claim(desk) == 1
    assert desk.records_of(after)[0].missed_seconds is None


def test_what_may_not_go_does_not_keep_the_rest_from_going(desk: Desk, clock: FakeClock) -> None:
    """More paused and retrying pieces than one look takes, all due before the one that may go."""
    choose(desk, paused=True)
    for _ in range(due.AT_ONCE + 10):
        scheduled(desk)
    desk.connect(site=desk.other_site)
    clock.advance(1)
    content_id = desk.approved(site=desk.other_site)
    desk.schedule(content_id)
    assert claim(desk) == 1
    desk.run_worker()
    assert stands(desk, content_id)[0] == "published"


def test_open_pages_hear_soon_that_the_worker_was_killed_and_that_one_is_back(
    desk: Desk, system: System, make_system: MakeSystem
) -> None:
    gone(system)
    with subprocess.Popen(["sleep", "60"]) as worker:
        there = System(**{**vars(system), "owner": processes.name_of(worker.pid)})
        alive(there)
        heard = asyncio.run(
            _hear(system, desk.owner.account_id, [worker.kill, lambda: alive(make_system())])
        )
    for message, seconds in heard:
        assert b'"topic":"worker"' in message
        assert seconds < 30


async def _hear(
    system: System, account_id: int, acts: list[Callable[[], object]]
) -> list[tuple[bytes, float]]:
    """What a tab hears after each of the acts, and how many seconds later."""
    hub, heard = Hub(), []
    with hub.listen(account_id) as queue:
        looking = asyncio.create_task(watch.run(system, hub))
        with pytest.raises(TimeoutError):  # while one is there, nothing is to be told
            await asyncio.wait_for(queue.get(), 3 * watch.LOOK_EVERY)
        for act in acts:
            began = time.monotonic()
            await asyncio.to_thread(act)
            message = await asyncio.wait_for(queue.get(), 60)
            heard.append((message.text, time.monotonic() - began))
        looking.cancel()
    return heard


def test_the_line_stands_while_a_killed_worker_is_believed_and_goes_when_one_is_back(
    desk: Desk, system: System, make_system: MakeSystem
) -> None:
    gone(system)
    with subprocess.Popen(["sleep", "60"]) as worker:
        there = System(**{**vars(system), "owner": processes.name_of(worker.pid)})
        alive(there)
        with desk.browser(desk.owner) as client:
            assert "not running" not in client.get("/layout/line").text
            worker.kill()
            worker.wait()
            assert "not running" in client.get("/layout/line").text
            alive(make_system())
            assert "not running" not in client.get("/layout/line").text
