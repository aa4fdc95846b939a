"""Days, weeks and months of a zone as spans of time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from webapp.core import words
from webapp.publisher import slots

_DAY = timedelta(days=1)


def span(zone_name: str, days: Sequence[date]) -> tuple[datetime, datetime]:
    """From the beginning of the first of the days to the end of the last, in a zone."""
    zone = words.zone(zone_name)
    midnight = datetime.min.time()
    begins = slots.instant(datetime.combine(min(days), midnight), zone).at
    return begins, slots.instant(datetime.combine(max(days) + _DAY, midnight), zone).at


def periods(zone_name: str, now: datetime) -> list[tuple[datetime, datetime]]:
    """Today, this week and this month in a zone."""
    today = slots.local(now, words.zone(zone_name)).date()
    return [span(zone_name, days) for days in ([today], week(today), month(today))]


def week(day: date) -> list[date]:
    """The days of the ISO week around a day."""
    monday = day - day.weekday() * _DAY
    return [monday + number * _DAY for number in range(7)]


def month(day: date) -> list[date]:
    """The days of the month around a day."""
    first = day.replace(day=1)
    run = (first + number * _DAY for number in range(31))
    return [one for one in run if one.month == day.month]


def offsets(zone_name: str, days: Sequence[date]) -> list[tuple[datetime, int]]:
    """The zone's offsets from UTC on these days, in seconds, each with the moment it ends."""
    zone = words.zone(zone_name)
    at, ends = span(zone_name, days)
    found: list[tuple[datetime, int]] = []
    while at < ends:
        seconds = int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds())
        following = at + timedelta(hours=1)
        if found and found[-1][1] == seconds:
            found[-1] = (following, seconds)
        else:
            found.append((following, seconds))
        at = following
    return found
