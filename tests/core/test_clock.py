"""The clock that all processes on PostgreSQL go by: the database's, never ahead of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.processes import wait_until
from webapp.core.clock import MEASURED_EVERY, OFF, DatabaseClock, host
from webapp.core.system import System

NOON = datetime(2027, 1, 4, 12, 0, tzinfo=UTC)


class Far:
    """A database far away: each answer takes its journey, there and back, in steady seconds."""

    def __init__(self, *journeys: float) -> None:
        self.steady = 1000.0
        self.ahead = timedelta()
        self.asked = 0
        self.away = False
        self._journeys = journeys

    def ask(self) -> datetime:
        if self.away:
            raise ConnectionError
        journey = self._journeys[self.asked % len(self._journeys)]
        self.asked += 1
        self.steady += journey / 2
        told = self.now
        self.steady += journey / 2
        return told

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.steady - 1000.0) + self.ahead

    @property
    def clock(self) -> DatabaseClock:
        return DatabaseClock(self.ask, lambda: self.steady)


def test_the_quickest_answer_counts_and_the_clock_is_never_ahead() -> None:
    far = Far(0.8, 0.02, 0.5)
    clock = far.clock
    told = clock()
    assert timedelta() <= far.now - told <= timedelta(seconds=0.011)
    far.steady += 10
    assert timedelta() <= far.now - clock() <= timedelta(seconds=0.011)
    assert far.asked == 5, "and is not asked again so soon"


def test_it_is_asked_again_and_what_was_set_there_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    far = Far(0.01)
    clock = far.clock
    clock()
    far.ahead = timedelta(seconds=-40)
    far.steady += MEASURED_EVERY + 1
    clock()
    wait_until(lambda: far.asked == 10, "the second measure")
    wait_until(lambda: abs(far.now - clock()) < timedelta(seconds=0.1), "the new time")


def test_while_the_database_is_away_the_last_answer_holds() -> None:
    far = Far(0.01)
    clock = far.clock
    clock()
    far.away = True
    for _ in range(3):
        far.steady += MEASURED_EVERY + 1
        assert abs(far.now - clock()) < timedelta(seconds=0.1)
        time.sleep(0.05)
    far.away = False
    far.ahead = timedelta(seconds=5)
    far.steady += MEASURED_EVERY + 1
    clock()
    wait_until(lambda: abs(far.now - clock()) < timedelta(seconds=0.1), "the database being back")


@pytest.mark.both_databases
def test_a_process_goes_by_the_database(make_system: Callable[[], System], config: object) -> None:
    from webapp.core import system as systems

    made = systems.create(config)  # type: ignore[arg-type]
    try:
        assert abs(made.clock() - host()) < OFF, "on one machine they are the same"
        assert isinstance(made.clock, DatabaseClock) is not made.db.is_sqlite
    finally:
        made.close()
