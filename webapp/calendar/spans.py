"""Days, weeks and months of a zone as spans of time. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from webapp.core import zones

_DAY = timedelta(days=1)
_FIRST = date(1970, 1, 1).toordinal()


def span(zone_name: str, days: Sequence[date]) -> tuple[datetime, datetime]:
    """From the beginning of the first of the days to the end of the last, in a zone."""
    zone = zones.zone(zone_name)
    midnight = datetime.min.time()
    begins = zones.instant(datetime.combine(min(days), midnight), zone).at
    return begins, zones.instant(datetime.combine(max(days) + _DAY, midnight), zone).at


def week(day: date) -> list[date]:
    """The days of the ISO week around a day."""
    monday = day - day.weekday() * _DAY
    return [monday + number * _DAY for number in range(7)]


def month(day: date) -> list[date]:
    """The days of the month around a day."""
    first = day.replace(day=1)
    run = (first + number * _DAY for number in range(31))
    return [one for one in run if one.month == day.month]


@lru_cache(maxsize=512)
def offsets(
    zone_name: str, first: datetime, last: datetime
) -> tuple[tuple[datetime | None, int], ...]:
    """The zone's offsets from UTC between two moments, in seconds, each with when it ends; the last
    goes on."""
    zone = zones.zone(zone_name)
    found: list[tuple[datetime | None, int]] = []
    at = first
    while at < last:
        following = min(at + _DAY, last)
        before = _seconds(at, zone)
        if before != _seconds(following, zone):
            found.append((zones.change_between(at, following, zone), before))
        at = following
    return *found, (None, _seconds(last, zone))


def number(day: date) -> int:
    """The day as a number that grows by one from day to day: days since 1970."""
    return day.toordinal() - _FIRST


def _seconds(at: datetime, zone: ZoneInfo) -> int:
    return int(zones.offset(at, zone).total_seconds())
