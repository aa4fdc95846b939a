"""Scripts are modules: asked for at once, of one release, and nothing of them on the window."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Window
from tests.support.planner import PATH
from webapp.core import assets, dates

PAGES = (PATH, "/publisher/publishing-queue", "/review", "/account")
NAMED = """() => [...document.querySelectorAll('script[src], link[rel=modulepreload]')]
  .map(one => new URL(one.src ?? one.href).pathname)"""
OURS = """() => {
  const frame = document.createElement('iframe');
  document.body.append(frame);
  const known = new Set(Object.getOwnPropertyNames(frame.contentWindow));
  frame.remove();
  return Object.getOwnPropertyNames(window).filter(
    name => !known.has(name) && !/^[0-9]+$|playwright|^__/.test(name));
}"""


@pytest.mark.parametrize("path", PAGES)
def test_a_page_names_each_script_that_it_loads(window: Window, path: str) -> None:
    asked: list[str] = []
    page = window.page
    page.on("request", lambda one: asked.append(urlsplit(one.url).path))
    window.open(path)
    loaded = [one for one in asked if one.endswith(".js")]
    assert len(loaded) == len(set(loaded)) > 10, "a script was asked for twice"
    assert set(loaded) == set(page.evaluate(NAMED))
    assert {one.split("/")[2] for one in loaded} == {assets.release()}
    assert page.evaluate(OURS) == ["htmx"]


def test_the_stream_waits_for_those_who_listen_to_it(new_window: OpenWindow) -> None:
    """Else the calendar would not hear the first notices where its scripts come late."""
    window = new_window()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    window.page.route("**/js/calendar/changes.js", hold)
    window.page.goto(PATH, wait_until="commit")
    body = window.page.locator("body")
    expect(body).to_have_attribute("data-screen", "calendar")
    window.page.wait_for_timeout(1500)
    assert held
    expect(body).not_to_have_attribute("data-stream", "open")
    held[0].continue_()
    expect(body).to_have_attribute("data-stream", "open")


def test_scripts_write_days_as_the_server_does(window: Window) -> None:
    days = [date(2026, month, month) for month in range(1, 13)]
    written = window.open(PATH).evaluate(
        """async ([script, days]) => {
          const { daysIn } = await import(script);
          return days.map((day) => daysIn("UTC", { weekday: "short" })(new Date(day)));
        }""",
        [f"/static/{assets.release()}/js/common/dates.js", [str(day) for day in days]],
    )
    assert written == [dates.day(day) for day in days]
