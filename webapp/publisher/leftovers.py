"""What an intent that ended may have left at its destination: written down until it is gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.core import shapes
from webapp.publisher.models import PublishingRecord, UndoAction
from webapp.writer.payload import Payload


def leave_to_sweep(db: Session, record: PublishingRecord, at: datetime) -> None:
    """Have the destination asked, from then on until it answers, to drop what is left there."""
    sent = shapes.convert(record.snapshot, Payload) if record.snapshot else None
    db.add(
        UndoAction(
            account_id=record.account_id,
            record_id=record.id,
            attempt=record.attempt,
            kind="abandon",
            arguments={"staged": sent.own_images() if sent else []},
            next_try_at=at,
        )
    )
