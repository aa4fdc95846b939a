"""What destinations tell us by themselves while they work."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.core.system import System
from webapp.publisher.delivery import collecting, progress
from webapp.publisher.delivery.progress import Begun
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord

# A website says once in so many seconds that something was changed there; then it is asked.
WINDOW = timedelta(seconds=30)


class Told(NamedTuple):
    """What a destination says of a publication: the step that it began."""

    publish_key: str
    attempt: int
    content_id: int
    step: str
    message: str = ""


def step_begins(db: Session, system: System, site: ConnectedSite, told: Told) -> bool:
    """A destination began a step. False, and nothing happens, unless this very attempt is under
    way with this integration: what arrives late says nothing new."""
    record = db.execute(
        access.visible(site, PublishingRecord, PublishingRecord.id).where(
            PublishingRecord.publish_key == told.publish_key,
            PublishingRecord.integration_id == site.integration_id,
            PublishingRecord.content_id == told.content_id,
            PublishingRecord.status == states.PUBLISHING,
            PublishingRecord.attempt == told.attempt,
        )
    ).one_or_none()
    if record is None:
        return False
    begun = Begun(site.account_id, record.id, told.attempt, told.step, system.clock(), told.message)
    if progress.write(db, begun):
        system.notices.send(db, site.account_id, "record", record.id)
        system.notices.send(db, site.account_id, "content", told.content_id)
    return True


def changes_wait(db: Session, system: System, site: ConnectedSite) -> None:
    """Something was changed at the website: it is asked for it when its window is over, so that
    what is changed in a row is told at once."""
    collecting.is_due(db, site.integration_id, system.clock() + WINDOW)
