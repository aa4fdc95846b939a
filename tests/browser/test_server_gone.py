"""Nobody answers in the middle of a form: it is said in five seconds, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta

import sqlalchemy as sa
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenWindow
from tests.browser.test_queue import QUEUE, scheduled
from tests.support.browser import Product, Window
from tests.support.planner import Planner, in_months, lands
from tests.support.processes import frozen
from webapp.accounts.models import UserSession
from webapp.core.db import Database

GONE = "IGNY8 did not answer"
# Not behind a dialog, where it could be neither read nor dismissed.
READABLE = """() => {
    const open = document.querySelector('dialog:modal');
    return !open || open.contains(document.getElementById('toasts'));
}"""


# How many ticks of the page's own clock go by until the line says it.
TICKS = """([words, tick, most]) => new Promise((done) => {
    let ticks = 0;
    const timer = setInterval(() => {
        ticks += 1;
        const isSaid = document.getElementById('lost-line').textContent.includes(words);
        if (!isSaid && ticks < most) return;
        clearInterval(timer);
        done(ticks);
    }, tick);
})"""


def within_five_seconds(page: Page, words: str) -> None:
    """As the page counts them: its ticks are as late as all else on a busy machine."""
    tick, most = 50, 400
    seconds = page.evaluate(TICKS, [words, tick, most]) * tick / 1000
    assert seconds < 5, f"it took {seconds:.1f} s"


def is_there_again(page: Page) -> None:
    expect(page.locator("body")).to_have_attribute("data-stream", "open")


def test_a_web_process_that_was_killed(window: Window, product: Product) -> None:
    page = window.open("/review")
    with product.web_killed():
        within_five_seconds(page, "IGNY8 cannot be reached")
    expect(page.locator("#lost-line")).to_be_empty()
    window.troubles.clear()


def test_a_web_process_that_stands_still(window: Window, product: Product) -> None:
    """The connection is there, and nothing comes."""
    page = window.open("/review")
    page.wait_for_timeout(1000)
    with frozen([product.pid_of("web")]):
        within_five_seconds(page, "IGNY8 cannot be reached")
    expect(page.locator("#lost-line")).to_be_empty()
    is_there_again(page)
    window.troubles.clear()


def test_a_session_that_was_ended_elsewhere(window: Window, product: Product) -> None:
    page = window.open("/account")
    page.fill("#timezone", "Europe/Lisbon")
    database = Database(f"sqlite:///{product.var / 'igny8.sqlite'}")
    with database.write() as db:
        db.execute(sa.delete(UserSession))
    database.dispose()
    within_five_seconds(page, "You are signed out. What you typed is still here.")
    page.locator("#lost-line").get_by_role("link", name="Sign in").click()
    expect(page.locator("#sign-in-again-password")).to_be_focused()
    page.keyboard.type(product.login["password"])
    page.keyboard.press("Enter")
    expect(page.locator("#lost-line")).to_be_empty()
    expect(page.locator("#timezone")).to_have_value("Europe/Lisbon")
    is_there_again(page)


Go = Callable[[], object]


class Midway:
    """A form in a tab of its own, typed into and not sent. `send` sends it; `is_done` fails unless
    what was typed has arrived."""

    def __init__(self, page: Page, send: Go, is_done: Go, *, retries: bool = False) -> None:
        self.page, self.send, self.is_done, self.retries = page, send, is_done, retries

    def goes_to_nobody(self) -> None:
        self.send()
        toast = self.page.locator(".toast.red", has_text=GONE).last
        expect(toast).to_be_visible(timeout=5000)
        expect(toast.get_by_role("button", name="Retry")).to_have_count(int(self.retries))
        assert self.page.evaluate(READABLE)

    def goes_out(self) -> None:
        """Retry stays until it is clicked; a toast without it goes when the server is back."""
        is_there_again(self.page)
        toast = self.page.locator(".toast.red", has_text=GONE).last
        if self.retries:
            toast.get_by_role("button", name="Retry").click()
        else:
            expect(toast).to_have_count(0)
            self.send()
        self.is_done()


def words(window: Window, key: str, button: str) -> Midway:
    """A comment, or what should change."""
    content_id = window.product.piece(f"Said to nobody by {key}")
    page = window.open(f"/review/{content_id}?q=nobody+by+{key}")
    page.locator(f"#open-{content_id}").focus()
    page.keyboard.press(key)
    page.keyboard.type("Who has weighed it?")

    def is_done() -> None:
        expect(page.locator(".toast.green, .said").first).to_be_visible()
        page.goto(f"/review/{content_id}")
        where = "threads" if key == "c" else "comments"
        said = page.locator(f"#{where}-{content_id} .said")
        expect(said).to_have_text(["Who has weighed it?"])

    return Midway(page, page.get_by_role("button", name=button).click, is_done)


def a_time(window: Window) -> Midway:
    """In the schedule dialog."""
    content_id = window.product.piece("Scheduled by nobody")
    page = window.open(f"/review/{content_id}?q=Scheduled+by")
    page.get_by_role("link", name="Schedule", exact=True).click()
    at = f"{datetime.now(UTC).year + 1}-06-04T10:15"
    page.fill("#at", at)
    expect(page.locator("#judgement")).to_contain_text("UTC")

    def is_done() -> None:
        expect(page.locator(".toast.green")).to_contain_text("goes out")
        found = window.product.api.get(f"/content/{content_id}/schedule").json()["data"]
        assert found["local_time"].startswith(at)

    return Midway(page, page.locator("#schedule-it").click, is_done)


def a_move(window: Window, planner: Planner) -> Midway:
    """In the calendar's dialog; its Retry knows what was typed."""
    day = in_months(22)
    content_id = planner.piece("Moved to nobody", day)
    page = window.open(planner.path(day))
    after = day + timedelta(days=2)

    def send() -> None:
        page.locator(f"#c{content_id}").focus()
        page.keyboard.press("m")
        page.fill("#move-day", after.isoformat())
        page.fill("#move-time", "14:05")
        page.keyboard.press("Enter")

    def is_done() -> None:
        lands(page, content_id, after)
        assert planner.stands_at(content_id) == datetime.combine(after, time(14, 5))

    return Midway(page, send, is_done, retries=True)


def many(window: Window) -> Midway:
    """Ticked in the queue; the ticks stay."""
    ids = scheduled(window.product, "Many gone apple", "Many gone pear")
    page = window.open(f"{QUEUE}?tab=scheduled&q=Many+gone")
    for content_id in ids:
        page.check(f"#tick-{content_id}")
    done = page.locator("[data-outcome]")
    return Midway(
        page,
        page.locator("#bulk-holds").click,
        lambda: expect(done).to_contain_text("2 pieces on hold."),
    )


def plain(window: Window, path: str, button: str, field: str, typed: str) -> Midway:
    """It would have led to the browser's own page about the connection."""
    page = window.open(path)
    page.fill(field, typed)

    def is_done() -> None:
        page.locator("[data-preview], [data-applied], .note.green").first.wait_for()
        expect(page.locator(field)).to_have_value(typed)

    return Midway(page, page.locator(button).click, is_done, retries=True)


def test_the_server_is_restarted_in_the_middle_of_each_form(
    new_window: OpenWindow, product: Product, planner: Planner
) -> None:
    """All at once: who is started too often is stopped (webapp/supervisor.py)."""
    api = f"/sites/{product.site_id}/publishing-settings"
    before = product.api.get(api).json()["data"]["daily_publish_limit"]
    settings = f"/settings/sites/{product.site_id}/publishing"
    zone = "form[action='/account/timezone'] button"
    windows = [new_window(viewport={"width": 1440, "height": 900}) for _ in range(7)]
    opened = iter(windows)
    forms = [
        words(next(opened), "c", "Say it"),
        words(next(opened), "r", "Send it back"),
        a_time(next(opened)),
        a_move(next(opened), planner),
        many(next(opened)),
        plain(next(opened), settings, "#save", "#daily_publish_limit", "7"),
        plain(next(opened), "/account", zone, "#timezone", "Europe/Lisbon"),
    ]
    with product.web_killed():
        for form in forms:
            form.goes_to_nobody()
    for form in forms:
        form.goes_out()
    product.api.put(api, json={"daily_publish_limit": before}).raise_for_status()
    for window in windows:
        window.troubles.clear()
