"""The review list: what waits, narrowed, several at once, and what an editor decides."""

from __future__ import annotations

import re

from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window


def test_list_filters_and_search(window: Window, product: Product) -> None:
    product.piece("Zebra crossing", content_type="page")
    product.piece("Zebra stripes")
    page = window.open("/review")
    page.fill("#q", "zebra")
    expect(page.locator("#list .row")).to_have_count(2)
    expect(page).to_have_url(f"{product.url}/review?q=zebra&status=waiting&type=&author=")
    assert page.evaluate("document.activeElement.id") == "q", "typing must not lose the field"
    page.select_option("#type", "page")
    expect(page.locator("#list .row")).to_have_count(1)
    expect(page.locator("[data-count]")).to_have_text("1 piece")
    page.fill("#q", "no such words")
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()


def test_more_than_a_page_really_goes_on(window: Window, product: Product) -> None:
    for number in range(53):
        product.piece(f"Longlist {number:02}")
    page = window.open("/review?q=Longlist")
    expect(page.locator("[data-count]")).to_have_text("50 of 53 pieces")
    page.click("#next-page")
    page.wait_for_url("**after=*")
    titles = page.locator("#list .row-title").all_inner_texts()
    assert titles == ["Longlist 02", "Longlist 01", "Longlist 00"]


def test_bulk_approval_tells_what_it_did(window: Window, product: Product) -> None:
    ids = [product.piece(f"Bulk {number}") for number in range(3)]
    page = window.open("/review?q=Bulk")
    expect(page.locator("#bulk-approve")).to_be_disabled()
    for content_id in ids:
        page.check(f"#tick-{content_id}")
    taken = product.api.delete(f"/writer/content/{ids[0]}")
    taken.raise_for_status()
    page.click("#bulk-approve")
    expect(page.locator("[data-outcome]")).to_contain_text("2 pieces approved.")
    for content_id in ids[1:]:
        expect(page.locator(f"#row-{content_id} [data-state=approved]")).to_be_visible()


def test_asking_for_changes_needs_a_reason(window: Window, product: Product) -> None:
    content_id = product.piece("A piece to send back")
    page = window.open(f"/review/{content_id}")
    page.locator("[data-open-key=r]").click()
    page.locator("#pane").get_by_label("What should change?").fill("   ")
    page.get_by_role("button", name="Send it back").click()
    panel = page.locator("[data-panel]")
    expect(panel.locator("[role=alert]")).to_contain_text("Say what should change.")
    page.locator("#pane").get_by_label("What should change?").fill(
        "The second paragraph repeats the first."
    )
    page.get_by_role("button", name="Send it back").click()
    expect(page).not_to_have_url(re.compile(f"/{content_id}"))  # the next piece is open
    page.locator(f"#open-{content_id}").click()
    expect(page.locator("[data-panel=draft]")).to_be_visible()
    said = page.get_by_role("region", name="What was said")
    expect(said).to_contain_text("The second paragraph repeats the first.")


def test_what_is_typed_survives_what_others_do(window: Window, product: Product) -> None:
    content_id = product.piece("A piece two people look at")
    page = window.open(f"/review/{content_id}")
    page.locator("[data-open-key=r]").click()
    field = page.locator("#pane").get_by_label("What should change?")
    field.fill("Half a sent")
    product.api.post(f"/writer/content/{content_id}/approve", json={}).raise_for_status()
    expect(page.locator("[data-panel=approved]")).to_be_visible()
    expect(field).to_be_visible()
    expect(field).to_have_value("Half a sent")
    expect(field).to_be_focused()


def test_a_blocking_check_stands_where_the_button_was(window: Window, product: Product) -> None:
    page = window.open(f"/review/{product.piece('A piece without a text', html='<p> </p>')}")
    expect(page.locator("[data-verdict=block]").first).to_contain_text("no text")
    expect(page.locator("[data-blocked]")).to_contain_text("no text")
    expect(page.locator("[data-publish]")).to_have_count(0)


def test_nothing_of_a_text_runs(window: Window, product: Product) -> None:
    html = (
        "<p onclick='top.hit=1'>Text</p><script>top.hit=1</script>"
        "<img src='x' onerror='top.hit=1'><iframe src='https://evil.example/'></iframe>"
    )
    content_id = product.piece("A piece with scripts", html=html)
    page = window.open(f"/review/{content_id}")
    frame = page.frame_locator("iframe")
    frame.get_by_text("Text").click()
    assert page.evaluate("window.hit === undefined")
    answer = page.request.get(f"{product.url}/content/{content_id}/preview")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "<script" not in answer.text()
    window.troubles.clear()  # Chromium reports the image that is not there


def test_the_preview_is_as_high_as_its_text(window: Window, product: Product) -> None:
    html = "<p>A line of text.</p>" * 120
    page = window.open(f"/review/{product.piece('A long piece', html=html)}")
    expect(page.frame_locator("iframe").get_by_text("A line").last).to_be_visible()
    page.wait_for_function("document.querySelector('iframe').clientHeight > 3000")


def test_on_a_phone_list_and_piece_are_two_screens(
    new_window: OpenWindow, product: Product
) -> None:
    product.piece("A piece on a phone")
    small = new_window(viewport={"width": 390, "height": 844}, has_touch=True)
    page = small.open("/review?q=phone")
    expect(page.locator("#pane")).to_be_hidden()
    page.locator("#list .row-link").first.tap()
    expect(page.locator("#pane")).to_be_visible()
    expect(page.locator("#list")).to_be_hidden()
    page.go_back()
    expect(page.locator("#list")).to_be_visible()
    wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wider, "the page scrolls sideways"


def _sign_out_elsewhere(page: Page, product: Product) -> None:
    other = page.context.new_page()
    other.goto(product.url + "/account")
    other.evaluate("document.querySelector('form[action=\"/sign-out\"]').submit()")
    other.wait_for_url("**/sign-in*")
    other.close()
    page.bring_to_front()


def test_no_part_of_a_page_leads_away_after_the_session(window: Window, product: Product) -> None:
    """What fetches itself again stays silent; what a person asked for says why nothing came."""
    beside = product.piece("Not its neighbour, which was fetched ahead")
    product.piece("Its neighbour")
    content_id = product.piece("Read and signed out")
    page = window.open(f"/review/{content_id}")
    page.locator("[data-open-key=r]").click()
    page.locator("#pane").get_by_label("What should change?").fill("Ten minutes of typing.")
    _sign_out_elsewhere(page, product)
    asked = page.locator("[data-live]").count()
    refused: list[str] = []

    def is_last(answer: Response) -> bool:
        if answer.status == 401:
            refused.append(answer.url)
        return len(refused) == asked

    with page.expect_response(is_last):
        page.evaluate(
            "document.querySelectorAll('[data-live]').forEach((part) => htmx.trigger(part, 'live'))"
        )
    expect(page.locator(".htmx-request")).to_have_count(0)
    assert page.url.endswith(f"/review/{content_id}")
    expect(page.locator("#pane").get_by_label("What should change?")).to_have_value(
        "Ten minutes of typing."
    )
    expect(page.locator("#toasts > *")).to_have_count(0)
    page.locator(f"#open-{beside}").click()
    page.get_by_role("dialog", name="Signed out", exact=True).wait_for()
    page.keyboard.press("Escape")
    expect(page.locator("#toasts")).to_contain_text("You are signed out, so nothing came.")
    assert page.url.endswith(f"/review/{content_id}")
    expect(page.locator("#pane").get_by_label("What should change?")).to_have_value(
        "Ten minutes of typing."
    )


def test_what_was_typed_outlives_the_session(window: Window, product: Product) -> None:
    """Another tab signs out and in again; the text goes on from where it was typed."""
    content_id = product.piece("Typed and signed out")
    page = window.open(f"/review/{content_id}")
    page.locator("[data-open-key=r]").click()
    page.locator("#pane").get_by_label("What should change?").fill("Ten minutes of typing.")
    _sign_out_elsewhere(page, product)
    page.get_by_role("button", name="Send it back").click()
    page.get_by_role("dialog", name="Signed out", exact=True).wait_for()
    assert page.url.endswith(f"/review/{content_id}")
    signing = page.context.new_page()
    signing.goto(f"{product.url}/sign-in")
    signing.fill("#email", product.login["email"])
    signing.fill("#password", product.login["password"])
    signing.click("button")
    signing.wait_for_url("**/review*")
    page.bring_to_front()
    expect(page).not_to_have_url(re.compile(f"/{content_id}"))  # the next piece is open
    assert product.api.get(f"/writer/content/{content_id}").json()["data"]["status"] == "draft"
