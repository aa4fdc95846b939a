"""How full days, weeks and months are, and when what waits has gone out."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.publisher import cases
from webapp.core.zones import zone
from webapp.publisher.planning import capacity, slots
from webapp.publisher.planning.capacity import Week
from webapp.publisher.planning.planner import Item, Published, Taken

NEW_YORK = zone("America/New_York")
MONDAY = datetime(2026, 12, 7, 11, tzinfo=UTC)  # 06:00 there
TODAY = date(2026, 12, 7)


def rules(**limits: Any) -> slots.Rules:
    """Every day at nine, ten and eleven."""
    return slots.Rules(
        publish_days=slots.WEEKDAYS,
        publish_time_slots=(slots.Window("09:00", "12:00"),),
        slot_spacing_minutes=60,
        **limits,
    )


def test_what_counts_is_distinct_first_publications_on_the_sites_days() -> None:
    taken = [
        Taken(1, MONDAY + timedelta(hours=5)),
        Taken(2, MONDAY + timedelta(hours=6), state="publishing", pinned=True),
        Taken(3, MONDAY + timedelta(hours=7), kind="update"),
        Taken(4, MONDAY + timedelta(hours=8), kind="retract"),
        Taken(5, MONDAY + timedelta(days=1)),
    ]
    published = [
        Published(6, MONDAY - timedelta(hours=1)),
        Published(6, MONDAY - timedelta(minutes=59)),  # to a second destination
        Published(1, MONDAY - timedelta(hours=2)),  # counts already as what is scheduled
        Published(7, MONDAY - timedelta(hours=7)),  # Sunday there, Monday in UTC
        Published(8, MONDAY, kind="failed"),
        Published(9, MONDAY, kind="update"),
        Published(10, MONDAY - timedelta(days=7)),  # 30 November
    ]
    used = capacity.used(cases.table(rules(), NEW_YORK, taken, published, MONDAY))
    assert (used.day(TODAY), used.week(TODAY), used.month(TODAY)) == (3, 4, 5)
    assert used.week(date(2026, 12, 13)) == 4
    assert used.week(date(2026, 12, 14)) == 0
    sunday = date(2026, 12, 6)
    assert (used.day(sunday), used.week(sunday), used.month(date(2026, 11, 30))) == (1, 2, 1)


def test_an_iso_week_may_span_two_years_and_a_month_does_not() -> None:
    used = capacity.used(
        cases.table(
            rules(), zone("UTC"), [], [Published(1, datetime(2026, 12, 31, 9, tzinfo=UTC))], MONDAY
        )
    )
    assert used.week(date(2027, 1, 3)) == 1
    assert used.month(date(2027, 1, 3)) == 0
    assert used.month(date(2025, 12, 31)) == 0


def test_what_a_person_exceeds() -> None:
    taken = [Taken(1, MONDAY), Taken(2, MONDAY + timedelta(days=1))]
    used = capacity.used(cases.table(rules(), NEW_YORK, taken, [], MONDAY))
    limits = rules(daily_publish_limit=1, weekly_publish_limit=2, monthly_publish_limit=9)
    assert capacity.exceeded(limits, used, 3, TODAY) == {"day": (2, 1), "week": (3, 2)}
    assert capacity.exceeded(limits, used, 3, date(2026, 12, 9)) == {"week": (3, 2)}
    assert capacity.exceeded(limits, used, 1, TODAY) == {}
    assert capacity.exceeded(rules(), used, 3, TODAY) == {}
    assert capacity.exceeded(rules(daily_publish_limit=0), used, 3, date(2026, 12, 12)) == {
        "day": (1, 0)
    }


def forecast(waiting: int, **limits: Any) -> capacity.Forecast:
    """The forecast for so many contents, two of which have their time."""
    taken = [Taken(1, MONDAY + timedelta(hours=9)), Taken(2, MONDAY + timedelta(days=7, hours=9))]
    return capacity.forecast(cases.table(rules(**limits), NEW_YORK, taken, [], MONDAY), waiting)


def test_when_what_waits_ends() -> None:
    found = forecast(41, daily_publish_limit=3)
    # Seven days of three are 21 a week; one of each week's places is taken already.
    assert found.last == date(2026, 12, 21)
    assert (found.waiting, found.unplaced, found.reason) == (41, 0, None)
    assert found.weeks == [
        Week(TODAY, 1, 20, None),
        Week(date(2026, 12, 14), 1, 20, None),
        Week(date(2026, 12, 21), 0, 1, None),
    ]


def test_a_forecast_is_what_the_plan_will_be() -> None:
    given = rules(daily_publish_limit=2, weekly_publish_limit=9)
    items = [
        Item(number, MONDAY, kind="update" if number % 4 == 0 else "first")
        for number in range(1, 30)
    ]
    found = capacity.forecast(cases.table(given, NEW_YORK, [], [], MONDAY), items)
    plan = cases.plan(given, NEW_YORK, items, [], [], MONDAY)
    assert found.last == max(one.wall for one in plan if one.wall).date()
    assert [week.planned for week in found.weeks] == [9, 9, 4]  # updates take no place
    assert {week.limit for week in found.weeks} == {9}


def test_a_forecast_of_nothing() -> None:
    found = forecast(0, daily_publish_limit=3)
    assert (found.last, found.weeks) == (None, [Week(TODAY, 1, 0, None)])
    assert capacity.sentence(rules(), found) == "Nothing waits for a time."


@pytest.mark.parametrize(
    ("waiting", "limits", "expected"),
    [
        (
            41,
            {"daily_publish_limit": 3},
            "At 3 a day the 41 approved pieces end on Mon 21 Dec 2026.",
        ),
        (1, {"daily_publish_limit": 3}, "At 3 a day the approved piece ends on Mon 7 Dec 2026."),
        (
            5,
            {"daily_publish_limit": 1, "weekly_publish_limit": 2},
            "At 1 a day and 2 a week the 5 approved pieces end on Mon 28 Dec 2026.",
        ),
        (
            12,
            {"monthly_publish_limit": 1},
            "At 1 a month the 12 approved pieces end on Wed 1 Dec 2027.",
        ),
        (
            15,
            {"monthly_publish_limit": 1},
            "At 1 a month the 15 approved pieces end on Sat 1 Jan 2028, "
            "and 2 of them find no time.",
        ),
        (4, {"daily_publish_limit": 0}, "At 0 a day the 4 approved pieces find no time."),
        (3, {}, "Without a limit the 3 approved pieces end on Mon 7 Dec 2026."),
    ],
)
def test_a_forecast_in_words(waiting: int, limits: dict[str, int], expected: str) -> None:
    assert capacity.sentence(rules(**limits), forecast(waiting, **limits)) == expected


def test_other_limits_can_be_tried() -> None:
    three = rules(daily_publish_limit=3)
    one = msgspec.structs.replace(three, daily_publish_limit=1)
    ends = [
        capacity.forecast(cases.table(each, NEW_YORK, [], [], MONDAY), 6).last
        for each in (three, one)
    ]
    assert ends == [date(2026, 12, 8), date(2026, 12, 12)]
