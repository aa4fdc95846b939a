"""The daily clean-up: every failed publication is tried once more, or given up with a reason."""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.core.system import System
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile
from webapp.publisher.planning.limits import Limits
from webapp.publisher.planning.settings import rules
from webapp.publisher.records import newest, records, site_status, stands, states
from webapp.publisher.records.models import PublishingRecord, PublishingSettings
from webapp.writer import contents
from webapp.writer.models import Content

log = structlog.get_logger()
MARKS = frozenset({"failed", "failed_update"})
# Under `details` of the record's error: why nobody tries any more. Its absence means: not yet.
GIVEN_UP = "given_up"


def clean_up(system: System) -> None:
    """Settle all failed publications, and have destinations drop what was left with them."""
    for content_id in _marked(system):
        try:
            system.commits.run(lambda db, one=content_id: settle(db, system, one))  # type: ignore[misc]
        except Exception:  # one that meets a bug must not keep the others from their turn
            log.exception("a failed publication could not be settled", content=content_id)
    reconcile.clean_up_destinations(system, most=None)


def settle(db: Session, system: System, content_id: int) -> None:
    """Try the content's failed publication again, or give it up. Left for another day where its
    site lets nothing out by itself now; nothing is done that was settled already."""
    content = db.get(Content, content_id, with_for_update={"skip_locked": True})
    record = _last_record(db, content_id)
    if content is None or record is None or not _is_open(db, content, record):
        return
    integration = connections.default_of(db, content.site_id)
    reason = _reason_to_fail(db, content, record, integration)
    if reason:
        _give_up(record, reason)
    else:
        due = record.intended_at
        record = records.publish_scheduled(db, system, content, integration, intended_at=due)
    db.flush()
    records.announce(db, system, content, record)


def _marked(system: System) -> list[int]:
    marked = (sa.type_coerce(Content.attention, sa.String).contains(f",{one},") for one in MARKS)
    with system.db.read() as db:
        found = db.scalars(
            sa.select(Content.id).where(
                sa.literal_column("attention <> ''"),  # in the words of its partial index
                sa.or_(*marked),
                Content.deleted_at.is_(None),
            )
        )
        return sorted(found)


def _last_record(db: Session, content_id: int) -> PublishingRecord | None:
    return db.scalars(newest.of(sa.select(PublishingRecord), content_id)).one_or_none()


def _is_open(db: Session, content: Content, record: PublishingRecord) -> bool:
    """Whether it failed, nobody has settled it, and its site lets things out by themselves."""
    settled = GIVEN_UP in (record.error or {}).get("details", {})
    if record.status != states.FAILED or settled or not content.attention & MARKS:
        return False
    if content.site_status not in (states.FAILED, states.PUBLISHED):
        return False
    chosen = db.scalars(
        sa.select(PublishingSettings).where(PublishingSettings.site_id == content.site_id)
    ).one_or_none()
    return chosen is None or not (chosen.paused or 0 in Limits.of(rules(chosen)))


def _reason_to_fail(
    db: Session, content: Content, record: PublishingRecord, integration: SiteIntegration | None
) -> str:
    """Why it is not tried again; "" if it is."""
    if record.action != "publish":
        return "Taking a piece down is tried again only when somebody asks for it."
    if not (record.error or {}).get("recoverable"):
        return "It cannot work before something is changed."
    if integration is None or integration.id != record.integration_id:
        return "The site is no longer connected with where it was going."
    if there := stands.elsewhere(db, content, integration):
        return stands.stays(there)
    if not contents.is_approved(content):
        return "The text has changed and is not approved."
    if site_status.is_up_to_date(content):
        return "Exactly this text was published already."
    if _failed_before(db, record):
        return "It was tried again, and failed again."
    return ""


def _failed_before(db: Session, record: PublishingRecord) -> bool:
    """Whether the same text has failed in an earlier intent too."""
    earlier = sa.select(PublishingRecord.id).where(
        PublishingRecord.content_id == record.content_id,
        PublishingRecord.integration_id == record.integration_id,
        PublishingRecord.id < record.id,
        PublishingRecord.status == states.FAILED,
        PublishingRecord.action == "publish",
        PublishingRecord.content_hash == record.content_hash,
    )
    return db.scalar(earlier.limit(1)) is not None


def _give_up(record: PublishingRecord, reason: str) -> None:
    error = dict(record.error or {})
    error["details"] = {**error.get("details", {}), GIVEN_UP: reason}
    error["retry_recommended"] = False
    record.error = error
    log.info("a failed publication was given up", record=record.id, reason=reason)
