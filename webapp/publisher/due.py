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
    return db.scalar(sa.select(Content.id).where(*_due(now)).limit(1)) is not None


def claim_due(db: Session, system: System) -> int:
    """Begin the publication of everything due; returns how many. The one way it is taken."""
    rows = db.scalars(
        sa.select(Content)
        .where(*_due(system.clock()))
        .order_by(Content.scheduled_publish_at, Content.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for content in rows:
        try:
            records.publish_scheduled(db, system, content)
        except Conflict as problem:
            records.hold(db, system, content, problem)
    return len(rows)


def _due(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    """A piece that waits for its next try has a record, which the claim finds by itself."""
    on_its_way = sa.exists().where(
        PublishingRecord.content_id == Content.id, PublishingRecord.status.in_(states.ACTIVE)
    )
    return (
        Content.site_status == states.SCHEDULED,
        Content.scheduled_publish_at <= now,
        Content.deleted_at.is_(None),
        ~on_its_way,
    )
