"""The worker's engine and the clock: on the moment, never early, whatever the clock does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from tests.support.desk import Desk
from tests.support.processes import wait_until
from tests.support.rhythm import choose
from webapp.core.clock import utc_now
from webapp.publisher.delivery import runner
from webapp.publisher.delivery.runner import Runner

HOUR = timedelta(hours=1)


class SetClock:
    """The real clock, as somebody set it; or one that stands still."""

    def __init__(self) -> None:
        self.shift = timedelta(0)
        self.stands: datetime | None = None

    def __call__(self) -> datetime:
        return (self.stands or utc_now()) + self.shift


@pytest.fixture
def hand() -> SetClock:
    """Sets the clock."""
    return SetClock()


@pytest.fixture
def desk(desk: Desk, hand: SetClock) -> Desk:
    """Connected with the headless destination, by a clock that runs."""
    desk.system.clock = hand
    desk.connect()
    return desk


@contextmanager
def running(desk: Desk, threads: int = 4) -> Iterator[Runner]:
    """The engine, until the end of the block."""
    engine = Runner(desk.system, threads)
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


def in_seconds(desk: Desk, seconds: float) -> int:
    """A piece that is due so soon."""
    content_id = desk.approved()
    desk.schedule(content_id, seconds)
    return content_id


def is_out(desk: Desk, content_id: int) -> bool:
    return desk.content(content_id).site_status == "published"


def lateness(desk: Desk, content_id: int) -> float:
    """Seconds from due to begun, by the clock of the worker."""
    [record] = desk.records_of(content_id)
    begun = next(event.at for event in desk.events_of(record.id) if event.step_number == 1)
    assert record.intended_at is not None
    return (begun - record.intended_at).total_seconds()


def test_nothing_rings_and_it_begins_at_its_moment(desk: Desk) -> None:
    """No bell is rung: the dispatcher knows by itself when to wake."""
    with running(desk):
        pieces = [in_seconds(desk, 0.6 + number * 0.37) for number in range(6)]
        wait_until(lambda: all(is_out(desk, one) for one in pieces), "the publications")
    late = sorted(lateness(desk, one) for one in pieces)
    assert late[0] >= 0
    # Looking every quarter of a second would be late by 0.125 s on average; how exact it is on a
    # quiet machine, benchmarks/lateness.py measures.
    assert late[0] < 0.1, late


def test_it_sleeps_until_the_moment_and_not_longer(desk: Desk, hand: SetClock) -> None:
    hand.stands = utc_now()
    engine = Runner(desk.system, 4)
    assert engine._look() == runner.LOOK_EVERY
    in_seconds(desk, 3600)
    assert engine._look() == runner.LOOK_EVERY
    content_id = in_seconds(desk, 0.2)
    assert engine._look() == pytest.approx(0.2)
    hand.shift = -HOUR
    assert engine._look() == runner.LOOK_EVERY
    hand.shift = HOUR
    assert engine._look() == 0
    engine._pool.shutdown(wait=True)
    assert is_out(desk, content_id)


def test_a_clock_that_jumps_ahead(desk: Desk, hand: SetClock) -> None:
    with running(desk):
        content_id = in_seconds(desk, 1800)
        time.sleep(0.5)
        assert desk.records_of(content_id) == []
        hand.shift = HOUR
        wait_until(lambda: is_out(desk, content_id), "the publication")
    [record] = desk.records_of(content_id)
    assert record.missed_seconds is not None, "nobody was there in the hour that never was"
    assert 1700 <= record.missed_seconds <= 1810


def test_a_clock_that_jumps_back(desk: Desk, hand: SetClock) -> None:
    with running(desk):
        content_id = in_seconds(desk, 3)  # long enough for a machine that is busy with others
        time.sleep(0.3)
        hand.shift = -HOUR
        time.sleep(3.5)
        assert desk.records_of(content_id) == [], "by this clock it is early"
        hand.shift = timedelta(0)
        wait_until(lambda: is_out(desk, content_id), "the publication")
    assert lateness(desk, content_id) >= 0


def test_pausing_keeps_it_and_resuming_lets_it_go(desk: Desk) -> None:
    with running(desk):
        content_id = in_seconds(desk, 2)
        choose(desk, paused=True)
        time.sleep(2.7)
        assert desk.records_of(content_id) == []
        choose(desk, paused=False)
        wait_until(lambda: is_out(desk, content_id), "the publication")
    assert (desk.content(content_id).plan_trace or {})["missed"]["why"] == "paused"
