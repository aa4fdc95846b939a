"""A million pieces that are scheduled for later: what a look for due ones has to see past."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from tests.support.desk import Desk
from webapp.core.system import System
from webapp.writer.models import Content

_SERIES = {
    "sqlite": """WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series
                 WHERE n + 1 < :count)""",
    "postgresql": "WITH series(n) AS (SELECT generate_series(0, :count - 1))",
}
_MOMENT = {
    "sqlite": """strftime('%Y-%m-%d %H:%M:%S.000000', :start, (n * :step) || ' seconds')""",
    "postgresql": "CAST(:start AS timestamptz) + n * :step * interval '1 second'",
}


def fill(desk: Desk, count: int) -> None:
    """So many copies of a small approved piece, from two days ahead over a year."""
    template = desk.approved(html="<p>A short text.</p>")
    system = desk.system
    kind = "sqlite" if system.db.is_sqlite else "postgresql"
    start = system.clock() + timedelta(days=2)
    with system.db.write() as db:
        db.execute(
            _copies(kind),
            {
                "template": template,
                "count": count,
                "step": max(1, 365 * 86_400 // count),
                "start": f"{start:%Y-%m-%d %H:%M:%S}" if kind == "sqlite" else start,
            },
        )
    _settle(system)


def _copies(kind: str) -> sa.TextClause:
    names = [column.name for column in Content.__table__.columns if column.name != "id"]
    changed = {"site_status": "'scheduled'", "scheduled_publish_at": _MOMENT[kind]}
    values = [changed.get(name, f"contents.{name}") for name in names]
    return sa.text(
        f"INSERT INTO contents ({', '.join(names)}) {_SERIES[kind]} "
        f"SELECT {', '.join(values)} FROM contents, series WHERE contents.id = :template"
    )


def _settle(system: System) -> None:
    """As after a while of running: what autovacuum and the log's checkpoint do by themselves."""
    with system.db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(
            "PRAGMA wal_checkpoint(TRUNCATE)" if system.db.is_sqlite else "VACUUM ANALYZE contents"
        )
