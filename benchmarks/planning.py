"""A plan of a hundred thousand contents, with its reasons, in memory.

    python -m benchmarks.planning [--quick]

CPU time of one thread, without a database: `benchmarks.replan` has the plan that is written. Each
rhythm is one that could make a careless planner slow: full days that are passed over, many updates,
pins, a long history.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import measure
from webapp.core.zones import zone
from webapp.publisher.planning import planner, slots
from webapp.publisher.planning.planner import Item, Published, Taken, Timetable

GOAL_SECONDS = 1.0
NOW = datetime(2026, 11, 21, 6, tzinfo=UTC)
STEP = timedelta(minutes=5)


def rules(**settings: Any) -> slots.Rules:
    """All day, every five minutes: 288 slots a day, so that 400 days have room for all."""
    usual = {"slot_spacing_minutes": 5, "publish_days": slots.WEEKDAYS}
    window = slots.Window("00:00", "24:00")
    return slots.Rules(publish_time_slots=(window,), **{**usual, **settings})


def items(count: int, updates: int = 0) -> list[Item]:
    """Contents in no order; of ten, so many are updates."""
    return [
        Item(
            number,
            NOW - timedelta(minutes=number * 7919 % 100_003),
            number % 3,
            "update" if number % 10 < updates else "first",
        )
        for number in range(1, count + 1)
    ]


def rhythms(count: int) -> dict[str, tuple[slots.Rules, list[Item], list[Taken], list[Published]]]:
    """What is planned, by name."""
    limits = {
        "daily_publish_limit": 280,
        "weekly_publish_limit": 1900,
        "monthly_publish_limit": 8000,
    }
    pins = [
        Taken(10**6 + number, NOW + number * STEP, pinned=True) for number in range(count // 10)
    ]
    past = [Published(10**7 + number, NOW - number * STEP) for number in range(count // 10)]
    return {
        "no limits": (rules(), items(count), [], []),
        "three limits, a slot a minute": (
            rules(**limits, slot_spacing_minutes=1),
            items(count),
            [],
            [],
        ),
        "half are updates": (rules(daily_publish_limit=280), items(count, 5), [], []),
        "10,000 pins and a history": (rules(**limits), items(count), pins, past),
        "three a day: nearly all find no time": (
            rules(daily_publish_limit=3),
            items(count),
            [],
            [],
        ),
    }


def main() -> None:
    quick = "--quick" in sys.argv
    count, rounds = (10_000, 1) if quick else (100_000, 5)
    place = zone("America/New_York")
    measure.heading(f"{count:,} contents planned in memory")
    for name, (given, waiting, taken, published) in rhythms(count).items():
        spent = []
        for _ in range(rounds):
            began = time.process_time()
            planner.plan(Timetable(given, place, NOW, taken, published), waiting)
            spent.append(time.process_time() - began)
        measure.report_times(name, spent, None if quick else GOAL_SECONDS)


if __name__ == "__main__":
    main()
