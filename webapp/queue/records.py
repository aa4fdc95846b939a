"""The records behind the lines of a page: the newest of each piece, and what is known of them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.content import holdups
from webapp.core.rows import typed
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import goes, newest
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.queue.shapes import Latest, Step

_RECORD = (
    *goes.COLUMNS,
    PublishingRecord.id,
    PublishingRecord.content_id,
    PublishingRecord.integration_id,
    PublishingRecord.action,
    PublishingRecord.mode,
    PublishingRecord.attempt,
    PublishingRecord.error,
    PublishingRecord.next_attempt_at,
    PublishingRecord.missed_seconds,
    SiteIntegration.platform,
    SiteIntegration.base_url,
)


def latest(db: Session, member: Member, content_ids: list[int]) -> dict[int, Latest]:
    """The newest record of each piece, with its destination."""
    if not content_ids:
        return {}
    ids = newest.of_each(access.visible(member, PublishingRecord, PublishingRecord.id), content_ids)
    query = access.visible(member, PublishingRecord, *_RECORD, *holdups.columns()).join(
        SiteIntegration, SiteIntegration.id == PublishingRecord.integration_id
    )
    found = typed(Latest, db.execute(query.where(PublishingRecord.id.in_(ids))))
    return {row.content_id: row for row in found}


def findings(db: Session, member: Member, record_ids: list[int]) -> dict[int, list[str]]:
    """What the look at these records' posts found, in sentences."""
    query = access.visible(member, PublishingRecord, PublishingRecord.id, PublishingRecord.receipt)
    found = db.execute(query.where(PublishingRecord.id.in_(record_ids)))
    return {
        row.id: [one["message"] for one in (row.receipt or {}).get("checks", []) if not one["ok"]]
        for row in found
    }


def steps(db: Session, member: Member, record_ids: list[int]) -> dict[int, Step]:
    """The last step of which each running record has told."""
    last = (
        access.visible(member, PublishEvent, sa.func.max(PublishEvent.id))
        .where(PublishEvent.record_id.in_(record_ids))
        .group_by(PublishEvent.record_id)
    )
    columns = (
        PublishEvent.record_id,
        PublishEvent.step,
        PublishEvent.step_number,
        PublishEvent.attempt,
    )
    query = access.visible(member, PublishEvent, *columns).where(PublishEvent.id.in_(last))
    return {row.record_id: row for row in typed(Step, db.execute(query))}
