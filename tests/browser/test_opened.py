"""What a click opens has room: in sight as a whole, and nothing else changes its place for it."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window
from tests.support.planner import PATH, Planner, day_of, in_months

DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
both = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
RTL = "كيف يصبح الزيتون زيتا في المعصرة القديمة"
LONG = "A title that goes on and on about the temperature of milk and the patience of baristas " * 3


def box(locator: Locator) -> dict[str, Any]:
    found: dict[str, Any] = locator.evaluate("(one) => one.getBoundingClientRect().toJSON()")
    return found


def places(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate(
        """() => [...document.querySelectorAll(".decide .panel-acts .btn")]
          .filter((one) => one.checkVisibility() && !one.closest("details form"))
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect().toJSON()])"""
    )
    return found


@both
@pytest.mark.parametrize("key", ["p", "r"])
def test_no_button_of_the_bar_moves(
    new_window: OpenWindow, product: Product, size: dict[str, int], key: str
) -> None:
    page = new_window(viewport=size).open(f"/review/{product.piece('Buttons that stay')}")
    page.evaluate("document.fonts.ready")
    before = places(page)
    assert len(before) == 4
    page.click(f"[data-open-key={key}]")
    form = page.locator(".decide details[open] form")
    expect(form).to_be_visible()
    assert places(page) == before
    assert box(form)["top"] >= 0
    assert box(form)["bottom"] <= min(place["top"] for _, place in before)


@both
def test_one_form_of_the_bar_at_a_time(
    new_window: OpenWindow, product: Product, size: dict[str, int]
) -> None:
    page = new_window(viewport=size).open(f"/review/{product.piece('One after the other')}")
    page.click("[data-open-key=p]")
    page.click("[data-open-key=r]")
    expect(page.locator(".decide details[open]")).to_have_count(1)


@both
def test_a_comment_is_written_in_sight(
    new_window: OpenWindow, product: Product, size: dict[str, int]
) -> None:
    page = new_window(viewport=size).open(f"/review/{product.piece('Something to say')}")
    page.click("[data-open-key=c]")
    form = page.locator("details.fold-act[open] form")
    expect(form).to_be_visible()
    page.wait_for_timeout(200)
    assert box(form)["top"] >= 0
    assert box(form)["bottom"] <= box(page.locator(".decide"))["top"]


def test_a_whole_day_leaves_titles_their_room(new_window: OpenWindow, planner: Planner) -> None:
    day = in_months(28)
    for minute in range(5):
        planner.piece(f"One of many on this day, number {minute}", day, time(9, minute))
    page = new_window(viewport=PHONE).open(planner.path(day))
    day_of(page, day).locator("[data-open-day]").click()
    title = page.locator("#whole-day .entry-title").first
    expect(title).to_be_visible()
    assert box(title)["width"] > 200


def test_filters_end_above_the_navigation(new_window: OpenWindow) -> None:
    page = new_window(viewport={"width": 390, "height": 480}).open(PATH)
    page.click("#filters-open")
    assert (
        box(page.locator("#filters-menu .views-box"))["bottom"] <= box(page.locator(".side"))["top"]
    )


def test_a_zone_ends_before_the_numbers(window: Window) -> None:
    page = window.open(PATH)
    page.click("#bars-open")
    zone, name, used = page.evaluate(
        """() => {
          const bar = document.querySelector(".bar-of-site");
          bar.querySelector(".bar-site").textContent = "A very long name ".repeat(5);
          bar.querySelector(".bar-zone .muted").textContent = "America/Argentina/ComodRivadavia";
          const all = [".bar-zone .muted", ".bar-site", ".bar-used div"];
          return all.map((one) => bar.querySelector(one).getBoundingClientRect().toJSON());
        }"""
    )
    assert name["width"] > 100
    assert name["right"] < zone["left"] < zone["right"] < used["left"]


def test_no_hour_stands_in_the_corner_of_a_week(window: Window, planner: Planner) -> None:
    page = window.open(planner.path(in_months(28), "week"))
    for scrolled in (0, 100, 333):
        page.locator("#board").evaluate("(board, top) => { board.scrollTop = top; }", scrolled)
        corner = page.evaluate(
            """() => {
              const { x, y } = document.querySelector("#board").getBoundingClientRect();
              return document.elementFromPoint(x + 20, y + 16).id;
            }"""
        )
        assert corner == "board"


def test_a_long_title_has_an_end_in_a_week(window: Window, planner: Planner) -> None:
    day = in_months(21)
    content_id = planner.piece(LONG, day)
    page = window.open(planner.path(day, "week"))
    assert box(page.locator(f"#c{content_id} .entry-title"))["height"] < 110


def test_a_title_in_one_line_loses_its_end(window: Window, planner: Planner) -> None:
    """However it is read: its first letter is in sight."""
    day = in_months(22) + timedelta(days=1)
    ids = [planner.piece(RTL * 2, day, time(9, minute)) for minute in range(3)]
    page = window.open(planner.path(day))
    for content_id in ids:
        first, around = page.locator(f"#c{content_id} bdi").evaluate(
            """(title) => {
              const letter = document.createRange();
              letter.setStart(title.firstChild, 0);
              letter.setEnd(title.firstChild, 1);
              const entry = title.closest(".entry");
              return [letter, entry].map((one) => one.getBoundingClientRect().toJSON());
            }"""
        )
        assert around["left"] < first["left"] <= first["right"] <= around["right"]


def test_what_can_be_chosen_is_readable(window: Window, product: Product) -> None:
    page = window.open(f"/settings/sites/{product.site_id}/publishing")
    needs, has = page.locator("#missed_then").evaluate(
        """(select) => {
          const has = select.offsetWidth;
          select.style.inlineSize = "max-content";
          return [select.offsetWidth, has];
        }"""
    )
    assert needs <= has


@both
def test_a_notice_stands_beside_its_sign(new_window: OpenWindow, size: dict[str, int]) -> None:
    page = new_window(viewport=size).open("/content")
    sign, words = page.evaluate(
        """() => {
          const line = document.querySelector("#lost-words").content.cloneNode(true);
          line.querySelector("span").textContent = "A very long name ".repeat(20);
          const place = document.querySelector("#top-line");
          place.replaceChildren(line);
          const both = [".icon", "span"].map((one) => place.querySelector(one));
          return both.map((one) => one.getBoundingClientRect().toJSON());
        }"""
    )
    assert sign["right"] <= words["left"]
    assert words["top"] - 4 <= sign["top"] < words["bottom"]


def test_the_chosen_view_stands_out_in_the_dark(window: Window) -> None:
    page = window.open(PATH)
    lightness = page.evaluate(
        """() => {
          document.documentElement.classList.add("dark");
          const track = document.querySelector(".switch");
          return [track.querySelector("[aria-current]"), track]
            .map((one) => getComputedStyle(one).backgroundColor.match(/[\\d.]+/)[0])
            .map(Number);
        }"""
    )
    assert lightness[0] > lightness[1] + 0.05


def test_what_a_field_lacks_is_told_with_it(window: Window) -> None:
    page = window.open("/account")
    page.locator("#old").evaluate("(field) => { field.form.requestSubmit(); }")
    expect(page.locator("#old")).to_have_accessible_description("Fill this in.")
    assert window.axe() == []
    page.fill("#old", "something")
    expect(page.locator("#old")).to_have_accessible_description("")
