"""A platform that nothing names, not atomic and without a fence, from connecting to a restore.

Its folder is `tests/support/plain.py`: nothing else of the product knows it. The application runs
in this process, behind the server that the product uses, because that website lives here too.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import NamedTuple

import pytest
import uvicorn
from playwright.sync_api import Browser, Locator, Page, expect

from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from tests.support.plain import PLATFORM, Plain, open_plain, with_token
from tests.support.processes import wait_until
from webapp import wire
from webapp.accounts import sessions
from webapp.app import create_app
from webapp.config import Config
from webapp.core import codes
from webapp.core.system import System
from webapp.integrations import registry
from webapp.publisher.delivery import restored
from webapp.publisher.records.models import PublishingRecord
from webapp.publisher.records.states import ACTIVE

SECRET = "plain-secret-token-0001"


class House(NamedTuple):
    desk: Desk
    site: Plain
    page: Page
    troubles: list[str]


@pytest.fixture
def site(misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Plain:
    """The website, and its platform in the registry."""
    made, platform = open_plain(misbehaving)
    monkeypatch.setitem(registry.PLATFORMS, PLATFORM, with_token(platform))
    return made


@pytest.fixture
def house(system: System, config: Config, site: Plain, browser: Browser) -> Iterator[House]:
    """The product behind its server, and its owner in Chromium."""
    url, desk = config.public_url, Desk(system)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(system=system), port=config.port, log_level="error", **wire.settings()
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, "uvicorn")
    context = browser.new_context(base_url=url)
    context.add_cookies(
        [{"name": sessions.COOKIE, "value": desk.session_of(desk.owner), "url": url}]
    )
    page, troubles = context.new_page(), list[str]()
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield House(desk, site, page, troubles)
    context.close()
    server.should_exit = True
    thread.join(30)
    assert troubles == []


def connect(house: House, token: str) -> None:
    page = house.page
    page.goto(f"/settings/sites/{house.desk.site.id}")
    page.get_by_text("A website without a fence").click()
    page.get_by_label("Address", exact=True).fill(house.site.url)
    page.get_by_label("Token", exact=True).fill(token)
    page.get_by_role("button", name="Connect Plain").click()


def connected(house: House) -> Locator:
    """The card of the connection, once the page that follows the click is there."""
    connect(house, SECRET)
    card = house.page.locator(".integration")
    expect(card.get_by_role("heading", name="Plain")).to_be_visible()
    return card


def open_piece(house: House, content_id: int) -> Page:
    house.page.goto(f"/content/{content_id}")
    house.page.wait_for_selector("body[data-stream=open]")
    return house.page


def work(house: House) -> None:
    """The worker does what was asked for by a click, once that has arrived."""
    rows = house.desk.rows
    wait_until(lambda: any(one.status in ACTIVE for one in rows(PublishingRecord)), "the click")
    house.desk.run_worker()


def test_it_is_connected_by_its_fields(house: House) -> None:
    connect(house, "wrong")
    expect(house.page.get_by_text("A token of Plain begins with plain-.")).to_be_visible()
    expect(house.page.get_by_label("Address", exact=True)).to_have_value(house.site.url)
    expect(house.page.get_by_label("Token", exact=True)).to_have_value("")
    card = connected(house)
    expect(card.get_by_text("Default")).to_be_visible()
    card.get_by_role("button", name="Test").click()
    expect(card.get_by_text("Working")).to_be_visible()
    assert SECRET not in house.page.content()


def test_a_piece_lives_there(house: House) -> None:
    """Validation, publication, receipt, another version, and back again."""
    desk, site = house.desk, house.site
    connected(house)
    content_id = desk.approved(title="Of a plain website", tags=[{"name": "Tea"}])
    page = open_piece(house, content_id)
    page.locator("[data-publish]").click()
    work(house)
    expect(page.locator("[data-panel=published]")).to_be_visible()
    [post] = site.online()
    [record] = desk.records_of(content_id)
    page.goto(f"/records/{record.id}")
    expect(page.get_by_role("main")).to_contain_text(f"{site.url}/plain/{post.number}")
    desk.edit(content_id, html="<p>Another text of it, long enough to be read.</p>")
    page = open_piece(house, content_id)
    page.locator("[data-asks-first]").click()
    page.get_by_role("button", name="Publish the changes now").click()
    work(house)
    expect(page.locator("[data-panel=published]")).to_be_visible()
    [post] = site.online()
    assert "Another text" in post.html
    page.get_by_text("Take offline").click()
    page.get_by_label("The post at").select_option("delete")
    page.locator("[data-retract]").click()
    work(house)
    expect(page.locator("[data-panel=approved]")).to_be_visible()
    assert site.posts == {}


def test_what_broke_there_is_told_and_nothing_is_left(house: House) -> None:
    desk, site = house.desk, house.site
    connected(house)
    content_id = desk.approved(title="It breaks there", tags=[{"name": "Tea"}])
    site.faults[len(site.calls) + 1] = "refused"
    page = open_piece(house, content_id)
    page.locator("[data-publish]").click()
    work(house)
    expect(page.locator("[data-panel=failed]")).to_be_visible()
    expect(page.locator("[data-panel]")).to_contain_text(codes.sentence("CONTENT_INVALID"))
    assert (site.posts, site.terms) == ({}, {})


def test_after_a_restore_a_person_looks(house: House) -> None:
    """It keeps no fence that could say what it has seen."""
    desk = house.desk
    connected(house)
    content_id = desk.approved(title="Of the backup")
    desk.publish(content_id)
    done = restored.catch_up(desk.system)
    assert [piece.title for piece in done.held] == ["Of the backup"]
    page = open_piece(house, content_id)
    expect(page.get_by_role("main")).to_contain_text("backup")
    assert house.site.posts == {}
