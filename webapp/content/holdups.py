"""What a piece whose moment has come waits for, where it does not go out: a worker, or its website.
The same words on panel, queue and calendar."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple, Protocol

from webapp.core import dates, zones
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import heartbeats

# Of a query that has the connection through which the piece goes.
COLUMNS: tuple[Any, ...] = (
    SiteIntegration.paused_at.label("down_since"),
    heartbeats.owners_seen().scalar_subquery().label("workers"),
)


class Way(Protocol):
    """A row with COLUMNS. `down_since`: nothing is sent there since then, after failures."""

    @property
    def down_since(self) -> datetime | None: ...

    @property
    def workers(self) -> str | None: ...


class Through(NamedTuple):
    """The same of a connection that is known."""

    down_since: datetime | None
    workers: str | None


def said(way: Way, zone: str, now: datetime, *, is_paused: bool = False) -> str:
    """The sentence without its end; "" where the piece goes out as soon as it is its turn. `zone`
    is the site's, and `is_paused` whether that publishes nothing by itself now."""
    if is_paused:
        return "Waits: the site is paused"
    if not heartbeats.any_runs(way.workers):
        return "Waits for the worker, which is not running"
    if way.down_since is None:
        return ""
    there = zones.zone(zone)
    since, today = zones.local(way.down_since, there), zones.local(now, there).date()
    clock = f"{since:%H:%M}" if since.date() == today else dates.time(since)
    return f"Waits: the website has been down since {clock}"
