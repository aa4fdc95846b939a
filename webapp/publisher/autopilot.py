"""What a site's rules do without anybody's click: approve what waits, and give it a time."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.core.db import among
from webapp.core.system import System
from webapp.publisher import plans, records
from webapp.publisher.models import PublishingSettings
from webapp.writer import content as contents
from webapp.writer import states as working_copy
from webapp.writer.models import Content

log = structlog.get_logger()
AT_ONCE = 100


def run(system: System, only: Sequence[int] | None = None) -> None:
    """Approve by rule where sites have chosen that, then give times: on all sites every quarter of
    an hour, on `only` these right after an approval or a change of their settings."""
    with system.db.read() as db:
        sites = db.scalars(
            sa.select(PublishingSettings.site_id).where(
                PublishingSettings.auto_approval_enabled, among(PublishingSettings.site_id, only)
            )
        ).all()
    for site_id in sites:
        try:
            _approve_all(system, site_id)
        except Exception:  # one site's trouble must not stop the others'
            log.exception("what waits for review could not be approved", site=site_id)
    plans.assign_all(system, only)


def _approve_all(system: System, site_id: int) -> None:
    while system.commits.run(lambda db: approve_waiting(db, system, site_id)):
        pass


def approve_waiting(db: Session, system: System, site_id: int) -> int:
    """Approve the site's pieces in review, AT_ONCE at most; returns how many.

    The approval is bound to the text as it stands, as a person's is. Nothing happens where the
    site does not approve by itself.
    """
    chosen = db.scalars(
        sa.select(PublishingSettings).where(PublishingSettings.site_id == site_id)
    ).one_or_none()
    if chosen is None or not chosen.auto_approval_enabled:
        return 0
    waiting = db.scalars(
        sa.select(Content)
        .where(
            Content.site_id == site_id,
            Content.status == working_copy.REVIEW,
            Content.deleted_at.is_(None),
        )
        .order_by(Content.updated_at, Content.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for content in waiting:
        contents.approve_by_rule(db, content)
        records.announce(db, system, content)
    return len(waiting)
