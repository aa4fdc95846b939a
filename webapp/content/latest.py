"""The newest publication of a piece, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.content import holdups
from webapp.content.holdups import Through
from webapp.core import decoders
from webapp.integrations.models import SiteIntegration
from webapp.integrations.registry import destination_name
from webapp.publisher.delivery import progress, unclear
from webapp.publisher.delivery.progress import Progress
from webapp.publisher.planning import missed
from webapp.publisher.records import newest, states
from webapp.publisher.records.models import PublishingRecord


@dataclass(frozen=True)
class Latest:
    """The newest record of the piece, as far as the panel shows it, with its own destination;
    `looked_at` is when it was last seen there."""

    id: int
    destination: str
    base_url: str
    status: str
    deliver_as: str
    action: str
    is_scheduled: bool
    attempt: int
    error: dict[str, Any] | None
    next_attempt_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    receipt: dict[str, Any]
    findings: list[dict[str, Any]]
    looked_at: datetime | None
    progress: Progress
    missed_seconds: int | None
    is_unclear: bool
    is_open_retraction: bool
    mode: str
    way: Through

    @property
    def late_by(self) -> str:
        """How late it went out because its time was missed, in words; "" if it was not."""
        return missed.late_by(self.missed_seconds) if self.missed_seconds is not None else ""

    @property
    def is_active(self) -> bool:
        return self.status in states.ACTIVE


def of(db: Session, content_id: int) -> Latest | None:
    """The newest record of the piece; None where it has none."""
    query = (
        sa.select(PublishingRecord, SiteIntegration.platform, SiteIntegration.base_url)
        .add_columns(*holdups.columns())
        .join(SiteIntegration, SiteIntegration.id == PublishingRecord.integration_id)
    )
    row = db.execute(newest.of(query, content_id)).one_or_none()
    if row is None:
        return None
    record: PublishingRecord = row.PublishingRecord
    checks = (record.receipt or {}).get("checks", [])
    return Latest(
        id=record.id,
        destination=destination_name(row.platform, row.base_url),
        base_url=row.base_url,
        status=record.status,
        deliver_as=record.deliver_as,
        action=record.action,
        is_scheduled=record.mode == "scheduled",
        attempt=record.attempt,
        error=record.error,
        next_attempt_at=record.next_attempt_at,
        started_at=record.started_at,
        finished_at=record.finished_at,
        receipt=record.receipt or {},
        findings=[check for check in checks if not check["ok"]],
        looked_at=max((decoders.convert(check["at"], datetime) for check in checks), default=None),
        progress=progress.of_record(db, record),
        missed_seconds=record.missed_seconds,
        is_unclear=states.is_unclear(record),
        is_open_retraction=unclear.is_open_retraction(record),
        mode=record.mode,
        way=Through(row.down_since, row.config_json, row.workers),
    )
