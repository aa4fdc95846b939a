"""Windows, spacing, and the wall times that clocks leave out or show twice."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from webapp.core import zones
from webapp.core.zones import Moment, zone
from webapp.publisher.planning import slots
from webapp.publisher.planning.slots import Rules, Window

NEW_YORK = zone("America/New_York")


def rules(*windows: str, days: str = "mon tue wed thu fri sat sun", **settings: Any) -> Rules:
    """Rules with windows written "09:00-17:00"."""
    return Rules(
        publish_days=tuple(days.split()),
        publish_time_slots=tuple(Window(*window.split("-")) for window in windows),
        **settings,
    )


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    """A wall time."""
    return datetime.fromisoformat(text)


def clock(given: Rules) -> list[str]:
    """The slots of a day as people write them."""
    return [f"{minute // 60:02}:{minute % 60:02}" for minute in slots.wall_times(given)]


@pytest.mark.parametrize(
    ("text", "minutes"), [("00:00", 0), ("09:05", 545), ("23:59", 1439), ("24:00", 1440)]
)
def test_a_time_of_day(text: str, minutes: int) -> None:
    assert slots.minutes(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "9:00", "09:60", "24:01", "25:00", "-1:00", "09-00", "09:0a", "٠٩:٠٠", "09:00:00"]
)
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a time of day"):
        slots.minutes(text)


@pytest.mark.parametrize("window", ["17:00-09:00", "24:00-24:00", "00:01-00:00"])
def test_a_window_that_ends_before_its_start_is_refused(window: str) -> None:
    with pytest.raises(ValueError, match="window"):
        slots.wall_times(rules(window))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (rules("09:00-17:00", daily_publish_limit=3), 160),
        (rules("09:00-17:00", daily_publish_limit=7), 65),  # 68.57, rounded down to 5
        (rules("09:00-10:00", daily_publish_limit=12), 5),
        (rules("09:00-10:00", daily_publish_limit=13), 5),  # never less than 5
        (rules("09:00-10:00"), 60),
        (rules("09:00-10:00", daily_publish_limit=0), 60),
        (rules("09:00-10:00", daily_publish_limit=3, slot_spacing_minutes=7), 7),
        (rules("09:00-10:00", "09:30-11:00", daily_publish_limit=2), 60),  # overlap counts once
        (rules("09:00-10:00", "12:00-12:00", daily_publish_limit=2), 30),  # exact times add nothing
        (rules("09:00-10:00", weekly_publish_limit=2), 60),
    ],
)
def test_spacing(given: Rules, expected: int) -> None:
    assert slots.spacing(given) == expected


@pytest.mark.parametrize(
    ("windows", "expected"),
    [
        (["09:00-11:00"], ["09:00", "10:00"]),
        (["09:00-11:01"], ["09:00", "10:00", "11:00"]),
        (["10:00-11:00", "09:00-10:00"], ["09:00", "10:00"]),
        (["09:00-12:00", "10:30-11:00"], ["09:00", "10:00", "11:00"]),
        (["09:30-10:00", "10:01-10:30"], ["09:30", "10:01"]),
        (["23:00-24:00", "00:00-00:30"], ["00:00", "23:00"]),
        (["10:00-10:00", "10:00-10:00"], ["10:00"]),
        (["09:00-12:00", "09:30-09:30", "11:00-11:00"], ["09:00", "09:30", "10:00", "11:00"]),
        ([], []),
    ],
)
def test_slots_of_a_day(windows: list[str], expected: list[str]) -> None:
    assert clock(rules(*windows)) == expected


def test_too_few_slots_for_the_limit() -> None:
    assert slots.too_few(rules("09:00-09:10", daily_publish_limit=3))
    assert not slots.too_few(rules("09:00-09:10", daily_publish_limit=2))
    assert not slots.too_few(rules("09:00-09:10"))
    assert not slots.too_few(rules("09:00-09:10", daily_publish_limit=0))


def test_a_wall_time_and_its_instant() -> None:
    asked = wall("2026-12-01T09:00")
    assert zones.instant(asked, NEW_YORK) == Moment(at("2026-12-01T14:00"), asked, "")


def test_a_wall_time_that_does_not_exist() -> None:
    found = zones.instant(wall("2026-03-08T02:30"), NEW_YORK)
    assert found == Moment(at("2026-03-08T07:00"), wall("2026-03-08T03:00"), "gap 2026-03-08T02:30")


def test_a_wall_time_that_comes_twice_is_the_first() -> None:
    found = zones.instant(wall("2026-11-01T01:30"), NEW_YORK)
    assert found == Moment(at("2026-11-01T05:30"), wall("2026-11-01T01:30"), "fold")


def test_the_fold_of_the_question_does_not_matter() -> None:
    asked = wall("2026-11-01T01:30").replace(fold=1)
    assert zones.instant(asked, NEW_YORK) == zones.instant(asked.replace(fold=0), NEW_YORK)
    assert zones.local(at("2026-11-01T06:30"), NEW_YORK).fold == 0


def test_days_without_slots() -> None:
    given = rules("09:00-09:00", days="mon", blackout_dates=(date(2026, 12, 7),))
    utc = zone("UTC")
    found = {day: slots.of_day(given, utc, date(2026, 12, day)) for day in (6, 7, 8, 14)}
    assert [day for day, moments in found.items() if moments] == [14]


def test_a_slot_is_of_the_day_on_which_it_runs() -> None:
    """In Nuuk, Saturday 23:00 becomes Sunday 00:00."""
    nuuk = zone("America/Nuuk")
    saturday, sunday = date(2026, 3, 28), date(2026, 3, 29)
    late = rules("23:30-23:30")
    assert slots.of_day(late, nuuk, saturday) == []
    runs = [one.wall.isoformat(timespec="minutes") for one in slots.of_day(late, nuuk, sunday)]
    assert runs == ["2026-03-29T00:00", "2026-03-29T23:30"]
    # Written for Sunday at 00:00 as it is, so that nothing was moved there.
    both = rules("23:30-23:30", "00:00-00:00")
    assert [one.note for one in slots.of_day(both, nuuk, sunday)] == ["", ""]


def test_a_day_without_slots_gives_none_over_midnight() -> None:
    sunday = date(2026, 3, 29)
    found = slots.of_day(rules("23:30-23:30", days="sun"), zone("America/Nuuk"), sunday)
    assert [(one.wall.hour, one.note) for one in found] == [(23, "")]


def test_slots_of_a_day_that_a_place_left_out() -> None:
    """Samoa went from Thursday 29 December 2011 to Saturday the 31st."""
    apia = zone("Pacific/Apia")
    given = rules("09:00-09:00")
    days = {day: slots.of_day(given, apia, date(2011, 12, day)) for day in (29, 30, 31)}
    assert days[30] == []
    assert [(one.wall, one.note) for one in days[31]] == [
        (wall("2011-12-31T00:00"), "gap 2011-12-30T09:00"),
        (wall("2011-12-31T09:00"), ""),
    ]
    assert [one.note for one in days[29]] == [""]


def test_two_slots_that_one_gap_moves_are_one() -> None:
    berlin = zone("Europe/Berlin")
    given = rules("02:00-02:00", "02:15-02:15")
    assert [one.note for one in slots.of_day(given, berlin, date(2026, 3, 29))] == [
        "gap 2026-03-29T02:00"
    ]


def test_the_horizon_is_today_and_400_days() -> None:
    """Today is the site's: it is the seventh already in Kiritimati."""
    days = list(
        slots.horizon(rules("09:00-09:00"), zone("Pacific/Kiritimati"), at("2026-12-06T12:00"))
    )
    assert len(days) == 401
    assert days[0][0].wall == wall("2026-12-07T09:00")
    assert days[400][0].wall == wall("2028-01-11T09:00")


def test_an_unsteady_day_and_a_steady_one_follow_one_rule() -> None:
    """The short cut for days on which no clock changes gives what wall times give one by one."""
    given = rules("00:00-24:00", slot_spacing_minutes=7)
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)):
        midnight = datetime.combine(day, datetime.min.time())
        walls = [midnight.replace(hour=m // 60, minute=m % 60) for m in slots.wall_times(given)]
        assert slots.of_day(given, NEW_YORK, day) == [zones.instant(one, NEW_YORK) for one in walls]
