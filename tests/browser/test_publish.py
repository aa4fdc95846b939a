"""Publishing, as an editor sees it: the steps move, tabs agree, failures say what to do."""

from __future__ import annotations

import base64
import threading
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window, sign_in
from tests.support.misbehaving import Behaviour, Misbehaving, Reply, held, reply, status
from webapp.integrations.base import STEPS

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE: Behaviour = reply(Reply(200, PNG, {"Content-Type": "image/png"}))


class Gates:
    """A picture whose server waits when it is looked at in the first step, and in the last."""

    def __init__(self, server: Misbehaving) -> None:
        self.first, self.last = threading.Event(), threading.Event()
        server.on("GET", "/slow.png", PICTURE)
        server.on("HEAD", "/slow.png", held(self.first, PICTURE), held(self.last, PICTURE))
        self.url = f"{server.url}/slow.png"

    def open_all(self) -> None:
        self.first.set()
        self.last.set()


@pytest.fixture
def gates(pictures: Misbehaving) -> Any:
    made = Gates(pictures)
    yield made
    made.open_all()


def wait_for(window: Window, state: str) -> None:
    expect(window.page.locator(f"[data-panel={state}]")).to_be_visible()


def wait_for_step(window: Window, step: str, state: str = "running") -> None:
    selector = f"[data-step={step}][data-step-state={state}]"
    expect(window.page.locator(selector)).to_be_visible()


def publish(window: Window) -> None:
    window.publish()


def test_the_seven_steps_move_without_a_reload(
    window: Window, product: Product, gates: Gates
) -> None:
    page = window.open(f"/review/{product.piece('A piece with seven steps', gates.url)}")
    page.evaluate("window.wasHere = true")
    publish(window)

    wait_for_step(window, "validation")
    shown = window.panel()
    assert shown["state"] == "publishing"
    assert list(shown["steps"]) == list(STEPS)
    assert shown["steps"]["creating_post"] == "waiting"
    early = int(shown["percent"].split()[0])

    gates.first.set()
    wait_for_step(window, "verification")
    shown = window.panel()
    assert [shown["steps"][step] for step in STEPS[:6]] == ["done"] * 6
    assert int(shown["percent"].split()[0]) > early
    assert page.locator("#announcer").text_content() == "Step 7 of 7: Check that it is online"

    gates.last.set()
    wait_for(window, "published")
    assert page.evaluate("window.wasHere"), "the page was loaded again"
    link = page.locator("[data-online]").get_attribute("href")
    answer = httpx.get(link or "", timeout=10)
    assert answer.status_code == 200
    assert "A piece with seven steps" in answer.text
    assert page.locator("#announcer").text_content() == "Published"


def test_the_row_in_the_list_tells_it_too(window: Window, product: Product) -> None:
    content_id = product.piece("A piece whose row changes")
    page = window.open(f"/review/{content_id}")
    row = page.locator(f"#row-{content_id}")
    expect(row.locator("[data-state=review]")).to_be_visible()
    publish(window)
    expect(row.locator("[data-state=published]")).to_be_visible()


def test_two_tabs_agree(
    window: Window, new_window: OpenWindow, product: Product, gates: Gates
) -> None:
    content_id = product.piece("A piece in two tabs", gates.url)
    other = new_window()
    window.open(f"/review/{content_id}")
    other.open(f"/content/{content_id}")
    publish(window)
    wait_for_step(other, "validation")
    gates.first.set()
    wait_for_step(window, "verification")
    wait_for_step(other, "verification")
    gates.last.set()
    wait_for(window, "published")
    wait_for(other, "published")
    expect(other.page.locator("table [data-state=published]")).to_be_visible()


def test_a_reload_in_the_middle_shows_the_same(
    window: Window, product: Product, gates: Gates
) -> None:
    page = window.open(f"/review/{product.piece('A piece that is reloaded', gates.url)}")
    publish(window)
    gates.first.set()
    wait_for_step(window, "verification")
    before = window.panel()
    page.reload()
    assert window.panel() == before
    gates.last.set()
    wait_for(window, "published")


def test_a_tab_that_was_hidden_catches_up(window: Window, product: Product) -> None:
    content_id = product.piece("A piece published meanwhile")
    page = window.open(f"/review/{content_id}")
    hide = """(hidden) => {
        Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
        document.dispatchEvent(new Event('visibilitychange'));
    }"""
    page.wait_for_timeout(1000)  # what it fetches when its stream begins has come
    page.evaluate(hide, True)
    expect(page.locator("body[data-stream=closed]")).to_be_attached()
    product.api.post(f"/writer/content/{content_id}/publish", json={}).raise_for_status()
    page.wait_for_timeout(1500)
    assert window.panel()["state"] == "review", "a hidden tab must not keep a stream"
    page.evaluate(hide, False)
    wait_for(window, "published")


def test_a_failure_says_step_sentence_and_details(
    window: Window, product: Product, pictures: Misbehaving
) -> None:
    pictures.on("*", "/lost.png", status(404))
    url = f"{pictures.url}/lost.png"
    page = window.open(f"/review/{product.piece('A piece with a lost picture', url)}")
    publish(window)
    wait_for(window, "failed")
    failure = page.locator("[data-failure=IMAGE_UNREACHABLE]")
    expect(failure).to_contain_text("Stopped at step 1 of 7: Check the piece")
    expect(failure).to_contain_text("An image could not be reached at its address.")
    details = failure.locator("details")
    expect(details.locator(".raw")).to_be_hidden()
    details.locator("summary").click()
    expect(details.locator(".raw")).to_contain_text(url)
    expect(details.locator(".raw")).to_contain_text("404")

    pictures.on("*", "/lost.png", PICTURE)
    page.click("[data-again]")
    wait_for(window, "published")


def test_unchanged_is_refused_and_can_be_forced(window: Window, product: Product) -> None:
    content_id = product.piece("A piece that is published twice")
    page = window.open(f"/review/{content_id}")
    publish(window)
    wait_for(window, "published")
    publish(window)
    refusal = page.locator("[data-problem=ALREADY_PUBLISHED]")
    expect(refusal).to_contain_text("has not changed since")
    refusal.get_by_role("button", name="Publish again").click()
    expect(refusal).to_be_hidden()
    wait_for(window, "published")
    rows = httpx.get(f"{product.url}/", follow_redirects=False)
    assert rows.status_code == 303
    page.goto(f"{product.url}/content/{content_id}")
    assert page.locator("#records-title ~ * tbody tr").count() == 2


def test_changed_since_published_is_marked(window: Window, product: Product) -> None:
    content_id = product.piece("A piece that changes")
    page = window.open(f"/review/{content_id}")
    publish(window)
    wait_for(window, "published")
    edit = {"html": "<p>Other words now.</p>"}
    product.api.patch(f"/writer/content/{content_id}", json=edit).raise_for_status()
    expect(page.locator("[data-panel]")).to_contain_text("Changed since published")
    expect(page.locator("[data-publish]")).to_have_text("Publish the changes now")
    expect(page.locator("[data-edited]")).to_be_visible()
    publish(window)  # the text beside it is the one from before
    expect(page.locator("[data-problem=VERSION_CONFLICT]")).to_be_visible()
    page.reload()
    publish(window)
    wait_for(window, "published")


def test_taking_it_offline_asks_once(window: Window, product: Product) -> None:
    content_id = product.piece("A piece that is taken down")
    page = window.open(f"/content/{content_id}")
    publish(window)
    wait_for(window, "published")
    link = page.locator("[data-online]").get_attribute("href") or ""
    expect(page.locator("[data-retract]")).to_be_hidden()
    page.get_by_text("Take offline").click()
    page.click("[data-retract]")
    wait_for(window, "approved")
    assert httpx.get(link, timeout=10).status_code in (404, 410)


def test_by_keyboard_alone(window: Window, product: Product) -> None:
    first = product.piece("Keyboard one")
    second = product.piece("Keyboard two")
    page = window.open("/review?q=Keyboard")
    expect(page.locator(f"#open-{second}")).to_be_focused()
    page.locator(".skip").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    expect(page).to_have_url(f"{product.url}/review/{first}?q=Keyboard")
    page.keyboard.press("k")
    expect(page).to_have_url(f"{product.url}/review/{second}?q=Keyboard")
    expect(page.locator(f"#panel-{second}")).to_be_visible()
    page.keyboard.press("p")  # says where it goes; the next key publishes
    expect(page.locator("[data-publish]")).to_be_focused()
    page.keyboard.press("Enter")
    wait_for(window, "published")
    inside = "document.querySelector('[data-panel]').contains(document.activeElement)"
    assert page.evaluate(inside), "focus was lost after the swap"


def test_without_javascript(browser: Browser, product: Product) -> None:
    content_id = product.piece("A piece without scripts")
    context = sign_in(browser, product, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/review/{content_id}")
    # A click returns before its form has been answered, and a reload would take its place.
    with page.expect_event("load"):
        page.locator("summary", has_text="Publish…").click()
        page.get_by_role("button", name="Publish now").click()
    assert page.url == f"{product.url}/review/{content_id}"
    for _ in range(40):
        page.reload()
        if page.locator("[data-panel=published]").count():
            break
        page.wait_for_timeout(250)
    expect(page.locator("[data-online]")).to_be_visible()
    with page.expect_event("load"):
        page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("[data-problem=ALREADY_PUBLISHED]")).to_be_visible()
    context.close()


@pytest.mark.parametrize("home", ["review", "content"])
def test_text_that_was_edited_meanwhile_is_marked_as_old(
    window: Window, product: Product, home: str
) -> None:
    content_id = product.piece("Read it as it is")
    page = window.open(f"/{home}/{content_id}")
    mark = "getComputedStyle(document.querySelector('[data-beside]'), '::before').display"
    assert page.evaluate(mark) == "none"
    edit = {"html": "<p>Nobody has read this.</p>"}
    product.api.patch(f"/writer/content/{content_id}", json=edit).raise_for_status()
    expect(page.locator("[data-edited]")).to_be_visible()
    assert page.evaluate(mark) == "block"
    assert window.axe() == []
    with page.expect_event("load"):  # until its styles are there as well
        page.click("[data-edited] a")
    expect(page.locator("[data-edited]")).to_have_count(0)
    assert page.evaluate(mark) == "none"
