"""What a piece waits for whose moment has come, and which does not go out: a worker, its website,
its site. The same words on panel, queue and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from webapp.core import dates, zones
from webapp.integrations import installation
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import heartbeats
from webapp.publisher.records import states

PAUSED = "Waits: the site is paused"
NO_WORKER = "Waits for the worker, which is not running"
COPIED = "Waits: the website takes this IGNY8 for a copy of another one"


class Way(Protocol):
    """How a piece goes out. `down_since`: nothing is sent there since then, after failures or, by
    `config_json`, because the website refuses us; `workers`: who was seen a short while ago."""

    down_since: datetime | None
    config_json: dict[str, Any] | None
    workers: str | None


@dataclass
class Through:
    """The way through one connection; without one nothing is known but the workers."""

    down_since: datetime | None
    config_json: dict[str, Any] | None
    workers: str | None


class There(NamedTuple):
    """A piece's site: its zone, and whether it publishes nothing by itself now."""

    zone: str
    is_paused: bool


class Sent(Protocol):
    """The record of what is done with a piece now."""

    @property
    def status(self) -> str: ...

    @property
    def mode(self) -> str: ...


def columns() -> tuple[Any, ...]:
    """The columns of a Way, for a query of this moment that has the connection."""
    workers = heartbeats.owners_seen().scalar_subquery().label("workers")
    down_since = SiteIntegration.paused_at.label("down_since")
    return (down_since, SiteIntegration.config_json, workers)


def of_planned(status: str, at: datetime | None, way: Way, there: There, now: datetime) -> str:
    """The sentence, without its end, for a piece with this `site_status` and time; "" where its
    moment has not come, or it goes out when it is its turn. Of one that is being sent only the
    worker is known to be missing: `of_sent` knows more."""
    if status == states.PUBLISHING:
        return "" if heartbeats.any_runs(way.workers) else NO_WORKER
    if status != states.SCHEDULED or at is None or at > now:
        return ""
    return PAUSED if there.is_paused else _said(way, there.zone, now)


def of_sent(record: Sent, way: Way, there: There, now: datetime) -> str:
    """The same for a record that is not over: what a person asked for waits for no pause, and what
    runs waits for its worker alone."""
    if record.status == states.PENDING:
        is_kept = there.is_paused and record.mode == "scheduled"
        return PAUSED if is_kept else _said(way, there.zone, now)
    return "" if heartbeats.any_runs(way.workers) else NO_WORKER


def _said(way: Way, zone: str, now: datetime) -> str:
    """What keeps everything from going out on this way, "" for nothing; in the site's zone."""
    if not heartbeats.any_runs(way.workers):
        return NO_WORKER
    if way.down_since is None:
        return ""
    if installation.is_refused(way):
        return COPIED
    there = zones.zone(zone)
    since, today = zones.local(way.down_since, there), zones.local(now, there).date()
    clock = f"{since:%H:%M}" if since.date() == today else dates.time(since)
    return f"Waits: the website has been down since {clock}"
