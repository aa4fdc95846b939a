"""The queue's pages with a million pieces, against the same pages with ten thousand.

    python -m benchmarks.queue [--quick]

Two installations stand side by side. Of each tab the first page, one from the middle and, of the
scheduled, one of a single site are asked for in turn from real web processes.
"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import sqlalchemy as sa

from benchmarks import desk as desks
from benchmarks import measure, processes
from benchmarks.calendar import LARGE, SMALL, cpu_of, fill
from benchmarks.clicks import signed_in
from tests.support.desk import Desk
from webapp.publisher.records import counters
from webapp.queue.filters import PATH, Cursor
from webapp.writer.models import Content

RATIO, BYTES, QUERIES, CPU = 1.5, 150 * 1024, 8, 0.060
BESIDE = ("FROM sessions", "FROM notices", "PRAGMA", "BEGIN")
# One in a hundred needs attention, one in a thousand goes out; all of them at moments of their own.
SPREAD = """
UPDATE contents SET
    attention = CASE WHEN id % 100 = 0 THEN ',failed,' WHEN id % 100 = 1 THEN ',held,' ELSE '' END,
    site_status = CASE WHEN id % 1000 = 7 THEN 'publishing' ELSE site_status END,
    site_status_updated_at = coalesce(first_published_at, strftime('%Y-%m-%d %H:%M:%S.000000',
        '2026-01-01', '+' || id || ' seconds'))
"""


def write(desk: Desk, count: int) -> None:
    """So many pieces in all tabs, and the statistics that a database has after a while."""
    desk.connect()
    month = (datetime.now(UTC).date().replace(day=1) + timedelta(days=62)).replace(day=1)
    fill(desk, count, month)
    with desk.system.db.write() as db:
        db.execute(sa.text(SPREAD))
    engine = desk.system.db.engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def pages(desk: Desk) -> list[str]:
    """The addresses that are asked for."""
    found = [f"{PATH}?tab={tab}" for tab in ("attention", "publishing", "scheduled", "published")]
    found.append(f"{PATH}?tab=scheduled&site={desk.site.id}")
    with desk.system.db.read() as db:
        for tab, moment in (
            ("scheduled", Content.scheduled_publish_at),
            ("published", Content.site_status_updated_at),
        ):
            number = counters.counts(db, desk.owner)[tab] // 2
            query = sa.select(moment, Content.id).where(Content.site_status == tab)
            at, content_id = db.execute(query.order_by(moment).offset(number).limit(1)).one()
            assert at is not None
            found.append(f"{PATH}?tab={tab}&after={Cursor(0, at, content_id, number)}")
    return found


def ask(client: httpx.Client, paths: list[str], rounds: int) -> list[float]:
    """Seconds of each answer."""
    found = []
    for _ in range(rounds):
        for path in paths:
            answer = client.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 200
            assert answer.text.count('class="queue-row') > 5, path
            found.append(answer.elapsed.total_seconds())
    return found


def queries(desk: Desk, path: str) -> int:
    """Statements of one page beside the sign-in and the feed of changes."""
    said: list[str] = []

    def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    with desk.browser(desk.owner) as client:
        client.get(path)
        sa.event.listen(desk.system.db.engine, "before_cursor_execute", hear)
        client.get(path)
        sa.event.remove(desk.system.db.engine, "before_cursor_execute", hear)
    return len([one for one in said if not any(part in one for part in BESIDE)])


def tell(text: str, met: bool) -> None:
    measure.say(f"  {text}: {measure.verdict(met)}")


def main() -> None:
    quick = "--quick" in sys.argv
    rounds, each = (1, 3) if quick else (5, 8)
    large = 100_000 if quick else LARGE
    measure.heading(f"the queue's tabs, {large:,} pieces against {SMALL:,}")
    with ExitStack() as stack:
        found = []
        for count in (SMALL, large):
            desk = stack.enter_context(desks.installation())
            write(desk, count)
            pid = stack.enter_context(processes.web(desk))
            found.append((desk, pid, stack.enter_context(signed_in(desk)), pages(desk)))
        (_, _, few, fews), (desk, pid, many, manys) = found
        compared = measure.compare(
            lambda: measure.percentile(ask(many, manys, each), 95),
            lambda: measure.percentile(ask(few, fews, each), 95),
            rounds,
        )
        low, high = compared.interval()
        text = f"p95 over that at {SMALL:,}: {compared.ratio:.2f} [{low:.2f}, {high:.2f}]"
        verdict = measure.verdict(compared.ratio <= RATIO, compared.is_conclusive)
        measure.say(f"  {text}, goal {RATIO}: {verdict}")
        measure.report_times("whole page, p95", compared.ours)
        before, asked = cpu_of(pid), 5 * each * len(manys)
        ask(many, manys, 5 * each)
        used = (cpu_of(pid) - before) / asked
        tell(f"{used * 1000:.1f} ms CPU of the web process for each, goal 60 ms", used <= CPU)
        for path in manys:
            size, number = len(many.get(path).content), queries(desk, path)
            name = path.removeprefix(f"{PATH}?")
            tell(
                f"{name}: {size / 1024:.0f} KB, {number} queries",
                size <= BYTES and number <= QUERIES,
            )


if __name__ == "__main__":
    main()
