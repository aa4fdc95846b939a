"""Versions that nobody needs any more, and those of a piece that is gone."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.system import System
from webapp.writing import texts
from webapp.writing.models import Look, Revision, Thread

BASES_STAY = timedelta(days=1)
_AT_ONCE = 5_000


def prune(db: Session, system: System) -> None:
    """Forget bases of merges after a day, but for those that somebody saw last, and those for
    which a change was suggested that still waits."""
    is_seen = sa.exists().where(
        Look.content_id == Revision.content_id, Revision.version.in_([Look.version, Look.before])
    )
    is_old = Revision.folded & (Revision.created_at < system.clock() - BASES_STAY)
    waits = sa.exists().where(
        Thread.content_id == Revision.content_id,
        Thread.version == Revision.version,
        Thread.replacement.is_not(None),
        Thread.status == "open",
    )
    _forget(db, sa.select(Revision.id).where(is_old, ~is_seen, ~waits).limit(_AT_ONCE))


def forget(db: Session, content_id: int) -> None:
    """Forget all that the piece has been, and who saw what of it."""
    _forget(db, sa.select(Revision.id).where(Revision.content_id == content_id))
    db.execute(sa.delete(Look).where(Look.content_id == content_id))


def _forget(db: Session, these: sa.Select[int]) -> None:
    gone = sa.delete(Revision).where(Revision.id.in_(these)).returning(Revision.text_id)
    texts.forget(db, set(db.scalars(gone)))
