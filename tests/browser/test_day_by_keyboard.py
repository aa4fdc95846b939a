"""A day by keyboard alone: few keys, and the focus is always somewhere."""

from __future__ import annotations

from datetime import time, timedelta
from urllib.parse import quote_plus

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Product, Window
from tests.support.planner import Planner, day_of, in_months

QUEUE = "/publisher/publishing-queue"
FOCUS = "document.activeElement.tagName + '#' + document.activeElement.id"
DECIDED = 450  # ms after a decision: who presses twice at once meant the piece before
MOST_KEYS = 32  # sixty are asked for, thirty it takes


class Hands:
    """Presses keys, counts them, and looks after each where the focus is."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0

    def press(self, *keys: str, wait: int = 0) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1
            self.page.wait_for_timeout(wait or 60)
            self.look(key)

    def look(self, what: str) -> None:
        at = self.page.evaluate(FOCUS)
        assert not at.startswith(("BODY", "MAIN")), f"{what} at {self.page.url}: {at}"

    def open(self, window: Window, path: str) -> None:
        window.open(path)
        self.look(f"opening {path}")


@pytest.fixture
def hands(window: Window) -> Hands:
    return Hands(window.page)


def test_the_whole_day(window: Window, product: Product, planner: Planner, hands: Hands) -> None:
    """Review ten pieces, schedule five, move three, undo two, retry one."""
    page = window.page
    ids = [product.piece(f"All day {number:02}") for number in range(15)]
    hands.open(window, "/review?q=All+day")
    for content_id in reversed(ids[5:]):  # the newest first
        expect(page.locator(f"#open-{content_id}")).to_be_focused()
        hands.press("a")
        expect(page.locator(f"#row-{content_id} [data-state=review]")).to_have_count(0)
        page.wait_for_timeout(DECIDED)
    for content_id in reversed(ids[:5]):
        expect(page.locator(f"#open-{content_id}[aria-current]")).to_be_visible()
        hands.press("s")
        expect(page.locator("dialog[open] #at")).to_be_visible()
        hands.press("Enter")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(page.locator(f"#row-{content_id} [data-state=scheduled]")).to_be_visible()
        page.wait_for_timeout(DECIDED)
        hands.look("scheduling")

    day = in_months(26)  # nothing else stands there: arrows go to the same place of the next day
    moved = [planner.piece(f"Moved by keys {n}", day, time(9 + n, 0)) for n in range(3)]
    hands.open(window, planner.path(day, "weeks"))
    for content_id in moved:
        expect(page.locator(f"#c{content_id}")).to_be_focused()
        hands.press("Shift+ArrowRight")
        expect(day_of(page, day + timedelta(days=1)).locator(f"#c{content_id}")).to_be_visible()
        name = f"Moved by keys {moved.index(content_id)}"
        expect(page.locator(".toast", has_text=name)).to_be_visible()
        expect(page.locator(f"#c{content_id}")).to_be_focused()
        if content_id != moved[-1]:
            hands.press("ArrowLeft")
    for content_id in reversed(moved[1:]):
        hands.press("Control+z")
        expect(day_of(page, day).locator(f"#c{content_id}")).to_be_visible()
        hands.look("undoing")

    failed = "Paper, metal, cloth"
    hands.open(window, f"{QUEUE}?q={quote_plus(failed)}")
    hands.press("ArrowRight", "ArrowRight")
    expect(page.get_by_role("button", name="Try again")).to_be_focused()
    hands.press("Enter")
    expect(page.locator("[data-outcome]")).to_contain_text("on the way again")
    hands.look("trying again")
    assert hands.pressed <= MOST_KEYS, hands.pressed
    print(f"{hands.pressed} keys")


def test_lists_are_one_stop_and_arrows_lead_within(
    window: Window, product: Product, hands: Hands
) -> None:
    one, two = product.piece("Stops one"), product.piece("Stops two")
    page = window.page
    hands.open(window, "/review?q=Stops")
    expect(page.locator(f"#open-{two}")).to_be_focused()
    hands.press("ArrowDown")
    expect(page.locator(f"#open-{one}")).to_be_focused()
    hands.press("ArrowLeft")
    expect(page.locator(f"#tick-{one}")).to_be_focused()
    hands.press("ArrowUp", "Space")
    expect(page.locator(f"#tick-{two}")).to_be_checked()
    hands.press("Tab")
    assert not page.evaluate("document.activeElement.closest('#list')"), "one stop"
    hands.press("Shift+Tab")
    expect(page.locator(f"#tick-{two}")).to_be_focused()
    hands.press("End")
    expect(page.locator(f"#open-{one}")).to_be_focused()


def test_wherever_one_opens_and_acts_the_focus_is_somewhere(
    window: Window, product: Product, hands: Hands
) -> None:
    page = window.page
    content_id = product.piece("Focus one")
    product.piece("Focus two")
    site = f"/settings/sites/{product.site_id}"
    for path in ("/content", "/settings/sites", site, f"{site}/publishing", "/account", QUEUE):
        hands.open(window, path)
    hands.open(window, f"/review/{content_id}?q=Focus")
    for key in ("?", "Escape", "c", "Escape", "r", "Escape", "p", "Escape", "/"):
        hands.press(key)
    page.locator(f"#tick-{content_id}").focus()
    hands.press("Space")
    page.locator("#bulk-approve").focus()
    hands.press("Enter", wait=600)
    hands.press("Control+z", wait=600)
    page.locator(f"#open-{content_id}").focus()
    hands.press("Enter", wait=600)
    hands.press("a", wait=900)
    page.locator(".toast").get_by_role("button", name="Undo").last.focus()
    hands.press("Enter", wait=600)
    hands.open(window, "/publisher/content-calendar")
    for view in ("month", "week", "list", "weeks"):
        page.locator(f"#view-{view}").focus()
        hands.press("Enter", wait=400)
    page.locator("#filters-open").focus()
    hands.press("Enter")
    page.locator("#f-status").focus()
    page.locator("#f-status").select_option("scheduled")
    page.wait_for_timeout(400)
    hands.look("filtering")
    hands.press("Escape")
