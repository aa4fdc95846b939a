"""Pieces as an iCalendar file (RFC 5545), in their sites' own zones. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from webapp.content.state import state_of, will_not_go_out
from webapp.core import labels
from webapp.core.links import web_address
from webapp.core.zones import zone
from webapp.writer import markup

LASTS = timedelta(minutes=15)
EVERY = timedelta(minutes=15)
YEAR = timedelta(days=366)


def render(rows: Iterable[Any], *, name: str, public_url: str) -> bytes:
    """A calendar with one event per piece. Its identity stays when the piece moves."""
    calendar = Calendar()
    calendar.add("prodid", "-//IGNY8//Content calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", markup.plain(name))
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    host = urlsplit(public_url).netloc
    days = []
    for row in rows:
        calendar.add_component(_event(row, host, public_url))
        days.append(_begins(row).date())
    if days:
        first, last = min(days) - YEAR, max(days) + YEAR
        calendar.add_missing_timezones(first_date=first, last_date=last)
    data: bytes = calendar.to_ical()
    return data


def _event(row: Any, host: str, public_url: str) -> Event:
    event = Event()
    state = labels.chip(state_of(row.status, row.site_status, row.attention)).word
    begins, stop = _begins(row), will_not_go_out(row, obstacle=row.obstacle)
    event.add("uid", f"content-{row.id}@{host}")
    event.add("dtstamp", row.updated_at)
    event.add("last-modified", row.updated_at)
    event.add("dtstart", _in_zone(begins, row.zone))
    event.add("dtend", _in_zone(begins + LASTS, row.zone))
    title = markup.plain(row.title) or "Without a title"
    event.add("summary", f"{title} ({stop[0].lower()}{stop[1:]})" if stop else title)
    event.add("location", markup.plain(row.site))
    event.add("description", f"{state} · {markup.plain(row.site)}")
    event.add("url", web_address(row.external_url) or f"{public_url}/content/{row.id}")
    event.add("transp", "TRANSPARENT")
    return event


def _begins(row: Any) -> datetime:
    at: datetime = row.scheduled_publish_at or row.first_published_at
    return at


def _in_zone(at: datetime, name: str) -> datetime:
    """The site's wall time; where that comes twice it names the first, so the second stays UTC."""
    local = at.astimezone(zone(name))
    return at.astimezone(UTC) if local.fold else local
