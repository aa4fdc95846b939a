"""The calendar's month with 1,000 of a million pieces, and a card that is dropped in it.

    python -m benchmarks.calendar [--quick]

Two installations stand side by side, one with 10,000 pieces and one with a million; in both, the
month that is asked for holds 1,000 of them. Their pages are asked for in turn, and in the same
rounds, for scale, Wagtail's page explorer with 10,000 pages. The cards are then carried by the
mouse in Chromium, in the larger one.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa
from playwright.sync_api import Page, sync_playwright

from benchmarks import desk as desks
from benchmarks import explorer, measure, processes
from benchmarks.clicks import signed_in
from tests.support.browser import CHROMIUM
from tests.support.desk import Desk
from tests.support.planner import box_of
from webapp.accounts import sessions
from webapp.writer.models import Content

PATH = "/publisher/content-calendar"
IN_MONTH = 1000
SMALL, LARGE = 10_000, 1_000_000
CPU, DROP, RATIO, BYTES, QUERIES = 0.060, 0.100, 1.5, 150 * 1024, 6
OF_EXPLORER = 0.25
TICKS = os.sysconf("SC_CLK_TCK")

# Copies of one piece: a fifth scheduled in other months, most gone out in the years before, the
# rest approved without a time or drafts. `n` counts them.
COPY = """
INSERT INTO contents ({columns}) WITH RECURSIVE counted(n) AS (
    SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < :count
) SELECT {values} FROM counted, contents WHERE contents.id = :template
"""


def fill(desk: Desk, count: int, month: date) -> None:
    """So many pieces, 1,000 of them scheduled in the month."""
    template = desk.approved(html="<p>A short text.</p>")
    start = datetime(month.year, month.month, 1, 6, tzinfo=UTC)
    _copy(
        desk,
        template,
        IN_MONTH,
        site_status="'scheduled'",
        title="'Of the month, number ' || n",
        scheduled_publish_at=_spread(start, 28 * 86_400 // IN_MONTH // 60 * 60),
    )
    rest = count - IN_MONTH
    later = start + timedelta(days=40)
    step = max(60, 4 * 365 * 86_400 // (rest // 5) // 60 * 60)
    _copy(
        desk,
        template,
        rest // 5,
        site_status="'scheduled'",
        scheduled_publish_at=_spread(later, step),
    )
    before = datetime(2016, 1, 1, 6, tzinfo=UTC)
    _copy(
        desk,
        template,
        rest * 7 // 10,
        site_status="'published'",
        status="'published'",
        external_url="'https://gazette.example/it'",
        first_published_at=_spread(before, 10 * 365 * 86_400 // (rest * 7 // 10)),
    )
    _copy(desk, template, rest // 20)
    _copy(desk, template, rest // 20, status="'draft'")
    with desk.system.db.engine.connect().execution_options(
        isolation_level="AUTOCOMMIT"
    ) as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _spread(start: datetime, step: int) -> str:
    first = start.strftime("%Y-%m-%d %H:%M:%S")
    return f"strftime('%Y-%m-%d %H:%M:%S.000000', '{first}', '+' || (n * {step}) || ' seconds')"


def _copy(desk: Desk, template: int, count: int, **changed: str) -> None:
    names = [column.name for column in Content.__table__.columns if column.name != "id"]
    values = ", ".join(changed.get(name, f"contents.{name}") for name in names)
    text = COPY.format(columns=", ".join(names), values=values)
    with desk.system.db.write() as db:
        db.execute(sa.text(text), {"count": count, "template": template})


def pages(
    client: httpx.Client, url: str, times: int, mark: str = "data-id=", least: int = 81
) -> list[float]:
    """Seconds of each of so many answers, which all carry the mark so many times at least."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        answer = client.get(url, headers={"Accept": "text/html"})
        found.append(time.perf_counter() - began)
        assert answer.status_code == 200
        assert answer.text.count(mark) >= least
    return found


def explorers(stack: ExitStack, each: int) -> list[Callable[[], float]]:
    """Measures the p95 of Wagtail's explorer; nothing where there is no Wagtail."""
    try:
        client, path = stack.enter_context(explorer.signed_in())
    except explorer.Missing as missing:
        measure.say(f"  beside Wagtail's page explorer: not measured: {missing}")
        return []
    shown = (explorer.TITLE, explorer.SHOWN)
    return [lambda: measure.percentile(pages(client, path, each, *shown), 95)]


def cpu_of(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def queries(desk: Desk, url: str) -> int:
    """Statements of one page beside the sign-in and the feed of changes."""
    said: list[str] = []
    with desk.browser(desk.owner) as client:
        client.get(url)

        def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            said.append(statement)

        sa.event.listen(desk.system.db.engine, "before_cursor_execute", hear)
        client.get(url)
        sa.event.remove(desk.system.db.engine, "before_cursor_execute", hear)
    beside = ("FROM sessions", "FROM notices", "PRAGMA", "BEGIN")
    return len([one for one in said if not any(part in one for part in beside)])


WATCH = """() => {
  window.drops = [];
  let began = 0;
  document.addEventListener("pointerup", () => (began = performance.now()), true);
  document.addEventListener("calendar:drawn", () => {
    if (!began) return;
    const since = began;
    began = 0;
    requestAnimationFrame(() => setTimeout(() => window.drops.push(performance.now() - since)));
  });
}"""


def drops(page: Page, month: date, times: int) -> list[float]:
    """Seconds from letting go of a card until both days are drawn and painted, for each drop."""
    page.evaluate(WATCH)
    for number in range(times):
        source = month + timedelta(days=7 + number % 14)
        target = month + timedelta(days=7 + (number + 5) % 14)
        piece = page.locator(f"#d{source} .entry").nth(number % 3)
        page.mouse.move(5, 5)
        page.wait_for_timeout(300)
        page.mouse.move(*box_of(piece))
        page.mouse.down()
        page.mouse.move(*box_of(page.locator(f"#d{target}")), steps=8)
        page.wait_for_timeout(50)
        page.mouse.up()
        _wait(page, number)
        page.wait_for_timeout(250)  # the notice of the move has been heard, too
    assert page.locator(".toast.red").count() == 0
    return [ms / 1000 for ms in page.evaluate("window.drops")]


def _wait(page: Page, number: int) -> None:
    """Until the drop of that number has been drawn; at first without asking, because to ask takes
    the processors from what is measured."""
    page.wait_for_timeout(300)
    end = time.monotonic() + 20
    while page.evaluate("window.drops.length") <= number:
        if time.monotonic() > end:
            raise TimeoutError("a card that was dropped is not drawn")
        page.wait_for_timeout(20)


def in_chromium(desk: Desk, path: str, act: Callable[[Page], list[float]]) -> list[float]:
    """Do it on a page that is signed in as the desk's owner."""
    url = desk.system.config.public_url
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        token = desk.session_of(desk.owner)
        context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": url}])
        page = context.new_page()
        page.goto(f"{url}{path}")
        page.wait_for_selector("body[data-stream=open]")
        page.wait_for_timeout(1500)
        try:
            return act(page)
        finally:
            browser.close()


def main() -> None:
    quick = "--quick" in sys.argv
    rounds, each, carried = (1, 10, 10) if quick else (5, 40, 60)
    large = 100_000 if quick else LARGE
    today = datetime.now(UTC).date()
    month = (today.replace(day=1) + timedelta(days=62)).replace(day=1)
    path = f"{PATH}?view=month&date={month}"
    measure.heading(f"the calendar's month, {IN_MONTH} of {SMALL:,} and of {large:,} pieces")
    with ExitStack() as stack:
        found = []
        for count in (SMALL, large):
            desk = stack.enter_context(desks.installation())
            desk.connect()
            fill(desk, count, month)
            pid = stack.enter_context(processes.web(desk))
            found.append((desk, pid, stack.enter_context(signed_in(desk))))
        (_, _, other), (desk, pid, client) = found

        def p95(of: httpx.Client) -> Callable[[], float]:
            return lambda: measure.percentile(pages(of, path, each), 95)

        beside = [p95(other), *explorers(stack, each)]
        of_small, *of_explorer = measure.compare_each(p95(client), beside, rounds)
        report_pages(of_small, large)
        report_explorer(of_explorer, large)
        before = cpu_of(pid)
        pages(client, path, 5 * each)
        used = (cpu_of(pid) - before) / (5 * each)
        tell(f"{used * 1000:.1f} ms CPU of the web process for each, goal 60 ms", used <= CPU)
        size = len(client.get(path).content)
        tell(f"{size / 1024:.0f} KB, goal 150 KB", size <= BYTES)
        asked = queries(desk, path)
        tell(f"{asked} queries, goal {QUERIES}", asked <= QUERIES)
        if CHROMIUM:
            seconds = in_chromium(desk, path, lambda page: drops(page, month, carried))
            middle, high = statistics.median(seconds), measure.percentile(seconds, 95)
            text = (
                f"drop to both days drawn: median {middle * 1000:.0f} ms, p95 {high * 1000:.0f} ms"
            )
            tell(f"{text} of {len(seconds)}, goal 100 ms", high <= DROP)


def report_pages(compared: measure.Comparison, large: int) -> None:
    low, high = compared.interval()
    text = f"p95 at {large:,} over that at {SMALL:,}: {compared.ratio:.2f} [{low:.2f}, {high:.2f}]"
    measure.say(
        f"  {text}, goal {RATIO}: "
        f"{measure.verdict(compared.ratio <= RATIO, compared.is_conclusive)}"
    )
    measure.report_times(f"whole page, p95, {large:,}", compared.ours)


def report_explorer(compared: list[measure.Comparison], large: int) -> None:
    for one in compared:
        low, high = one.interval()
        name = f"Wagtail {explorer.VERSION}'s page explorer, {explorer.PAGES:,} pages"
        text = f"p95 at {large:,} over that of {name}: {one.ratio:.2f} [{low:.2f}, {high:.2f}]"
        measure.say(
            f"  {text}, control {one.spread:.2f}, goal {OF_EXPLORER}: "
            f"{measure.verdict(one.ratio <= OF_EXPLORER, one.is_conclusive)}"
        )
        measure.report_times(f"{name}, whole page, p95", one.bare)


def tell(text: str, met: bool) -> None:
    measure.say(f"  {text}: {measure.verdict(met)}")


if __name__ == "__main__":
    main()
