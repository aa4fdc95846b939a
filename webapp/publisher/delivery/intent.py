"""Whose outcome it is, known from a claim or from its record; and the receipt that is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from webapp.core import decoders
from webapp.core.clock import iso
from webapp.integrations.base import Fence, Published
from webapp.integrations.placements import Put
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.delivery.verification import Check
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.payload import Payload


@dataclass(frozen=True)
class Intent:
    """What was asked for; `put` is what it puts where, if it works."""

    put: Put
    action: str
    fence: Fence
    started_at: datetime | None

    @classmethod
    def of_claim(cls, claim: Claim) -> Intent:
        """The intent of an attempt."""
        return cls(
            _put(claim, claim.record_id, claim.payload), claim.action, claim.fence, claim.started_at
        )

    @classmethod
    def of_record(cls, record: PublishingRecord) -> Intent:
        """The same when no attempt is under way."""
        sent = decoders.convert(record.snapshot, Payload) if record.snapshot else None
        fence = Fence(record.publish_key, record.id, record.attempt)
        return cls(_put(record, record.id, sent), record.action, fence, record.started_at)


def _put(one: Claim | PublishingRecord, record_id: int, sent: Payload | None) -> Put:
    return Put(
        account_id=one.account_id,
        site_id=one.site_id,
        content_id=one.content_id,
        integration_id=one.integration_id,
        record_id=record_id,
        published_hash=one.content_hash,
        images=sent.own_images() if sent else [],
    )


def receipt(
    intent: Intent, finished_at: datetime, checks: list[Check], done: Published | None = None
) -> dict[str, Any]:
    """The proof that there is exactly one."""
    return {
        "publish_key": intent.fence.publish_key,
        "attempts": intent.fence.attempt,
        "action": intent.action,
        "content_hash": intent.put.published_hash,
        "external_id": done.external_id if done else "",
        "external_url": done.external_url if done else "",
        "stands_as": done.stands_as if done else "",
        "result": done.result if done else "retracted",
        "replayed": done.replayed if done else False,
        "posts_with_this_id": done.posts_with_this_id if done else 0,
        "started_at": iso(intent.started_at) if intent.started_at else None,
        "finished_at": iso(finished_at),
        "checks": msgspec.to_builtins(checks),
    }
