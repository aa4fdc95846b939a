"""What time servers have, by the Date of their answers."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from tests.support.clock import FakeClock
from webapp.core.told_times import KEPT, MOST, ToldTimes

AHEAD = timedelta(seconds=300)


@pytest.fixture
def told(clock: FakeClock) -> ToldTimes:
    return ToldTimes("desk.example", clock)


def date(clock: FakeClock, ahead: timedelta) -> dict[str, str]:
    return {"date": format_datetime(clock.now + ahead, usegmt=True)}


def test_of_several_answers_the_one_furthest_ahead_counts(
    told: ToldTimes, clock: FakeClock
) -> None:
    """An answer that a cache has kept for a while says nothing of the server's clock."""
    for kept in (timedelta(seconds=40), timedelta(), timedelta(hours=3)):
        told.note("news.example", date(clock, AHEAD - kept))
    assert told.ahead("news.example") == AHEAD
    told.note("cached.example", {**date(clock, -AHEAD), "age": "300"})
    assert told.ahead("cached.example") is None


def test_a_clock_that_was_set_is_believed_after_a_while(told: ToldTimes, clock: FakeClock) -> None:
    told.note("news.example", date(clock, AHEAD))
    clock.advance(KEPT.total_seconds() + 1)
    told.note("news.example", date(clock, timedelta()))
    assert told.ahead("news.example") == timedelta()
    clock.advance(3 * KEPT.total_seconds())
    assert told.ahead("news.example") is None


@pytest.mark.parametrize("said", ["", "yesterday", "Mon, 99 Foo 2026 10:00:00 GMT", "0"])
def test_what_is_no_date_says_nothing(told: ToldTimes, said: str) -> None:
    told.note("news.example", {"date": said})
    assert told.ahead("news.example") is None


def test_we_are_no_witness_of_ourselves_and_few_are_kept(told: ToldTimes, clock: FakeClock) -> None:
    told.note("desk.example", date(clock, AHEAD))
    assert told.ahead("desk.example") is None
    for number in range(MOST + 5):
        told.note(f"{number}.example", date(clock, AHEAD))
    assert told.ahead("4.example") is None
    assert told.ahead("5.example") == AHEAD
