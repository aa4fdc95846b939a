"""The journal of an intent in our database: each entry is on disk before its act begins."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.core.leases import LeaseLost
from webapp.core.system import System
from webapp.integrations import registry
from webapp.integrations.base import Adapter
from webapp.integrations.journal import KEPT, WILL, Entry, Journal
from webapp.publisher.delivery import claims
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.records import newest
from webapp.publisher.records.models import JournalRow, PublishingRecord
from webapp.writer.models import Content

_this = aliased(PublishingRecord)
# Asked before each act, so it is put together once.
_LAST_DEADLINE = (
    sa.select(sa.func.max(JournalRow.deadline))
    .join(PublishingRecord, PublishingRecord.id == JournalRow.record_id)
    .join(
        _this,
        sa.and_(
            _this.content_id == PublishingRecord.content_id,
            _this.integration_id == PublishingRecord.integration_id,
        ),
    )
    .where(
        _this.id == sa.bindparam("record_id"),
        PublishingRecord.id < sa.bindparam("record_id"),
        JournalRow.state == WILL,
    )
)
_FIELDS = ("number", "attempt", "kind", "arguments", "before", "deadline", "remote_id", "state")


def of_claim(system: System, claim: Claim, adapter: Adapter) -> Journal:
    """For an attempt: it writes only while the claim is its own."""

    def write(db: Session, entry: Entry) -> None:
        claims.held(db, claim)
        _store(db, claim.account_id, claim.record_id, entry)

    return _journal(system, adapter, claim.record_id, claim.fence.attempt, write)


def of_record(system: System, record: PublishingRecord, adapter: Adapter) -> Journal:
    """For an intent that no attempt works on any more. What a newer intent of its content has begun
    with is that one's: nothing of it is taken back any more."""
    account_id, content_id, record_id = record.account_id, record.content_id, record.id

    def write(db: Session, entry: Entry) -> None:
        db.get_one(Content, content_id, with_for_update=True)
        if _has_newer(db, content_id, record_id):
            raise LeaseLost(f"record {record_id}: a newer intent has begun")
        _store(db, account_id, record_id, entry)

    return _journal(system, adapter, record_id, record.attempt, write)


def _has_newer(db: Session, content_id: int, record_id: int) -> bool:
    last = db.scalar(newest.of(sa.select(PublishingRecord.id), content_id))
    return last is not None and last > record_id


def kept(db: Session, record_id: int) -> list[Entry]:
    """What was left at the destination when the intent was given up, because somebody had changed
    it there."""
    return [one for one in _read(db, record_id) if one.state == KEPT]


def _journal(system: System, adapter: Adapter, record_id: int, attempt: int, write: Any) -> Journal:
    def read() -> list[Entry]:
        with system.db.read() as db:
            return _read(db, record_id)

    def earlier() -> datetime | None:
        with system.db.read() as db:
            return _last_deadline(db, record_id)

    return Journal(
        read,
        lambda entry: system.commits.run(partial(write, entry=entry)),
        system.clock,
        attempt=attempt,
        seconds=system.config.request_seconds,
        settling=registry.of(adapter.target.platform).settling,
        earlier=earlier,
    )


def _last_deadline(db: Session, record_id: int) -> datetime | None:
    """Until when a request of an earlier intent of the same content may arrive there."""
    return db.scalar(_LAST_DEADLINE, {"record_id": record_id})


def _read(db: Session, record_id: int) -> list[Entry]:
    rows = db.scalars(
        sa.select(JournalRow).where(JournalRow.record_id == record_id).order_by(JournalRow.number)
    )
    return [Entry(**{name: getattr(row, name) for name in _FIELDS}) for row in rows]


def _store(db: Session, account_id: int, record_id: int, entry: Entry) -> None:
    values = {name: getattr(entry, name) for name in _FIELDS}
    row = db.scalars(
        sa.select(JournalRow).where(
            JournalRow.record_id == record_id, JournalRow.number == entry.number
        )
    ).one_or_none()
    if row is None:
        db.add(JournalRow(account_id=account_id, record_id=record_id, **values))
        return
    for name, value in values.items():
        setattr(row, name, value)
