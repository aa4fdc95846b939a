"""What a piece has been, in the browser: said by how it came, compared by key, restored."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.test_editor_saving import draft, editor, saves, stored
from tests.support.browser import Product, Window

PASTE = """(html) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", html);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector("#editor-text [contenteditable=true]").dispatchEvent(event);
}"""
KEY = ".block.is-now"


def test_what_was_pasted_is_said_compared_and_taken_back(product: Product, window: Window) -> None:
    content_id = draft(product, "Pasted on a Monday")
    page = editor(window, content_id)
    page.locator("#editor-text [contenteditable=true]").focus()
    page.keyboard.press("Control+End")
    page.evaluate(PASTE, "<p>Brought <b>here</b>.</p>")
    saves(page)
    assert "Brought <strong>here</strong>." in stored(product, content_id)["html"]

    page = window.open(f"/content/{content_id}/revisions")
    assert window.axe() == []
    expect(page.locator(".revision").first).to_contain_text("pasted")
    changes = page.locator(".changes a")
    expect(changes.first).to_be_visible()
    page.locator("#compare-title").click()
    page.keyboard.press("j")
    expect(page.locator(KEY)).to_have_count(1)
    expect(page.locator(".changes [aria-current]")).to_have_count(1)
    page.get_by_role("link", name="By block").click()
    expect(page.locator(".sides ins").first).to_contain_text("Brought")
    assert window.axe() == []

    page.get_by_role("button", name="Restore the older one").click()
    expect(page.locator(".revision").first).to_contain_text("restored")
    assert stored(product, content_id)["html"] == "<p>First words.</p>\r\n<p>Last words.</p>"
