"""Insert and shift: one content takes a moment, and those behind it move along. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from webapp.core import zones
from webapp.core.zones import Moment
from webapp.publisher.planning import slots, trace
from webapp.publisher.planning.limits import FIRST, UPDATE, Limits, Place, Used, first_full
from webapp.publisher.planning.planner import NONE_FREE, Item, Taken, Timetable, reason_not_to_plan
from webapp.publisher.planning.trace import Shown

IN_THE_PAST, OCCUPIED, PUBLISHING = "in_the_past", "occupied", "publishing"


class Move(NamedTuple):
    """A content's time before (None: it had none) and after, and the trace of the new one.

    The content that was inserted has an empty trace: a person chose its time.
    """

    id: int
    old: datetime | None
    at: datetime
    wall: datetime
    note: str
    trace: Shown


class CannotInsert(ValueError):
    """The content cannot have the moment.

    `reason`: "in_the_past"; "publishing", as it is on its way itself; "occupied" by a content that
    may not move; or a reason of the planner, as `content_id` would have to move and finds no slot.
    """

    def __init__(self, reason: str, content_id: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.content_id = content_id


def insert(table: Timetable, new: Item, at: datetime) -> list[Move]:
    """What moves when the content takes `at`: itself, then others in order of time.

    Scheduled contents at `at` or later that nobody pinned keep their order. Each stays where it is
    if it can; else it takes the next slot that is free, as the planner sees it. What is pinned or
    publishing stays. The new content may exceed a limit where nothing can make room for it.
    Raises CannotInsert.
    """
    own = next((one for one in table.taken if one.id == new.id), None)
    if at < table.now:
        raise CannotInsert(IN_THE_PAST, new.id)
    if own and own.state == PUBLISHING:
        raise CannotInsert(PUBLISHING, new.id)
    others = [one for one in table.taken if one is not own]
    chain = sorted((one for one in others if _moves(one, at)), key=lambda one: (one.at, one.id))
    fixed = [one for one in others if not _moves(one, at)]
    for one in fixed:
        if one.at == at:
            raise CannotInsert(OCCUPIED, one.id)
    moment = Moment(at, zones.local(at, table.zone))
    line = _Line(table, others, fixed)
    line.put(new.id, new.kind, moment)
    moved = [line.move(one) for one in chain]
    first = Move(new.id, own.at if own else None, at, moment.wall, "", {})
    return [first, *(one for one in moved if one.at != one.old)]


def _moves(one: Taken, at: datetime) -> bool:
    scheduled = one.state == "scheduled" and one.kind in (FIRST, UPDATE)
    return scheduled and not one.pinned and one.at >= at


class _Line:
    """The contents that have their place, while the rest is placed one behind the other."""

    def __init__(self, table: Timetable, others: Sequence[Taken], fixed: Sequence[Taken]) -> None:
        self._rules, self._zone = rules, zone = table.rules, table.zone
        published, now = table.published, table.now
        self._before = Used(zone, (*published, *others))
        self._used = Used(zone, (*published, *fixed))
        self._occupied = {one.at for one in fixed}
        self._limits = Limits.of(rules)
        self._earliest = now + timedelta(minutes=rules.min_lead_minutes)
        self._slots = self._all_slots(now)
        self._next = next(self._slots, None)
        self._last = now

    def put(self, content_id: int, kind: str, moment: Moment) -> None:
        """Let the content have the moment; whoever comes next is later."""
        self._occupied.add(moment.at)
        self._last = moment.at
        if kind == FIRST:
            self._used.add(content_id, moment.wall.date())

    def move(self, one: Taken) -> Move:
        """Place the next content of the line: where it was, or on the next slot that is free."""
        stays = Moment(one.at, zones.local(one.at, self._zone))
        if one.at > self._last and one.at not in self._occupied and self._may_stay(one, stays):
            self.put(one.id, one.kind, stays)
            return Move(one.id, one.at, one.at, stays.wall, "", {})
        moment = self._next_slot(one)
        self.put(one.id, one.kind, moment)
        return Move(
            one.id, one.at, moment.at, moment.wall, moment.note, self._trace(one, stays, moment)
        )

    def _may_stay(self, one: Taken, stays: Moment) -> bool:
        """Whether its periods hold no more with it than they may, or than they did before."""
        if one.kind != FIRST:
            return True
        day = stays.wall.date()
        now_held = self._used.places(day, self._limits)
        held_before = self._before.places(day, self._limits)
        return all(
            not place.is_full(one.id) or len(place.held | {one.id}) <= len(before.held)
            for place, before in zip(now_held, held_before, strict=True)
        )

    def _next_slot(self, one: Taken) -> Moment:
        reason = reason_not_to_plan(self._rules)
        if reason:
            raise CannotInsert(reason, one.id)
        # The search never goes back: whoever comes next was, and will be, behind.
        while self._next and not (self._next.at > one.at and self._is_free(self._next, one)):
            self._next = next(self._slots, None)
        if self._next is None:
            raise CannotInsert(NONE_FREE, one.id)
        return self._next

    def _is_free(self, moment: Moment, one: Taken) -> bool:
        if moment.at < self._earliest or moment.at in self._occupied:
            return False
        return one.kind != FIRST or not first_full(self._places(moment), one.id)

    def _places(self, moment: Moment) -> list[Place]:
        return self._used.places(moment.wall.date(), self._limits)

    def _trace(self, one: Taken, stays: Moment, moment: Moment) -> Shown:
        places = self._places(moment) if one.kind == FIRST else None
        wall, old = (each.wall.isoformat(timespec="minutes") for each in (moment, stays))
        made = trace.placed(wall, moment.note, places, trace.shown(self._limits), [])
        return {**made, "shifted": old}

    def _all_slots(self, now: datetime) -> Iterator[Moment]:
        for day in slots.horizon(self._rules, self._zone, now):
            yield from day
