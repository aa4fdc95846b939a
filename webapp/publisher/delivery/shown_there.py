"""What was delivered without being shown, somebody has made public at the website: it is published
from then on, and that is no fault."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.clock import iso
from webapp.core.links import web_address
from webapp.core.system import System
from webapp.integrations import ledger, placements
from webapp.integrations.delivered import PUBLIC
from webapp.integrations.models import Placement
from webapp.publisher.records import records, site_status, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import statuses
from webapp.writer.models import Content


def is_hidden(placement: Placement) -> bool:
    """Whether the piece stands there and is not shown, as far as we know."""
    return placement.status in placements.STANDING and placement.status != placements.ONLINE


class Shown(NamedTuple):
    """The address at which it is public, and since when."""

    url: str
    at: datetime


def note(db: Session, system: System, content: Content, placement: Placement, shown: Shown) -> None:
    """The post is public. `content` is locked."""
    if not is_hidden(placement) or not web_address(shown.url):
        return
    placement.status = placements.ONLINE
    placement.external_url, placement.published_at = shown
    record = _record_of(db, placement)
    if record is not None and record.status == states.DELIVERED:
        _is_published(db, system, record, content.content_type, shown)
    db.flush()
    placements.mirror(db, content)
    site_status.move(content, "shown_there", system.clock())
    is_same = placement.published_hash == content.content_hash
    if statuses.CONTENT.allows(content.status, "went_out", is_what_went_out=is_same):
        content.status = statuses.PUBLISHED
    records.announce(db, system, content, record)


def _record_of(db: Session, placement: Placement) -> PublishingRecord | None:
    if placement.record_id is None:
        return None
    query = sa.select(PublishingRecord).where(PublishingRecord.id == placement.record_id)
    return db.scalars(query.with_for_update()).one_or_none()


def _is_published(
    db: Session, system: System, record: PublishingRecord, kind: str, shown: Shown
) -> None:
    """The record tells it, and its page is looked at now that there is one."""
    record.status = states.RECORD.after(record.status, "shown_there")
    record.external_url, record.published_at = shown
    told = {"external_url": shown.url, "stands_as": PUBLIC}
    record.result = {
        **(record.result or {}),
        **told,
        "later_url": "",
        "published_at": iso(shown.at),
    }
    record.receipt = {**(record.receipt or {}), **told, "shown_there_at": iso(shown.at)}
    record.verify_at, record.verify_round = system.clock(), 0
    ledger.count(
        db, record.account_id, record.integration_id, record.publish_key, {kind: 1}, system.clock()
    )
