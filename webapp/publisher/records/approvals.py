"""Only approved text goes out: what becomes of a publication whose piece is not approved any more.

Sending a piece back and deleting it call back what of it waits, at once (planning/decisions.py).
An edit may be approved or taken back before its moment has come: it is looked at whenever a waiting
record is claimed.
"""

from __future__ import annotations

import uuid
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import NeedsAction
from webapp.publisher.records import records, site_status
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents, payload
from webapp.writer.models import Content


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
    stood = {
        name: getattr(content, name) for name in (*site_status.NO_TIME, "pinned", "site_status")
    }
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
