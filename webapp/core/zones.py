"""Time zones and wall times: the rules of PyPI's pinned tzdata, on every machine the same. Pure.

`zoneinfo` would prefer the system's rules, which may be years older or newer. A zone is checked by
`exists` where somebody chooses it; a row that names an unknown one all the same (`igny8 doctor`
tells) is planned, published and shown in UTC.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import metadata
from zoneinfo import ZoneInfo

import msgspec

VERSION = metadata.version("tzdata")
zoneinfo.reset_tzpath(to=())

FOLD = "fold"
GAP = "gap "
_SECOND = timedelta(seconds=1)


class Moment(msgspec.Struct, frozen=True, gc=False):
    """An instant (UTC) with the wall time at which it runs in the site's zone (naive).

    The note is empty, "fold" (the first of two), or "gap " with the wall time that was asked for
    and does not exist.
    """

    at: datetime
    wall: datetime
    note: str = ""


def exists(name: str) -> bool:
    """Whether this is an IANA zone."""
    return name in zoneinfo.available_timezones()


@cache
def names() -> tuple[str, ...]:
    """The zones that a person chooses from: places, and UTC."""
    found = (name for name in zoneinfo.available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in found if not name.startswith("Etc/")))


def zone(name: str) -> ZoneInfo:
    """The zone's rules; those of UTC where the name is none."""
    try:
        return ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def local(at: datetime, zone: ZoneInfo) -> datetime:
    """The wall time of an instant in the zone, naive."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def instant(wall: datetime, zone: ZoneInfo) -> Moment:
    """When the clock of the zone shows this wall time (naive), and what is to be said of it."""
    wall = wall.replace(tzinfo=None, fold=0)
    at = wall.replace(tzinfo=zone).astimezone(UTC)
    later = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if later == at:
        return Moment(at, wall)
    if local(at, zone) == wall:
        return Moment(at, wall, FOLD)
    # In a gap the two readings lie on both sides of the change, the later one before it.
    change = change_between(later, at, zone)
    return Moment(change, local(change, zone), f"{GAP}{wall.isoformat(timespec='minutes')}")


def offset(at: datetime, zone: ZoneInfo) -> timedelta:
    """How far the zone's clock is ahead of UTC at an instant."""
    return at.astimezone(zone).utcoffset() or timedelta()


def change_between(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, to the second, with the offset that holds at `after`.

    The zone's clock changes once between the two.
    """
    new = offset(after, zone)
    while after - before > _SECOND:
        middle = before + timedelta(seconds=(after - before) // _SECOND // 2)
        if offset(middle, zone) == new:
            after = middle
        else:
            before = middle
    return after
