"""Two write in one piece, or one in two tabs: what both have changed is asked about."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import OpenWindow
from tests.browser.test_editor_saving import KEPT, TEXT, draft, editor, saves, state, stored, write
from tests.support.browser import Product, Window


def test_another_tab_and_another_person(new_window: OpenWindow, product: Product) -> None:
    content_id = draft(product, "Milk of two")
    window = new_window()
    page = editor(window, content_id)
    second = Window(page.context.new_page(), product)
    other = editor(second, content_id)
    expect(page.locator("#desk-notes")).to_contain_text("open in another tab")
    write(page, " From the first.")
    saves(page)
    expect(page.locator("#editor-text")).to_have_js_property("isConnected", True)
    write(other, "<p>From the second.</p>" if has_source(other) else "From the second. ", at="Home")
    saves(other)
    page.wait_for_timeout(500)
    html = stored(product, content_id)["html"]
    assert "From the first." in html
    assert "From the second." in html
    write(page, " On.")
    saves(page)
    html = stored(product, content_id)["html"]
    assert "From the second." in html
    assert " On." in html


def has_source(page: Page) -> bool:
    return page.locator("#editor-text textarea").count() > 0


def clashing(window: Window, content_id: int) -> Locator:
    """Both change the last sentence; the page is asked."""
    page, product = window.page, window.product
    page.context.route("**/draft", lambda route: route.abort())
    write(page, " Ours.")
    expect(state(page)).to_contain_text("kept in this browser")
    theirs = TEXT.replace("Last words.</p>", "Last words. Theirs.</p> And theirs.")
    product.api.patch(f"/writer/content/{content_id}", json={"html": theirs}).raise_for_status()
    page.context.unroute("**/draft")
    window.troubles.clear()
    dialog = page.get_by_role("dialog", name="Two of you changed this")
    expect(dialog).to_be_visible()
    return dialog


@pytest.mark.parametrize(("choice", "words"), [("Take mine", "Ours."), ("Keep theirs", "Theirs.")])
def test_a_clash_is_asked_about(window: Window, product: Product, choice: str, words: str) -> None:
    content_id = draft(product, f"Milk and a clash, {choice}")
    page = editor(window, content_id)
    dialog = clashing(window, content_id)
    expect(dialog.locator("#clash-where")).to_contain_text("Paragraph 2. Saved")
    expect(dialog.locator("#clash-theirs-title")).to_have_text("Saved by a program of yours")
    expect(dialog.locator("#clash-theirs")).to_have_text("Last words. Theirs.")
    expect(dialog.locator("#clash-theirs ins")).to_contain_text(re.compile("theirs", re.I))
    expect(dialog.locator("#clash-ours ins")).to_contain_text("Ours")
    assert window.axe() == []
    dialog.get_by_role("button", name=choice).click()
    expect(dialog).to_be_hidden()
    saves(page)
    assert page.evaluate(KEPT) == []
    html = stored(product, content_id)["html"]
    assert words in html
    assert html.startswith("<p>First words.</p>\r\n")


def test_a_clash_can_be_decided_on_after_a_reload(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk and a late answer")
    page = editor(window, content_id)
    clashing(window, content_id).get_by_role("button", name="Go on writing").click()
    expect(page.locator("#undecided")).to_be_visible()
    page.wait_for_timeout(500)
    page = editor(window, content_id)
    dialog = page.get_by_role("dialog", name="Two of you changed this")
    expect(dialog.locator("#clash-ours")).to_contain_text("Ours")


def test_saved_is_said_when_all_is(window: Window, product: Product) -> None:
    """Also of what was typed while the answer was on its way."""
    content_id = draft(product, "Milk typed while it was saved")
    page = editor(window, content_id)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/draft", hold, times=1)
    with page.expect_request("**/draft"):
        write(page, " One")
    expect(state(page)).to_have_text("Saving…")
    page.keyboard.type(" more")
    held[0].continue_()
    saves(page)
    assert "Last words. One more" in stored(product, content_id)["html"]


def test_an_answer_that_is_lost_makes_no_clash_with_oneself(
    window: Window, product: Product
) -> None:
    content_id = draft(product, "Milk saved without an answer")
    page = editor(window, content_id)

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/draft", lose_answer, times=1)
    with page.expect_event("requestfailed"):
        write(page, " One")
    page.keyboard.type(" more")
    window.troubles.clear()
    saves(page)
    expect(page.locator("#clash")).to_be_hidden()
    assert "Last words. One more" in stored(product, content_id)["html"]


def test_what_was_typed_and_taken_back_is_saved(window: Window, product: Product) -> None:
    page = editor(window, draft(product, "Milk typed and taken back"))
    write(page, "a")
    page.keyboard.press("Backspace")
    saves(page)
