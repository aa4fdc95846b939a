"""Very many pieces at once: copies of one, made by the database itself."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.db import Database
from webapp.writer import payload
from webapp.writer.models import Content

_SERIES = {
    "sqlite": """WITH RECURSIVE series(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM series
                 WHERE n + 1 < :count)""",
    "postgresql": "WITH series(n) AS (SELECT generate_series(0, :count - 1))",
}
_MOMENT = {
    "sqlite": "strftime('%Y-%m-%d %H:%M:%f000', :start, (n * :step) || ' seconds')",
    "postgresql": "CAST(:start AS timestamptz) + n * :step * interval '1 second'",
}


def scheduled(
    db: Database, template: int, count: int, start: datetime, step: float = 0.0
) -> list[int]:
    """So many scheduled copies of a piece; the first at `start`, each `step` seconds after the one
    before. Their ids."""
    kind = "sqlite" if db.is_sqlite else "postgresql"
    names = [column.name for column in Content.__table__.columns if column.name != "id"]
    changed = {
        "site_status": "'scheduled'",
        "scheduled_publish_at": _MOMENT[kind],
        "slug": "contents.slug || '-' || n",
    }
    values = [changed.get(name, f"contents.{name}") for name in names]
    insert = sa.text(
        f"INSERT INTO contents ({', '.join(names)}) {_SERIES[kind]} "
        f"SELECT {', '.join(values)} FROM contents, series WHERE contents.id = :template"
    )
    given = {
        "template": template,
        "count": count,
        "step": step,
        "start": f"{start:%Y-%m-%d %H:%M:%S.%f}"[:-3] if kind == "sqlite" else start,
    }
    with db.write() as session:
        before = session.scalar(sa.select(sa.func.max(Content.id)))
        session.execute(insert, given)
        made = list(session.scalars(sa.select(Content.id).where(Content.id > before)))
        _approve(session, made)
        return made


def _approve(session: Session, made: list[int]) -> None:
    """Each copy is a text of its own, and as approved as its template was."""
    hashes = [
        {"this": one, "hash": payload.digest(payload.build_by_id(session, one))} for one in made
    ]
    table = cast(sa.Table, Content.__table__)
    session.connection().execute(
        sa.update(table)
        .where(table.c.id == sa.bindparam("this"))
        .values(content_hash=sa.bindparam("hash"), approved_hash=sa.bindparam("hash")),
        hashes,
    )
