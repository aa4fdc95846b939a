"""A million pieces that are scheduled for later: what a look for due ones has to see past."""

from __future__ import annotations

from datetime import timedelta

from tests.support import copies
from tests.support.desk import Desk
from webapp.core.db import Database


def fill(desk: Desk, count: int) -> None:
    """So many copies of a small approved piece, from two days ahead over a year."""
    template = desk.approved(html="<p>A short text.</p>")
    start = desk.system.clock() + timedelta(days=2)
    copies.scheduled(desk.system.db, template, count, start, 365 * 86_400 / count)
    _settle(desk.system.db)


def _settle(db: Database) -> None:
    """As after a while of running: what autovacuum and the log's checkpoint do by themselves."""
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "PRAGMA wal_checkpoint(TRUNCATE)" if db.is_sqlite else "VACUUM ANALYZE contents"
        )
