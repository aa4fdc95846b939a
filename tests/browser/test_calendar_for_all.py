"""The calendar by keyboard and by finger, for several people, and for everyone."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import OpenWindow
from tests.support.browser import Product, Window, sign_in
from tests.support.planner import (
    HALF_PAST_NINE,
    PATH,
    Planner,
    box_of,
    carry,
    day_of,
    entry,
    in_months,
    is_carrying,
    lands,
)


def test_by_keyboard_alone(window: Window, planner: Planner) -> None:
    day = in_months(14)
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
    assert not is_carrying(page)
    touch("touchEnd")

    touch("touchStart", (x, y))
    page.wait_for_timeout(250)
    assert is_carrying(page), "a held piece is not carried"
    for step in range(1, 11):
        part = step / 10
        touch("touchMove", (x + (there[0] - x) * part, y + (there[1] - y) * part))
        page.wait_for_timeout(16)
    expect(page.locator("#drag-note")).to_contain_text("09:30")
    touch("touchEnd")
    lands(page, content_id, after)
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)

    page.touchscreen.tap(
        *box_of(entry(page, content_id))
    )  # two calls would be a long press at times
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
    # A page whose stream has just opened also asks for all that it shows.
    days = [url for url in asked if f"ids={content_id}&" in url]
    assert len(days) == 1, asked
    assert f"days={day}&" in days[0] or days[0].endswith(f"days={day}"), "more than what changed"


def test_what_is_told_while_the_days_are_fetched_is_fetched_too(
    window: Window, planner: Planner
) -> None:
    """The answer that is under way may be from before what was told: it is not the last one."""
    day = in_months(9)
    content_id = planner.piece("Told meanwhile", day)
    page = window.open(planner.path(day))
    page.wait_for_timeout(400)  # what the stream said at its opening has been fetched
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/content-calendar/days?*", hold)
    tell = """ids => document.dispatchEvent(
      new CustomEvent("notices", {detail: {topic: "content", ids}}))"""
    page.evaluate(tell, ["0"])
    wait_for(page, held, 1)
    page.evaluate(tell, [content_id])
    page.wait_for_timeout(300)
    assert len(held) == 1, "one at a time"
    held[0].continue_()
    wait_for(page, held, 2)
    assert f"ids={content_id}&" in held[1].request.url
    held[1].continue_()


def wait_for(page: Page, held: list[Route], number: int) -> None:
    """Until the page has asked so often."""
    for _ in range(200):
        if len(held) >= number:
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"the page has asked {len(held)} times")


def test_axe_finds_nothing(browser: Browser, product: Product, planner: Planner) -> None:
    context = sign_in(browser, product)
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
    seen.page.locator("#filters-menu summary").click()
    found["filters"] = seen.axe()
    seen.page.locator("#views-menu summary").click()
    expect(seen.page.locator("#f-status")).to_be_hidden()
    expect(seen.page.locator("#view-name")).to_be_visible()
    found["views"] = seen.axe()
    seen.page.locator("#tray .entry").first.focus()
    seen.page.keyboard.press("m")
    found["dialog"] = seen.axe()
    context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}
    assert seen.troubles == []
