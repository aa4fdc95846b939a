"""A moment said in the zones that matter to its reader. Pure."""

from __future__ import annotations

from datetime import datetime

from webapp.core import dates
from webapp.core.zones import zone

UTC = "UTC"


def in_zones(at: datetime, site_zone: str, reader_zone: str) -> str:
    """ "Tue 1 Dec 2026, 10:00 UTC (05:00 in New York, 11:00 your time)".

    A zone that shows the same hour as UTC is not named again; one whose date differs says it.
    """
    utc = at.astimezone(zone(UTC))
    others = [_there(at, utc, site_zone, f"in {city(site_zone)}")]
    if zone(reader_zone) != zone(site_zone):
        others.append(_there(at, utc, reader_zone, "your time"))
    said = ", ".join(one for one in others if one)
    return f"{dates.time(utc)} UTC{f' ({said})' if said else ''}"


def city(zone_name: str) -> str:
    """The place that a zone is named after: "New York"."""
    return zone_name.rsplit("/", 1)[-1].replace("_", " ")


def _there(at: datetime, utc: datetime, zone_name: str, where: str) -> str:
    local = at.astimezone(zone(zone_name))
    if local.replace(tzinfo=None) == utc.replace(tzinfo=None):
        return ""
    clock = f"{local:%H:%M}" if local.date() == utc.date() else dates.time(local)
    return f"{clock} {where}"
