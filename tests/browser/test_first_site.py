"""From an account without a site to a first piece with its time, by keyboard.

The application runs in this process, behind the server that the product uses, so that a test can
begin with an account that has nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.browser import axe
from tests.support.house import PASSWORD
from tests.support.processes import wait_until
from webapp import wire
from webapp.accounts import sessions, setup
from webapp.accounts.models import Site, User
from webapp.app import create_app
from webapp.config import Config
from webapp.core.system import System

EMAIL = "first@example.com"
WIDTHS = (1440, 390)
FOCUS = "(document.activeElement.id || document.activeElement.tagName)"


class House(NamedTuple):
    system: System
    page: Page
    api: str


@pytest.fixture
def house(system: System, config: Config, browser: Browser) -> Iterator[House]:
    """An account without a site, and its owner in Chromium."""
    url = config.public_url
    made = setup.ensure(system, setup.Wanted("New", EMAIL, PASSWORD))
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(system=system), port=config.port, log_level="error", **wire.settings()
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "uvicorn")
    with system.db.write() as db:
        token = sessions.sign_in(db, db.get_one(User, made["user_id"]), system.clock())
    context = browser.new_context(base_url=url, timezone_id="Europe/Berlin")
    context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": url}])
    page, troubles = context.new_page(), list[str]()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield House(system, page, made["token"])
    context.close()
    server.should_exit = True
    thread.join(30)
    assert troubles == []


def look(page: Page) -> list[str]:
    """What axe finds at both widths in both themes, and whether anything is too wide."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} {one}" for one in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{width} scrolls sideways")
    page.set_viewport_size({"width": 1440, "height": 900})
    return found


def step(page: Page, name: str) -> Locator:
    return page.locator(f"[data-first-step={name}]")


def focus(page: Page) -> str:
    """Where the focus is, once the page has put it somewhere: browsers do so as they first draw."""
    page.wait_for_function(f"!['BODY', 'main'].includes({FOCUS})", timeout=10_000)
    return str(page.evaluate(FOCUS))


def type_in(page: Page, *values: str) -> None:
    """Each into its field, the first of which has the focus; then Enter."""
    for number, value in enumerate(values):
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type(value)
        if number < len(values) - 1:
            page.keyboard.press("Tab")
    page.keyboard.press("Enter")


def add_by_keyboard(page: Page) -> None:
    """From the list without a site to the page of the new one, with mistakes on the way."""
    page.goto("/settings/sites")
    assert look(page) == []
    page.locator("#add-first").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/sites/new")
    assert focus(page) == "name"
    assert look(page) == []
    type_in(page, "Kupferkanne", "kupferkanne.example", "Berlin")
    expect(page.locator("#url-wrong")).to_contain_text("http:// or https://")
    expect(page.locator("#timezone-wrong")).to_contain_text("no IANA time zone")
    expect(page.locator("#name-wrong")).to_have_count(0)
    assert [page.input_value(f"#{one}") for one in ("name", "url", "timezone")] == [
        "Kupferkanne",
        "kupferkanne.example",
        "Berlin",
    ]
    assert focus(page) == "url"
    assert look(page) == []
    type_in(page, "https://kupferkanne.example/", "Europe/Berlin")
    page.wait_for_url("**#first-steps")
    page.wait_for_selector("body[data-stream=open]")
    assert focus(page) == "first-steps"


def test_the_first_site_is_added_connected_and_given_a_piece(house: House) -> None:
    page = house.page
    add_by_keyboard(page)
    expect(step(page, "site")).to_have_class("first-step is-done")
    expect(step(page, "connect")).to_have_class("first-step is-next")
    assert look(page) == []
    page.get_by_role("button", name="Connect IGNY8’s own pages").focus()
    page.keyboard.press("Enter")
    test = page.locator("#first-test")
    expect(test).to_be_visible()
    page.wait_for_selector("body[data-stream=open]")
    assert focus(page) == "first-steps"
    test.focus()
    page.keyboard.press("Enter")
    expect(step(page, "connect")).to_have_class("first-step is-done")
    expect(step(page, "piece")).to_have_class("first-step is-next")
    assert focus(page) == "first-steps"
    assert look(page) == []
    with house.system.db.read() as db:
        [site] = db.query(Site)
    call = page.context.request
    headers = {"Authorization": f"Bearer {house.api}"}
    piece = {"title": "The first", "html": "<p>Some words to read.</p>", "site_id": site.id}
    made = call.post("/api/v1/writer/content/", data=piece, headers=headers).json()["data"]
    expect(step(page, "piece")).to_contain_text("There is a draft")
    for verb in ("submit", "approve"):
        call.post(f"/api/v1/writer/content/{made['id']}/{verb}/", data={}, headers=headers)
    expect(page.get_by_role("link", name="Open the calendar")).to_be_visible()
    assert look(page) == []
    at = {"local_time": "2030-01-07T10:00", "seen": None}
    call.post(f"/api/v1/content/{made['id']}/schedule/", data=at, headers=headers)
    expect(page.locator(".first-steps")).to_have_count(0)
    page.reload()
    expect(page.locator("#first-steps")).to_have_count(0)


def test_the_wordpress_form_stands_in_its_step_and_keeps_what_is_typed(house: House) -> None:
    page = house.page
    add_by_keyboard(page)
    looked = "We looked: kupferkanne.example does not answer from here."
    expect(page.locator("#looked")).to_have_text(looked)
    address = page.locator("#wordpress-base_url")
    expect(address).to_have_value("https://kupferkanne.example")
    address.fill("nonsense")
    author = page.locator("#wordpress-default_author")
    author.fill("somebody@example.com")
    page.evaluate("htmx.trigger('#first-steps', 'live')")
    page.wait_for_timeout(500)
    expect(address).to_have_value("nonsense")
    expect(page.locator("#looked")).to_have_text(looked)
    address.press("Enter")
    expect(page.locator("#wordpress-base_url-wrong")).to_be_visible()
    page.wait_for_selector("body[data-stream=open]")
    page.wait_for_timeout(500)  # the stream says hello, and the steps are drawn anew
    expect(page.locator("#wordpress-base_url-wrong")).to_be_visible()
    assert focus(page) == "wordpress-base_url"
    expect(author).to_have_value("somebody@example.com")
    address.fill("http://127.0.0.1:9")
    address.press("Enter")
    expect(page.locator(".key-box code")).to_be_visible()
    assert focus(page) == "new-key"
    expect(page.locator("#first-test")).to_be_visible()
    page.evaluate("delete document.querySelector('[data-once]').dataset.once")
    page.locator("#first-test").click()
    expect(step(page, "connect")).to_contain_text("its last test failed")
    assert focus(page) != "BODY"
    assert look(page) == []


def test_open_pages_hear_of_a_new_site(house: House) -> None:
    page = house.page
    page.goto("/settings/sites")
    page.wait_for_selector("body[data-stream=open]")
    given = {"name": "By a program", "url": "https://program.example", "timezone": "UTC"}
    page.context.request.post(
        "/api/v1/sites/", data=given, headers={"Authorization": f"Bearer {house.api}"}
    )
    expect(page.get_by_role("link", name="By a program")).to_be_visible()
