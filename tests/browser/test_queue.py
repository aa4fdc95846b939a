"""The queue in Chromium: acts by mouse and keys, on one piece and on many, live from elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window

QUEUE = "/publisher/publishing-queue"


def scheduled(product: Product, *titles: str) -> list[int]:
    """Pieces that go out in a month or so; their ids."""
    ids = []
    for number, title in enumerate(titles):
        content_id = product.piece(title)
        product.api.post(f"/writer/content/{content_id}/approve", json={}).raise_for_status()
        at = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(days=40, hours=number)
        given = {"scheduled_at": at.isoformat()}
        product.api.post(f"/content/{content_id}/schedule", json=given).raise_for_status()
        ids.append(content_id)
    return ids


def content(product: Product, content_id: int) -> dict[str, Any]:
    answer: dict[str, Any] = product.api.get(f"/writer/content/{content_id}").json()["data"]
    return answer


def count_of(page: Page, tab: str) -> int:
    return int(page.locator(f"#tab-{tab} .tab-count").inner_text().replace(",", ""))


def test_acts_on_ticked_pieces_and_undo(window: Window, product: Product) -> None:
    ids = scheduled(product, "Bulk apple", "Bulk pear", "Bulk plum")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Bulk")
    before = count_of(page, "attention")
    expect(page.locator("#bulk-holds")).to_be_hidden()
    page.check(f"#tick-{ids[0]}")
    page.check(f"#tick-{ids[1]}")
    expect(page.locator("[data-selected-count]")).to_have_text("2 selected")
    expect(page.locator("#bulk-retries")).to_be_hidden()
    page.evaluate("window.isStillTheSamePage = true")
    page.click("#bulk-holds")
    outcome = page.locator("[data-outcome]")
    expect(outcome).to_contain_text("2 pieces on hold.")
    expect(page.locator("#queue .queue-row")).to_have_count(1)
    expect(page.locator("#tab-attention .tab-count")).to_have_text(str(before + 2))
    expect(page.locator("#queue-count")).to_contain_text(str(before + 2))
    assert content(product, ids[0])["attention"] == ["held"]
    another = "{detail: {steps: ['0'], topic: 'content', ids: []}}"
    page.evaluate(f"document.dispatchEvent(new CustomEvent('undone', {another}))")
    expect(outcome).to_contain_text("2 pieces on hold.")
    # Clicked twice, it is sent once.
    page.evaluate("""() => {
      const button = document.querySelector("#queue-outcome [data-takes-back]");
      button.focus();
      button.click();
      button.click();
    }""")
    expect(page.locator(".toast", has_text="2 pieces put back.")).to_be_visible()
    expect(outcome).to_have_count(0)
    expect(page.locator(".toast.red")).to_have_count(0)
    assert page.evaluate("Boolean(document.activeElement.closest('#queue'))")
    expect(page.locator("#queue .queue-row")).to_have_count(3)
    assert content(product, ids[0])["site_status"] == "scheduled"
    assert page.evaluate("window.isStillTheSamePage"), "the page was loaded anew"


def test_undo_goes_on_after_signing_in_again(window: Window, product: Product) -> None:
    """In another tab: the page's token is of the session before, and is renewed."""
    ids = scheduled(product, "Renewed")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Renewed")
    page.check(f"#tick-{ids[0]}")
    page.click("#bulk-holds")
    expect(page.locator("[data-outcome]")).to_contain_text("1 piece on hold.")
    page.evaluate("document.querySelectorAll('[name=_csrf]').forEach((field) => field.value = 'x')")
    page.click("#queue-outcome [data-takes-back]")
    expect(page.locator(".toast", has_text="put back.")).to_be_visible()
    expect(page.locator(".toast.red")).to_have_count(0)


def test_the_selection_ends_with_the_filter(window: Window, product: Product) -> None:
    scheduled(product, "Filter one", "Filter two")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Filter")
    page.locator("[data-tick-all]").check()
    expect(page.locator("[data-selected-count]")).to_have_text("2 selected")
    page.fill("#q", "Filter on")
    expect(page.locator("#queue .queue-row")).to_have_count(1)
    expect(page.locator("#queue [name=id]:checked")).to_have_count(0)
    expect(page.locator("#bulk-holds")).to_be_hidden()
    expect(page).to_have_url(f"{product.url}{QUEUE}?tab=scheduled&q=Filter+on&site=&type=")
    page.reload()
    expect(page.locator("#queue .queue-row")).to_have_count(1)


def test_by_keys_alone(window: Window, product: Product) -> None:
    one, two = scheduled(product, "Keyed one", "Keyed two")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Keyed")
    expect(page.locator(f"#t-{one}")).to_be_focused()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.id") == f"t-{two}"
    page.keyboard.press("x")
    expect(page.locator(f"#tick-{two}")).to_be_checked()
    page.keyboard.press("x")
    page.locator(f"#more-{two}").focus()
    page.keyboard.press("Enter")
    menu = page.locator("#row-menu")
    expect(menu).to_be_visible()
    assert page.evaluate("document.activeElement.dataset.act") == "publications"
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    assert page.evaluate("document.activeElement.id") == f"more-{two}"
    page.keyboard.press("Enter")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.dataset.act") == "withdrawals"
    page.keyboard.press("Enter")
    expect(page.locator("[data-outcome]")).to_contain_text("1 piece unscheduled.")
    expect(page.locator("#queue .queue-row")).to_have_count(1)
    assert content(product, two)["site_status"] == "not_published"
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()


def test_publishing_now_is_followed_in_the_row(window: Window, product: Product) -> None:
    (content_id,) = scheduled(product, "Followed in its row")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Followed")
    page.click(f"#more-{content_id}")
    page.locator("#row-menu [data-act=publications]").click()
    expect(page.locator("[data-outcome]")).to_contain_text("1 piece on the way.")
    page.wait_for_function("document.querySelector('#queue .empty')")
    page.click("#tab-published")
    row = page.locator(f"#q-{content_id}")
    expect(row.locator("[data-state=published]")).to_be_visible()
    assert row.get_by_role("link", name="View online").get_attribute("href")


def test_others_are_seen_without_a_reload(
    window: Window, new_window: OpenWindow, product: Product
) -> None:
    (content_id,) = scheduled(product, "Watched by two")
    other = new_window(viewport={"width": 1024, "height": 900})
    theirs = other.open(f"{QUEUE}?tab=scheduled&q=Watched")
    ours = window.open(f"{QUEUE}?tab=scheduled&q=Watched")
    expect(ours.locator("#queue .queue-row")).to_have_count(1)
    number = count_of(theirs, "scheduled")
    theirs.click(f"#more-{content_id}")
    theirs.locator("#row-menu [data-act=holds]").click()
    expect(ours.locator(f"#q-{content_id} [data-state=scheduled]")).to_have_count(0)
    expect(ours.locator("#tab-scheduled .tab-count")).to_have_text(str(number - 1))
    scheduled(product, "Watched later")
    expect(ours.locator("#queue .queue-row", has_text="Watched later")).to_be_visible()


def test_pausing_shows_a_banner_with_resume(window: Window, product: Product) -> None:
    site = product.site_id
    page = window.open(f"{QUEUE}?site={site}")
    page.get_by_role("button", name="Pause").click()
    banner = page.locator(f"[data-paused='{site}']")
    expect(banner).to_be_visible()
    expect(banner).to_contain_text("is paused")
    page.click(f"#resume-{site}")
    expect(banner).to_have_count(0)
    expect(page).to_have_url(f"{product.url}{QUEUE}?site={site}")


def test_a_failure_tells_why_and_is_tried_again(window: Window, product: Product) -> None:
    page = window.open(QUEUE)
    row = page.locator(".is-trouble .queue-row", has_text="When the brew stalls")
    row.locator("summary").click()
    expect(row.locator("code")).to_be_visible()
    name = row.locator(".queue-title").inner_text()
    row.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-outcome]")).to_contain_text("1 piece on the way again.")
    expect(page.locator(".queue-row", has_text=name)).to_have_count(0)
    page.click("#tab-published")
    expect(page.locator(".queue-row", has_text=name)).to_be_visible()


def test_axe_finds_nothing(window: Window, product: Product) -> None:
    scheduled(product, "Measured in the queue")
    for tab in ("attention", "scheduled"):
        page = window.open(f"{QUEUE}?tab={tab}")
        for width in (1440, 1024, 390):
            page.set_viewport_size({"width": width, "height": 900})
            page.locator("#queue [name=id]").first.check()
            if tab == "scheduled":
                page.locator(".queue-more").first.click()
            else:
                page.locator(".reason").first.evaluate("fold => fold.open = true")
            assert window.axe() == [], (tab, width)
            wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wider, f"{tab} scrolls sideways"
            page.keyboard.press("Escape")
