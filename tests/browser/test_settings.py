"""A site's publishing settings in Chromium: rows, a look ahead, a preview, problems by field."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.support.browser import Product, Window


@pytest.fixture
def path(product: Product) -> Iterator[str]:
    """The page; afterwards the settings are as they were."""
    api = f"/sites/{product.site_id}/publishing-settings"
    before = product.api.get(api).json()["data"]
    yield f"/settings/sites/{product.site_id}/publishing"
    kept = {
        name: before[name]
        for name in ("daily_publish_limit", "publish_time_slots", "publish_days", "blackout_dates")
    }
    product.api.put(api, json=kept).raise_for_status()


def test_what_moves_is_shown_and_applied_and_undone(
    window: Window, product: Product, path: str
) -> None:
    page = window.open(path)
    page.fill("#daily_publish_limit", "1")
    expect(page.locator("[data-forecast]")).to_contain_text("At 1 a day")
    page.click("#add-window")
    page.keyboard.type("6:00")
    expect(page.locator("#outlook")).to_contain_text("06:00")
    page.click("#save")
    preview = page.locator("[data-preview]")
    expect(preview).to_contain_text("This change would move")
    expect(preview).to_be_focused()
    expect(preview.locator("tbody tr").first).to_be_visible()
    page.fill("#daily_publish_limit", "2")
    expect(preview).to_have_count(0)
    page.click("#save")
    expect(preview).to_be_visible()
    page.click("#apply-move")
    applied = page.locator("[data-applied]")
    expect(applied).to_contain_text("moved. Each has another time")
    api = f"/sites/{product.site_id}/publishing-settings"
    stored = product.api.get(api).json()["data"]
    assert stored["daily_publish_limit"] == 2
    assert {"start": "06:00", "end": "06:00"} in stored["publish_time_slots"]
    page.click("[data-takes-back]")
    expect(applied).to_contain_text("The moves were taken back; the settings stay")
    page.click("#replan")
    expect(page.locator("[data-preview]")).to_contain_text("Planning anew would move")
    page.get_by_role("link", name="Leave it as it is").click()
    expect(page.locator("[data-preview]")).to_have_count(0)


def test_problems_stand_by_their_fields(window: Window, path: str) -> None:
    page = window.open(path)
    page.fill("#weekly_publish_limit", "lots")
    page.fill("[name=start-0]", "17:00")
    page.fill("[name=end-0]", "9:00")
    page.click("#save")
    expect(page.get_by_role("alert")).to_contain_text("Nothing was saved: 2 fields need attention.")
    expect(page.locator("#weekly_publish_limit")).to_have_value("lots")
    expect(page.locator("[id='publish_time_slots.0-wrong']")).to_contain_text(
        "It ends before it starts."
    )
    assert page.evaluate("document.activeElement.name") == "start-0"


def test_by_keys_alone(window: Window, product: Product, path: str) -> None:
    page = window.open(path)
    page.locator("[name=day][value=sat]").focus()
    was = page.locator("[name=day][value=sat]").is_checked()
    page.keyboard.press("Space")
    assert page.locator("[name=day][value=sat]").is_checked() != was
    page.locator("#add-blackout").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "blackout"
    page.locator("[data-rows=blackout] [data-remove]").last.focus()
    rows = page.locator("[data-rows=blackout] [data-row]").count()
    page.keyboard.press("Enter")
    expect(page.locator("[data-rows=blackout] [data-row]")).to_have_count(rows - 1)
    assert page.evaluate("document.activeElement.name") == "blackout"
    page.locator("#pause").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-paused]")).to_be_visible()
    page.click("#pause")
    expect(page.locator("[data-paused]")).to_have_count(0)


def test_axe_finds_nothing(window: Window, path: str) -> None:
    page = window.open(path)
    page.fill("#daily_publish_limit", "1")
    page.click("#save")
    expect(page.locator("[data-preview]")).to_be_visible()
    for width in (1440, 1024, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert window.axe() == [], width
        wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider, f"{width} scrolls sideways"
    page.fill("#weekly_publish_limit", "x")
    page.click("#save")
    expect(page.get_by_role("alert")).to_be_visible()
    assert window.axe() == []
