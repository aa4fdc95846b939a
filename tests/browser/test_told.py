"""How an act was answered stays where it stands, while the page hears news of other things."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_publish import publish, wait_for
from tests.support.browser import Product, Window
from tests.support.misbehaving import Misbehaving, status

NEWS = "document.dispatchEvent(new Event('visibilitychange'))"
AS_HIDDEN = "Object.defineProperty(document, 'hidden', {configurable: true, get: () => %s})"


def reconnect(page: Page) -> None:
    """The stream ends and comes back, as for a tab that was hidden: all parts are fetched again."""
    for hidden in ("true", "false"):
        page.evaluate(AS_HIDDEN % hidden)
        page.evaluate(NEWS)
    expect(page.locator("body")).to_have_attribute("data-stream", "open")
    page.wait_for_timeout(1000)


def show_another_destination(page: Page, form: str) -> None:
    """As if the page had been made while the site published elsewhere. Not before the page has been
    fetched again, as it is when its stream begins: that would put the true one back."""
    expect(page.locator("body")).to_have_attribute("data-stream", "open")
    page.wait_for_timeout(1000)
    page.evaluate(
        f"document.querySelectorAll('{form} [name=goes]').forEach((one) => one.value = 'elsewhere')"
    )


@pytest.fixture
def elsewhere(product: Product) -> Iterator[int]:
    """A second connection of the site, to WordPress, for as long as the test runs."""
    body = {"site_id": product.site_id, "platform": "wordpress", "base_url": "http://127.0.0.1:9"}
    made = product.api.post("/integration/integrations", json=body)
    made.raise_for_status()
    number = int(made.json()["data"]["integration"]["id"])
    yield number
    product.api.patch(f"/integration/integrations/{number}", json={"is_active": False})


def test_the_question_about_a_key_waits_for_its_answer(
    window: Window, product: Product, elsewhere: int
) -> None:
    page = window.open(f"/settings/sites/{product.site_id}")
    page.locator(f"#more-{elsewhere} > summary").click()
    page.fill(f"#address-{elsewhere}", "http://127.0.0.1:8")
    page.get_by_role("button", name="Change the address").click()
    asked = page.locator("[data-asks]")
    expect(asked).to_be_visible()
    reconnect(page)
    expect(asked).to_be_visible()
    asked.get_by_role("button", name="Yes, change it").click()
    expect(page.locator("[data-asks]")).to_have_count(0)
    expect(page.locator(f"#integration-{elsewhere}")).to_contain_text("http://127.0.0.1:8")


def test_a_refusal_in_the_panel_stays_until_the_next_act(window: Window, product: Product) -> None:
    content_id = product.piece("It shall go where it said")
    page = window.open(f"/content/{content_id}")
    show_another_destination(page, f"#panel-{content_id}")
    publish(window)
    refusal = page.locator("[data-problem=DESTINATION_CHANGED]")
    expect(refusal).to_be_visible()
    reconnect(page)
    expect(refusal).to_be_visible()
    publish(window)
    wait_for(window, "published")
    expect(refusal).to_have_count(0)


def test_a_refusal_on_a_records_page_stays(
    window: Window, product: Product, pictures: Misbehaving
) -> None:
    pictures.on("*", "/gone.png", status(404))
    content_id = product.piece("It fails first", f"{pictures.url}/gone.png")
    page = window.open(f"/content/{content_id}")
    publish(window)
    wait_for(window, "failed")
    found = product.api.get("/publisher/records", params={"content": content_id}).json()
    page = window.open(f"/records/{found['results'][0]['id']}")
    show_another_destination(page, "#main form[action$=retry]")
    page.get_by_role("button", name="Try again").click()
    refusal = page.get_by_role("alert").filter(has_text="Nothing was sent")
    expect(refusal).to_be_visible()
    reconnect(page)
    expect(refusal).to_be_visible()


def test_what_many_approvals_did_stays_though_the_list_is_fetched_again(
    window: Window, product: Product
) -> None:
    ids = [product.piece(f"Told in bulk {number}") for number in range(2)]
    page = window.open("/review?q=Told+in+bulk")
    for content_id in ids:
        page.check(f"#tick-{content_id}")
    page.click("#bulk-approve")
    outcome = page.locator("[data-outcome]")
    expect(outcome).to_contain_text("2 pieces approved.")
    product.piece("Told in bulk, and new")
    expect(page.locator("#list .row-link")).to_have_count(3)
    reconnect(page)
    expect(outcome).to_contain_text("2 pieces approved.")
