"""How the calendar uses its room: weeks, full days and hours, free places, the sites in brief."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tests.calendar.conftest import MONDAY, Calendar
from tests.support.desk import Desk
from tests.support.rhythm import choose
from webapp.accounts import setup
from webapp.calendar import view

both = pytest.mark.both_databases
WEEK = {"view": "week", "date": str(MONDAY)}


def words(element: Any) -> str:
    return " ".join(element.text_content().split())


def free_on(calendar: Calendar, day: str, **query: str) -> list[str]:
    tree = calendar.tree(**{**WEEK, **query})
    found: list[str] = tree.xpath(f"//li[@id='d{day}']//span[@class='slot']/@data-slot")
    return found


def test_at_first_the_weeks_from_this_one_on_are_shown(calendar: Calendar) -> None:
    tree = calendar.tree()
    days = tree.xpath("//ol[@id='days']/li/@data-day")
    assert (days[0], days[-1], len(days)) == ("2027-01-11", "2027-02-21", 42)
    assert tree.xpath("//nav[@class='switch']/a[@aria-current]")[0].text == "Weeks"


def test_a_month_is_a_choice(calendar: Calendar) -> None:
    tree = calendar.tree(view="month", date="2027-02-10")
    days = tree.xpath("//ol[@id='days']/li/@data-day")
    assert (days[0], days[-1]) == ("2027-02-01", "2027-02-28")


@both
def test_a_week_shows_something_of_every_hour_of_a_full_day(calendar: Calendar) -> None:
    for hour in (8, 20):
        for minute in range(7):
            calendar.piece(f"{hour}:{minute}", MONDAY, time(hour, minute))
    tree = calendar.tree(**WEEK)
    for hour in (8, 20):
        [room] = tree.xpath(f"//li[@id='d{MONDAY}']/div[@data-hour='{hour}']")
        times = [one.text for one in room.xpath(".//time")]
        assert times == [f"{hour:02}:{minute:02}" for minute in range(view.CARDS["week"])]
        [more] = room.xpath("./a[@class='more-of-day']")
        assert words(more) == f"+3 more from {hour:02}:00 on"


def test_a_day_says_what_stands_behind_its_end(
    calendar: Calendar, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view, "WHOLE_DAY", 5)
    for minute in range(7):
        calendar.piece(f"N{minute}", MONDAY, time(8, minute))
    tree = calendar.tree(path=f"/days/{MONDAY}", date=str(MONDAY))
    [more] = tree.xpath("//p[@class='more']/a")
    assert words(more) == "The 2 after these"
    answer = calendar.client.get(more.get("href"))
    assert ">N5</bdi>" in answer.text
    assert ">N4</bdi>" not in answer.text


@both
def test_nothing_is_free_on_a_day_whose_limit_is_used(calendar: Calendar, desk: Desk) -> None:
    choose(desk, daily_publish_limit=2)
    slots = free_on(calendar, "2027-02-01")
    assert slots
    calendar.piece("One", MONDAY, time(6, 1))
    assert free_on(calendar, "2027-02-01") == slots
    calendar.piece("Two", MONDAY, time(6, 2))
    assert free_on(calendar, "2027-02-01") == []
    assert free_on(calendar, "2027-02-02"), "other days are not full"


def test_nothing_is_free_in_a_week_whose_limit_is_used(calendar: Calendar, desk: Desk) -> None:
    choose(desk, daily_publish_limit=5, weekly_publish_limit=1)
    assert free_on(calendar, "2027-02-05")
    moved = calendar.piece("One", MONDAY, time(6, 1))
    assert free_on(calendar, "2027-02-05") == []
    answer = calendar.move(moved, None, query={**WEEK, "days": str(MONDAY)})
    assert 'id="d2027-02-05"' in answer.json()["html"], "the slots of other days are open again"


def test_a_slot_that_a_filter_hides_is_taken_all_the_same(calendar: Calendar) -> None:
    slots = free_on(calendar, "2027-02-01")
    calendar.piece("A post", MONDAY, time.fromisoformat(slots[0]))
    assert free_on(calendar, "2027-02-01", type="page") == slots[1:]


def test_what_is_past_is_over_no_limit(calendar: Calendar, desk: Desk) -> None:
    choose(desk, daily_publish_limit=1)
    for hour in (8, 9):
        calendar.went_out(
            calendar.piece(f"At {hour}", MONDAY, time(hour, 0)),
            datetime(2027, 1, 11, hour, 0, tzinfo=UTC),
        )
    tree = calendar.tree()
    [used] = tree.xpath("//li[@id='d2027-01-11']//span[contains(@class, 'used')]")
    assert (words(used), used.get("class")) == ("2/1 used", "used")


def test_of_several_sites_the_worst_stands_first(calendar: Calendar, desk: Desk) -> None:
    with desk.system.db.write() as db:
        for name in ("Alpha", "Omega"):
            setup.add_site(
                db, desk.site.account_id, name, f"https://{name.lower()}.example", "Europe/Berlin"
            )
    calendar.piece("Today", date(2027, 1, 14), time(20, 0))
    [summary] = calendar.tree(site="all").xpath("//details[@id='bars-fold']/summary")
    assert words(summary.xpath("./span[@class='brief']")[0]).startswith("Alpha not connected")
    assert words(summary).endswith("3 sites")
    assert "Gazette" in words(summary)
    assert "next 20:00" in words(summary)
    [bars] = calendar.tree(site="all").xpath("//details[@id='bars-fold']/div")
    assert len(bars.xpath("./section")) == 3


def test_the_filters_say_how_many_there_are_and_can_be_taken_away(calendar: Calendar) -> None:
    calendar.piece("A post", MONDAY)
    tree = calendar.tree(date=str(MONDAY), type="page", status="scheduled")
    assert words(tree.xpath("//details[@id='filters-menu']/summary")[0]) == "Filters 2"
    away = tree.xpath("//a[@class='filter-word']")
    assert [words(one) for one in away] == ["Scheduled", "page"]
    again = calendar.client.get(away[1].get("href"))
    assert "A post" in again.text


def test_a_days_month_is_named_where_it_begins(calendar: Calendar) -> None:
    named = calendar.tree().xpath("//li[.//span[@class='day-short']]/@data-day")
    assert named == ["2027-01-11", "2027-02-01"]
