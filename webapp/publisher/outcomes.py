"""How an attempt ends: every verb names the claim, and a claim that was lost ends nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.clock import iso
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations import ledger
from webapp.integrations.base import Failure, Fence, Published
from webapp.integrations.models import SiteIntegration
from webapp.publisher import claims, destinations, progress, records, states
from webapp.publisher.claims import Claim
from webapp.publisher.models import PublishingRecord, UndoAction
from webapp.publisher.verification import Check, findings
from webapp.writer import states as working_copy
from webapp.writer.models import Content

TRIES = 3
VERIFY_AGAIN = (timedelta(minutes=5), timedelta(minutes=60))
UNDO_AGAIN = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)


def published(
    db: Session, system: System, claim: Claim, done: Published, checks: list[Check]
) -> None:
    """It is online; findings of the verification are kept beside it and change nothing of that."""
    record = claims.held(db, claim)
    now = system.clock()
    found = findings(checks)
    record.status = states.RECORD.after(
        record.status, "finish", action="publish", findings=bool(found)
    )
    progress.fill_in(db, claim, done.steps, now)
    _is_online(db, system, record, done, checks, now)
    if found:
        record.verify_at, record.verify_round = now + VERIFY_AGAIN[0], 0


def turned_out_done(db: Session, system: System, record: PublishingRecord, done: Published) -> None:
    """It was given up while the destination was away, and now that says that it had worked."""
    record.status = states.RECORD.after(record.status, "turned_out_done")
    record.error = None
    now = system.clock()
    _is_online(db, system, record, done, [], now)
    record.verify_at, record.verify_round = now, 0


def retracted(db: Session, system: System, claim: Claim) -> None:
    """It is offline; the working copy is approved again and can be published anew."""
    record = claims.held(db, claim)
    now = system.clock()
    record.status = states.RECORD.after(record.status, "finish", action="retract")
    _close(record, now)
    content = db.get_one(Content, record.content_id)
    records.set_site_status(content, "retracted", now)
    records.forget_link(content)
    content.scheduled_publish_at = None
    content.attention = frozenset()
    if working_copy.CONTENT.allows(content.status, "retracted"):
        content.status = working_copy.CONTENT.after(content.status, "retracted")
    record.receipt = _receipt(record, None, [])
    destinations.worked(db, record.integration_id)
    records.announce(db, system, content, record)


def try_again(
    db: Session, system: System, claim: Claim, failure: Failure, *, after: float | None,
    counts: bool,
) -> None:  # fmt: skip
    """It failed, and there are tries left: the record waits for its next one."""
    record = claims.held(db, claim)
    now = system.clock()
    record.status = states.RECORD.after(record.status, "fail", recoverable=True, tries_left=True)
    record.failures += 1 if counts else 0
    record.error = msgspec.to_builtins(failure)
    record.next_attempt_at = now + timedelta(seconds=_pause(system, claim, after, counts))
    record.owner, record.lease_until = None, None
    content = db.get_one(Content, record.content_id)
    records.set_site_status(content, "wait", now, mode=record.mode)
    if counts:
        destinations.failed(db, system, record.integration_id, failure, now)
    records.announce(db, system, content, record)


def gave_up(
    db: Session, system: System, claim: Claim, failure: Failure, *, left_behind: bool
) -> None:
    """It failed for good. `left_behind`: the destination could not be asked to clean up; later."""
    record = claims.held(db, claim)
    now = system.clock()
    record.status = states.RECORD.after(record.status, "fail", recoverable=False)
    record.failures += 1
    record.error = msgspec.to_builtins(failure)
    _close(record, now)
    content = db.get_one(Content, record.content_id)
    records.set_site_status(content, "give_up", now)
    mark = "failed_update" if content.external_url else "failed"
    if failure.code == Code.EDITED_THERE:
        mark = "edited_there"
    content.attention = content.attention | {mark}
    if left_behind:
        db.add(
            UndoAction(
                account_id=record.account_id,
                record_id=record.id,
                attempt=record.attempt,
                kind="abandon",
                arguments={"staged": staged_images(claim)},
                next_try_at=now + UNDO_AGAIN,
            )
        )
    if failure.recoverable:
        destinations.failed(db, system, record.integration_id, failure, now)
    records.announce(db, system, content, record)


def verified_again(
    db: Session, system: System, record: PublishingRecord, checks: list[Check]
) -> None:
    """A later look at a publication with findings: fine now, or looked at once more, or left."""
    now = system.clock()
    found = findings(checks)
    content = db.get_one(Content, record.content_id)
    record.verify_round += 1
    record.verify_at = None
    record.receipt = {**(record.receipt or {}), "checks": msgspec.to_builtins(checks)}
    if not found and record.status == states.PUBLISHED_WITH_ISSUES:
        record.status = states.RECORD.after(record.status, "verified")
        if content.published_hash == record.content_hash:
            content.attention = content.attention - {"issues"}
    elif found and record.verify_round < len(VERIFY_AGAIN):
        record.verify_at = now + VERIFY_AGAIN[record.verify_round]
    records.announce(db, system, content, record)


def staged_images(claim: Claim) -> list[str]:
    """The images of ours that this intent may have sent ahead."""
    sent = claim.payload.pictures() if claim.payload else []
    return sorted({picture.sha256 for picture in sent if picture.sha256})


def may_wait(claim: Claim, now: datetime) -> bool:
    """Waiting for our own earlier attempt costs no try, but has an end."""
    return now - claim.started_at < LONGEST_WAIT


def _is_online(
    db: Session, system: System, record: PublishingRecord, done: Published, checks: list[Check],
    now: datetime,
) -> None:  # fmt: skip
    _close(record, now)
    record.error = None
    record.external_id, record.external_url = done.external_id, done.external_url
    record.published_at = done.published_at
    record.result = msgspec.to_builtins(done)
    record.receipt = _receipt(record, done, checks)
    content = db.get_one(Content, record.content_id)
    records.set_site_status(content, "succeed", now)
    content.external_id, content.external_url = done.external_id, done.external_url
    content.external_type = done.external_type
    content.external_metadata = {"stored_hash": done.stored_hash, "images": _images(record)}
    content.published_hash = record.content_hash
    content.scheduled_publish_at = None
    content.attention = frozenset({"issues"}) if findings(checks) else frozenset()
    same = content.content_hash == record.content_hash
    if working_copy.CONTENT.allows(content.status, "went_out", is_what_went_out=same):
        content.status = working_copy.PUBLISHED
    created = done.result == "created"
    amounts = {content.content_type: 1 if created else 0, **done.created_terms}
    integration = db.get_one(SiteIntegration, record.integration_id)
    ledger.count(db, integration, record.publish_key, amounts, now)
    db.execute(sa.delete(UndoAction).where(UndoAction.record_id == record.id))
    destinations.worked(db, record.integration_id)
    records.announce(db, system, content, record)


def _close(record: PublishingRecord, now: datetime) -> None:
    record.finished_at = now
    record.owner, record.lease_until, record.deadline = None, None, None


def _receipt(
    record: PublishingRecord, done: Published | None, checks: list[Check]
) -> dict[str, Any]:
    """The proof that there is exactly one."""
    fence = Fence(record.publish_key, record.id, record.attempt)
    return {
        "publish_key": fence.publish_key,
        "attempts": fence.attempt,
        "action": record.action,
        "content_hash": record.content_hash,
        "external_id": record.external_id,
        "external_url": record.external_url,
        "result": done.result if done else "retracted",
        "replayed": done.replayed if done else False,
        "posts_with_this_id": done.posts_with_this_id if done else 0,
        "started_at": iso(record.started_at) if record.started_at else None,
        "finished_at": iso(record.finished_at) if record.finished_at else None,
        "checks": msgspec.to_builtins(checks),
    }


def _images(record: PublishingRecord) -> list[str]:
    snapshot = record.snapshot or {}
    pictures = [snapshot.get("featured_image"), *snapshot.get("gallery", [])]
    pictures += snapshot.get("inline_images", [])
    return sorted({one["sha256"] for one in pictures if one and one.get("sha256")})


def _pause(system: System, claim: Claim, after: float | None, counts: bool) -> float:
    if not counts:
        return min(after if after is not None else 2.0, 60.0)
    usual = (
        system.config.manual_retry_seconds
        if claim.mode == "manual"
        else system.config.scheduled_retry_seconds
    )
    return max(usual, after or 0.0)
