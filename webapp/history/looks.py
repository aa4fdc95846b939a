"""What somebody has seen of a piece, so that what changed since is one click away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import upserts
from webapp.core.rows import typed
from webapp.core.system import System
from webapp.writer.models import Content
from webapp.writing.models import Look

# Who comes back after that long looks anew.
ONE_LOOK = timedelta(minutes=30)
STAY = timedelta(days=365)
_AT_ONCE = 5_000


class _Seen(Protocol):
    version: int
    before: int | None
    at: datetime


def remember(db: Session, system: System, content: Content, *, by: Member) -> None:
    """The member has the piece before them, as it stands."""
    look, before = _of(db, content.id, by), None
    if look is not None:
        before = look.before
        is_new = system.clock() - look.at > ONE_LOOK or before is None
        if is_new and look.version != content.version:
            before = look.version
    key = {"content_id": content.id, "user_id": by.user_id}
    now = {"version": content.version, "before": before, "at": system.clock()}
    upserts.put(db, Look, key, {"account_id": content.account_id, **now})


def wrote(db: Session, system: System, content: Content, was: int, *, by: Member) -> None:
    """The member has made the piece what it is of version `was`: where they had seen that one, they
    have seen this one too."""
    db.execute(
        sa.update(Look)
        .where(Look.content_id == content.id, Look.user_id == by.user_id, Look.version == was)
        .values(version=content.version, at=system.clock())
        .execution_options(synchronize_session=False)
    )


def since(db: Session, system: System, content: Content, *, by: Member) -> int | None:
    """The version that the member saw last, before they looked now; None where they never did."""
    look = _of(db, content.id, by)
    if look is None:
        return None
    looks_now = look.version == content.version and system.clock() - look.at <= ONE_LOOK
    return look.before if looks_now and look.before is not None else look.version


def prune(db: Session, system: System) -> None:
    """Forget looks of long ago."""
    old = sa.select(Look.id).where(Look.at < system.clock() - STAY).limit(_AT_ONCE)
    db.execute(sa.delete(Look).where(Look.id.in_(old)))


def _of(db: Session, content_id: int, by: Member) -> _Seen | None:
    mine = sa.select(Look.version, Look.before, Look.at).where(
        Look.content_id == content_id, Look.user_id == by.user_id
    )
    found = typed(_Seen, db.execute(mine))
    return found[0] if found else None
