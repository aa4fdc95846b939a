"""What a destination is still to be asked about an intent: written down until it has answered."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import decoders
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.payload import Payload


def leave_to_reconcile(
    db: Session, record: PublishingRecord, at: datetime, kind: str = "abandon"
) -> None:
    """Have the destination asked, from then on until it answers, to drop what is left there, or
    by another `kind` (publisher/delivery/unclear.py)."""
    sent = decoders.convert(record.snapshot, Payload) if record.snapshot else None
    db.add(
        UndoAction(
            account_id=record.account_id,
            record_id=record.id,
            attempt=record.attempt,
            kind=kind,
            arguments={"staged": sent.own_images() if sent else []},
            next_try_at=at,
        )
    )


def ask_now(db: Session, system: System, record: PublishingRecord) -> None:
    """Whoever wants to know does not wait for the next time that was stated."""
    record.next_attempt_at = now = system.clock()
    asking = sa.update(UndoAction).where(UndoAction.record_id == record.id)
    db.execute(asking.values(next_try_at=now))
    wake(db, system, "clean_up")
