"""The calendar's address: what it shows, and what turning its page does."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs

import pytest

from webapp.calendar.address import Address, parse_day, parse_days


def test_a_month_is_shown_in_whole_weeks_from_monday() -> None:
    for year in range(2024, 2034):
        for month in range(1, 13):
            days = Address("month", date(year, month, 15)).days()
            assert days[0].weekday() == 0
            assert days[-1].weekday() == 6
            of_month = [day for day in days if (day.year, day.month) == (year, month)]
            assert of_month[0].day == 1
            assert (of_month[-1].toordinal() + 1) == date(
                year + month // 12, month % 12 + 1, 1
            ).toordinal()
            assert 28 <= len(days) <= 42
            assert days[6].month == month or days[6].day < 8


def test_weeks_roll_from_the_one_of_the_date() -> None:
    days = Address("weeks", date(2026, 12, 2)).days()
    assert (days[0], days[-1], len(days)) == (date(2026, 11, 30), date(2027, 1, 10), 42)
    assert Address("weeks", date(2026, 12, 2)).step(1) == date(2027, 1, 13)
    assert Address("weeks", date(2026, 12, 2)).step(-1) == date(2026, 10, 21)


def test_turning_the_page() -> None:
    assert Address("month", date(2026, 12, 31)).step(1) == date(2027, 1, 1)
    assert Address("month", date(2026, 1, 31)).step(-1) == date(2025, 12, 1)
    assert Address("week", date(2026, 12, 31)).step(1) == date(2027, 1, 7)
    assert Address("list", date(2026, 12, 1)).step(1) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("view", "day", "title"),
    [
        ("month", date(2026, 11, 21), "November 2026"),
        ("week", date(2026, 11, 21), "16 – 22 Nov 2026"),
        ("week", date(2026, 12, 1), "30 Nov – 6 Dec 2026"),
        ("week", date(2026, 12, 31), "28 Dec 2026 – 3 Jan 2027"),
        ("list", date(2026, 11, 21), "From Sat 21 Nov 2026"),
        ("weeks", date(2026, 12, 2), "30 Nov 2026 – 10 Jan 2027"),
    ],
)
def test_the_title_says_the_period(view: str, day: date, title: str) -> None:
    assert Address(view, day).title == title


def test_the_query_holds_view_date_and_filters_and_nothing_else() -> None:
    address = Address("week", date(2026, 11, 21), "3", "failed", "page", "a@b.c", 7, 200)
    assert parse_qs(address.query()) == {
        "view": ["week"],
        "date": ["2026-11-21"],
        "site": ["3"],
        "status": ["failed"],
        "type": ["page"],
        "author": ["a@b.c"],
        "cluster": ["7"],
        "skip": ["200"],
    }
    assert parse_qs(address.href(view="month").split("?")[1])["author"] == ["a@b.c"]
    assert "skip" not in address.href()
    assert Address("month", date(2026, 11, 1)).query() == "view=month&date=2026-11-01"


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "0001-01-01", "9999-12-31"])
def test_a_date_that_is_none_is_as_if_it_were_not_there(text: str) -> None:
    assert parse_day(text, date(2026, 11, 21)) == date(2026, 11, 21)


def test_only_days_that_are_shown_are_drawn() -> None:
    shown = Address("week", date(2026, 11, 21)).days()
    assert parse_days("2026-11-22,2026-11-17,2030-01-01,x", shown) == [
        date(2026, 11, 17),
        date(2026, 11, 22),
    ]
