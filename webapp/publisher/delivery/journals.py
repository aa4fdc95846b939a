"""The journal of an intent in our database: each entry is on disk before its act begins."""

from __future__ import annotations

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.system import System
from webapp.integrations.journal import Entry, Journal
from webapp.publisher.delivery import claims
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.records.models import JournalRow, PublishingRecord

_KEPT = ("number", "attempt", "kind", "arguments", "before", "deadline", "remote_id", "state")


def of_claim(system: System, claim: Claim) -> Journal:
    """For an attempt: it writes only while the claim is its own."""

    def write(db: Session, entry: Entry) -> None:
        claims.held(db, claim)
        _store(db, claim.account_id, claim.record_id, entry)

    return _journal(system, claim.record_id, claim.fence.attempt, write)


def of_record(system: System, record: PublishingRecord) -> Journal:
    """For an intent that no attempt works on any more."""
    account_id, record_id = record.account_id, record.id

    def write(db: Session, entry: Entry) -> None:
        _store(db, account_id, record_id, entry)

    # None of its own requests is on its way: all entries are those of others.
    return _journal(system, record_id, record.attempt + 1, write)


def kept(db: Session, record_id: int) -> list[Entry]:
    """What was left at the destination when the intent was given up, because somebody had changed
    it there."""
    return [one for one in _read(db, record_id) if one.state == "kept"]


def _journal(system: System, record_id: int, attempt: int, write: Any) -> Journal:
    def read() -> list[Entry]:
        with system.db.read() as db:
            return _read(db, record_id)

    return Journal(
        read,
        lambda entry: system.commits.run(partial(write, entry=entry)),
        system.clock,
        attempt=attempt,
        seconds=system.config.request_seconds,
    )


def _read(db: Session, record_id: int) -> list[Entry]:
    rows = db.scalars(
        sa.select(JournalRow).where(JournalRow.record_id == record_id).order_by(JournalRow.number)
    )
    return [Entry(**{name: getattr(row, name) for name in _KEPT}) for row in rows]


def _store(db: Session, account_id: int, record_id: int, entry: Entry) -> None:
    values = {name: getattr(entry, name) for name in _KEPT}
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
