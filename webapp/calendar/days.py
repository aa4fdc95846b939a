"""A day of the calendar as its templates show it: its cards, and what is free on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.calendar import spans, tray
from webapp.calendar.address import MONTH, Address
from webapp.calendar.clocks import GONE_OUT, PLANNED
from webapp.calendar.counts import Facts
from webapp.calendar.sites import SiteRow
from webapp.content import holdups
from webapp.content.state import state_of, will_not_go_out
from webapp.core import zones
from webapp.core.zones import Moment
from webapp.integrations.delivered import DELIVERED
from webapp.integrations.obstacles import OBSTACLES
from webapp.publisher.planning import plan_input, planner, slots
from webapp.publisher.planning import settings as publishing

MOVABLE = ("scheduled", "failed", "held")


@dataclass(frozen=True)
class Card:
    """A piece at its place. `key` tells its two places apart, `at` is UTC, `wall` the site's;
    `stop` says why it will not go out there, "" if it will; `in_hour` pieces stand in its hour, 0
    where that was not counted."""

    key: str
    id: int
    title: str
    state: str
    content_type: str
    site: SiteRow
    at: datetime
    wall: datetime
    scheduled: datetime | None
    thumbnail: str
    may_move: bool
    is_locked: bool
    is_pinned: bool
    is_new: bool
    stop: str = ""
    holdup: str = ""
    in_hour: int = 0

    @property
    def is_sites(self) -> bool:
        """Whether what keeps it here keeps all of its site: the line on top says so once."""
        reasons = OBSTACLES.get(self.site.obstacle)
        return reasons is not None and self.stop.endswith(reasons.reason)

    @property
    def seen(self) -> str:
        """What a move names as the time it saw; "" for a piece that has none: in the tray, and
        where it failed after it was published by hand."""
        return self.scheduled.isoformat() if self.scheduled else ""

    @property
    def is_in_tray(self) -> bool:
        return self.key.startswith(tray.KIND)


@dataclass
class Day:
    """A day with the cards that are shown of it; `total` counts all that match the filters."""

    date: date
    is_today: bool
    is_past: bool
    is_outside: bool
    is_off: bool
    cards: list[Card] = field(default_factory=list)
    total: int = 0
    used: int = 0
    limit: int | None = None
    over: list[str] = field(default_factory=list)
    free: list[Moment] = field(default_factory=list)
    skipped: int = 0

    @property
    def hidden(self) -> int:
        return self.total - len(self.cards) - self.skipped

    def hour(self, hour: int) -> list[Card | Moment]:
        """What stands in an hour of the day, cards and free slots together, by time."""
        found: list[Card | Moment] = [c for c in self.cards if c.wall.hour == hour]
        found += [slot for slot in self.free if slot.wall.hour == hour]
        return sorted(found, key=lambda one: one.at)

    def hidden_of_hour(self, hour: int) -> int:
        """How many of the hour's pieces are not shown."""
        shown = [card for card in self.cards if card.wall.hour == hour]
        return max((card.in_hour for card in shown), default=len(shown)) - len(shown)


def card(row: Any, site: SiteRow, new: Sequence[int], now: datetime) -> Card:
    """A row of placed.cards as a card of that site; `new` names pieces that were just moved."""
    state = state_of(row.status, row.site_status, row.attention)
    if row.kind == GONE_OUT:
        state = "published_with_issues" if "issues" in row.attention else "published"
        hidden = row.attention & DELIVERED
        state = state if row.external_url else min(hidden, default="retracted")
    is_planned = row.kind == PLANNED
    movable = row.kind == tray.KIND or (is_planned and state in MOVABLE)
    holdup = holdups.of_planned(row.site_status, row.at, site.way, site.there, now)
    return Card(
        key=f"{row.kind}{row.id}",
        id=row.id,
        title=row.title or "Without a title",
        state=state,
        content_type=row.content_type,
        site=site,
        at=row.at,
        wall=zones.local(row.at, site.tz),
        scheduled=row.scheduled_publish_at,
        thumbnail=row.thumbnail or "",
        may_move=movable and site.may_move,
        is_locked=state == "publishing",
        is_pinned=row.pinned and is_planned,
        is_new=row.id in new and row.kind != GONE_OUT,
        stop=will_not_go_out(row, obstacle=site.obstacle) if is_planned else "",
        holdup=holdup if is_planned else "",
        in_hour=row.in_hour,
    )


def empty(address: Address, day: date, chosen: Sequence[SiteRow], today: date, facts: Facts) -> Day:
    """A day without its cards: how much of it is used, and what of its limits. What is past is
    over, and held against no limit."""
    number = spans.number(day)
    used = {site.id: facts.used.get((number, site.id), 0) for site in chosen}
    limits = {
        site.id: site.settings.daily_publish_limit if site.is_whole else None for site in chosen
    }
    over = [
        f"{site.name}: {used[site.id]} of {limits[site.id]}"
        for site in chosen
        if day >= today and used[site.id] > (limits[site.id] or 0) and limits[site.id] is not None
    ]
    return Day(
        date=day,
        is_today=day == today,
        is_past=day < today,
        is_outside=address.view == MONTH and day.month != address.day.month,
        is_off=not any(slots.is_publishing(publishing.rules(s.settings), day) for s in chosen),
        used=sum(used.values()),
        limit=limits[chosen[0].id] if len(chosen) == 1 else None,
        over=over,
        skipped=address.skip if day == address.day else 0,
    )


def add_free(db: Session, site: SiteRow, shown: Sequence[Day], now: datetime) -> None:
    """Say on each day which of its slots a piece could still have: what the planner would give."""
    rules, dates = publishing.rules(site.settings), [one.date for one in shown]
    place = plan_input.around(db, site, rules, now, (min(dates), max(dates)), without=0)
    for moment in planner.free_until(place, max(dates)):
        for one in shown:
            if one.date == moment.wall.date():
                one.free.append(moment)
