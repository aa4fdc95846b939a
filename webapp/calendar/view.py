"""The calendar as its templates show it: days with their cards, the tray, the sites' bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.calendar import bars, counts, days, sites, spans, tray
from webapp.calendar.address import LIST, MONTH, WEEK, WEEKS, Address
from webapp.calendar.bars import Bar
from webapp.calendar.counts import Facts
from webapp.calendar.days import Card, Day
from webapp.calendar.placed import Places, Window, days_of
from webapp.calendar.placed import cards as cards_on
from webapp.calendar.sites import SiteRow
from webapp.core import zones
from webapp.core.system import System
from webapp.publisher.planning import slots

# How many of a day are shown at first; in a week, of an hour.
CARDS = {WEEKS: 3, MONTH: 3, WEEK: 4, LIST: 200}
LIST_PAGE = 200
WHOLE_DAY = 500


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
    """The calendar at an address: four queries, and the plan's where free places stand."""
    only, where, always = part.only, part.where, part.always
    now = system.clock()
    everything, chosen = sites.choose(db, member, address.site)
    today = _today(chosen, member, now)
    may_move = any(site.may_move for site in chosen)
    if not chosen:
        return Shown(address, [], [], 0, [], [], [], Facts({}, {}, {}, {}), today, now, may_move)
    by_id = {site.id: site for site in chosen}
    free_of = _whose_slots(address, chosen)
    dates = address.days()
    if only is not None and not free_of:  # else each place taken may close other days' slots
        also = days_of(db, member, by_id, where) if where else set()
        dates = [day for day in dates if day in only or day in also]
    places = Places.of(db, member, chosen, dates or [today])
    window = _window(address, dates, part)
    rows = cards_on(db, places, address, window)
    totals = {row.day: row.total for row in rows}
    cards: dict[int, list[Card]] = {}
    for row in rows:
        cards.setdefault(row.day, []).append(days.card(row, by_id[row.site_id], always, now))
    facts = counts.facts(db, places, with_choices=only is None)
    shown = [days.empty(address, day, chosen, today, facts) for day in dates]
    for day in shown:
        number = spans.number(day.date)
        day.cards, day.total = cards.get(number, []), totals.get(number, 0)
    if free_of:
        days.add_free(db, free_of, shown, now)
    result = Shown(
        address=address,
        days=shown,
        tray=cards.get(tray.DAY, []),
        tray_total=totals.get(tray.DAY, 0),
        bars=bars.of(db, member, [site for site in chosen if site.is_whole], now),
        chosen=list(chosen),
        everything=everything,
        facts=facts,
        today=today,
        now=now,
        may_move=may_move,
        has_tray=part.with_tray,
    )
    return _paged(result) if address.view == LIST and only is None else result


def _today(chosen: Sequence[SiteRow], member: Member, now: datetime) -> date:
    """Today of the one site, or where several are shown the reader's."""
    if len(chosen) == 1:
        return chosen[0].today(now)
    return zones.local(now, zones.zone(member.timezone)).date()


def _whose_slots(address: Address, chosen: Sequence[SiteRow]) -> SiteRow | None:
    """The site whose free slots stand in the view; None where none do."""
    is_one = address.view == WEEK and len(chosen) == 1 and chosen[0].is_whole
    return chosen[0] if is_one else None


def _window(address: Address, dates: Sequence[date], part: Part) -> Window:
    if part.whole_day:
        return Window(WHOLE_DAY, with_tray=part.with_tray)
    skip = address.skip if dates[:1] == [address.day] else 0
    in_all = LIST_PAGE + 1 if address.view == LIST else None
    return Window(
        CARDS[address.view],
        skip,
        tuple(part.always),
        in_all,
        part.with_tray,
        by_hour=address.view == WEEK,
    )


def _paged(shown: Shown) -> Shown:
    """A list ends after so many pieces; the next page begins where it ended."""
    room = LIST_PAGE
    kept: list[Day] = []
    for day in shown.days:
        rest = day.total - day.skipped
        if rest > room:
            day.cards = day.cards[:room]
            skip = day.skipped + room
            kept += [day] if room else []
            query = shown.address.query(date=day.date, skip=skip)
            return replace(shown, days=kept, next_list=query)
        room -= rest
        kept.append(day)
    return shown
