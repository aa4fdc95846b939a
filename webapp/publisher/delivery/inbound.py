"""What destinations tell us by themselves while they work."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.core.system import System
from webapp.publisher.delivery import progress
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord


def step_begins(
    db: Session,
    system: System,
    site: ConnectedSite,
    *,
    publish_key: str,
    attempt: int,
    content_id: int,
    step: str,
    message: str,
) -> bool:
    """A destination began a step. False, and nothing happens, unless this very attempt is under
    way with this integration: what arrives late says nothing new."""
    record = db.execute(
        access.visible(site, PublishingRecord, PublishingRecord.id).where(
            PublishingRecord.publish_key == publish_key,
            PublishingRecord.integration_id == site.integration_id,
            PublishingRecord.content_id == content_id,
            PublishingRecord.status == states.PUBLISHING,
            PublishingRecord.attempt == attempt,
        )
    ).one_or_none()
    if record is None:
        return False
    now = system.clock()
    if progress.write(db, site.account_id, record.id, attempt, step, now, message):
        system.notices.send(db, site.account_id, "record", record.id)
        system.notices.send(db, site.account_id, "content", content_id)
    return True
