"""Every change of every clock from 2026 to 2035, as the installed tzdata has them."""

from __future__ import annotations

import zoneinfo
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.publisher.cases import transitions
from webapp.core import zones
from webapp.core.zones import Moment, zone
from webapp.publisher.planning import slots

MINUTE, QUARTER, DAY = timedelta(minutes=1), timedelta(minutes=15), timedelta(days=1)
AROUND = timedelta(hours=51)  # the days before and after, and the change itself
ALL_DAY = slots.Rules(
    publish_days=slots.WEEKDAYS,
    publish_time_slots=(slots.Window("00:00", "24:00"),),
    slot_spacing_minutes=30,
)


def wall(at: datetime, place: ZoneInfo) -> datetime:
    """What the clock shows."""
    return at.astimezone(place).replace(tzinfo=None, fold=0)


def check_wall_times(at: datetime, grows: timedelta, place: ZoneInfo) -> None:
    """Wall times in the gap or the fold of a change, at its edges and beside it."""
    left, right = wall(at - MINUTE, place) + MINUTE, wall(at, place)
    low, high = min(left, right), max(left, right)
    assert zones.instant(low - MINUTE, place) == Moment(
        at - MINUTE - max(-grows, 0 * DAY), low - MINUTE
    )
    for step in (0 * MINUTE, MINUTE, 17 * MINUTE, (high - low) / 2, high - low - MINUTE):
        asked = low + step
        if grows > 0 * DAY:
            expected = Moment(at, right, f"gap {asked.isoformat(timespec='minutes')}")
        else:
            expected = Moment(at - (left - asked), asked, "fold")
        assert zones.instant(asked, place) == expected
    assert zones.instant(high, place) == Moment(at + max(-grows, 0 * DAY), high)


def check_days(at: datetime, place: ZoneInfo) -> None:
    """Slots at every half hour of the days around a change: found by walking through time."""
    start = wall(at, place).date() - DAY
    expected: dict[date, list[tuple[datetime, datetime]]] = {start + n * DAY: [] for n in range(3)}
    shown = set()
    moment, before = at - AROUND, wall(at - AROUND - QUARTER, place)
    while moment < at + AROUND:
        now = wall(moment, place)
        # A slot is the first time that its wall time comes, or the moment that jumps over it.
        jumped = now - before > QUARTER and _half_hour_between(before, now)
        if (now.minute % 30 == 0 or jumped) and now not in shown and now.date() in expected:
            expected[now.date()].append((moment, now))
        shown.add(now)
        moment, before = moment + QUARTER, now
    for day, moments in expected.items():
        found = slots.of_day(ALL_DAY, place, day)
        assert [(one.at, one.wall) for one in found] == moments
        assert all(one.wall.minute % 30 or not one.note.startswith("gap") for one in found)


def _half_hour_between(before: datetime, now: datetime) -> bool:
    following = before + QUARTER
    while following < now:
        if following.minute % 30 == 0:
            return True
        following += QUARTER
    return False


@pytest.mark.heavy
def test_every_change_of_every_clock() -> None:
    looked_at = set()
    count = gaps = 0
    for name in sorted(zoneinfo.available_timezones()):
        place = zone(name)
        changes = transitions(place)
        # Many names stand for one clock. What it shows follows from its changes.
        clock = (wall(changes[0][0], place), *changes) if changes else ()
        for at, grows in () if clock in looked_at else changes:
            assert at.second == 0, f"{name} changes within a minute"
            check_wall_times(at, grows, place)
            check_days(at, place)
        looked_at.add(clock)
        count, gaps = count + len(changes), gaps + sum(grows > 0 * DAY for _, grows in changes)
    print(f"{count} changes of clocks, {gaps} of them gaps")
    assert gaps > 1000
    assert count - gaps > 1000
