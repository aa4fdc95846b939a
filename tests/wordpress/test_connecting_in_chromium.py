"""A website and the desk are connected by hand, in Chromium, from both of their pages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support import sqlite
from tests.support.browser import AXE, WCAG, chromium
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from tests.support.served import served
from tests.support.wordpress import ADMIN, WordPress
from tests.support.wordpress import PASSWORD as WP_PASSWORD
from tests.wordpress.conftest import start_site
from webapp.accounts import sessions
from webapp.core.system import System

PICTURES = os.environ.get("IGNY8_PICTURES", "")


@pytest.fixture
def site() -> Iterator[WordPress]:
    made = start_site("6.8")
    made.php("delete_option('igny8_api_key');")
    yield made
    made.stop()


@pytest.fixture
def desk(system: System) -> Desk:
    """The desk itself, and not only its side of the contract."""
    return Desk(system, sqlite.house())


@pytest.fixture
def page(system: System) -> Iterator[Page]:
    with served(system), chromium() as browser:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        yield context.new_page()
        context.close()


def sign_in(page: Page, system: System, site: WordPress, desk: Desk) -> None:
    """Into both of them."""
    token = desk.session_of(desk.owner)
    home = system.config.public_url
    page.context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": home}])
    page.goto(f"{site.url}/wp-login.php")
    page.fill("#user_login", ADMIN)
    page.fill("#user_pass", WP_PASSWORD)
    page.click("#wp-submit")


def judge(page: Page, name: str, part: str = "") -> None:
    """Accessible, nothing runs over at any size; a picture where somebody wants one."""
    page.evaluate(AXE.read_text())
    part = part or ("#wpbody-content .wrap" if "wp-admin" in page.url else "body")
    found = page.evaluate(
        "([part, rules]) => axe.run(part, {runOnly: rules}).then((r) => r.violations"
        ".map((one) => [one.id, one.nodes.map((node) => node.html)]))",
        [part, WCAG],
    )
    assert found == [], name
    for width, height in ((390, 844), (768, 1024), (1024, 768), (720, 450), (1440, 900)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
        if PICTURES:
            shown = page.locator(part if part != "body" else "main").first
            # The bar stays at the top of the screen, across what is taller than that.
            style = "#wpadminbar { display: none }"
            shown.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", style=style)


def test_connected_from_both_pages(site: WordPress, page: Page, system: System, desk: Desk) -> None:
    integration_id = desk.connect("wordpress", site.url)
    sign_in(page, system, site, desk)

    page.goto(f"{site.url}/wp-admin/options-general.php?page=igny8")
    page.fill("#app_url", system.config.public_url)
    page.fill("#email", desk.owner.email)
    page.fill("#password", PASSWORD)
    page.click("#submit")
    expect(page.locator(".notice-success")).to_contain_text("Connected as")
    assert page.locator("#password").input_value() == ""
    page.click("#igny8-structure")
    expect(page.locator("#igny8-structure-said")).to_contain_text("IGNY8 has the structure")
    judge(page, "wordpress-settings")
    # What goes out is on the desk's side only; here nobody works on it.
    desk.publish(desk.approved(title="Olive oil, pressed cold"))
    desk.schedule(desk.approved(), 7200)
    page.goto(f"{site.url}/wp-admin/index.php?page=igny8-dashboard")
    expect(page.locator(".wrap")).to_contain_text("IGNY8 answers and knows this website.")
    expect(page.locator(".wrap li")).to_contain_text("Olive oil, pressed cold")
    judge(page, "wordpress-dashboard")
    page.goto(f"{site.url}/wp-admin/index.php")
    expect(page.locator("#igny8-dashboard")).to_contain_text("Waiting changes")
    judge(page, "wordpress-widget", "#igny8-dashboard")
    page.goto(f"{site.url}/wp-admin/options-general.php?page=igny8")
    page.get_by_role("button", name="Disconnect").click()
    expect(page.locator(".notice-success")).to_contain_text("Disconnected.")

    home = f"{system.config.public_url}/settings/sites/{desk.site.id}"
    page.goto(home)
    page.click(f"#connect-there-{integration_id}")
    page.click(f"#grant-{integration_id}")
    page.click("#approve")
    steps = page.locator("[data-handed-over] .check.green")
    expect(steps).to_have_count(5)
    judge(page, "site-connected")

    page.goto(f"{home}/content-types")
    expect(page.locator("[data-type=post]")).to_contain_text("1 total")
    page.uncheck(f"#type-{integration_id}-page")
    with page.expect_event("load"):
        page.click(f"#save-types-{integration_id}")
    expect(page.locator(f"#type-{integration_id}-page")).not_to_be_checked()
    with page.expect_event("load"):
        page.click(f"#fetch-{integration_id}")
    expect(page.locator(f"#type-{integration_id}-page")).not_to_be_checked()
    judge(page, "content-types")
