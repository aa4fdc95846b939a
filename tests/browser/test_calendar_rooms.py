"""How the calendar uses the room it has, and that it says what it shows."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.support.browser import Product, Window, sign_in
from tests.support.planner import PATH, Planner, day_of, in_months

# The last of the days, and the room in which they are seen without scrolling.
LAST_DAY = """() => {
  const days = [...document.querySelectorAll("#days > .day")];
  return [days.length, days.at(-1).getBoundingClientRect().bottom - 1];
}"""
BOARD_END = (
    "() => Math.min(document.getElementById('board').getBoundingClientRect().bottom, innerHeight)"
)


def looking(browser: Browser, product: Product, width: int, height: int) -> Window:
    context = sign_in(browser, product, viewport={"width": width, "height": height})
    return Window(context.new_page(), product)


def today_is_in_sight(page: Page, planner: Planner) -> bool:
    today = day_of(page, datetime.now(planner.zone).date())
    inside: bool = today.evaluate(
        """(day) => {
          const box = day.querySelector(".day-head").getBoundingClientRect();
          return box.top >= 0 && box.bottom <= innerHeight;
        }"""
    )
    return inside


@pytest.mark.parametrize("size", [(1440, 900), (768, 1024)])
def test_six_weeks_are_in_sight_also_with_full_days(
    browser: Browser, product: Product, planner: Planner, size: tuple[int, int]
) -> None:
    day = in_months(12) + timedelta(days=size[0] // 1000)  # each size fills one of its own
    for minute in range(4):
        planner.piece(f"A title of the usual length, {minute}", day, time(8, minute))
    page = looking(browser, product, *size).open(planner.path(day, "weeks"))
    expect(day_of(page, day).locator(".entry")).to_have_count(4)
    count, bottom = page.evaluate(LAST_DAY)
    assert count == 42
    assert bottom <= page.evaluate(BOARD_END)
    tall, usual = (
        day_of(page, one).evaluate("(day) => day.getBoundingClientRect().height")
        for one in (day, day + timedelta(days=14))
    )
    assert tall < 2 * usual, "a full day stretches its own week, and that no more than it needs"
    page.context.close()


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (768, 1024), (390, 844), (720, 450)])
def test_today_is_in_sight_on_opening(
    browser: Browser, product: Product, planner: Planner, size: tuple[int, int]
) -> None:
    for view in ("weeks", "month"):
        page = looking(browser, product, *size).open(f"{PATH}?view={view}&site={planner.site_id}")
        assert today_is_in_sight(page, planner), f"{view} at {size}"
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page.context.close()


def test_of_two_turns_the_last_one_counts(window: Window, planner: Planner) -> None:
    """Also where the first one is answered last."""
    page = window.open(planner.path(in_months(3), "month"))
    title = page.locator("#calendar-title")
    expect(title).to_have_text(f"{in_months(3):%B %Y}")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/publisher/content-calendar?*", hold)
    page.locator(".turn [aria-label=Next]").click()
    page.wait_for_timeout(300)
    page.locator(".turn [aria-label=Previous]").click()
    page.wait_for_timeout(300)
    assert len(held) == 2
    held[1].continue_()
    expect(title).to_have_text(f"{in_months(2):%B %Y}")
    held[0].continue_()
    page.wait_for_timeout(500)
    expect(title).to_have_text(f"{in_months(2):%B %Y}")
    page.unroute("**/publisher/content-calendar?*")


def test_after_back_the_selects_say_what_is_shown(window: Window, planner: Planner) -> None:
    page = window.open(planner.path(in_months(2), "weeks"))
    page.locator("#filters-menu summary").click()
    expect(page.locator("#f-status")).to_be_visible()
    page.locator("#f-status").focus()
    page.locator("#f-status").select_option("failed")
    expect(page.locator("#filters-menu summary")).to_contain_text("Filters 1")
    expect(page.locator("#f-status")).to_be_focused()
    expect(page.locator(".filter-word")).to_have_text("Failed")
    page.go_back()
    expect(page.locator(".filter-word")).to_have_count(0)
    expect(page.locator("#f-status")).to_have_value("")
    page.go_forward()
    expect(page.locator(".filter-word")).to_have_text("Failed")
    expect(page.locator("#f-status")).to_have_value("failed")
    page.reload()
    expect(page.locator("#f-status")).to_have_value("failed")
    page.locator(".filter-word").click()
    expect(page.locator("#f-status")).to_have_value("")
    assert "failed" not in page.url


def test_what_was_folded_stays_folded(window: Window, planner: Planner) -> None:
    page = window.open(f"{PATH}?view=weeks&site={planner.site_id}&date={in_months(2)}")
    page.locator("#tray-title").click()
    page.locator("#next").click()
    page.wait_for_url("**date=*")
    expect(page.locator("#tray-fold")).not_to_have_attribute("open", "")


def test_a_menu_closes_by_escape_and_by_a_click_beside_it(window: Window, planner: Planner) -> None:
    page = window.open(planner.path(in_months(2), "weeks"))
    summary = page.locator("#filters-menu summary")
    summary.click()
    page.keyboard.press("Escape")
    expect(page.locator("#f-status")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    page.locator("#calendar-title").click()
    expect(page.locator("#f-status")).to_be_hidden()
