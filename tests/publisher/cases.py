"""Cases for the planner, made up at random: small worlds in which rules, pins and clocks meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from tests.publisher import oracle
from tests.publisher.oracle import DAY, MINUTE, Case
from webapp.publisher.planning import planner, slots

FIRST_YEAR, LAST_YEAR = 2026, 2035
# Changes at 02:00, at midnight, over midnight, by half an hour and by two, and none at all.
ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Nuuk",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Beirut",
    "America/Santiago",
    "America/Havana",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "America/St_Johns",
    "Atlantic/Azores",
    "Asia/Gaza",
    "Pacific/Easter",
    "Australia/Sydney",
    "Pacific/Kiritimati",
    "Asia/Kathmandu",
    "UTC",
)


def transitions(
    zone: ZoneInfo, first: int = FIRST_YEAR, last: int = LAST_YEAR
) -> list[tuple[datetime, timedelta]]:
    """Instants at which the zone's offset changes in these years, and by how much it grows."""
    found = []
    at, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    before = at.astimezone(zone).utcoffset()
    while at < end:
        at += DAY
        after = at.astimezone(zone).utcoffset()
        assert before is not None
        assert after is not None
        if after != before:
            found.append((_edge(at, zone), after - before))
        before = after
    return found


def _edge(after: datetime, zone: ZoneInfo) -> datetime:
    new, low = after.astimezone(zone).utcoffset(), after - DAY
    while after - low > timedelta(seconds=1):
        middle = low + (after - low) // 2
        middle = middle.replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == new:
            after = middle
        else:
            low = middle
    return after


@cache
def changes(name: str) -> list[datetime]:
    """The transitions of a zone in the years of interest."""
    return [at for at, _ in transitions(oracle.zone(name))]


def make(seed: int) -> Case:
    """The case of a seed."""
    return _Maker(Random(seed)).case()


class _Maker:
    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.zone = chance.choice(ZONES)
        self.change: datetime | None = None
        self.now = datetime(2026, 1, 1, tzinfo=UTC) + chance.randrange(3600 * 24) * MINUTE
        if changes(self.zone) and chance.random() < 0.75:
            self.change = chance.choice(changes(self.zone))
            self.now = self.change - chance.randrange(chance.choice((600, 3 * 1440))) * MINUTE
        self.now += timedelta(seconds=chance.choice((0, 0, 1, 59)))
        self.today = oracle.local(self.now, self.zone).date()

    def maybe(self, share: float) -> bool:
        return self.chance.random() < share

    def case(self) -> Case:
        windows = self.windows()
        days = self.days()
        case = Case(
            days=days,
            windows=windows,
            daily=self.limit(0.5, (1, 1, 2, 2, 3, 5)),
            weekly=self.limit(0.35, (1, 2, 3, 4, 7)),
            monthly=self.limit(0.3, (1, 2, 4, 6, 9)),
            spacing=self.chance.choice((None, None, 15, 30, 45, 60, 90, 7)),
            lead=self.chance.choice((10, 10, 0, 1, 60, 600)),
            blackouts=self.blackouts(days),
            zone=self.zone,
            now=self.now,
            items=self.items(),
            taken=[],
            published=self.published(),
        )
        case.taken = self.taken(case)
        return case

    def limit(self, share: float, choices: tuple[int, ...]) -> int | None:
        if self.maybe(0.007):
            return 0
        return self.chance.choice(choices) if self.maybe(share) else None

    def days(self) -> list[str]:
        if self.maybe(0.01):
            return []
        if self.maybe(0.3):
            return list(oracle.NAMES)
        count = self.chance.randint(1, 6)
        days = set(self.chance.sample(oracle.NAMES, count))
        if self.change and self.maybe(0.8):
            days.add(oracle.NAMES[oracle.local(self.change - MINUTE, self.zone).weekday()])
        return sorted(days)

    def windows(self) -> list[tuple[str, str]]:
        if self.maybe(0.01):
            return []
        return [self.window() for _ in range(self.chance.choice((1, 1, 2, 3)))]

    def window(self) -> tuple[str, str]:
        start = self.chance.randrange(0, 1440, 15)
        if self.change and self.maybe(0.85):
            # Near the hour at which the clock changes, on either side of it.
            wall = oracle.local(self.change - MINUTE, self.zone)
            near = wall.hour * 60 + wall.minute + 1
            start = (
                near + self.chance.choice((-120, -60, -60, -45, -30, -15, 0, 0, 7, 15, 30, 59))
            ) % 1440
        length = self.chance.choice((0, 0, 10, 30, 60, 61, 120, 240, 480))
        return _text(start), _text(min(1440, start + length))

    def blackouts(self, days: list[str]) -> list[date]:
        if not self.maybe(0.75):
            return []
        coming = [self.today + number * DAY for number in range(-1, 12)]
        able = [day for day in coming if oracle.NAMES[day.weekday()] in days] or coming
        return self.chance.sample(able, min(len(able), self.chance.randint(1, 5)))

    def items(self) -> list[tuple[int, datetime, int, str]]:
        ids = self.chance.sample(range(1, 40), self.chance.choice((1, 2, 3, 4, 6, 8)))
        return [
            (
                id,
                self.now - self.chance.randrange(5) * DAY,
                self.chance.choice((0, 0, 0, 1, -1)),
                "update" if self.maybe(0.2) else "first",
            )
            for id in ids
        ]

    def taken(self, case: Case) -> list[tuple[int, datetime, bool, str, str]]:
        """Mostly on the next slots, some of them beside."""
        ahead = [slot.at for slot, _ in zip(oracle.slots(case), range(14), strict=False)]
        found = []
        for id in self.chance.sample(range(100, 140), self.chance.choice((0, 2, 4, 6))):
            at = self.now + self.chance.randrange(12 * 1440) * MINUTE
            if ahead and self.maybe(0.75):
                at = self.chance.choice(ahead)
            state = "publishing" if self.maybe(0.1) else "scheduled"
            kind = self.chance.choice(("first", "first", "first", "first", "update", "retract"))
            found.append((id, at, self.maybe(0.75), state, kind))
        return found

    def published(self) -> list[tuple[int, datetime, str]]:
        kinds = ("first", "first", "first", "update", "retract", "failed")
        # Some went to two destinations, some are the item itself at another one.
        found = [
            (
                self.chance.choice((200, 201, 202, self.chance.randint(1, 40))),
                self.now - self.chance.randrange(1, self.chance.choice((1440, 40 * 1440))) * MINUTE,
                self.chance.choice(kinds),
            )
            for _ in range(self.chance.choice((0, 0, 1, 3, 6)))
        ]
        return found + [(id, at + timedelta(seconds=5), kind) for id, at, kind in found[:1]]


def _text(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def rules(case: Case) -> slots.Rules:
    """The case's rules as the planner takes them."""
    return slots.Rules(
        publish_days=tuple(case.days),
        publish_time_slots=tuple(slots.Window(*window) for window in case.windows),
        daily_publish_limit=case.daily,
        weekly_publish_limit=case.weekly,
        monthly_publish_limit=case.monthly,
        slot_spacing_minutes=case.spacing,
        min_lead_minutes=case.lead,
        blackout_dates=tuple(case.blackouts),
    )


Arguments = tuple[
    slots.Rules,
    ZoneInfo,
    list[planner.Item],
    list[planner.Taken],
    list[planner.Published],
    datetime,
]


def plan(
    rules: slots.Rules, zone: ZoneInfo, items: list[planner.Item], *rest: Any
) -> list[planner.Assignment]:
    """What the planner makes of a case's arguments."""
    return planner.plan(table(rules, zone, *rest), items)


def table(
    rules: slots.Rules,
    zone: ZoneInfo,
    taken: Sequence[planner.Taken],
    published: Sequence[planner.Published],
    now: datetime,
) -> planner.Timetable:
    return planner.Timetable(rules, zone, now, taken, published)


def arguments(case: Case) -> Arguments:
    """The case as the planner takes it."""
    return (
        rules(case),
        oracle.zone(case.zone),
        [planner.Item(*one) for one in case.items],
        [planner.Taken(*one) for one in case.taken],
        [planner.Published(*one) for one in case.published],
        case.now,
    )
