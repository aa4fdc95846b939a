"""What a piece waits for whose moment has come, and which does not go out: a worker, its website,
its site. The same words on panel, queue and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from webapp.core import dates, zones
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import heartbeats
from webapp.publisher.records import states

PAUSED = "Waits: the site is paused"
NO_WORKER = "Waits for the worker, which is not running"


class Way(Protocol):
    """How a piece goes out. `down_since`: nothing is sent there since then, after failures;
    `workers`: those who were seen a short while ago."""

    down_since: datetime | None
    workers: str | None


@dataclass
class Through:
    """The way through one connection."""

    down_since: datetime | None
    workers: str | None


def columns() -> tuple[Any, ...]:
    """The columns of a Way, for a query of this moment that has the connection."""
    workers = heartbeats.owners_seen().scalar_subquery().label("workers")
    return (SiteIntegration.paused_at.label("down_since"), workers)


def of(status: str, at: datetime | None, way: Way, there: tuple[str, bool], now: datetime) -> str:
    """The sentence, without its end, for a piece with this `site_status` and time; "" where its
    moment has not come, or it goes out when it is its turn. `there`: its site's zone, and whether
    that publishes nothing by itself now."""
    zone, is_paused = there
    is_overdue = status == states.SCHEDULED and at is not None and at <= now
    if is_overdue and is_paused:
        return PAUSED
    return said(way, zone, now) if is_overdue or status == states.PUBLISHING else ""


def said(way: Way, zone: str, now: datetime) -> str:
    """What keeps everything from going out on this way, "" for nothing; in the site's zone."""
    if not heartbeats.any_runs(way.workers):
        return NO_WORKER
    if way.down_since is None:
        return ""
    there = zones.zone(zone)
    since, today = zones.local(way.down_since, there), zones.local(now, there).date()
    clock = f"{since:%H:%M}" if since.date() == today else dates.time(since)
    return f"Waits: the website has been down since {clock}"
