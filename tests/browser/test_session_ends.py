"""The session ends in the middle of each form: signing in over the page, and the act goes on."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.test_queue import QUEUE, content, scheduled
from tests.support.browser import Product, Window
from tests.support.planner import (
    HALF_PAST_NINE,
    Planner,
    box_of,
    carry,
    day_of,
    entry,
    in_months,
    lands,
)


def asked(page: Page) -> Locator:
    """The small sign-in, which lies on top with the focus in it."""
    dialog = page.get_by_role("dialog", name="Signed out", exact=True)
    expect(dialog).to_be_visible()
    expect(page.locator("#sign-in-again-password")).to_be_focused()
    return dialog


def sign_in_over(page: Page, product: Product) -> None:
    dialog = asked(page)
    page.keyboard.type(product.login["password"])
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()


def keeps_focus(page: Page) -> None:
    page.wait_for_timeout(300)
    focused = page.evaluate("document.activeElement.tagName + '#' + document.activeElement.id")
    assert not focused.startswith(("BODY", "MAIN")), focused


def said(product: Product, content_id: int) -> list[Any]:
    found = product.api.get(f"/writer/content/{content_id}").json()["data"]
    return list(found.get("comments", []))


def test_a_comment(window: Window, product: Product) -> None:
    content_id = product.piece("Commented and signed out")
    page = window.open(f"/review/{content_id}?q=Commented+and")
    page.locator(f"#open-{content_id}").focus()
    page.keyboard.press("c")
    page.keyboard.type("Who has weighed it?")
    page.context.clear_cookies()
    page.get_by_role("button", name="Say it").click()
    assert window.axe() == []
    sign_in_over(page, product)
    comments = page.locator(f"#threads-{content_id} .said")
    expect(comments).to_have_text(["Who has weighed it?"])
    keeps_focus(page)
    expect(page.locator("body")).to_have_attribute("data-stream", "open")
    expect(page.locator("#toasts > .red")).to_have_count(0)
    page.reload()
    expect(comments).to_have_text(["Who has weighed it?"])


def test_asking_for_changes(window: Window, product: Product) -> None:
    content_id = product.piece("Changed and signed out")
    page = window.open(f"/review/{content_id}?q=Changed+and")
    page.locator(f"#open-{content_id}").focus()
    page.keyboard.press("r")
    page.keyboard.type("Shorter.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send it back").click()
    sign_in_over(page, product)
    expect(page.locator(".toast.green")).to_be_visible()
    assert content(product, content_id)["status"] == "draft"
    keeps_focus(page)
    page.reload()
    expect(page.locator(f"#comments-{content_id} .said")).to_have_text(["Shorter."])


def test_the_schedule_dialog(window: Window, product: Product) -> None:
    content_id = product.piece("Scheduled and signed out")
    page = window.open(f"/review/{content_id}?q=Scheduled+and")
    page.get_by_role("link", name="Schedule", exact=True).click()
    at = f"{datetime.now(UTC).year + 1}-05-04T10:15"
    page.context.clear_cookies()
    page.fill("#at", at)
    notice = page.locator("#dialog #toasts")
    expect(notice).to_contain_text("You are signed out")
    expect(page.get_by_role("dialog", name="Signed out", exact=True)).to_be_hidden()
    page.click("#schedule-it")
    sign_in_over(page, product)
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".toast.green")).to_contain_text("goes out")
    local = product.api.get(f"/content/{content_id}/schedule").json()["data"]["local_time"]
    assert local.startswith(at)
    keeps_focus(page)


def test_a_drag_in_the_calendar(window: Window, planner: Planner) -> None:
    day = in_months(20)
    content_id = planner.piece("Dragged and signed out", day)
    page = window.open(planner.path(day))
    page.context.clear_cookies()
    after = day + timedelta(days=1)
    carry(page, entry(page, content_id), *box_of(day_of(page, after)))
    page.mouse.up()
    sign_in_over(page, window.product)
    lands(page, content_id, after)
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)
    expect(page.locator(".toast.green")).to_have_count(1)


def test_the_calendars_dialog(window: Window, planner: Planner) -> None:
    """Left once, it is said, and what was typed goes on from there."""
    day = in_months(21)
    content_id = planner.piece("Typed and signed out", day)
    page = window.open(planner.path(day))
    page.locator(f"#c{content_id}").focus()
    page.context.clear_cookies()
    page.keyboard.press("m")
    after = day + timedelta(days=2)
    page.fill("#move-day", after.isoformat())
    page.fill("#move-time", "14:05")
    page.keyboard.press("Enter")
    asked(page)
    page.keyboard.press("Escape")
    toast = page.locator(".toast.red")
    expect(toast).to_contain_text("You are signed out, so nothing was saved.")
    expect(page.locator(f"#c{content_id}")).to_be_focused()
    toast.get_by_role("button", name="Sign in").click()
    sign_in_over(page, window.product)
    lands(page, content_id, after)
    expect(page.locator(f"#c{content_id}")).to_be_focused()
    assert planner.stands_at(content_id) == datetime.combine(after, time(14, 5))


def test_many_in_the_queue(window: Window, product: Product) -> None:
    ids = scheduled(product, "Many out apple", "Many out pear")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Many+out")
    for content_id in ids:
        page.check(f"#tick-{content_id}")
    page.context.clear_cookies()
    page.focus("#bulk-holds")
    page.keyboard.press("Enter")
    sign_in_over(page, product)
    expect(page.locator("[data-outcome]")).to_contain_text("2 pieces on hold.")
    for content_id in ids:
        assert content(product, content_id)["attention"] == ["held"]
    keeps_focus(page)


def test_the_publishing_settings(window: Window, product: Product) -> None:
    api = f"/sites/{product.site_id}/publishing-settings"
    before = product.api.get(api).json()["data"]["daily_publish_limit"]
    page = window.open(f"/settings/sites/{product.site_id}/publishing")
    page.context.clear_cookies()
    page.fill("#daily_publish_limit", "7")
    page.click("#save")
    sign_in_over(page, product)
    page.locator("[data-preview], [data-applied], .note.green").first.wait_for()
    expect(page.locator("#daily_publish_limit")).to_have_value("7")
    keeps_focus(page)
    product.api.put(api, json={"daily_publish_limit": before}).raise_for_status()


def test_a_plain_form(window: Window, product: Product) -> None:
    page = window.open("/account")
    page.fill("#timezone", "Europe/Lisbon")
    page.context.clear_cookies()
    page.click("form[action='/account/timezone'] button")
    sign_in_over(page, product)
    expect(page.get_by_role("status").filter(has_text="Your time zone is kept.")).to_be_visible()
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")
    page.fill("#timezone", "")
    page.click("form[action='/account/timezone'] button")
    expect(page.locator("#timezone")).to_have_value("")


def test_a_wrong_password_and_leaving_it(window: Window, product: Product) -> None:
    page = window.open("/account")
    page.fill("#timezone", "Europe/Lisbon")
    page.context.clear_cookies()
    page.click("form[action='/account/timezone'] button")
    dialog = asked(page)
    expect(page.locator("#sign-in-again-email")).to_have_value(product.login["email"])
    expect(page.locator("#sign-in-again-email")).not_to_be_editable()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Type your password.")
    page.keyboard.type("not this one")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("E-mail address or password is wrong.")
    expect(page.locator("#sign-in-again-password")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    toast = page.locator(".toast.red")
    expect(toast).to_contain_text("You are signed out")
    keeps_focus(page)
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")
    toast.get_by_role("button", name="Sign in").click()
    sign_in_over(page, product)
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")
    page.fill("#timezone", "")
    page.click("form[action='/account/timezone'] button")
    expect(page.locator("#timezone")).to_have_value("")


def test_many_refusals_ask_once(window: Window, product: Product) -> None:
    ids = [product.piece(f"Twice out {number}") for number in range(2)]
    page = window.open("/review?q=Twice+out")
    page.context.clear_cookies()
    page.evaluate(
        """(ids) => ids.forEach((id) => htmx.ajax('POST', `/content/${id}/approval`,
            {source: `#open-${id}`, swap: 'none', values: {home: 'review'}}))""",
        ids,
    )
    sign_in_over(page, product)
    for content_id in ids:
        for _ in range(50):
            if content(product, content_id)["status"] == "approved":
                break
            page.wait_for_timeout(100)
        assert content(product, content_id)["status"] == "approved"
    expect(page.get_by_role("dialog", name="Signed out", exact=True)).to_be_hidden()


def test_another_persons_page(window: Window, product: Product) -> None:
    """The form says whose page it is, and that stands above what stands in its fields."""
    page = window.open("/account")
    page.context.clear_cookies()
    page.fill("#timezone", "Europe/Lisbon")
    page.click("form[action='/account/timezone'] button")
    dialog = asked(page)
    page.evaluate("document.querySelector('#sign-in-again [name=person]').value = '999999'")
    page.keyboard.type(product.login["password"])
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("This page is somebody else's")
    page.evaluate("document.body.dataset.pageOf = '999999'")
    page.context.add_cookies(
        [{"name": "igny8_session", "value": product.session(), "url": product.url}]
    )
    dialog.get_by_role("button", name="Cancel").click()
    page.click("form[action='/account/timezone'] button")
    expect(page.locator(".toast.red").last).to_contain_text("Somebody else is signed in")
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")


def test_a_link_says_why_it_leads_to_signing_in(window: Window) -> None:
    page = window.open("/review")
    page.context.clear_cookies()
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Content").click()
    expect(page.get_by_role("alert")).to_have_text("Your session has ended. Sign in to go on.")


@pytest.mark.parametrize("size", [(390, 844), (1440, 900)], ids=str)
def test_for_everyone(new_window: OpenWindow, size: tuple[int, int]) -> None:
    window = new_window(viewport={"width": size[0], "height": size[1]})
    page = window.open("/account")
    page.context.clear_cookies()
    page.click("form[action='/account/timezone'] button")
    dialog = asked(page)
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_have_text("Type your password.")
    assert window.axe() == []
    box = dialog.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size[0]
    for _ in range(5):
        page.keyboard.press("Tab")
        inside = (
            "document.activeElement.closest('dialog') || document.activeElement === document.body"
        )
        assert page.evaluate(f"Boolean({inside})")
