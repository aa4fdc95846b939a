"""Scheduled contents whose moment has come."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.publisher import records, states
from webapp.publisher.models import PublishingRecord
from webapp.writer.models import Content

AT_ONCE = 200


def any_due(db: Session, now: datetime) -> bool:
    """A cheap look whether `claim_due` would find something."""
    return db.scalar(_ANY_DUE, {"now": now}) is not None


def claim_due(db: Session, system: System) -> int:
    """Begin the publication of everything due; returns how many. The one way it is taken."""
    rows = db.scalars(
        sa.select(Content)
        .where(*_DUE)
        .order_by(Content.scheduled_publish_at, Content.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True),
        {"now": system.clock()},
    ).all()
    for content in rows:
        try:
            records.publish_scheduled(db, system, content)
        except Conflict as problem:
            records.hold(db, system, content, problem)
    return len(rows)


# A piece that waits for its next try has a record, which the claim finds by itself.
_ON_ITS_WAY = sa.exists().where(
    PublishingRecord.content_id == Content.id, PublishingRecord.status.in_(states.ACTIVE)
)
_DUE = (
    Content.site_status == states.SCHEDULED,
    Content.scheduled_publish_at <= sa.bindparam("now"),
    Content.deleted_at.is_(None),
    ~_ON_ITS_WAY,
)
_ANY_DUE = sa.select(Content.id).where(*_DUE).limit(1)
