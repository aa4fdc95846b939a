"""What two people say about a text that both have open, seen without a reload."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window

HTML = (
    "<p>We heated the carton twenty times. <strong>All three</strong> put 58 first;\n"
    "nobody put anything above 64.</p>\n<p>Most machines overshoot, and most people too.</p>"
)


@pytest.fixture
def piece(product: Product) -> int:
    return product.piece("Milk at 58 degrees", html=HTML)


def preview(page: Page, content_id: int) -> FrameLocator:
    return page.frame_locator(f"#preview-{content_id}")


CHOOSE = """words => {
  const root = document.querySelector(".text, #editor-text [contenteditable=true]");
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { currentNode: node } = walker;
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    getSelection().setBaseAndExtent(node, at, node, at + words.length);
    return;
  }
  throw new Error(words);
}"""
MARKED = "name => [...(CSS.highlights.get(name) ?? [])].map(one => one.toString())"


def choose(page: Page, content_id: int, words: str) -> None:
    """Choose words in the text, as a mouse does."""
    page.locator(f"#preview-{content_id}[height]").wait_for()
    frame = page.query_selector(f"#preview-{content_id}").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    frame.evaluate(CHOOSE, words)


def marked(page: Page, content_id: int, name: str = "thread") -> list[str]:
    """The words that are marked in the text."""
    frame = page.query_selector(f"#preview-{content_id}").content_frame()  # type: ignore[union-attr]
    assert frame is not None
    found: list[str] = frame.evaluate(MARKED, name)
    return found


def becomes_marked(page: Page, words: list[str], name: str = "thread") -> None:
    """The words are marked in the editor's text, soon."""
    for _ in range(100):
        if page.evaluate(MARKED, name) == words:
            return
        page.wait_for_timeout(100)
    assert page.evaluate(MARKED, name) == words


def test_a_passage_is_talked_about_by_two(
    new_window: OpenWindow, product: Product, piece: int
) -> None:
    ann, mia = new_window(), new_window()
    theirs = mia.open(f"/review/{piece}")
    expect(theirs.locator("body")).to_have_attribute("data-stream", "open")
    page = ann.open(f"/review/{piece}")
    expect(page.locator("body")).to_have_attribute("data-stream", "open")
    choose(page, piece, "put 58 first")
    page.get_by_role("toolbar", name="About the chosen words").get_by_text("Comment").click()
    page.keyboard.type("Were they told?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator(".thread")).to_contain_text("Were they told?")
    card = theirs.locator(".thread")
    expect(card).to_contain_text("Were they told?")
    expect(card.locator(".thread-to")).to_have_text("put 58 first")
    assert marked(theirs, piece) == ["put 58 first"]
    card.locator(".thread-to").focus()
    reply = card.get_by_label("Reply to")
    reply.fill("Blind, only")
    page.locator(".thread-to").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("And the order?")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card).to_contain_text("And the order?")
    expect(reply).to_have_value("Blind, only")
    expect(reply).to_be_focused()
    assert ann.axe() == mia.axe() == []
    # The text is edited: the mark goes with its words, and is gone with them.
    edit(product, piece, HTML.replace("<p>We", "<p>First of all, we", 1))
    page.reload()
    page.locator(f"#preview-{piece}[height]").wait_for()
    assert marked(page, piece) == ["put 58 first"]
    edit(product, piece, "<p>Another text.</p>")
    expect(card).to_contain_text("The passage is gone")
    expect(card.locator("s")).to_have_text("put 58 first")
    card.get_by_role("button", name="Resolve").click()
    expect(page.locator(".thread")).to_have_count(0)
    page.get_by_text("1 settled · show").click()
    expect(page.locator(".thread")).to_contain_text("Resolved by")


def edit(product: Product, piece: int, html: str) -> None:
    product.api.patch(f"/writer/content/{piece}", json={"html": html}).raise_for_status()


def test_a_suggestion_is_seen_in_the_text_and_accepted_by_keyboard(
    window: Window, product: Product, piece: int
) -> None:
    page = window.open(f"/review/{piece}")
    page.locator(f"#open-{piece}").focus()
    choose(page, piece, "put 58 first")
    page.keyboard.press("g")
    expect(page.locator(f"#suggest-instead-{piece}")).to_be_focused()
    page.keyboard.type("put 60 first")
    page.get_by_role("button", name="Suggest it").click()
    expect(page.locator(".change del")).to_have_text("58")
    expect(preview(page, piece).locator("ins.suggested")).to_have_text("60")
    assert marked(page, piece, "suggested-out") == ["58"]
    assert window.axe() == []
    page.locator(".thread-to").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".thread")).to_have_count(0)
    whole = product.api.get(f"/writer/content/{piece}").json()["data"]
    assert whole["html"] == HTML.replace("58", "60")
    expect(page.locator("[data-edited]")).to_be_visible()


def test_people_are_offered_by_name(window: Window, piece: int) -> None:
    page = window.open(f"/review/{piece}")
    page.locator(f"#open-{piece}").focus()
    page.keyboard.press("c")
    page.keyboard.type("Ask @")
    expect(page.get_by_role("listbox", name="People")).to_be_visible()
    assert window.axe() == []
    name = page.get_by_role("listbox", name="People").get_by_role("option").first.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(f"#say-text-{piece}")).to_have_value(f"Ask @{name} ")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator(".mention")).to_have_text(re.compile(f"@{re.escape(name)}"))


def test_a_writer_sees_it_in_the_editor_and_no_byte_changes(
    window: Window, product: Product, piece: int
) -> None:
    threads = f"/writer/content/{piece}/threads"
    product.api.post(
        threads, json={"text": "Sure?", "words": "All three put 58"}
    ).raise_for_status()
    page = window.open(f"/content/{piece}/edit")
    expect(page.locator("#editor-text [contenteditable=true]")).to_contain_text("All three")
    becomes_marked(page, ["All three put 58"])
    page.get_by_role("tab", name="Comments").click()
    page.locator(".thread-to").click()
    becomes_marked(page, ["All three put 58"], "thread-now")
    page.locator("#editor-text [contenteditable=true]").focus()
    page.evaluate(CHOOSE, "machines")
    page.keyboard.press("Control+Alt+m")
    expect(page.locator(f"#say-words-{piece}")).to_have_value("machines")
    page.keyboard.type("Which ones?")
    page.get_by_role("button", name="Say it").click()
    expect(page.locator(".thread")).to_have_count(2)
    becomes_marked(page, ["All three put 58", "machines"])
    assert window.axe() == []
    assert product.api.get(f"/writer/content/{piece}").json()["data"]["html"] == HTML
