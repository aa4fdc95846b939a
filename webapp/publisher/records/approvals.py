"""Only approved text goes out: what becomes of a publication whose piece is not approved any more.

Sending a piece back and deleting it call back what of it waits, at once. An edit may be approved
or taken back before its moment has come: it is looked at whenever a waiting record is claimed.
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import NeedsAction
from webapp.publisher.records import records, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import content as contents
from webapp.writer import payload
from webapp.writer.models import Content


def send_back(db: Session, system: System, content: Content, comment: str, *, by: Member) -> None:
    """Ask for changes. What waits to go out is withdrawn; a time that is to come stays.

    `content` is locked by the caller. Raises Conflict while it is being published.
    """
    contents.request_changes(db, content, comment, by=by)
    records.call_back(db, system, content)
    records.announce(db, system, content)


def delete(db: Session, system: System, content: Content, *, by: Member) -> None:
    """Put a piece away, with its time and with what of it waits to go out. Raises Conflict while it
    is being published, and where it is online; Forbidden where it was approved, and `by` may not
    decide what goes out."""
    if content.status not in ("draft", "review") or content.scheduled_publish_at is not None:
        by.must(Capability.PUBLISH, content.site_id)
    records.call_back(db, system, content)
    if content.site_status == states.SCHEDULED:
        records.set_site_status(content, "unschedule", system.clock())
        records.take_time(content)
    contents.delete(content)
    records.announce(db, system, content)


def withhold(db: Session, system: System, record_id: int) -> None:
    """The turn of a record has come that would send what is not approved: it ends unsent, and the
    piece waits for approval. Where another text has been approved since, that one goes instead.

    Nothing happens where somebody decides about the piece right now, or has just approved it.
    """
    record = db.get_one(PublishingRecord, record_id, with_for_update=True, populate_existing=True)
    content = db.scalars(
        sa.select(Content)
        .where(Content.id == record.content_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if content is None:
        return
    content.content_hash = payload.digest(payload.build(db, content))
    sends = record.content_hash if record.snapshot else content.content_hash
    is_approved = content.deleted_at is None and contents.is_approved(content)
    if is_approved and sends == content.approved_hash:
        return
    stood = {name: getattr(content, name) for name in (*records.NO_TIME, "pinned", "site_status")}
    records.cancel(db, system, content, record)
    code = Code.CONTENT_DELETED if content.deleted_at is not None else Code.APPROVAL_NEEDED
    record.error = msgspec.to_builtins(NeedsAction(code, "validation").failure)
    if is_approved:
        _begin_anew(db, system, content, record, stood)
    elif content.deleted_at is None:
        content.attention = content.attention | {"needs_approval"}
        content.plan_trace = {"held": str(code)}
    db.flush()


def _begin_anew(
    db: Session, system: System, content: Content, old: PublishingRecord, stood: dict[str, Any]
) -> None:
    """What the record was about, once more, with the text that is approved now."""
    db.flush()  # one active record at a time
    for name, value in stood.items():
        setattr(content, name, value)
    record = PublishingRecord(
        **{name: getattr(old, name) for name in _SAME},
        publish_key=str(uuid.uuid4()),
        content_hash=content.content_hash,
        next_attempt_at=system.clock(),
    )
    db.add(record)
    db.flush()
    records.announce(db, system, content, record)


_SAME = (
    "account_id",
    "site_id",
    "content_id",
    "integration_id",
    "destination",
    "action",
    "mode",
    "lane",
    "force",
    "over",
    "requested_by",
    "intended_at",
    "missed_seconds",
)
