"""The schedule dialog in Chromium: on the queue, in review, with the keyboard, without a script."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenWindow
from tests.browser.test_queue import QUEUE, content, scheduled
from tests.support.browser import Product, Window, sign_in


def local_time(product: Product, content_id: int) -> str:
    """When it goes out, by the clock of its site."""
    return str(product.api.get(f"/content/{content_id}/schedule").json()["data"]["local_time"])


def test_a_time_is_judged_as_it_is_typed(window: Window, product: Product) -> None:
    page = window.open(f"/review/{product.piece('A piece to schedule')}")
    page.get_by_role("link", name="Schedule", exact=True).click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("#dialog-title")).to_have_text("Schedule “A piece to schedule”")
    assert page.evaluate("document.activeElement.id") == "at"
    page.fill("#at", "2027-03-28T02:30")
    expect(dialog.locator("[data-zones]")).to_have_text(
        "Sun 28 Mar 2027, 01:00 UTC (03:00 in Berlin)"
    )
    expect(dialog.locator("[data-note]")).to_contain_text("02:30 does not exist on Sun 28 Mar 2027")
    page.fill("#at", "2020-01-01T10:00")
    expect(dialog.locator("[data-problem]")).to_contain_text("That time has passed")
    dialog.locator("form").first.evaluate("form => form.noValidate = true")
    page.click("#schedule-it")
    expect(dialog.get_by_role("alert")).to_contain_text("That time has passed")
    assert page.input_value("#at") == "2020-01-01T10:00"
    assert window.axe() == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_scheduling_moving_and_undoing(window: Window, product: Product) -> None:
    content_id = product.piece("A piece for the first slot")
    page = window.open(f"/review/{content_id}")
    page.get_by_role("link", name="Schedule", exact=True).click()
    slot = page.locator("dialog[open] [name=slot]").first
    value = slot.get_attribute("value")
    slot.click()
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("“A piece for the first slot” goes out")
    expect(page).not_to_have_url(re.compile(f"/{content_id}"))  # the next piece is open
    page.locator(f"#open-{content_id}").click()
    expect(page.locator("[data-panel=scheduled]")).to_be_visible()
    expect(page.locator("[data-panel] [data-why]")).to_contain_text("chose this time")
    assert content(product, content_id)["site_status"] == "scheduled"
    assert local_time(product, content_id) == value
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast", has_text="put back")).to_be_visible()
    expect(page.locator("[data-panel=review]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-panel=review]")).to_be_visible()


def test_by_keys_from_the_queue(window: Window, product: Product) -> None:
    (content_id,) = scheduled(product, "Moved by keys")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Moved+by")
    page.locator(f"#act-{content_id}").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_be_visible()
    page.fill("#at", "2027-12-24T10:15")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(f"#q-{content_id} .gutter")).to_have_text("10:15")
    assert page.evaluate("document.activeElement.id") == f"act-{content_id}"
    page.keyboard.press("Enter")
    page.locator("#hold").focus()
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(f"#q-{content_id} [data-state=scheduled]")).to_have_count(0)
    assert content(product, content_id)["attention"] == ["held"]


def test_who_was_slower_is_told(window: Window, new_window: OpenWindow, product: Product) -> None:
    (content_id,) = scheduled(product, "Wanted by two")
    ours = window.open(f"{QUEUE}?tab=scheduled&q=Wanted")
    ours.click(f"#act-{content_id}")
    expect(ours.locator("dialog[open]")).to_be_visible()
    product.api.post(f"/content/{content_id}/unschedule", json={}).raise_for_status()
    ours.fill("#at", "2027-12-24T10:15")
    ours.click("#schedule-it")
    expect(ours.locator("dialog[open]").get_by_role("alert")).to_contain_text(
        "Somebody else moved this piece meanwhile"
    )
    assert ours.input_value("#at") == "2027-12-24T10:15"
    ours.click("#schedule-it")
    expect(ours.locator("dialog[open]")).to_have_count(0)
    assert local_time(product, content_id) == "2027-12-24T10:15"


def test_without_a_script(browser: Browser, product: Product) -> None:
    (content_id,) = scheduled(product, "Without a script")
    context = sign_in(browser, product, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{QUEUE}?tab=scheduled&q=Without+a+script")
    page.click(f"#act-{content_id}")
    page.fill("#at", "2027-12-24T10:15")
    page.click("#schedule-it")
    expect(page.get_by_role("status").first).to_contain_text("It goes out Fri 24 Dec 2027, 10:15.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".standing")).not_to_contain_text("24 Dec")
    page.goto(f"{QUEUE}?tab=scheduled&q=Without+a+script")
    page.check(f"#tick-{content_id}")
    page.click("#bulk-withdrawals")
    expect(page.locator("[data-outcome]")).to_contain_text("1 piece unscheduled.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#q-{content_id}")).to_be_visible()
    context.close()


def test_axe_finds_nothing(window: Window, product: Product) -> None:
    (content_id,) = scheduled(product, "Measured")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Measured")
    page.click(f"#act-{content_id}")
    expect(page.locator("dialog[open] #at")).to_be_focused()
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert window.axe() == [], width
        box = page.locator("dialog[open]").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    page.goto(f"/content/{content_id}/schedule")
    assert window.axe() == []
