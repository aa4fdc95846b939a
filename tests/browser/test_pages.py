"""Every page: reachable, light, in both themes, at three widths, for everyone."""

from __future__ import annotations

import io
import os
import signal
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.support.browser import Product, Window
from tests.support.processes import frozen, wait_until

LARGEST_PAGE = 150 * 1024
WIDTHS = (1440, 390)
# Boxes whose text runs out of them, over what stands beside.
SPILLS = """() => {
    const spills = (box) => {
        const { overflowX, display } = getComputedStyle(box);
        const holds = overflowX === 'visible' && display !== 'inline' && box.clientWidth > 1;
        return holds && box.scrollWidth > box.clientWidth + 1 && box.checkVisibility();
    };
    const found = [...document.querySelectorAll('main *')].filter(spills);
    return found
        .filter((box) => !found.some((other) => other !== box && box.contains(other)))
        .map((box) => `${box.className || box.tagName}: ${box.textContent.trim().slice(0, 60)}`);
}"""


@pytest.fixture(scope="session")
def pages(product: Product) -> dict[str, str]:
    """Name and path of every page, with pieces in the states that look different."""
    found = product.api.get("/publisher/records", params={"status": "published"}).json()
    done = found["results"][0]
    found = product.api.get("/publisher/records", params={"status": "failed"}).json()
    failed = found["results"][0]
    return {
        "review": "/review",
        "review-failed": f"/review/{failed['content_id']}",
        "review-published": f"/review/{done['content_id']}",
        "review-empty": "/review?q=nothinghasthistitle",
        "content": "/content",
        "bin": "/content/bin",
        "content-one": f"/content/{done['content_id']}",
        "record": f"/records/{done['id']}",
        "record-failed": f"/records/{failed['id']}",
        "sites": "/settings/sites",
        "site": f"/settings/sites/{product.site_id}",
        "deployments": f"/settings/sites/{product.site_id}/deployments",
        "account": "/account",
        "security-log": "/settings/security-log",
        "not-found": "/nowhere",
    }


def test_axe_finds_nothing(window: Window, product: Product, pages: dict[str, str]) -> None:
    page = window.page
    found: dict[str, list[str]] = {}
    for name, path in pages.items():
        page.goto(product.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            open_folds(page)
            found[f"{name} {width}"] = window.axe()
            wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wider, f"{name} scrolls sideways"
            found[f"{name} {width}"] += page.evaluate(SPILLS)
    assert {name: problems for name, problems in found.items() if problems} == {}


def open_folds(page: Page) -> None:
    """What is not open already; a menu closes the one before."""
    for fold in page.locator("details > summary").all():
        if fold.is_visible() and not fold.evaluate("(one) => one.parentElement.open"):
            fold.click()


def test_axe_finds_nothing_on_the_sign_in_page(browser: Browser, product: Product) -> None:
    context = browser.new_context(base_url=product.url)
    window = Window(context.new_page(), product)
    window.page.goto("/sign-in")
    assert window.axe() == []
    window.page.fill("#email", "nobody@example.com")
    window.page.fill("#password", "wrong")
    window.page.click("button")
    expect(window.page.get_by_role("alert")).to_have_text("E-mail address or password is wrong.")
    assert window.axe() == []
    context.close()


def test_axe_finds_nothing_while_the_menu_is_open(window: Window) -> None:
    window.open("/review")
    window.page.click(".user-button")
    expect(window.page.locator("#user-menu")).to_be_visible()
    assert window.axe() == []


def test_pages_are_light(window: Window, pages: dict[str, str], product: Product) -> None:
    for name, path in pages.items():
        answer = window.page.request.get(product.url + path)
        assert len(answer.body()) <= LARGEST_PAGE, name
        assert "style=" not in answer.text(), f"{name} has styles that the policy refuses"


def test_the_theme_is_kept(window: Window) -> None:
    page = window.open("/review")
    page.click(".user-button")
    with page.expect_response("**/theme"):
        page.get_by_role("button", name="Dark").click()
    dark = "document.documentElement.classList.contains('dark')"
    assert page.evaluate(dark)
    page.reload()
    assert page.evaluate(dark)


def test_the_site_switch_narrows_the_lists(window: Window) -> None:
    page = window.open("/content")
    site = page.locator("#site-side option").nth(1).inner_text()
    # Not expect_navigation: it is content with any address that the old page gives itself.
    with page.expect_event("load"):
        page.select_option("#site-side", label=site)
    shown = set(page.locator(".line .muted").all_inner_texts())
    assert shown
    assert all(line.startswith(site) for line in shown)


def test_signing_in_leads_back_and_nowhere_else(browser: Browser, product: Product) -> None:
    context = browser.new_context(base_url=product.url)
    page = context.new_page()
    page.goto("/content?q=a")
    assert page.url == f"{product.url}/sign-in?next=/content%3Fq%3Da"
    for elsewhere in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:1"):
        page.goto("/sign-in")
        page.locator("[name=next]").evaluate("(field, value) => field.value = value", elsewhere)
        page.fill("#email", product.login["email"])
        page.fill("#password", product.login["password"])
        page.click("button")
        assert page.url == f"{product.url}/review"
        page.context.clear_cookies()
    context.close()


def test_signing_out_ends_it(window: Window, product: Product) -> None:
    page = window.open("/review")
    page.click(".user-button")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in")
    page.goto(f"{product.url}/review")
    assert "/sign-in" in page.url


def test_what_a_page_asked_while_it_was_left_takes_nobody_elsewhere(
    window: Window, product: Product
) -> None:
    page = window.page
    asked, left = _hold(page, "**/review?keep*"), _hold(page, "**/sign-out")
    window.open("/review")
    _wait_for(page, asked)
    page.click(".user-button")
    page.get_by_role("button", name="Sign out").click(no_wait_after=True)
    _wait_for(page, left)
    answer = left[0].fetch(max_redirects=0)
    asked[0].continue_()  # the session is over by now, and the page still stands
    page.wait_for_timeout(1000)
    left[0].fulfill(response=answer)
    page.wait_for_url("**/sign-in*")
    assert page.url == f"{product.url}/sign-in"


def _hold(page: Page, address: str) -> list[Route]:
    """What is asked of this address from now on; it waits until the test lets it go on."""
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route(address, hold)
    return held


def _wait_for(page: Page, held: list[Route]) -> None:
    for _ in range(500):
        if held:
            return
        page.wait_for_timeout(20)
    raise AssertionError("it was not asked for")


def test_a_page_says_when_nobody_answers(window: Window, product: Product) -> None:
    page = window.open("/review")
    page.wait_for_selector("body[data-stream=open]")
    line = page.locator("#lost-line")
    expect(line).to_be_empty()
    with product.web_killed():
        expect(line).to_contain_text("IGNY8 cannot be reached")
        assert window.axe() == []
    expect(line).to_be_empty()
    window.troubles.clear()  # Chromium reports the stream that was cut off


def test_a_page_says_when_its_session_is_over(window: Window) -> None:
    page = window.open("/review")
    page.wait_for_selector("body[data-stream=open]")
    line = page.locator("#lost-line")
    with window.product.web_killed():
        expect(line).to_contain_text("IGNY8 cannot be reached")
        page.context.clear_cookies()
    expect(line).to_contain_text("You are signed out")
    window.troubles.clear()  # Chromium reports the stream that was cut off


def test_a_worker_that_stands_still_is_told_and_a_killed_one_comes_back(
    window: Window, product: Product
) -> None:
    page = window.open("/review")
    page.wait_for_selector("body[data-stream=open]")
    line, words = page.locator("#top-line"), "The worker is not running"
    worker = product.pid_of("worker")
    with frozen([worker]):
        expect(line).to_contain_text(words, timeout=10_000)
    expect(line).not_to_contain_text(words)
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: product.pid_of("worker") not in (0, worker), "another worker")
    expect(line).not_to_contain_text(words)
    path = f"/writer/content/{product.piece('Published by the worker that came back')}"
    for verb in ("approve", "publish"):
        product.api.post(f"{path}/{verb}", json={}).raise_for_status()
    wait_until(
        lambda: product.api.get(path).json()["data"]["site_status"] == "published", "the piece", 60
    )


def test_what_was_wrong_for_a_moment_is_not_said_for_ever(window: Window, product: Product) -> None:
    """A page that asks just then sees what no look from second to second has seen."""
    page = window.open("/review")
    page.wait_for_selector("body[data-stream=open]")
    line, words = page.locator("#top-line"), "The worker is not running"
    worker = product.pid_of("worker")
    for _ in range(3):
        with frozen([worker]):
            page.evaluate("htmx.trigger('#top-line', 'live')")
            expect(line).to_contain_text(words, timeout=10_000)
        expect(line).not_to_contain_text(words)


def test_connecting_wordpress_shows_the_key_once(window: Window, product: Product) -> None:
    path = f"/settings/sites/{product.site_id}"
    page = window.open(path)
    page.get_by_text("A WordPress website, by the IGNY8 plugin").click()
    page.fill("#wordpress-base_url", "https://user:secret@[bad")
    page.locator("form:has(#wordpress-base_url)").evaluate("form => form.noValidate = true")
    page.get_by_role("button", name="Connect WordPress").click()
    expect(page.locator("#wordpress-base_url-wrong")).to_be_visible()
    page.fill("#wordpress-base_url", f"{product.url}/a-wordpress")
    page.get_by_role("button", name="Connect WordPress").click()
    key = page.locator(".key-box code").inner_text()
    assert key.startswith("iwp")
    _wait_for_five_seconds_of_news(window)
    assert page.locator(".key-box code").inner_text() == key
    assert window.axe() == []
    page.get_by_role("link", name="I have copied it").click()
    expect(page.locator(".key-box")).to_have_count(0)
    assert key not in page.content()
    card = page.locator(".integration", has_text="WordPress")
    card.get_by_role("button", name="Test").click()
    expect(card.locator("[data-state=plugin_missing]")).to_be_visible()
    expect(page.locator("#top-line")).to_contain_text("does not answer")
    card.get_by_text("Another address, new key, or switch off").click()
    card.get_by_role("button", name="Make a new key").click()
    assert page.locator(".key-box code").inner_text() != key
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    card.get_by_text("Another address, new key, or switch off").click()
    card.get_by_role("button", name="Switch this connection off").click()
    expect(card.locator("[data-state=switched_off]")).to_be_visible()


def _wait_for_five_seconds_of_news(window: Window) -> None:
    """The stream says hello and redraws the cards, loses its connection and returns."""
    page = window.page
    page.wait_for_selector("body[data-stream=open]")
    card = page.locator(".integration", has_text="WordPress")
    card.get_by_role("button", name="Test").click()
    expect(card.locator("[data-state=plugin_missing]")).to_be_visible()
    page.context.set_offline(True)
    page.wait_for_timeout(1000)
    page.context.set_offline(False)
    page.wait_for_timeout(5000)
    assert page.evaluate("document.querySelectorAll('[data-live] [data-once]').length") == 0
    window.troubles.clear()  # Chromium reports the stream that was cut off


def test_what_is_shown_once_asks_before_it_goes(window: Window, product: Product) -> None:
    page = window.open(f"/settings/sites/{product.site_id}")
    other = page.locator(".integration", has_text="own pages")
    expect(other).to_be_visible()
    page.evaluate("document.querySelector('main').dataset.once = ''")
    page.locator("#main h1").click()  # browsers ask only people who have touched the page
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.get_by_role("link", name="Overview").first.click(no_wait_after=True)
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.url.endswith(f"/settings/sites/{product.site_id}")
    page.evaluate("delete document.querySelector('main').dataset.once")


def test_the_plugin_is_a_zip_that_wordpress_takes(window: Window, product: Product) -> None:
    answer = window.page.request.get(f"{product.url}/settings/plugin/igny8.zip")
    assert answer.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(answer.body())).namelist()
    assert "igny8/igny8.php" in names
    ours = Path(__file__).parents[2] / "wordpress-plugin" / "igny8"
    assert {name for name in names if name.endswith(".php")} == {
        f"igny8/{path.relative_to(ours).as_posix()}" for path in ours.rglob("*.php")
    }


def test_an_error_within_a_page_is_a_toast(window: Window, product: Product) -> None:
    content_id = product.piece("A piece that vanishes")
    page = window.open(f"/review/{content_id}")
    product.api.delete(f"/writer/content/{content_id}").raise_for_status()
    window.publish()
    expect(page.locator(".toast")).to_contain_text("There is nothing here")
    expect(page.locator("[data-panel]")).to_be_visible()


def test_without_the_network_a_click_says_so(window: Window, product: Product) -> None:
    page = window.open(f"/review/{product.piece('A piece off line')}")
    page.route("**/publication", lambda route: route.abort())
    window.publish()
    expect(page.locator(".toast")).to_contain_text("IGNY8 did not answer")
    page.unroute("**/publication")
    window.publish()
    expect(page.locator("[data-panel=published]")).to_be_visible()
    window.troubles.clear()  # Chromium reports the request that was cut off


def test_what_is_said_of_a_lost_server_moves_nothing(window: Window) -> None:
    page = window.open("/publisher/content-calendar")
    heading = page.locator("#calendar-title")
    before = heading.bounding_box()
    page.evaluate(
        """() => {
          const words = document.getElementById("lost-words").content.cloneNode(true);
          document.getElementById("lost-line").replaceChildren(words);
        }"""
    )
    expect(page.locator("#lost-line")).to_be_visible()
    assert heading.bounding_box() == before
