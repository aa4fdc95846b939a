"""What a page says is taken away when it is over, and no page scrolls into nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window


def test_a_lost_connection_is_told_until_an_act_works(window: Window, product: Product) -> None:
    page = window.open("/publisher/publishing-queue")
    fail = "**/nowhere-at-all"
    page.route(fail, lambda route: route.abort())
    ask = "htmx.ajax('GET', '/nowhere-at-all', {source: document.body, swap: 'none'})"
    page.evaluate(ask)
    expect(page.locator(".toast")).to_contain_text("IGNY8 did not answer")
    page.unroute(fail)
    answer = {"status": 200, "body": "", "content_type": "text/html"}

    def well(route: Route) -> None:
        route.fulfill(**answer)  # type: ignore[arg-type]

    page.route(fail, well)
    page.evaluate(ask)
    expect(page.locator(".toast")).to_have_count(0)
    window.troubles.clear()


def test_a_lost_connection_that_is_back_is_not_told_any_more(window: Window) -> None:
    page = window.open("/publisher/publishing-queue")
    for text in ("IGNY8 did not answer.", "Your session has ended."):
        detail = f"{{kind: 'problem', key: 'lost', text: '{text}'}}"
        page.evaluate(f"document.dispatchEvent(new CustomEvent('toast', {{detail: {detail}}}))")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator(".toast")).to_contain_text("Your session has ended")
    page.evaluate("document.dispatchEvent(new Event('found'))")
    expect(page.locator(".toast")).to_have_count(0)


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=str)
def test_no_page_scrolls_into_nothing(
    new_window: OpenWindow, product: Product, size: tuple[int, int]
) -> None:
    found = product.api.get("/publisher/records", params={"status": "published"}).json()
    record = found["results"][0]
    window = new_window(viewport={"width": size[0], "height": size[1]})
    for path in ("/review", f"/content/{record['content_id']}", f"/records/{record['id']}"):
        page = window.open(path)
        page.wait_for_timeout(300)  # the preview finds its height
        height = page.evaluate("document.documentElement.scrollHeight")
        assert height == size[1], path
