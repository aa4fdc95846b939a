"""The bin by keyboard and mouse."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.support.browser import Product, Window


def test_nothing_in_the_bin_acts_before_somebody_has_asked(
    window: Window, product: Product
) -> None:
    content_id = product.piece("A piece for the bin")
    page = window.open(f"/content/{content_id}")
    page.locator("main").get_by_role("button", name="Delete").click()
    expect(page.locator(".deleted-note")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_focused()
    window.open("/content/bin")
    expect(page.get_by_role("heading", name="Bin", exact=True)).to_be_focused()
    ask = page.locator(f"#ask-{content_id} summary")
    before = ask.bounding_box()
    ask.click()
    expect(page.locator(f"#end-{content_id}")).to_be_visible()
    assert ask.bounding_box() == before
    page.keyboard.press("Tab")
    expect(page.locator(f"#end-{content_id}")).to_be_focused()
    assert window.axe() == []
