"""A hundred thousand approved pieces planned and written, against writing the same rows back.

    python -m benchmarks.replan [--quick]

Ours is what a replan does: read, plan with reasons, write, keep the step for Undo, commit. Bare is
the same UPDATE with the same values, handed to the database driver in one transaction. SQLite.
"""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from benchmarks import desk as desks
from benchmarks import measure
from tests.support.desk import Desk
from webapp.accounts.models import Site
from webapp.publisher.planning import plans, settings
from webapp.publisher.records.models import PlanChange
from webapp.writer.models import Content

GOAL = 1.5
AT_ONCE = 5000
LEAST = 10_000
# All day, every five minutes: 288 slots a day, so that 400 days have room for all.
RHYTHM: dict[str, Any] = {
    "auto_publish_enabled": True,
    "daily_publish_limit": None,
    "publish_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "publish_time_slots": [{"start": "00:00", "end": "24:00"}],
    "slot_spacing_minutes": 5,
}
COLUMNS = (
    "scheduled_publish_at",
    "scheduled_wall_time",
    "scheduled_zone",
    "site_status",
    "plan_trace",
    "site_status_updated_at",
    "updated_at",
)


def fill(desk: Desk, count: int) -> None:
    """So many approved pieces of some thousand characters, without times."""
    one = desk.content(desk.approved(html=f"<p>{'word ' * 400}</p>"))
    skipped = ("id", "title", "slug", "approved_at", "priority")
    same = {
        name: getattr(one, name)
        for name in [c.key for c in Content.__table__.c]
        if name not in skipped
    }
    approved_at = one.approved_at
    assert approved_at is not None
    with desk.system.db.write() as db:
        settings.change(db, desk.system, settings.for_update(db, _site(db, desk)), RHYTHM)
        for start in range(1, count, AT_ONCE):
            db.execute(
                sa.insert(Content),
                [
                    {
                        **same,
                        "title": f"Piece {n}",
                        "slug": f"piece-{n}",
                        "priority": n % 3,
                        "approved_at": approved_at + timedelta(seconds=n),
                    }
                    for n in range(start, min(start + AT_ONCE, count))
                ],
            )


def ours(desk: Desk) -> float:
    """Seconds of a replan by the product's own verb."""
    clear(desk)
    began = time.perf_counter()
    with desk.system.db.write() as db:
        step = plans.replan(db, desk.system, _site(db, desk), by=desk.owner)
    took = time.perf_counter() - began
    assert step.moved >= LEAST, step
    return took


def bare(desk: Desk, rows: list[tuple[Any, ...]]) -> float:
    """Seconds of the driver writing the same rows."""
    clear(desk)
    assigned = ", ".join(f"{name} = ?" for name in COLUMNS)
    with desk.system.db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        began = time.perf_counter()
        driver.execute("BEGIN IMMEDIATE")
        driver.executemany(f"UPDATE contents SET {assigned} WHERE id = ?", rows)
        driver.execute("COMMIT")
        return time.perf_counter() - began


def rows_of(desk: Desk) -> list[tuple[Any, ...]]:
    """What a replan wrote, as the driver takes it."""
    with desk.system.db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        named = ", ".join(COLUMNS)
        return list(driver.execute(f"SELECT {named}, id FROM contents"))


def clear(desk: Desk) -> None:
    """Take all times away again; not measured."""
    with desk.system.db.write() as db:
        db.execute(
            sa.update(Content).values(
                scheduled_publish_at=None,
                scheduled_wall_time=None,
                scheduled_zone=None,
                site_status="not_published",
                plan_trace=None,
            )
        )
        db.execute(sa.delete(PlanChange))
    with desk.system.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as raw:
        raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _site(db: Any, desk: Desk) -> Site:
    site: Site = db.get_one(Site, desk.site.id)
    return site


def main() -> None:
    rounds, count = (1, 10_000) if "--quick" in sys.argv else (5, 100_000)
    measure.heading(f"replan of {count:,} approved pieces, written")
    with desks.installation() as desk:
        desk.connect()
        fill(desk, count)
        ours(desk)
        rows = rows_of(desk)
        found = measure.compare(lambda: ours(desk), lambda: bare(desk, rows), rounds)
    low, high = found.interval()
    measure.say(
        f"  {min(found.ours):.2f} s, {found.ratio:.2f} [{low:.2f}, {high:.2f}] × the bare "
        f"write-back ({min(found.bare):.2f} s), control {found.spread:.2f}: "
        f"{measure.verdict(found.ratio <= GOAL, found.is_conclusive)}"
    )


if __name__ == "__main__":
    main()
