"""The planner's rules once more, the slow way, to judge the planner by. Shares no code with it.

Windows are marked minute by minute, wall times are found by trying offsets, gaps by walking
minutes, limits by counting everything again for each slot, and each item looks at every slot from
the first. It knows nothing of `webapp`, and reads the time zones by itself.
"""

from __future__ import annotations

import importlib.resources
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


@dataclass
class Case:
    """What the planner is asked, in plain values. A limit of None is none."""

    days: list[str]
    windows: list[tuple[str, str]]
    daily: int | None
    weekly: int | None
    monthly: int | None
    spacing: int | None
    lead: int
    blackouts: list[date]
    zone: str
    now: datetime
    items: list[tuple[int, datetime, int, str]]  # id, approved_at, priority, kind
    taken: list[tuple[int, datetime, bool, str, str]]  # id, at, pinned, state, kind
    published: list[tuple[int, datetime, str]]  # id, at, kind


@dataclass
class Slot:
    """One slot: when it runs, and the note of a clock change."""

    at: datetime
    wall: datetime
    note: str


@dataclass
class Answer:
    """What has to come out for an item. `earlier`: the slots before, with all that was in the way;
    `counts`: how many its day, week and month hold with it."""

    id: int
    slot: Slot | None
    reason: str | None
    earlier: list[tuple[Slot, set[str]]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)


@cache
def zone(name: str) -> ZoneInfo:
    """The zone as the installed package has it."""
    path = importlib.resources.files("tzdata.zoneinfo").joinpath(*name.split("/"))
    with path.open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def local(at: datetime, name: str) -> datetime:
    """What the clock on the wall shows at an instant."""
    return at.astimezone(zone(name)).replace(tzinfo=None, fold=0)


@cache
def offsets(day: date, name: str) -> frozenset[timedelta]:
    """Every offset of the zone from a day before to a day after a date."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) - DAY
    instants = [start + hour * 60 * MINUTE for hour in range(3 * 24 + 1)]
    return frozenset(local(at, name) - at.replace(tzinfo=None) for at in instants)


@cache
def shown(wall: datetime, name: str) -> Slot:
    """When the clock shows a wall time: the first time, or the first instant after the gap."""
    tries = offsets(wall.date(), name)
    found = [
        at for offset in tries if local(at := (wall - offset).replace(tzinfo=UTC), name) == wall
    ]
    if found:
        return Slot(min(found), wall, "fold" if len(found) > 1 else "")
    at = (wall - max(tries)).replace(tzinfo=UTC)
    while local(at, name) <= wall:
        at += MINUTE
    return Slot(at, local(at, name), f"gap {wall:%Y-%m-%dT%H:%M}")


def clock(text: str) -> int:
    """Minutes of "HH:MM"."""
    return int(text[:2]) * 60 + int(text[3:])


def times(case: Case) -> list[int]:
    """The slots of a publishing day, in minutes after midnight."""
    inside = [False] * 1441
    exact = set()
    for start, end in case.windows:
        if start == end:
            exact.add(clock(start))
        for minute in range(clock(start), clock(end)):
            inside[minute] = True
    step = 60
    if case.daily:
        step = max(5, sum(inside) // case.daily // 5 * 5)
    if case.spacing is not None:
        step = case.spacing
    since = None
    for minute in range(1440):
        if not inside[minute]:
            since = None
            continue
        since = 0 if since is None else since + 1
        if since % step == 0:
            exact.add(minute)
    return sorted(exact)


def goes_out(case: Case, day: date) -> bool:
    """Whether a date is a publishing day."""
    return NAMES[day.weekday()] in case.days and day not in case.blackouts


def slots(case: Case) -> Iterator[Slot]:
    """All slots from today on, in order, one for each instant."""
    today = local(case.now, case.zone).date()
    end = today + 400 * DAY
    minutes = times(case)
    waiting: list[Slot] = []
    for number in range(-1, 402):
        day = today + number * DAY
        if goes_out(case, day):
            midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
            waiting += [shown(midnight + minute * MINUTE, case.zone) for minute in minutes]
        # Nothing that is written for a later date runs before this one is over.
        ready = [one for one in waiting if one.wall.date() <= day]
        waiting = [one for one in waiting if one.wall.date() > day]
        for at in sorted({one.at for one in ready}):
            same = [one for one in ready if one.at == at]
            best = next((one for one in same if not one.note), same[0])
            if goes_out(case, best.wall.date()) and today <= best.wall.date() <= end:
                yield best


@cache
def periods(day: date) -> dict[str, tuple[int, ...]]:
    """The day, the ISO week and the month of a date."""
    week = day.isocalendar()
    return {
        "day": (day.year, day.month, day.day),
        "week": (week.year, week.week),
        "month": (day.year, day.month),
    }


def reason_not_to_plan(case: Case) -> str | None:
    """The reason for which nothing can go out at all."""
    if 0 in (case.daily, case.weekly, case.monthly):
        return "limit_zero"
    if not case.days:
        return "no_publish_days"
    return None if case.windows else "no_time_slots"


def plan(case: Case) -> list[Answer]:
    """Every item's answer, in the order of planning."""
    reason = reason_not_to_plan(case)
    every = Remembered(slots(case) if reason is None else iter(()))
    there = {at for _, at, _, _, _ in case.taken}
    counted = [(id, at) for id, at, _, _, kind in case.taken if kind == "first"]
    counted += [(id, at) for id, at, kind in case.published if kind == "first"]
    answers = []
    for id, _, _, kind in sorted(case.items, key=lambda item: (-item[2], item[1], item[0])):
        held = [(one, periods(local(at, case.zone).date())) for one, at in counted]
        answer = Answer(id, None, reason or "none_free")
        for slot in every:
            counts = count(id, slot, held)
            wrong = obstacles(case, slot, kind, counts, there)
            if not wrong:
                answer.slot, answer.reason, answer.counts = slot, None, counts
                there.add(slot.at)
                counted += [(id, slot.at)] if kind == "first" else []
                break
            answer.earlier.append((slot, wrong))
        answers.append(answer)
    return answers


def count(
    id: int, slot: Slot, held: list[tuple[int, dict[str, tuple[int, ...]]]]
) -> dict[str, int]:
    """How many distinct contents the slot's periods hold with this one."""
    own = periods(slot.wall.date())
    return {
        name: len({one for one, there in held if there[name] == own[name]} | {id}) for name in own
    }


def obstacles(
    case: Case, slot: Slot, kind: str, counts: dict[str, int], there: set[datetime]
) -> set[str]:
    """All that keeps an item of this kind from the slot."""
    wrong = set()
    if slot.at - case.now < case.lead * MINUTE:
        wrong.add("lead")
    if slot.at in there:
        wrong.add("taken")
    limits = {"day": case.daily, "week": case.weekly, "month": case.monthly}
    for name, limit in limits.items():
        if kind == "first" and limit is not None and counts[name] > limit:
            wrong.add(f"{name}_full")
    return wrong


class Remembered:
    """An iterator that can be gone over again."""

    def __init__(self, source: Iterator[Slot]) -> None:
        self.source = source
        self.seen: list[Slot] = []

    def __iter__(self) -> Iterator[Slot]:
        yield from list(self.seen)
        for one in self.source:
            self.seen.append(one)
            yield one
