"""Nobody answers in the middle of a form: it is said in five seconds, and nothing typed is lost."""

from __future__ import annotations

import os
import signal
import time as clock
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from tests.browser.test_queue import QUEUE, content, scheduled
from tests.support.browser import Product, Window
from tests.support.planner import Planner, in_months, lands
from webapp.accounts.models import UserSession
from webapp.core.db import Database

GONE = "IGNY8 did not answer"


def within_five_seconds(page: Page, words: str) -> None:
    began = clock.monotonic()
    expect(page.locator("#lost-line")).to_contain_text(words)
    assert clock.monotonic() - began < 5, f"it took {clock.monotonic() - began:.1f} s"


def is_there_again(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-stream", "open")


def test_a_web_process_that_was_killed(window: Window, product: Product) -> None:
    page = window.open("/review")
    with product.web_killed():
        within_five_seconds(page, "IGNY8 cannot be reached")
    expect(page.locator("#lost-line")).to_be_empty()
    window.troubles.clear()


def test_a_web_process_that_stands_still(window: Window, product: Product) -> None:
    """The connection is there, and nothing comes."""
    page = window.open("/review")
    page.wait_for_timeout(1000)
    web = product.pid_of("web")
    os.kill(web, signal.SIGSTOP)
    try:
        within_five_seconds(page, "IGNY8 cannot be reached")
    finally:
        os.kill(web, signal.SIGCONT)
    expect(page.locator("#lost-line")).to_be_empty()
    is_there_again(page)
    window.troubles.clear()


def test_a_session_that_was_ended_elsewhere(window: Window, product: Product) -> None:
    page = window.open("/account")
    page.fill("#timezone", "Europe/Lisbon")
    database = Database(f"sqlite:///{product.var / 'igny8.sqlite'}")
    with database.write() as db:
        db.execute(sa.delete(UserSession))
    database.dispose()
    within_five_seconds(page, "You are signed out. What you typed is still here.")
    page.locator("#lost-line").get_by_role("link", name="Sign in").click()
    expect(page.locator("#sign-in-again-password")).to_be_focused()
    page.keyboard.type(product.login["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#lost-line")).to_be_empty()
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")
    is_there_again(page)


Ask = Callable[[], object]


def gone_and_back(window: Window, send: Ask, again: str = "Retry") -> None:
    """It is sent to nobody, the page says so where it can be read; then it is sent again."""
    page = window.page
    with window.product.web_killed():
        send()
        toast = page.locator(".toast.red", has_text=GONE)
        expect(toast).to_be_visible(timeout=5000)
        if again == "Retry":
            expect(toast.get_by_role("button", name="Retry")).to_be_visible()
    retry = page.locator(".toast.red").get_by_role("button", name="Retry")
    # The toast goes by itself when the server is back: then what was typed is sent as before.
    if again == "Retry" and retry.count():
        retry.click()
    else:
        is_there_again(page)
        send()
    window.troubles.clear()


def test_a_comment(window: Window, product: Product) -> None:
    content_id = product.piece("Commented to nobody")
    page = window.open(f"/review/{content_id}?q=Commented+to")
    page.locator(f"#open-{content_id}").focus()
    page.keyboard.press("c")
    page.keyboard.type("Who has weighed it?")
    gone_and_back(window, page.get_by_role("button", name="Say it").click, "")
    expect(page.locator(f"#comments-{content_id} .said")).to_have_text(["Who has weighed it?"])


def test_asking_for_changes(window: Window, product: Product) -> None:
    content_id = product.piece("Changed by nobody")
    page = window.open(f"/review/{content_id}?q=Changed+by")
    page.locator(f"#open-{content_id}").focus()
    page.keyboard.press("r")
    page.keyboard.type("Shorter.")
    gone_and_back(window, page.get_by_role("button", name="Send it back").click, "")
    expect(page.locator(".toast.green")).to_be_visible()
    assert content(product, content_id)["status"] == "draft"


def test_the_schedule_dialog(window: Window, product: Product) -> None:
    content_id = product.piece("Scheduled by nobody")
    page = window.open(f"/review/{content_id}?q=Scheduled+by")
    page.get_by_role("link", name="Schedule", exact=True).click()
    at = f"{datetime.now(UTC).year + 1}-06-04T10:15"
    page.fill("#at", at)
    expect(page.locator("#judgement")).to_contain_text("UTC")
    gone_and_back(window, page.locator("#schedule-it").click, "")
    expect(page.locator(".toast.green")).to_contain_text("goes out")
    local = product.api.get(f"/content/{content_id}/schedule").json()["data"]["local_time"]
    assert local.startswith(at)


def test_the_calendars_dialog(window: Window, planner: Planner) -> None:
    day = in_months(22)
    content_id = planner.piece("Moved to nobody", day)
    page = window.open(planner.path(day))
    after = day + timedelta(days=2)

    def send() -> None:
        page.locator(f"#c{content_id}").focus()
        page.keyboard.press("m")
        page.fill("#move-day", after.isoformat())
        page.fill("#move-time", "14:05")
        page.keyboard.press("Enter")

    gone_and_back(window, send)
    lands(page, content_id, after)
    assert planner.stands_at(content_id) == datetime.combine(after, time(14, 5))


def test_many_in_the_queue(window: Window, product: Product) -> None:
    ids = scheduled(product, "Many gone apple", "Many gone pear")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Many+gone")
    for content_id in ids:
        page.check(f"#tick-{content_id}")
    gone_and_back(window, page.locator("#bulk-holds").click, "")
    expect(page.locator("[data-outcome]")).to_contain_text("2 pieces on hold.")


@pytest.mark.parametrize("form", ["settings", "account"])
def test_a_form_that_leads_to_a_page(window: Window, product: Product, form: str) -> None:
    """It would have led to the browser's own page about the connection."""
    paths = {"settings": f"/settings/sites/{product.site_id}/publishing", "account": "/account"}
    fields = {"settings": ("#daily_publish_limit", "7"), "account": ("#timezone", "Europe/Lisbon")}
    button = {"settings": "#save", "account": "form[action='/account/timezone'] button"}[form]
    api = f"/sites/{product.site_id}/publishing-settings"
    before = product.api.get(api).json()["data"]["daily_publish_limit"]
    page = window.open(paths[form])
    page.fill(*fields[form])
    gone_and_back(window, page.locator(button).click)
    page.locator("[data-preview], [data-applied], .note.green").first.wait_for()
    expect(page.locator(fields[form][0])).to_have_value(fields[form][1])
    if form == "settings":
        product.api.put(api, json={"daily_publish_limit": before}).raise_for_status()
