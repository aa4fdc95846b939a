"""Nothing that is typed in the editor is lost: by the network, the session, the browser, others."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect
from sqlalchemy.orm import Session

from tests.browser.conftest import OpenWindow
from tests.browser.test_session_ends import sign_in_over
from tests.support.browser import Product, Window
from webapp.accounts import sessions
from webapp.accounts.models import Sector
from webapp.writer.models import Cluster, Content, Keyword

TEXT = "<p>First words.</p>\r\n<p>Last words.</p>"
SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d$")
# What the browser keeps, as somebody would find it who looks into its files.
KEPT = """async () => {
  const asked = indexedDB.open("igny8-writing");
  const db = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const all = db.transaction("copies").objectStore("copies").getAll();
  const found = await new Promise((done) => { all.onsuccess = () => done(all.result); });
  db.close();
  return found.map((one) => new TextDecoder().decode(one.data));
}"""


def draft(product: Product, title: str, **fields: Any) -> int:
    body = {"title": title, "html": TEXT, "site_id": product.site_id, **fields}
    made = product.api.post("/writer/content", json=body)
    made.raise_for_status()
    return int(made.json()["data"]["id"])


def of_a_cluster(product: Product, content_id: int, *phrases: str) -> dict[str, Any]:
    """A new sector and cluster of the piece's site, with these keywords: what puts it there."""
    engine = sa.create_engine(f"sqlite:///{product.var / 'igny8.sqlite'}")
    with Session(engine) as db:
        piece = db.get_one(Content, content_id)
        home = {"account_id": piece.account_id, "site_id": piece.site_id}
        sector = Sector(**home, name=f"Sector {content_id}", slug=f"sector-{content_id}")
        db.add(sector)
        db.flush()
        names = {"name": f"Cluster {content_id}", "slug": f"cluster-{content_id}"}
        cluster = Cluster(**home, sector_id=sector.id, **names)
        db.add(cluster)
        db.flush()
        words = [Keyword(**home, cluster_id=cluster.id, phrase=one) for one in phrases]
        for one in words:
            db.add(one)
            db.flush()
        ids = [one.id for one in words]
        made = {"sector_id": sector.id, "cluster_id": cluster.id, "keyword_ids": ids}
        db.commit()
    engine.dispose()
    return made


def stored(product: Product, content_id: int) -> dict[str, Any]:
    return dict(product.api.get(f"/writer/content/{content_id}").json()["data"])


def editor(window: Window, content_id: int) -> Page:
    page = window.open(f"/content/{content_id}/edit")
    expect(state(page)).to_contain_text("Saved")
    return page


def state(page: Page) -> Locator:
    return page.locator("#saved")


def write(page: Page, words: str, *, at: str = "End") -> None:
    """Type at an end of the text."""
    surface = page.locator("#editor-text textarea, #editor-text [contenteditable=true]").first
    surface.focus()
    page.keyboard.press(f"Control+{at}")
    page.keyboard.type(words)


def saves(page: Page) -> None:
    expect(state(page)).to_have_text(SAVED)


def test_typing_is_saved_byte_for_byte_and_said(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk typed by itself", tags=[{"name": "Milk"}])
    page = editor(window, content_id)
    page.locator("#field-title").fill("Milk typed by itself, and more")
    page.locator("#field-title").press("Enter")
    expect(page.locator("#editor-text [contenteditable=true]").first).to_be_focused()
    page.locator("#field-slug").fill("no slug!")
    page.locator("#tab-terms").click()
    page.get_by_label("Tags").fill("Jugs")
    page.keyboard.press("Enter")
    write(page, " More of them.")
    expect(state(page)).to_contain_text("but not: Address")
    expect(page.locator("#wrong-slug")).to_contain_text("Write it as")
    piece = stored(product, content_id)
    assert piece["title"] == "Milk typed by itself, and more"
    assert [one["name"] for one in piece["tags"]] == ["Milk", "Jugs"]
    assert piece["html"].startswith("<p>First words.</p>\r\n<p>Last words.")
    assert "More of them." in piece["html"]
    assert piece["slug"] == "milk-typed-by-itself"
    page.locator("#tab-seo").click()
    page.locator("#field-slug").fill("milk-by-itself")
    saves(page)
    assert stored(product, content_id)["slug"] == "milk-by-itself"
    assert page.evaluate(KEPT) == []
    assert window.axe() == []
    assert window.too_small() == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/content/{content_id}")
    assert stored(product, content_id)["status"] == "review"


def test_what_was_typed_and_taken_back_is_not_called_typing(
    window: Window, product: Product
) -> None:
    page = editor(window, draft(product, "Milk that was taken back"))
    write(page, "Q")
    expect(state(page)).to_have_text("Typing…")
    page.keyboard.press("Control+z")
    saves(page)


def test_the_network_goes_and_the_session_ends(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk without a network")
    page = editor(window, content_id)
    page.context.set_offline(True)
    write(page, " Typed alone.")
    expect(state(page)).to_contain_text("kept in this browser")
    [kept] = page.evaluate(KEPT)
    assert "Typed alone" not in kept  # nobody reads it who finds it
    assert stored(product, content_id)["html"] == TEXT
    page.context.set_offline(False)
    window.troubles.clear()  # the browser's own word that nobody answered
    saves(page)
    assert "Typed alone." in stored(product, content_id)["html"]
    page.context.clear_cookies()
    write(page, " Signed out.")
    sign_in_over(page, product)
    saves(page)
    assert "Typed alone. Signed out." in stored(product, content_id)["html"]


def test_a_new_piece_begins_in_its_text(window: Window, product: Product) -> None:
    page = window.open("/content/new")
    page.get_by_label("Title").fill("Milk from nothing")
    page.locator("#new-site").select_option(str(product.site_id))
    page.get_by_role("button", name="Write").click()
    expect(page.locator("#editor-text [contenteditable=true]").first).to_be_focused()
    page.keyboard.type("At once.")
    saves(page)
    content_id = int(page.url.split("/")[-2])
    assert "At once." in stored(product, content_id)["html"]


def test_what_stands_in_a_field_beside_goes_with_the_act(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk with a picture")
    image = {"image_url": "https://pictures.example/1.jpg", "image_type": "gallery"}
    product.api.post(f"/writer/content/{content_id}/images", json=image).raise_for_status()
    page = editor(window, content_id)
    page.locator("#tab-terms").click()
    page.get_by_label("Tags").press_sequentially("Jugs")
    page.keyboard.press("Control+s")
    expect(page.locator(".pick")).to_have_text("Jugs")
    page.locator("#tab-images").click()
    page.locator(".rail-picture textarea").press_sequentially("A blue jug")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/content/{content_id}")
    piece = stored(product, content_id)
    assert piece["status"] == "review"
    assert [one["name"] for one in piece["tags"]] == ["Jugs"]
    assert [one["alt"] for one in piece["images"]] == ["A blue jug"]


def test_signing_in_waits_for_the_end_of_the_word(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk signed out mid-word")
    page = editor(window, content_id)
    write(page, "Half", at="Home")
    saves(page)
    page.context.clear_cookies()
    with page.expect_response("**/draft"):
        page.keyboard.type(" a w")
        page.keyboard.press("Control+s")
    page.keyboard.type("ord, and more", delay=40)
    sign_in_over(page, product)
    page.keyboard.type(" of it. ")
    saves(page)
    assert "Half a word, and more of it. First words." in stored(product, content_id)["html"]


@pytest.mark.parametrize("body", ["<html>Sign in to the WLAN</html>", '{"version": "2", "ht'])
def test_what_is_no_answer_is_no_end_of_saving(window: Window, product: Product, body: str) -> None:
    content_id = draft(product, "Milk behind a hotel's page")
    page = editor(window, content_id)
    page.route("**/draft", lambda route: route.fulfill(body=body))
    write(page, " More.")
    expect(state(page)).to_contain_text("Not saved: IGNY8 does not answer")
    page.unroute("**/draft")
    saves(page)
    assert "More." in stored(product, content_id)["html"]


def test_one_rests_before_the_next_save(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk typed without a rest")
    page = editor(window, content_id)
    sent: list[str] = []

    def slow(route: Route) -> None:
        sent.append(route.request.url)
        time.sleep(0.3)
        route.continue_()

    page.route("**/draft", slow)
    with page.expect_request("**/draft"):
        write(page, "a")
    surface = page.locator("#editor-text [contenteditable=true]").first
    surface.press_sequentially("b" * 50, delay=60)
    saves(page)
    assert len(sent) <= 3
    assert "b" * 50 in stored(product, content_id)["html"]


def test_a_browser_that_dies_has_kept_the_last_words(
    new_window: OpenWindow, product: Product
) -> None:
    content_id = draft(product, "Milk and a crash")
    window = new_window()
    page = editor(window, content_id)
    context = page.context
    context.route("**/draft", lambda route: route.abort())
    write(page, " Before the crash.")
    expect(state(page)).to_contain_text("kept in this browser")
    context.clear_cookies()  # what a page still sends while it ends arrives in vain
    page.close()
    context.unroute("**/draft")
    context.add_cookies([{"name": sessions.COOKIE, "value": product.session(), "url": product.url}])
    window.troubles.clear()
    assert stored(product, content_id)["html"] == TEXT
    product.api.patch(
        f"/writer/content/{content_id}", json={"html": TEXT.replace("First", "Other first")}
    ).raise_for_status()
    window.page = context.new_page()
    page = editor(window, content_id)
    expect(page.locator("#toasts")).to_contain_text("was not saved then is saved now")
    html = stored(product, content_id)["html"]
    assert html.startswith("<p>Other first words.</p>\r\n<p>Last words.")
    assert "Before the crash." in html
    assert page.evaluate(KEPT) == []


def test_what_is_refused_is_kept_in_the_browser(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk with a wrong address")
    page = editor(window, content_id)
    page.locator("#field-slug").fill("no slug!")
    expect(state(page)).to_contain_text("but not: Address")
    page.wait_for_timeout(300)  # then the copy is written
    page = editor(window, content_id)
    expect(page.locator("#field-slug")).to_have_value("no slug!")
    expect(state(page)).to_contain_text("but not: Address")


def test_a_piece_with_other_line_ends_and_keywords_is_submitted(
    window: Window, product: Product
) -> None:
    content_id = draft(product, "Milk of two lines", excerpt="One\r\ntwo")
    home = of_a_cluster(product, content_id, "zebra milk", "apple milk")
    product.api.patch(f"/writer/content/{content_id}", json=home).raise_for_status()
    page = editor(window, content_id)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/content/{content_id}")
    piece = stored(product, content_id)
    assert (piece["status"], piece["excerpt"]) == ("review", "One\r\ntwo")


def test_a_cluster_that_the_page_does_not_know_stays(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk and a new cluster")
    first = of_a_cluster(product, content_id, "old milk")
    product.api.patch(f"/writer/content/{content_id}", json=first).raise_for_status()
    page = editor(window, content_id)
    other = draft(product, "Milk in another cluster")
    home = of_a_cluster(product, other, "new milk", "newer milk")
    product.api.patch(f"/writer/content/{content_id}", json=home).raise_for_status()
    expect(page.locator("#field-cluster_id")).to_have_value(str(home["cluster_id"]))
    write(page, " More.")
    saves(page)
    page.locator("#tab-terms").click()
    page.get_by_label("old milk").check()
    saves(page)
    piece = stored(product, content_id)
    assert "More." in piece["html"]
    assert piece["cluster_id"] == home["cluster_id"]
    assert piece["keyword_ids"] == [*first["keyword_ids"], *home["keyword_ids"]]


def test_what_goes_out_stays_while_somebody_types(window: Window, product: Product) -> None:
    content_id = draft(product, "Milk that is approved")
    product.api.post(f"/writer/content/{content_id}/approve", json={}).raise_for_status()
    page = editor(window, content_id)
    write(page, " Typed beside it.")
    expect(page.locator("#standing")).to_contain_text("Change beside it")
    saves(page)
    piece = stored(product, content_id)
    assert (piece["html"], piece["is_approved"]) == (TEXT, True)
    page.get_by_role("button", name="Save and keep approved").click()
    page.wait_for_url(f"**/content/{content_id}")
    piece = stored(product, content_id)
    assert "Typed beside it." in piece["html"]
    assert piece["is_approved"] is True


def test_without_a_script_it_is_a_form(new_window: OpenWindow, product: Product) -> None:
    content_id = draft(product, "Milk without a script")
    context: BrowserContext = new_window(java_script_enabled=False).page.context
    page = context.new_page()
    page.goto(f"{product.url}/content/{content_id}/edit")
    field = page.get_by_label("Text, as its source")
    field.fill(field.input_value().replace("Last", "The very last"))
    page.get_by_label("Description").fill("Said in a form.")
    page.get_by_role("button", name="Save", exact=True).click()
    piece = stored(product, content_id)
    assert piece["html"] == TEXT.replace("Last", "The very last")
    assert piece["meta_description"] == "Said in a form."


def test_the_rail_is_a_drawer_and_the_text_can_be_alone(
    new_window: OpenWindow, product: Product
) -> None:
    content_id = draft(product, "Milk on a phone")
    window = new_window(viewport={"width": 390, "height": 844})
    page = editor_on_phone(window, content_id)
    expect(page.locator("#field-slug")).to_be_hidden()
    page.get_by_role("button", name="About it").click()
    page.get_by_role("tab", name="Checks").click()
    expect(page.locator("#editor-checks")).to_be_visible()
    assert window.axe() == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="About it")).to_be_focused()
    page.keyboard.press("Control+Shift+f")
    expect(page.locator("#desk")).to_have_class(re.compile("is-focus"))
    page.keyboard.press("Escape")
    expect(page.locator("#desk")).not_to_have_class(re.compile("is-focus"))


def editor_on_phone(window: Window, content_id: int) -> Page:
    page = window.open(f"/content/{content_id}/edit")
    expect(page.locator("[data-saved-short]")).to_contain_text("Saved")
    return page
