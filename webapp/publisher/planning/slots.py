"""Slots: the moments at which a site's rules let one content go out. Pure.

A slot is a wall time of the site. Where the clock is put forward over it, it moves to the first
instant after the gap; where the clock is put back, it is the first of the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from webapp.core.zones import Moment, instant, local

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
HORIZON_DAYS = 400
LEAST_SPACING = USUAL_STEP = 5
SPACING_WITHOUT_LIMIT = 60

_DAY = timedelta(days=1)
_MIDNIGHT = datetime.min.time()


class Window(msgspec.Struct, frozen=True):
    """A span of the day in which contents may go out, "HH:MM" each; the end may be "24:00".

    Where start and end are the same it is one exact time.
    """

    start: str
    end: str


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What a site lets the planner do. A limit of None is none; 0 lets nothing out by itself."""

    publish_days: tuple[str, ...]
    publish_time_slots: tuple[Window, ...]
    daily_publish_limit: int | None = None
    weekly_publish_limit: int | None = None
    monthly_publish_limit: int | None = None
    slot_spacing_minutes: int | None = None
    min_lead_minutes: int = 10
    blackout_dates: tuple[date, ...] = ()


def minutes(text: str) -> int:
    """Minutes after midnight of "HH:MM"; "24:00" is the day's end. Raises ValueError."""
    hour, colon, minute = text.partition(":")
    digits = len(text) == 5 and colon and (hour + minute).isascii() and (hour + minute).isdigit()
    value = int(hour) * 60 + int(minute) if digits else -1
    if not digits or int(minute) > 59 or value > DAY_MINUTES:
        raise ValueError(f"not a time of day: {text!r}")
    return value


def spans(windows: Iterable[Window]) -> tuple[list[tuple[int, int]], set[int]]:
    """Windows in minutes, sorted, overlapping and touching ones merged; and the exact times.

    Raises ValueError for what is no time, and for an end before its start.
    """
    merged: list[tuple[int, int]] = []
    exact: set[int] = set()
    for start, end in sorted((minutes(one.start), minutes(one.end)) for one in windows):
        if end < start or start == DAY_MINUTES:
            raise ValueError("a window ends before it starts, or starts at the day's end")
        if start == end:
            exact.add(start)
        elif merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged, exact


def spacing(rules: Rules) -> int:
    """Minutes from one slot of a window to the next."""
    if rules.slot_spacing_minutes is not None:
        return rules.slot_spacing_minutes
    if not rules.daily_publish_limit:
        return SPACING_WITHOUT_LIMIT
    windows, _ = spans(rules.publish_time_slots)
    total = sum(end - start for start, end in windows)
    each = total // rules.daily_publish_limit
    return max(LEAST_SPACING, each - each % USUAL_STEP)


def wall_times(rules: Rules) -> tuple[int, ...]:
    """The slots of a publishing day in minutes after midnight, in order."""
    windows, exact = spans(rules.publish_time_slots)
    step = spacing(rules)
    grid = {minute for start, end in windows for minute in range(start, end, step)}
    return tuple(sorted(grid | exact))


def too_few(rules: Rules) -> bool:
    """Whether a day has fewer slots than its limit allows contents."""
    return len(wall_times(rules)) < (rules.daily_publish_limit or 0)


def is_publishing(rules: Rules, day: date) -> bool:
    """Whether contents may go out on this date of the site."""
    return WEEKDAYS[day.weekday()] in rules.publish_days and day not in rules.blackout_dates


def of_day(rules: Rules, zone: ZoneInfo, day: date) -> list[Moment]:
    """The slots that run on this date of the site, in order."""
    return _of_day(rules, zone, day, _steps(rules))


def horizon(rules: Rules, zone: ZoneInfo, now: datetime) -> Iterator[list[Moment]]:
    """The slots of today (the site's) and of the 400 days after, day by day."""
    steps = _steps(rules)
    today = local(now, zone).date()
    for number in range(HORIZON_DAYS + 1):
        yield _of_day(rules, zone, today + number * _DAY, steps)


def _steps(rules: Rules) -> list[timedelta]:
    return [timedelta(minutes=minute) for minute in wall_times(rules)]


def _of_day(rules: Rules, zone: ZoneInfo, day: date, steps: list[timedelta]) -> list[Moment]:
    if not is_publishing(rules, day):
        return []
    midnight, before = _start(day), _start(day - _DAY)
    if _is_steady(midnight, zone) and _is_steady(before, zone):
        start = midnight.replace(tzinfo=zone).astimezone(UTC)
        return [Moment(start + step, midnight + step) for step in steps]
    # A change of the clock may carry slots of the day before over midnight, and ours away.
    written = [before + step for step in steps if is_publishing(rules, before.date())]
    written += [midnight + step for step in steps]
    return _distinct(one for wall in written if (one := instant(wall, zone)).wall.date() == day)


def _start(day: date) -> datetime:
    return datetime.combine(day, _MIDNIGHT)


def _is_steady(midnight: datetime, zone: ZoneInfo) -> bool:
    """Whether no wall time of the day that begins here is left out or shown twice."""
    following = (midnight + _DAY).replace(tzinfo=zone, fold=1)
    return midnight.replace(tzinfo=zone).utcoffset() == following.utcoffset()


def _distinct(moments: Iterable[Moment]) -> list[Moment]:
    """One for each instant; the one that was written as it is goes before one with a note."""
    found: dict[datetime, Moment] = {}
    for moment in moments:
        if moment.at not in found or not moment.note:
            found[moment.at] = moment
    return [found[at] for at in sorted(found)]
