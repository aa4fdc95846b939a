"""A moment said in the zones that matter to its reader. Pure."""

from __future__ import annotations

from datetime import datetime

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
    return f"{day(utc)}, {utc:%H:%M} UTC{f' ({said})' if said else ''}"


def in_site(at: datetime, site_zone: str) -> str:
    """ "Tue 1 Dec 2026, 05:00", as the site's clock shows it."""
    local = at.astimezone(zone(site_zone))
    return f"{day(local)}, {local:%H:%M}"


def day(local: datetime) -> str:
    """ "Tue 1 Dec 2026"."""
    return f"{local:%a} {local.day} {local:%b %Y}"


def city(zone_name: str) -> str:
    """The place that a zone is named after: "New York"."""
    return zone_name.rsplit("/", 1)[-1].replace("_", " ")


def _there(at: datetime, utc: datetime, zone_name: str, where: str) -> str:
    local = at.astimezone(zone(zone_name))
    if local.replace(tzinfo=None) == utc.replace(tzinfo=None):
        return ""
    date = "" if local.date() == utc.date() else f"{local:%a} {local.day} {local:%b}, "
    return f"{date}{local:%H:%M} {where}"
