"""The calendar as its templates show it: days with their cards, the tray, the sites' bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.calendar import counts, sites, spans, tray
from webapp.calendar.address import LIST, MONTH, WEEK, Address
from webapp.calendar.clocks import GONE_OUT, PLANNED
from webapp.calendar.counts import Facts, Usage
from webapp.calendar.placed import Places, Window, days_of
from webapp.calendar.placed import cards as cards_on
from webapp.calendar.sites import SiteRow
from webapp.content.state import state_of, will_not_go_out
from webapp.core import zones
from webapp.core.system import System
from webapp.publisher.planning import settings as publishing
from webapp.publisher.planning import slots

CARDS = {MONTH: 3, WEEK: 100, LIST: 200}
LIST_PAGE = 200
WHOLE_DAY = 500
MOVABLE = ("scheduled", "failed", "held")


@dataclass(frozen=True)
class Card:
    """A piece at its place. `key` tells its two places apart, `at` is UTC, `wall` the site's;
    `stop` says why it will not go out there, "" if it will."""

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
    free: list[zones.Moment] = field(default_factory=list)
    skipped: int = 0

    @property
    def hidden(self) -> int:
        return self.total - len(self.cards) - self.skipped

    def hour(self, hour: int) -> list[Card | zones.Moment]:
        """What stands in an hour of the day, cards and free slots together, by time."""
        found: list[Card | zones.Moment] = [c for c in self.cards if c.wall.hour == hour]
        found += [slot for slot in self.free if slot.wall.hour == hour]
        return sorted(found, key=lambda one: one.at)


@dataclass(frozen=True)
class Bar:
    """A site above the calendar, with what is used of its limits now."""

    site: SiteRow
    usage: Usage
    used: list[tuple[str, int, int | None]]
    now: datetime


@dataclass(frozen=True)
class Shown:
    """One rendering of the calendar, or of some of its days."""

    address: Address
    days: list[Day]
    tray: list[Card]
    tray_total: int
    bars: list[Bar]
    chosen: list[SiteRow]
    everything: list[SiteRow]
    facts: Facts
    today: date
    now: datetime
    may_move: bool
    next_list: str = ""
    has_tray: bool = True

    @property
    def opens_at(self) -> int:
        """The hour at which a week opens: where the sites' hours begin, or now."""
        hours = [
            slots.minutes(window["start"]) // 60
            for site in self.chosen
            for window in site.settings.publish_time_slots
        ]
        if any(day.is_today for day in self.days) and self.is_one:
            hours.append(zones.local(self.now, self.chosen[0].tz).hour)
        return min(hours, default=8)

    @property
    def is_one(self) -> bool:
        """Whether only one site is shown, whose slots and limits then stand in the days."""
        return len(self.chosen) == 1

    @property
    def is_sparse(self) -> bool:
        return max((day.total for day in self.days), default=0) <= 1


class Part(NamedTuple):
    """A part of a calendar: `only` some of its days and those `where` these pieces stand now (one
    more query); `always` names pieces that are shown however full their day is."""

    only: Sequence[date] | None = None
    where: Sequence[int] = ()
    always: Sequence[int] = ()
    whole_day: bool = False
    with_tray: bool = True


WHOLE = Part()


def load(
    db: Session, system: System, member: Member, address: Address, part: Part = WHOLE
) -> Shown:
    """The calendar at an address: four queries."""
    only, where, always = part.only, part.where, part.always
    now = system.clock()
    everything, chosen = sites.choose(db, member, address.site)
    today = _today(chosen, member, now)
    may_move = any(site.may_move for site in chosen)
    if not chosen:
        return Shown(address, [], [], 0, [], [], [], Facts({}, [], [], {}), today, now, may_move)
    by_id = {site.id: site for site in chosen}
    days = address.days()
    if only is not None:
        also = days_of(db, member, by_id, where) if where else set()
        days = [day for day in days if day in only or day in also]
    places = Places.of(db, member, chosen, days or [today])
    window = _window(address, days, part)
    rows = cards_on(db, places, address, window)
    totals = {row.day: row.total for row in rows}
    cards: dict[int, list[Card]] = {}
    for row in rows:
        cards.setdefault(row.day, []).append(_card(row, by_id[row.site_id], always))
    facts = counts.facts(db, places, with_choices=only is None)
    shown = [_day(address, day, chosen, today, facts) for day in days]
    for day in shown:
        number = spans.number(day.date)
        day.cards, day.total = cards.get(number, []), totals.get(number, 0)
        if address.view == WEEK and len(chosen) == 1 and chosen[0].is_whole:
            day.free = _free_slots(chosen[0], day, now)
    result = Shown(
        address=address,
        days=shown,
        tray=cards.get(tray.DAY, []),
        tray_total=totals.get(tray.DAY, 0),
        bars=_bars(db, member, [site for site in chosen if site.is_whole], now),
        chosen=list(chosen),
        everything=everything,
        facts=facts,
        today=today,
        now=now,
        may_move=may_move,
        has_tray=part.with_tray,
    )
    return _paged(result) if address.view == LIST and only is None else result


def _bars(db: Session, member: Member, chosen: Sequence[SiteRow], now: datetime) -> list[Bar]:
    if not chosen:
        return []
    usage = _with_usage(chosen, counts.usage(db, member, chosen, now))
    return [_bar(site, used, now) for site, used in usage]


def _today(chosen: Sequence[SiteRow], member: Member, now: datetime) -> date:
    """Today of the one site, or where several are shown the reader's."""
    if len(chosen) == 1:
        return chosen[0].today(now)
    return zones.local(now, zones.zone(member.timezone)).date()


def _window(address: Address, days: Sequence[date], part: Part) -> Window:
    if part.whole_day:
        return Window(WHOLE_DAY, with_tray=part.with_tray)
    skip = address.skip if days[:1] == [address.day] else 0
    in_all = LIST_PAGE + 1 if address.view == LIST else None
    return Window(CARDS[address.view], skip, tuple(part.always), in_all, part.with_tray)


def _card(row: Any, site: SiteRow, new: Sequence[int]) -> Card:
    state = state_of(row.status, row.site_status, row.attention)
    if row.kind == GONE_OUT:
        state = "published_with_issues" if "issues" in row.attention else "published"
        state = state if row.external_url else "retracted"
    movable = row.kind == tray.KIND or (row.kind == PLANNED and state in MOVABLE)
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
        is_pinned=row.pinned and row.kind == PLANNED,
        is_new=row.id in new and row.kind != GONE_OUT,
        stop=will_not_go_out(row, obstacle=site.obstacle) if row.kind == PLANNED else "",
    )


def _day(address: Address, day: date, chosen: Sequence[SiteRow], today: date, facts: Facts) -> Day:
    number = spans.number(day)
    used = {site.id: facts.used.get((number, site.id), 0) for site in chosen}
    limits = {
        site.id: site.settings.daily_publish_limit if site.is_whole else None for site in chosen
    }
    over = [
        f"{site.name}: {used[site.id]} of {limits[site.id]}"
        for site in chosen
        if limits[site.id] is not None and used[site.id] > (limits[site.id] or 0)
    ]
    is_one = len(chosen) == 1
    return Day(
        date=day,
        is_today=day == today,
        is_past=day < today,
        is_outside=address.view == MONTH and day.month != address.day.month,
        is_off=is_one and not slots.is_publishing(publishing.rules(chosen[0].settings), day),
        used=sum(used.values()),
        limit=limits[chosen[0].id] if is_one else None,
        over=over,
        skipped=address.skip if day == address.day else 0,
    )


def _free_slots(site: SiteRow, day: Day, now: datetime) -> list[zones.Moment]:
    """The slots of the day that nobody has and that are still to come."""
    rules = publishing.rules(site.settings)
    earliest = now + timedelta(minutes=rules.min_lead_minutes)
    taken = {card.at for card in day.cards}
    found = slots.of_day(rules, site.tz, day.date)
    return [slot for slot in found if slot.at >= earliest and slot.at not in taken]


def _with_usage(chosen: Sequence[SiteRow], usage: dict[int, Usage]) -> list[tuple[SiteRow, Usage]]:
    return [(site, usage.get(site.id, Usage(0, 0, 0, None, 0))) for site in chosen]


def _bar(site: SiteRow, usage: Usage, now: datetime) -> Bar:
    limits = site.settings
    used = [
        ("today", usage.today, limits.daily_publish_limit),
        ("this week", usage.week, limits.weekly_publish_limit),
        ("this month", usage.month, limits.monthly_publish_limit),
    ]
    return Bar(site, usage, used, now)


def _paged(shown: Shown) -> Shown:
    """A list ends after so many pieces; the next page begins where it ended."""
    room = LIST_PAGE
    days: list[Day] = []
    for day in shown.days:
        rest = day.total - day.skipped
        if rest > room:
            day.cards = day.cards[:room]
            skip = day.skipped + room
            days += [day] if room else []
            query = shown.address.query(date=day.date, skip=skip)
            return replace(shown, days=days, next_list=query)
        room -= rest
        days.append(day)
    return shown
