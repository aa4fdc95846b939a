"""Deciding piece after piece by key: what opens next, what can be undone, what is never lost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window


def row_of(page: Page, content_id: int) -> str:
    return page.locator(f"#row-{content_id}").inner_text()


def is_on(page: Page, content_id: int) -> None:
    """The piece is open, and its row has the focus."""
    expect(page).to_have_url(re.compile(f"/review/{content_id}"))
    expect(page.locator(f"#panel-{content_id}")).to_be_visible()
    expect(page.locator(f"#open-{content_id}")).to_be_focused()


def approve_each(page: Page, content_ids: Iterable[int]) -> None:
    """By key, one after the other, as each opens."""
    for content_id in content_ids:
        is_on(page, content_id)
        page.wait_for_timeout(500)
        page.keyboard.press("a")
        expect(page.locator(f"#row-{content_id} [data-state=review]")).to_have_count(0)


@pytest.fixture
def three(product: Product, window: Window) -> tuple[int, int, int]:
    """Three pieces that wait, as the list shows them; the first is open."""
    ids = [product.piece(f"Decide number {number}") for number in (3, 2, 1)]
    page = window.open(f"/review/{ids[2]}?q=Decide+number&status=review")
    page.locator(f"#open-{ids[2]}").focus()
    return ids[2], ids[1], ids[0]


@pytest.fixture
def without_keys(product: Product, window: Window) -> Iterator[None]:
    """The person has switched single letters off."""

    def choose(word: str) -> None:
        page = window.open("/account")
        page.check(f"[name=keys][value={word}]")
        page.locator('form[action="/account/keys"] button').click()
        page.wait_for_url("**/account?done=keys")

    choose("off")
    yield
    choose("on")


def test_after_a_decision_the_next_piece_is_open(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page, (first, second, third) = window.page, three
    page.keyboard.press("a")
    is_on(page, second)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("“Decide number 1” approved.")
    page.keyboard.press("r")
    page.keyboard.type("Shorter.")
    page.get_by_role("button", name="Send it back").click()
    is_on(page, third)
    assert product.api.get(f"/writer/content/{second}").json()["data"]["status"] == "draft"
    toast.filter(has_text="number 1").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#row-{first} [data-state=review]")).to_be_visible()
    page.keyboard.press("k")
    assert product.api.get(f"/writer/content/{first}").json()["data"]["status"] == "review"
    toast.filter(has_text="number 2").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#row-{second} [data-state=review]")).to_be_visible()


def test_what_goes_live_needs_a_second_key(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page, (first, *_) = window.page, three
    page.keyboard.press("p")
    expect(page.locator(f"#publishing-{first}")).to_contain_text("at once")
    expect(page.locator("[data-publish]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-publish]")).to_be_hidden()
    expect(page.locator("[data-asks-first]")).to_be_focused()
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel=published]")).to_be_visible()


def test_letters_act_on_the_piece_only(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    """Not from elsewhere on the page, not from a held key, not in a field."""
    page, (first, *_) = window.page, three
    held = "new KeyboardEvent('keydown', {key: 'a', bubbles: true, repeat: true})"
    page.evaluate(f"document.activeElement.dispatchEvent({held})")
    page.locator(".user-button").focus()
    page.keyboard.press("a")
    page.locator(f"#open-{three[1]}").focus()
    page.keyboard.press("a")  # opens it first: nobody has seen it
    is_on(page, three[1])
    page.keyboard.press("k")
    is_on(page, first)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    assert window.axe() == []
    page.keyboard.press("a")
    page.keyboard.press("Escape")
    page.frame_locator(f"#preview-{first}").locator("p").first.click()
    page.keyboard.press("j")
    is_on(page, three[1])
    page.keyboard.press("c")
    page.keyboard.type("aaa")
    for content_id in three:
        found = product.api.get(f"/writer/content/{content_id}").json()["data"]
        assert found["status"] == "review"


@pytest.mark.usefixtures("without_keys")
def test_letters_can_be_switched_off(window: Window, product: Product) -> None:
    content_id = product.piece("No letters here")
    page = window.open(f"/review/{content_id}?q=No+letters")
    page.locator(f"#open-{content_id}").focus()
    page.keyboard.press("a")
    page.keyboard.press("r")
    page.keyboard.press("?")
    expect(page.locator(".act-key").first).to_be_hidden()
    expect(page.locator("dialog[open]")).to_have_count(0)
    assert product.api.get(f"/writer/content/{content_id}").json()["data"]["status"] == "review"


def test_what_was_typed_waits_for_its_piece(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page, (first, second, _) = window.page, three
    page.keyboard.press("r")
    page.keyboard.type("Half a sent")
    page.locator(f"#open-{second}").click()
    is_on(page, second)
    expect(page.locator(f"#comment-{second}")).to_have_value("")
    page.keyboard.press("k")
    is_on(page, first)
    expect(page.locator(f"#comment-{first}")).to_be_visible()
    expect(page.locator(f"#comment-{first}")).to_have_value("Half a sent")
    page.locator("details[open]").get_by_role("button", name="Send it back").click()
    is_on(page, second)
    page.keyboard.press("k")
    expect(page.locator(f"#panel-{first}")).to_contain_text("Draft")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(f"#row-{first} [data-state=review]")).to_be_visible()
    page.keyboard.press("j")
    is_on(page, second)
    page.keyboard.press("k")
    expect(page.locator(f"#comment-{first}")).to_have_value("Half a sent")


def test_a_comment_is_said_and_heard(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page, (first, *_) = window.page, three
    page.keyboard.press("c")
    page.keyboard.type("Who has weighed it?")
    page.get_by_role("button", name="Say it").click()
    said = page.locator(f"#threads-{first}")
    expect(said).to_contain_text("Who has weighed it?")
    expect(said).to_be_focused()
    assert window.axe() == []
    page.reload()
    expect(page.locator(f"#say-text-{first}")).to_be_hidden()


def test_an_old_copy_is_not_shown(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    """A neighbour that was fetched ahead and edited since is fetched anew."""
    page, (_, second, _) = window.page, three
    page.wait_for_timeout(1000)  # by now it was fetched
    edit = {"title": "Decide number 2, newer"}
    product.api.patch(f"/writer/content/{second}", json=edit).raise_for_status()
    expect(page.locator(f"#row-{second}")).to_contain_text("newer")
    page.keyboard.press("j")
    is_on(page, second)
    expect(page.locator("#pane h1")).to_have_text("Decide number 2, newer")
    expect(page.locator("[data-edited]")).to_have_count(0)


def test_on_a_narrow_screen_nothing_is_decided_unseen(
    new_window: OpenWindow, product: Product
) -> None:
    """The list hides the piece there; and after a decision the next piece has the focus."""
    second, first = product.piece("Narrow number 2"), product.piece("Narrow number 1")
    page = new_window(viewport={"width": 390, "height": 844}).open("/review?q=Narrow+number")
    page.locator(f"#open-{first}").focus()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.locator(f"#panel-{first}")).to_be_visible()
    assert product.api.get(f"/writer/content/{first}").json()["data"]["status"] == "review"
    page.wait_for_timeout(500)
    page.locator(f"#approve-{first}").click()
    expect(page.locator(f"#panel-{second}")).to_be_visible()
    expect(page.locator("#pane")).to_be_focused()


def test_after_scheduling_by_key_the_letters_go_on(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page, (_, second, _) = window.page, three
    page.wait_for_timeout(500)
    page.keyboard.press("s")
    page.locator("dialog[open] [name=slot]").first.click()
    is_on(page, second)
    page.wait_for_timeout(500)
    page.keyboard.press("a")
    is_on(page, three[2])


def test_many_approvals_can_be_undone(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page = window.page
    for content_id in three[:2]:
        page.check(f"#tick-{content_id}")
    page.click("#bulk-approve")
    outcome = page.locator("[data-outcome]")
    expect(outcome).to_contain_text("2 pieces approved.")
    outcome.get_by_role("button", name="Undo").click()
    expect(outcome).to_have_count(0)
    expect(page.locator("#list .row-link").first).to_be_focused()
    for content_id in three[:2]:
        expect(page.locator(f"#row-{content_id} [data-state=review]")).to_be_visible()


def test_three_acts_three_undos_by_key(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page = window.page
    approve_each(page, three)
    page.locator("#q").focus()
    page.keyboard.press("Control+z")  # that is the field's own
    page.locator(f"#open-{three[2]}").focus()
    for content_id in reversed(three):
        page.keyboard.press("Control+z")
        expect(page.locator(f"#row-{content_id} [data-state=review]")).to_be_visible()
    expect(page.locator(".toast", has_text="approved")).to_have_count(0)
    for content_id in three:
        found = product.api.get(f"/writer/content/{content_id}").json()["data"]
        assert found["status"] == "review"
    page.keyboard.press("Control+z")  # nothing is left that was done here: the list is
    expect(page.get_by_role("heading", name="What you can undo")).to_be_focused()
    expect(page.locator(".toast.red")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#list .row-link:focus")).to_have_count(1)  # where it was before


def test_what_was_done_lately_is_listed_with_its_undo(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    page, first = window.page, three[0]
    page.keyboard.press("a")
    expect(page.locator(f"#row-{first} [data-state=review]")).to_have_count(0)
    page.goto(f"{product.url}/content")
    page.click("#user-button")
    page.get_by_role("link", name="What you can undo").click()
    dialog = page.locator("dialog[open]")
    line = dialog.locator("li", has_text="“Decide number 1” approved").first
    step = line.get_attribute("id")
    assert window.axe() == []
    page.keyboard.press("Control+z")  # in the list it takes back the first
    expect(dialog.locator(f"#{step}")).to_have_count(0)
    assert product.api.get(f"/writer/content/{first}").json()["data"]["status"] == "review"
    page.keyboard.press("Escape")
    expect(page.locator("#user-button")).to_be_focused()
    page.goto(f"{product.url}/publisher/undo")  # a page like others
    expect(page.get_by_role("heading", name="What you can undo", level=1)).to_be_visible()
    assert window.axe() == []


def test_the_text_stays_where_it_is(window: Window, product: Product) -> None:
    """Whatever is done in the bar, the piece does not scroll."""
    text = "<p>A paragraph that is here to make the piece long.</p>" * 60
    content_id = product.piece("A long piece", html=text)
    page = window.open(f"/review/{content_id}?q=A+long+piece")
    page.wait_for_timeout(500)
    page.evaluate("document.getElementById('pane').scrollTop = 300")
    page.locator(f"#open-{content_id}").focus()
    for key in ("r", "Escape", "p", "Tab", "Shift+Tab"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.locator("[data-panel=published]")).to_be_visible()
    page.wait_for_timeout(300)
    assert page.evaluate("document.getElementById('pane').scrollTop") == 300


def test_quick_keys_take_back_one_after_the_other(
    window: Window, product: Product, three: tuple[int, int, int]
) -> None:
    """Also before the first of them is answered, and on a keyboard of other letters."""
    page = window.page
    approve_each(page, three)
    page.locator(f"#open-{three[2]}").focus()
    page.evaluate(
        """() => {
          for (const key of ["z", "Z", "я"]) {
            const init = { key, code: "KeyZ", ctrlKey: true, bubbles: true, cancelable: true };
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", init));
          }
        }"""
    )
    for content_id in three:
        expect(page.locator(f"#row-{content_id} [data-state=review]")).to_be_visible()
