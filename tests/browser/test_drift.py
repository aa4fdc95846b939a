"""A piece that was changed on its website, seen and decided in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window
from tests.support.drifted import drifted

LONG = "A title that goes on about the price on the bag and everybody who has a part of it " * 2


def test_what_differs_is_shown_at_every_width_and_published_over(
    window: Window, new_window: OpenWindow, product: Product
) -> None:
    content_id = drifted(product, LONG)
    path = f"/content/{content_id}/drift"
    narrow = new_window(viewport={"width": 390, "height": 844}, color_scheme="dark")
    for one in (window, narrow):
        for shown in ("/publisher/drift", path):
            page = one.open(shown)
            assert one.axe() == []
            assert one.too_small() == []
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page = window.page
    expect(page.locator(".three ins").first).to_be_visible()
    page.get_by_role("group", name="Take Text from").get_by_label("Both").focus()
    page.keyboard.press("ArrowLeft")
    expect(
        page.get_by_role("group", name="Take Text from").get_by_label("Here", exact=True)
    ).to_be_checked()
    page.click("[data-overwrite]")
    page.wait_for_url(f"**/content/{content_id}")
    window.open(path)
    expect(page.get_by_text("It stands as it was left")).to_be_visible()
