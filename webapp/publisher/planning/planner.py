"""The planner: gives approved contents their slots. Pure: the same input, the same plan.

Contents come in their order and each takes the earliest slot that is free for it. Places only fill
up: a day that has none for one first publication has none for a later one, so each kind goes over
the days once.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from webapp.core import zones
from webapp.core.zones import Moment
from webapp.publisher.planning import slots, trace
from webapp.publisher.planning.limits import (
    FIRST,
    UPDATE,
    Counted,
    Limits,
    Periods,
    Place,
    Used,
    first_full,
)
from webapp.publisher.planning.slots import Rules
from webapp.publisher.planning.trace import Shown

LIMIT_ZERO, NO_PUBLISH_DAYS = "limit_zero", "no_publish_days"
NO_TIME_SLOTS, NONE_FREE = "no_time_slots", "none_free"


class Item(msgspec.Struct, frozen=True, gc=False):
    """An approved content without a time. `kind` says whether it goes out for the first time."""

    id: int
    approved_at: datetime
    priority: int = 0
    kind: str = FIRST


class Taken(msgspec.Struct, frozen=True, gc=False):
    """What is scheduled or publishing at an instant: kind "first", "update" or "retract"."""

    id: int
    at: datetime
    pinned: bool = False
    state: str = "scheduled"
    kind: str = FIRST


class Published(msgspec.Struct, frozen=True, gc=False):
    """What happened: kind "first", "update", "retract" or "failed"; once for each destination."""

    id: int
    at: datetime
    kind: str = FIRST


@dataclass(frozen=True)
class Timetable:
    """A site's rules and clock, and what stands where: `taken` have a time, `published` count under
    the limits."""

    rules: Rules
    zone: ZoneInfo
    now: datetime
    taken: Sequence[Taken]
    published: Sequence[Published]


class Assignment(msgspec.Struct, frozen=True, gc=False):
    """An item's time (UTC and as the site's clock shows it), or the reason why it has none.

    Traces are to be read only: unplaced items share theirs.
    """

    id: int
    at: datetime | None
    wall: datetime | None
    note: str
    reason: str | None
    trace: Shown


def plan(table: Timetable, items: Iterable[Item]) -> list[Assignment]:
    """A time for each item, in the order of planning."""
    reason = reason_not_to_plan(table.rules)
    if reason:
        why = trace.without_slots(reason, Limits.of(table.rules))
        return [_unplaced(item, reason, why) for item in in_order(items)]
    board = _Board(table)
    return [board.assign(item) for item in in_order(items)]


def next_free(table: Timetable, *, kind: str = FIRST, count: int = 5) -> list[Moment]:
    """The next slots that are free for one content of this kind, each by itself."""
    if reason_not_to_plan(table.rules):
        return []
    return list(itertools.islice(_Board(table).all_free(kind), count))


def free_until(table: Timetable, last: date) -> list[Moment]:
    """The slots up to that day that are free for a first publication, each by itself."""
    if reason_not_to_plan(table.rules):
        return []
    free = _Board(table).all_free(FIRST)
    return list(itertools.takewhile(lambda moment: moment.wall.date() <= last, free))


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items as they are planned: by priority, then approval, then id."""
    return sorted(items, key=lambda item: (-item.priority, item.approved_at, item.id))


def reason_not_to_plan(rules: Rules) -> str:
    """The reason why these rules let nothing out by themselves; "" if they do."""
    if 0 in Limits.of(rules):
        return LIMIT_ZERO
    if not rules.publish_days:
        return NO_PUBLISH_DAYS
    if not rules.publish_time_slots:
        return NO_TIME_SLOTS
    return ""


def _unplaced(item: Item, reason: str, why: Shown) -> Assignment:
    return Assignment(item.id, None, None, "", reason, why)


class _Day:
    """A day's slots, and the first of them that may still be free."""

    def __init__(self, moments: list[Moment], places: list[Place]) -> None:
        self.moments = moments
        self.places = places
        self.position = 0
        # The slots before the position, which nobody can have any more.
        self.gone: list[trace.Passed] = []

    def pass_over(self, moment: Moment, why: str) -> trace.Passed:
        """Go on to the next slot, as this one is nobody's any more."""
        self.position += 1
        self.gone.append(trace.passed(moment, why))
        return self.gone[-1]


class _Board:
    """The slots of the horizon, day by day as they are needed, and who has which."""

    def __init__(self, table: Timetable) -> None:
        rules, zone, now = table.rules, table.zone, table.now
        taken, published = table.taken, table.published
        used = Used(zone, (*published, *taken))
        limits = Limits.of(rules)
        self._limits = trace.shown(limits)
        self._counted = _counted(zone, (*published, *taken), now)
        self._occupied = {one.at for one in taken}
        self._earliest = now + timedelta(minutes=rules.min_lead_minutes)
        self._coming = (
            _Day(moments, used.places(moments[0].wall.date(), limits))
            for moments in slots.horizon(rules, zone, now)
            if moments
        )
        self._days: list[_Day] = []
        self._reached = {FIRST: 0, UPDATE: 0}
        self._nowhere: dict[str, Shown] = {}

    def assign(self, item: Item) -> Assignment:
        """Give the item the earliest slot that is free for it."""
        number = self._search(item)
        if number is None:
            return _unplaced(item, NONE_FREE, self._why_nowhere(item))
        day = self._days[number]
        moment = day.moments[day.position]
        passed = self._passed(number, item)
        self._occupied.add(moment.at)
        slot = day.pass_over(moment, trace.TAKEN)
        places = day.places if item.kind == FIRST else None
        for place in places or ():
            place.held.add(item.id)
        why = trace.placed(slot["wall"], moment.note, places, self._limits, passed)
        return Assignment(item.id, moment.at, moment.wall, moment.note, None, why)

    def all_free(self, kind: str) -> Iterator[Moment]:
        """Every slot that is free for a content of this kind that counts nowhere yet."""
        for day in map(self._day, itertools.count()):
            if day is None:
                return
            for moment in day.moments:
                if not self._obstacle(day, moment, _NOBODY, kind):
                    yield moment

    def _search(self, item: Item) -> int | None:
        """The number of the first day with a slot for the item; its position stands on the slot."""
        # A content that counts in a period already finds places there where others find none.
        goes_alone = item.kind == FIRST and item.id in self._counted
        number = self._reached[UPDATE if goes_alone else item.kind]
        while (day := self._day(number)) is not None and not self._has_place(day, item):
            number += 1
        if not goes_alone:
            self._reached[item.kind] = number
        return number if day is not None else None

    def _day(self, number: int) -> _Day | None:
        while number >= len(self._days):
            day = next(self._coming, None)
            if day is None:
                return None
            self._days.append(day)
        return self._days[number]

    def _has_place(self, day: _Day, item: Item) -> bool:
        if item.kind == FIRST and first_full(day.places, item.id):
            return False
        while day.position < len(day.moments):
            moment = day.moments[day.position]
            why = self._gone(moment)
            if not why:
                return True
            day.pass_over(moment, why)
        return False

    def _gone(self, moment: Moment) -> str:
        """Why nobody can have the slot any more; "" if somebody can."""
        if moment.at < self._earliest:
            return trace.LEAD
        return trace.TAKEN if moment.at in self._occupied else ""

    def _obstacle(self, day: _Day, moment: Moment, content_id: int, kind: str) -> str:
        """Why the slot is not free for the content; "" if it is."""
        full = first_full(day.places, content_id) if kind == FIRST else ""
        return self._gone(moment) or (full and trace.FULL[full])

    def _passed(self, number: int, item: Item) -> list[trace.Passed]:
        """The slots nearest before the position of a day, the latest last, and why not they."""
        found = self._days[number].gone[-trace.PASSED :]
        while number > 0 and len(found) < trace.PASSED:
            number -= 1
            day = self._days[number]
            found[:0] = [
                trace.passed(one, self._obstacle(day, one, item.id, item.kind))
                for one in day.moments[len(found) - trace.PASSED :]
            ]
        return found

    def _why_nowhere(self, item: Item) -> Shown:
        """What stood in the way, counted over all slots; the same for all later ones of a kind."""
        if item.kind not in self._nowhere:
            counts = Counter(
                self._obstacle(day, moment, item.id, item.kind)
                for day in self._days
                for moment in day.moments
            )
            self._nowhere[item.kind] = trace.nowhere(NONE_FREE, counts)
        return self._nowhere[item.kind]


def _counted(zone: ZoneInfo, publications: Iterable[Counted], now: datetime) -> set[int]:
    """The contents that count in a day, week or month that is not over."""
    today = Periods.of(zones.local(now, zone).date())
    start = now - _LONGEST_PERIOD
    return {
        one.id
        for one in publications
        if one.kind == FIRST and one.at >= start and _lasts(one, zone, today)
    }


def _lasts(one: Counted, zone: ZoneInfo, today: Periods) -> bool:
    periods = Periods.of(zones.local(one.at, zone).date())
    return periods.week >= today.week or periods.month >= today.month


_LONGEST_PERIOD = timedelta(days=33)
_NOBODY = 0
