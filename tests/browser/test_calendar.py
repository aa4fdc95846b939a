"""The calendar under a real mouse, in Chromium, on the real product."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from playwright.sync_api import expect

from tests.support.browser import Window
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
    toast,
)


def test_to_another_day_with_the_mouse_and_undo(window: Window, planner: Planner) -> None:
    day = in_months(2)
    content_id = planner.piece("Mouse, to another day", day)
    page = window.open(planner.path(day))
    after = day + timedelta(days=2)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    carry(page, entry(page, content_id), *box_of(day_of(page, after)))
    expect(page.locator("#drag-note")).to_have_text(f"{after:%a} {after.day} {after:%b %Y}, 09:30")
    page.mouse.up()
    lands(page, content_id, after)
    expect(toast(page)).to_contain_text(f"moved to {after:%a} {after.day} {after:%b %Y}, 09:30")
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)
    page.reload()
    expect(day_of(page, after).locator(f"#c{content_id}")).to_contain_text("09:30")

    carry(page, entry(page, content_id), *box_of(day_of(page, day)))
    page.mouse.up()
    lands(page, content_id, day)
    toast(page).get_by_role("button", name="Undo").click()
    lands(page, content_id, after)
    assert planner.stands_at(content_id) == datetime.combine(after, HALF_PAST_NINE)

    before = len([url for url in sent if "/moves" in url])
    x, y = box_of(day_of(page, after))
    carry(page, entry(page, content_id), x, y + 20)  # in a low row a card is the day's middle
    expect(page.locator("#drag-note")).to_have_text("Stays where it is")
    page.mouse.up()
    page.wait_for_timeout(200)
    assert len([url for url in sent if "/moves" in url]) == before, "an unchanged drop was sent"
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
    expect(toast(page)).to_contain_text("taken off the calendar")
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
    # What the page would fetch by itself, also right after it has opened, does not reach it.
    window.page.route("**/days?*", lambda route: route.abort())
    page = window.open(planner.path(day))
    planner.put(content_id, day + timedelta(days=3))
    lands(page, content_id, day)
    carry(page, entry(page, content_id), *box_of(day_of(page, day + timedelta(days=1))))
    page.unroute("**/days?*")
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
    assert not is_carrying(page), "a published piece was carried"
    page.mouse.up()


def test_views_keep_date_and_filters(window: Window, planner: Planner) -> None:
    day = in_months(2)
    page = window.open(f"{planner.path(day)}&status=scheduled")
    for view in ("Week", "List"):
        page.get_by_role("navigation", name="View").get_by_role(
            "link", name=view, exact=True
        ).click()
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
    expect(day_of(page, day).locator(".entry")).to_have_count(4)
    expect(day_of(page, day).locator(".more-of-day")).to_have_count(0)


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
    expect(toast(page)).to_contain_text("inserted at")
    assert planner.stands_at(content_id) == datetime.combine(after, time(10, 0))


def test_a_piece_that_is_drawn_anew_under_the_finger_is_carried_from_where_it_stands(
    window: Window, planner: Planner
) -> None:
    day = in_months(16)
    content_id = planner.piece("Drawn anew", day)
    page = window.open(planner.path(day))
    page.mouse.move(*box_of(entry(page, content_id)))
    page.mouse.down()
    page.evaluate(
        """(day) => {
          const cards = document.querySelector(`#d${day} .day-cards`);
          cards.replaceChildren(...[...cards.childNodes].map((one) => one.cloneNode(true)));
        }""",
        str(day),
    )
    x, y = box_of(entry(page, content_id))
    page.mouse.move(x + 8, y + 6, steps=4)
    expect(page.locator("#drag-note")).to_have_text("Stays where it is")
    page.mouse.up()


def test_a_piece_is_carried_on_a_page_that_is_selected(window: Window, planner: Planner) -> None:
    """Else the browser would carry the text instead, and no pointer the piece."""
    day = in_months(16) + timedelta(days=7)
    content_id = planner.piece("Selected", day)  # its words lie under the mouse
    page = window.open(planner.path(day))
    page.keyboard.press("Control+A")
    after = day + timedelta(days=1)
    carry(page, entry(page, content_id), *box_of(day_of(page, after)))
    expect(page.locator("#drag-note")).to_contain_text(f"{after:%a} {after.day}")
    page.mouse.up()
    lands(page, content_id, after)

    carry(page, entry(page, content_id), *box_of(day_of(page, day)))
    assert is_carrying(page)
    cancel = "new PointerEvent('pointercancel', { pointerType: 'pen', bubbles: true })"
    page.evaluate(f"document.body.dispatchEvent({cancel})")
    assert not is_carrying(page), "a pointer that the browser has taken away carries nothing"
    page.mouse.up()
    lands(page, content_id, after)
