"""Time zones: the rules of PyPI's pinned tzdata, on every machine the same.

`zoneinfo` would prefer the system's, which may be years older or newer.
"""

from __future__ import annotations

import zoneinfo
from functools import cache
from importlib import metadata

VERSION = metadata.version("tzdata")
zoneinfo.reset_tzpath(to=())


def exists(name: str) -> bool:
    """Whether this is an IANA zone."""
    return name in zoneinfo.available_timezones()


@cache
def names() -> tuple[str, ...]:
    """The zones that a person chooses from: places, and UTC."""
    found = (name for name in zoneinfo.available_timezones() if "/" in name)
    return ("UTC", *sorted(name for name in found if not name.startswith("Etc/")))


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The zone's rules. Raises zoneinfo.ZoneInfoNotFoundError."""
    return zoneinfo.ZoneInfo(name)
