"""Records as programs read them: a line of a list, one with its receipt, and its events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.core import codes
from webapp.core.errors import NotFound
from webapp.publisher.delivery import progress
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer.models import Content


class RecordLine(msgspec.Struct, kw_only=True):
    """One intent: a content going to, or coming from, an integration. `error` is the last one.

    `is_unclear`: nobody knows yet whether it was carried out; asked again at `next_attempt_at`.
    """

    id: int
    site_id: int
    content_id: int
    content_title: str
    integration_id: int
    destination: str
    action: str
    mode: str
    status: str
    is_unclear: bool
    force: bool
    over: str
    deliver_as: str
    retract_to: str
    requested_by: int | None
    publish_key: str
    content_hash: str
    attempt: int
    failures: int
    next_attempt_at: datetime
    intended_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    published_at: datetime | None
    missed_seconds: int | None
    external_id: str
    external_url: str
    error: dict[str, Any] | None
    created_at: datetime
    updated_at: datetime


class StepLine(msgspec.Struct, kw_only=True):
    """One of the seven steps; `state` is done, running, failed, waiting or skipped."""

    step: str
    step_number: int
    state: str
    at: datetime | None


class RecordWhole(RecordLine, kw_only=True):
    """A record with the progress of its latest attempt, and its receipt once it has ended."""

    progress: int
    message: str
    steps: list[StepLine]
    receipt: dict[str, Any] | None
    result: dict[str, Any] | None
    verify_at: datetime | None


class EventLine(msgspec.Struct, kw_only=True):
    """A step of an attempt has begun."""

    attempt: int
    step: str
    step_number: int
    total_steps: int
    progress: int
    message: str
    at: datetime


_MADE = ("content_title", "is_unclear")
_COPIED = tuple(name for name in RecordLine.__struct_fields__ if name not in _MADE)
COLUMNS: tuple[Any, ...] = (
    *(getattr(PublishingRecord, name) for name in _COPIED),
    Content.title.label("content_title"),
    sa.and_(
        PublishingRecord.status == states.PUBLISHING, PublishingRecord.lease_until.is_(None)
    ).label("is_unclear"),
)
JOINS = ((Content, Content.id == PublishingRecord.content_id),)


def line(row: Any) -> RecordLine:
    """A row of COLUMNS."""
    found = {name: getattr(row, name) for name in RecordLine.__struct_fields__}
    if row.error is not None:
        found["error"] = codes.error_to_programs(row.error)
    return RecordLine(**found)


def whole(db: Session, who: Scoped, record_id: int) -> RecordWhole:
    """Raises NotFound."""
    row = db.execute(
        access.visible(who, PublishingRecord, PublishingRecord, *COLUMNS)
        .join(Content, Content.id == PublishingRecord.content_id)
        .where(PublishingRecord.id == record_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    record: PublishingRecord = row.PublishingRecord
    now = progress.of_record(db, record)
    return RecordWhole(
        **msgspec.structs.asdict(line(row)),
        progress=now.percent,
        message=now.message,
        steps=[
            StepLine(step=step.name, step_number=step.number, state=step.state, at=step.at)
            for step in now.steps
        ],
        receipt=record.receipt,
        result=record.result,
        verify_at=record.verify_at,
    )


def events(db: Session, who: Scoped, record_id: int) -> list[EventLine]:
    """All attempts' steps, in their order. Raises NotFound."""
    access.get(db, who, PublishingRecord, record_id)
    rows = db.scalars(
        access.visible(who, PublishEvent)
        .where(PublishEvent.record_id == record_id)
        .order_by(PublishEvent.attempt, PublishEvent.step_number)
    )
    return [
        EventLine(**{name: getattr(row, name) for name in EventLine.__struct_fields__})
        for row in rows
    ]
