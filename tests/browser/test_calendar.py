"""The calendar under real hands: mouse, finger and keyboard, in Chromium, on the real product."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window, sign_in

PATH = "/publisher/content-calendar"
HALF_PAST_NINE = time(9, 30)


def in_months(months: int) -> date:
    """A Tuesday in the middle of the month that comes so many months after this one."""
    today = datetime.now(UTC).date()
    number = today.month - 1 + months
    middle = date(today.year + number // 12, number % 12 + 1, 12)
    return middle + timedelta(days=(1 - middle.weekday()) % 7)


@dataclass
class Planner:
    """Makes pieces with a time, and reads from the product where they stand."""

    product: Product
    site_id: int
    zone: ZoneInfo

    def approved(self, title: str) -> int:
        content_id = self.product.piece(title, site_id=self.site_id)
        answer = self.product.api.post(f"/writer/content/{content_id}/approve", json={})
        answer.raise_for_status()
        return content_id

    def piece(self, title: str, day: date, at: time = HALF_PAST_NINE) -> int:
        content_id = self.approved(title)
        self.put(content_id, day, at)
        return content_id

    def put(self, content_id: int, day: date, at: time = HALF_PAST_NINE) -> None:
        moment = datetime.combine(day, at, self.zone).astimezone(UTC)
        answer = self.product.api.post(
            f"/content/{content_id}/schedule", json={"scheduled_at": moment.isoformat()}
        )
        answer.raise_for_status()

    def stands_at(self, content_id: int) -> datetime | None:
        """The wall time at which the product has it."""
        found = self.product.api.get(f"/writer/content/{content_id}").json()["data"]
        at = found["scheduled_publish_at"]
        if at is None:
            return None
        return datetime.fromisoformat(at).astimezone(self.zone).replace(tzinfo=None)

    def path(self, day: date, view: str = "month") -> str:
        return f"{PATH}?view={view}&date={day}&site={self.site_id}"


@pytest.fixture(scope="session")
def planner(product: Product) -> Planner:
    sites = sorted(product.api.get("/sites").json()["results"], key=lambda row: row["id"])
    return Planner(product, sites[0]["id"], ZoneInfo(sites[0]["timezone"]))


def box_of(locator: Locator) -> tuple[float, float]:
    """The middle of an element, in the window."""
    x, y = locator.evaluate(
        """(element) => {
          element.scrollIntoViewIfNeeded();
          const box = element.getBoundingClientRect();
          return [box.x + box.width / 2, box.y + box.height / 2];
        }"""
    )
    return x, y


def day_of(page: Page, day: date) -> Locator:
    return page.locator(f"#d{day}")


def entry(page: Page, content_id: int) -> Locator:
    return page.locator(f"#c{content_id}, #t{content_id}").first


def carry(page: Page, piece: Locator, x: float, y: float, wait: int = 60) -> None:
    """Press on the piece and move the mouse there, step by step, without letting go."""
    page.mouse.move(*box_of(piece))
    page.mouse.down()
    page.mouse.move(x, y, steps=14)
    page.wait_for_timeout(wait)


def lands(page: Page, content_id: int, day: date) -> None:
    """Wait until the server has answered and the piece stands on that day."""
    expect(page.locator(".is-sent")).to_have_count(0)
    expect(day_of(page, day).locator(f"#c{content_id}")).to_be_visible()


def toast(page: Page) -> Locator:
    return page.locator(".toast").last


def test_to_another_day_with_the_mouse_and_undo(window: Window, planner: Planner) -> None:
    day = in_months(2)
    content_id = planner.piece("Mouse, to another day", day)
    page = window.open(planner.path(day))
    after = day + timedelta(days=2)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/moves" in request.url else 0)
    carry(page, entry(page, content_id), *box_of(day_of(page, after)))
    expect(page.locator("#drag-note")).to_have_text(f"{after:%a} {after.day} {after:%b}, 09:30")
    page.mouse.up()
    lands(page, content_id, after)
    expect(toast(page)).to_contain_text(f"Moved to {after:%a} {after.day} {after:%b}, 09:30")
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)
    page.reload()
    expect(day_of(page, after).locator(f"#c{content_id}")).to_contain_text("09:30")

    carry(page, entry(page, content_id), *box_of(day_of(page, day)))
    page.mouse.up()
    lands(page, content_id, day)
    toast(page).get_by_role("button", name="Undo").click()
    lands(page, content_id, after)
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)

    before = len(sent)
    carry(page, entry(page, content_id), *box_of(day_of(page, after)))
    expect(page.locator("#drag-note")).to_have_text("Stays where it is")
    page.mouse.up()
    page.wait_for_timeout(200)
    assert len(sent) == before, "an unchanged drop was sent"
    assert page.url.endswith(planner.path(day)), "the click that ends a carry opened the piece"


def test_from_the_tray_and_back(window: Window, planner: Planner) -> None:
    day = in_months(2) + timedelta(days=7)
    content_id = planner.approved("Mouse, from the tray")
    page = window.open(planner.path(day))
    carry(page, page.locator(f"#t{content_id}"), *box_of(day_of(page, day)))
    expect(page.locator("#drag-note")).to_contain_text("first free slot")
    page.mouse.up()
    lands(page, content_id, day)
    expect(page.locator(f"#t{content_id}")).to_have_count(0)
    stands = planner.stands_at(content_id)
    assert stands is not None
    assert stands.date() == day
    carry(page, entry(page, content_id), *box_of(page.locator("#tray-title")))
    expect(page.locator("#drag-note")).to_have_text("Off the calendar")
    page.mouse.up()
    expect(page.locator(f"#tray #t{content_id}:not(.is-sent)")).to_be_visible()
    expect(toast(page)).to_contain_text("Taken off the calendar")
    assert planner.stands_at(content_id) is None


def test_to_another_month_over_the_edge(window: Window, planner: Planner) -> None:
    day = in_months(4)
    content_id = planner.piece("Mouse, to another month", day)
    page = window.open(planner.path(day))
    x, _ = box_of(entry(page, content_id))
    board = page.locator("#board").bounding_box()
    assert board is not None
    carry(page, entry(page, content_id), x, board["y"] + board["height"] - 8)
    following = in_months(5)
    expect(page.locator("#calendar-title")).to_have_text(f"{following:%B %Y}")
    page.mouse.move(*box_of(day_of(page, following)), steps=10)
    page.wait_for_timeout(60)
    page.mouse.up()
    lands(page, content_id, following)
    assert planner.stands_at(content_id) == datetime.combine(following, HALF_PAST_NINE)
    page.go_back()
    expect(page.locator("#calendar-title")).to_have_text(f"{day:%B %Y}")
    expect(page.locator(f"#c{content_id}")).to_have_count(0)


def test_week_slots_and_hours(window: Window, planner: Planner) -> None:
    day = in_months(2) + timedelta(days=14)
    content_id = planner.piece("Mouse, in the week", day)
    page = window.open(planner.path(day, "week"))
    after = day + timedelta(days=1)
    slot = day_of(page, after).locator(".slot").first
    name = slot.inner_text()
    carry(page, entry(page, content_id), *box_of(slot))
    expect(page.locator("#drag-note")).to_contain_text(name)
    page.mouse.up()
    expect(day_of(page, after).locator(f"#c{content_id}")).to_contain_text(name)
    expect(page.locator(f"#d{after} [data-slot='{name}']")).to_have_count(0)
    assert planner.stands_at(content_id) == datetime.combine(after, time.fromisoformat(name))
    hour = day_of(page, day).locator("[data-hour='16']")
    x, _ = box_of(hour)
    box = hour.bounding_box()
    assert box is not None
    carry(page, entry(page, content_id), x, box["y"] + box["height"] * 0.6)
    page.mouse.up()
    expect(day_of(page, day).locator(f"#c{content_id}")).to_contain_text("16:30")
    assert planner.stands_at(content_id) == datetime.combine(day, time(16, 30))


def test_a_refused_move_returns_and_says_why(window: Window, planner: Planner) -> None:
    day = in_months(3)
    content_id = planner.piece("Moved by two people", day)
    page = window.open(planner.path(day))
    page.evaluate("document.addEventListener('notices', e => e.stopImmediatePropagation(), true)")
    planner.put(content_id, day + timedelta(days=3))
    lands(page, content_id, day)
    carry(page, entry(page, content_id), *box_of(day_of(page, day + timedelta(days=1))))
    page.mouse.up()
    expect(toast(page)).to_contain_text("Somebody else moved this piece meanwhile")
    there = day_of(page, day + timedelta(days=3))
    expect(there.locator(f"#c{content_id}")).to_be_visible()
    assert planner.stands_at(content_id) == datetime.combine(
        day + timedelta(days=3), HALF_PAST_NINE
    )
    page.locator(".toast button").last.click()

    page.route("**/moves?*", lambda route: route.abort())
    carry(page, entry(page, content_id), *box_of(day_of(page, day)))
    page.mouse.up()
    expect(toast(page)).to_contain_text("did not answer")
    expect(there.locator(f"#c{content_id}")).to_be_visible()
    page.unroute("**/moves?*")
    toast(page).get_by_role("button", name="Retry").click()
    lands(page, content_id, day)
    window.troubles.clear()  # Chromium reports the request that was cut off


def test_past_days_published_and_publishing_pieces(window: Window, planner: Planner) -> None:
    today = datetime.now(planner.zone).date()
    content_id = planner.piece("Not into the past", today + timedelta(days=1), time(23, 50))
    page = window.open(planner.path(today - timedelta(days=1), "week"))
    if not page.locator(f"#c{content_id}").count():
        page = window.open(planner.path(today))
    yesterday = today - timedelta(days=1)
    carry(page, entry(page, content_id), *box_of(day_of(page, yesterday).locator(".day-head")))
    expect(page.locator("#drag-note")).to_contain_text("is past")
    page.mouse.up()
    expect(toast(page)).to_contain_text("That day is past")
    assert planner.stands_at(content_id) == datetime.combine(
        today + timedelta(days=1), time(23, 50)
    )
    window.open(f"{PATH}?view=list&date={today - timedelta(days=25)}&site={planner.site_id}")
    gone_out = page.locator(".entry.green").first
    expect(gone_out).to_be_visible()
    carry(page, gone_out, 700, 500)
    assert not page.evaluate("window.calendar.isCarrying"), "a published piece was carried"
    page.mouse.up()


def test_by_keyboard_alone(window: Window, planner: Planner) -> None:
    day = in_months(6)
    content_id = planner.piece("Keyboard, to another day", day)
    page = window.open(planner.path(day))
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.matches('#days .entry')"):
            break
    expect(page.locator(f"#c{content_id}")).to_be_focused()
    page.keyboard.press("Shift+ArrowRight")
    after = day + timedelta(days=1)
    lands(page, content_id, after)
    expect(page.locator(f"#c{content_id}")).to_be_focused()
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)

    for _ in range(4):
        page.keyboard.press("Shift+ArrowDown")
    into = after + timedelta(days=28)
    lands(page, content_id, into)
    expect(page.locator(f"#c{content_id}")).to_be_focused()
    expect(page.locator("#calendar-title")).to_have_text(f"{into:%B %Y}")
    assert planner.stands_at(content_id) == datetime.combine(into, HALF_PAST_NINE)

    page.keyboard.press("m")
    expect(page.locator("#move-dialog")).to_be_visible()
    page.fill("#move-day", day.isoformat())
    page.fill("#move-time", "14:05")
    page.keyboard.press("Enter")
    lands(page, content_id, day)
    expect(page.locator(f"#c{content_id}")).to_be_focused()
    assert planner.stands_at(content_id) == datetime.combine(day, time(14, 5))

    page.keyboard.press("Delete")
    expect(page.locator(f"#t{content_id}:not(.is-sent)")).to_be_focused()
    assert planner.stands_at(content_id) is None
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.textContent === 'Undo'"):
            break
    page.keyboard.press("Enter")
    expect(day_of(page, day).locator(f"#c{content_id}")).to_contain_text("14:05")


def test_arrows_go_from_piece_to_piece(window: Window, planner: Planner) -> None:
    day = in_months(7)
    first = planner.piece("Arrow one", day, time(8, 0))
    second = planner.piece("Arrow two", day, time(9, 0))
    third = planner.piece("Arrow three", day + timedelta(days=3), time(9, 0))
    page = window.open(planner.path(day))
    page.locator(f"#c{first}").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"#c{second}")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"#c{third}")).to_be_focused()
    expect(page.locator("#peek")).to_contain_text("chose this time")
    page.keyboard.press("Escape")
    expect(page.locator("#peek")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/content/{third}")


def test_by_finger(new_window: OpenWindow, planner: Planner) -> None:
    day = in_months(8)
    content_id = planner.piece("A finger, to another day", day)
    tablet = new_window(viewport={"width": 1024, "height": 800}, has_touch=True)
    page = tablet.open(planner.path(day))
    cdp = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        given = [{"x": x, "y": y} for x, y in points]
        cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": given})

    after = day + timedelta(days=1)
    x, y = box_of(entry(page, content_id))
    there = box_of(day_of(page, after))

    touch("touchStart", (x, y))  # at once moved: that is scrolling and carries nothing
    touch("touchMove", (x + 40, y))
    page.wait_for_timeout(250)
    assert not page.evaluate("window.calendar.isCarrying")
    touch("touchEnd")

    touch("touchStart", (x, y))
    page.wait_for_timeout(250)
    assert page.evaluate("window.calendar.isCarrying"), "a held piece is not carried"
    for step in range(1, 11):
        part = step / 10
        touch("touchMove", (x + (there[0] - x) * part, y + (there[1] - y) * part))
        page.wait_for_timeout(16)
    expect(page.locator("#drag-note")).to_contain_text("09:30")
    touch("touchEnd")
    lands(page, content_id, after)
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)

    x, y = box_of(entry(page, content_id))
    touch("touchStart", (x, y))
    touch("touchEnd")
    expect(page.locator("#peek")).to_contain_text("A finger, to another day")


def test_others_see_it_without_a_reload(
    window: Window, new_window: OpenWindow, planner: Planner
) -> None:
    day = in_months(9)
    content_id = planner.piece("Seen by others", day)
    other = new_window(viewport={"width": 1440, "height": 900})
    mine, theirs = window.open(planner.path(day)), other.open(planner.path(day))
    theirs.evaluate("window.wasHere = true")
    asked: list[str] = []
    theirs.on("request", lambda request: asked.append(request.url))
    after = day + timedelta(days=1)
    carry(mine, entry(mine, content_id), *box_of(day_of(mine, after)))
    mine.mouse.up()
    expect(day_of(theirs, after).locator(f"#c{content_id}")).to_be_visible()
    expect(day_of(theirs, day).locator(f"#c{content_id}")).to_have_count(0)
    assert theirs.evaluate("window.wasHere")
    days = [url for url in asked if "/days" in url]
    assert len(days) == 1, asked
    assert f"days={day}&" in days[0] or days[0].endswith(f"days={day}"), "more than what changed"


def test_views_keep_date_and_filters(window: Window, planner: Planner) -> None:
    day = in_months(2)
    page = window.open(f"{planner.path(day)}&status=scheduled")
    for view in ("Week", "List"):
        page.get_by_role("navigation", name="View").get_by_role("link", name=view).click()
        page.wait_for_url(f"**view={view.lower()}*")
        assert f"date={day}" in page.url
        assert "status=scheduled" in page.url
        expect(page.locator("#f-status")).to_have_value("scheduled")
    page.go_back()
    page.wait_for_url("**view=week*")
    page.go_back()
    page.wait_for_url("**view=month*")
    expect(page.locator("#f-status")).to_have_value("scheduled")
    assert f"date={day}" in page.url


def test_more_opens_the_day(window: Window, planner: Planner) -> None:
    day = in_months(10)
    ids = [planner.piece(f"Crowd {n}", day, time(8 + n, 0)) for n in range(5)]
    page = window.open(planner.path(day))
    expect(day_of(page, day).locator(".entry")).to_have_count(3)
    expect(day_of(page, day).locator(".used")).to_contain_text("5/")
    page.get_by_text("+2 more").click()
    expect(page.locator("#whole-day .entry")).to_have_count(5)
    last = page.locator(f"#w-c{ids[-1]}")
    carry(page, last, *box_of(day_of(page, day + timedelta(days=7))))
    page.mouse.up()
    expect(day_of(page, day + timedelta(days=7)).locator(f"#c{ids[-1]}")).to_be_visible()
    expect(day_of(page, day).get_by_text("+1 more")).to_be_visible()


def test_insert_here_shows_what_makes_room(window: Window, planner: Planner) -> None:
    day = in_months(11)
    content_id = planner.piece("Inserted", day, time(10, 0))
    page = window.open(planner.path(day))
    page.keyboard.down("Shift")
    carry(page, entry(page, content_id), *box_of(day_of(page, day + timedelta(days=1))))
    expect(page.locator("#drag-note")).to_contain_text("Insert at")
    page.mouse.up()
    page.keyboard.up("Shift")
    expect(page.locator("#insert-dialog")).to_contain_text("Nothing has to make room.")
    page.locator("#insert-dialog").get_by_role("button", name="Insert").click()
    after = day + timedelta(days=1)
    lands(page, content_id, after)
    expect(toast(page)).to_contain_text("Inserted at")
    assert planner.stands_at(content_id) == datetime.combine(after, time(10, 0))


THEMES: tuple[Any, ...] = ("light", "dark")


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing(
    browser: Browser, product: Product, planner: Planner, theme: Any
) -> None:
    context = sign_in(browser, product, color_scheme=theme)
    seen = Window(context.new_page(), product)
    found: dict[str, list[str]] = {}
    today = datetime.now(planner.zone).date()
    month, week = f"{PATH}?date={today}", planner.path(today + timedelta(days=7), "week")
    in_list = planner.path(today - timedelta(days=20), "list")
    looks = {
        1440: (month, week, in_list, f"{PATH}/feeds"),
        1024: (month, week),
        390: (month, week, in_list),
    }
    for width, paths in looks.items():
        seen.page.set_viewport_size({"width": width, "height": 900})
        for path in paths:
            seen.page.goto(path)
            found[f"{path} {width}"] = seen.axe()
            wider = seen.page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wider, f"{path} scrolls sideways at {width}"
    seen.page.set_viewport_size({"width": 1440, "height": 900})
    seen.page.goto(f"{PATH}?date={today}")
    seen.page.locator("#days .entry").first.hover()
    expect(seen.page.locator("#peek")).to_be_visible()
    found["peek"] = seen.axe()
    seen.page.locator(".views-menu summary").click()
    expect(seen.page.locator("#view-name")).to_be_visible()
    found["views"] = seen.axe()
    seen.page.locator("#tray .entry").first.focus()
    seen.page.keyboard.press("m")
    found["dialog"] = seen.axe()
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert seen.troubles == []
