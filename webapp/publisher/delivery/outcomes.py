"""How an attempt ends: every verb names the claim, and a claim that was lost ends nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.integrations import delivered, ledger, placements
from webapp.integrations.base import Failure, Published
from webapp.publisher.delivery import claims, destinations, progress
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.delivery.intent import Intent, receipt
from webapp.publisher.delivery.verification import Check, findings
from webapp.publisher.records import leftovers, records, site_status, stands, states
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer import statuses
from webapp.writer.models import Content

TRIES = 3
VERIFY_AGAIN = (timedelta(minutes=5), timedelta(minutes=60))
UNDO_AGAIN = timedelta(minutes=5)
LONGEST_WAIT = timedelta(minutes=15)


def published(
    db: Session, system: System, claim: Claim, done: Published, checks: list[Check]
) -> None:
    """It stands there; findings of the verification are kept beside it and change nothing of
    that."""
    now = system.clock()
    found = findings(checks)
    kept: dict[str, Any] = {
        "status": states.RECORD.after(
            states.PUBLISHING,
            "finish",
            action="publish",
            findings=bool(found),
            hidden=done.is_hidden,
        ),
        "owner": None,
        "lease_until": None,
        "deadline": None,
        "is_unanswered": False,
        **_went_out(Intent.of_claim(claim), done, checks, now),
    }
    if found:
        kept |= {"verify_at": now + VERIFY_AGAIN[0], "verify_round": 0}
    db.flush()
    claims.finish(db, claim, kept)
    progress.fill_in(db, claim, done.steps, now)
    _stands(db, system, Intent.of_claim(claim), done, checks, now)


def confirmed(db: Session, system: System, record: PublishingRecord, done: Published) -> None:
    """Unclear, given up or withdrawn while nobody knew, and now the destination says that it had
    worked."""
    now = system.clock()
    event = "succeed" if states.is_unclear(record) else "confirmed"
    record.status = states.RECORD.after(record.status, "confirmed", hidden=done.is_hidden)
    intent = Intent.of_record(record)
    for name, value in _went_out(intent, done, [], now).items():
        setattr(record, name, value)
    record.verify_at, record.verify_round = now, 0
    db.flush()
    _stands(db, system, intent, done, [], now, event)
    content = db.get_one(Content, record.content_id, populate_existing=True)
    placements.mirror(db, content)  # it may be online elsewhere as well by now
    db.execute(sa.delete(UndoAction).where(UndoAction.record_id == record.id))


def retracted(db: Session, system: System, claim: Claim, became: str = "") -> None:
    """It is offline; the working copy is approved again and can be published anew. `became`:
    draft, trash or delete, "" where the destination has not said."""
    is_offline(db, system, claims.held(db, claim), became)


def is_offline(
    db: Session, system: System, record: PublishingRecord, became: str = "", looked: str = ""
) -> None:
    """The destination says so of what was to be taken down; or who has `looked` there."""
    now = system.clock()
    event = "seen_offline" if looked else "finish"
    record.status = states.RECORD.after(record.status, event, action="retract")
    _close(record, now)
    content = db.get_one(Content, record.content_id)
    placements.take_down(db, content, stands.same_place(db, record.integration_id))
    site_status.move(content, "retracted", now)
    site_status.clear_schedule(content)
    content.attention = frozenset()
    if not content.external_url and statuses.CONTENT.allows(content.status, "retracted"):
        content.status = statuses.CONTENT.after(content.status, "retracted")
    record.receipt = {
        **receipt(Intent.of_record(record), now, []),
        "asked_to": record.retract_to,
        "became": became,
        "looked": looked,
    }
    if not looked:
        destinations.worked(db, system, record.account_id, record.integration_id)
    records.announce(db, system, content, record)


def try_again(
    db: Session,
    system: System,
    claim: Claim,
    failure: Failure,
    *,
    after: float | None,
    counts: bool,
    is_lost: bool = False,
) -> None:
    """It failed, and there are tries left: the record waits for its next one. `is_lost`: it may
    have been carried out all the same."""
    record = claims.held(db, claim)
    now = system.clock()
    record.status = states.RECORD.after(record.status, "fail", recoverable=True, tries_left=True)
    record.failures += 1 if counts else 0
    record.is_unanswered = claim.is_unanswered or is_lost
    record.error = msgspec.to_builtins(failure)
    record.next_attempt_at = now + timedelta(seconds=_pause(system, claim, after, counts))
    record.owner, record.lease_until = None, None
    content = db.get_one(Content, record.content_id)
    site_status.move(content, "wait", now, mode=record.mode)
    if counts:
        destinations.failed(db, system, record.integration_id, failure, now)
    records.announce(db, system, content, record)


def gave_up(
    db: Session, system: System, claim: Claim, failure: Failure, *, left_behind: bool
) -> None:
    """It failed for good. `left_behind`: the destination could not be asked to clean up; later."""
    record = claims.held(db, claim)
    now = system.clock()
    record.failures += 1
    record.error = msgspec.to_builtins(failure)
    fail(db, system, record)
    if left_behind:
        leftovers.leave_to_reconcile(db, record, now + UNDO_AGAIN)
    if failure.recoverable:
        destinations.failed(db, system, record.integration_id, failure, now)


def fail(db: Session, system: System, record: PublishingRecord) -> None:
    """The record ends with the error that it has, and its piece says so."""
    now = system.clock()
    record.status = states.RECORD.after(record.status, "fail", recoverable=False)
    _close(record, now)
    content = db.get_one(Content, record.content_id)
    site_status.move(content, "give_up", now)
    mark = "failed_update" if content.external_url else "failed"
    if (record.error or {}).get("code") == Code.EDITED_THERE:
        mark = "edited_there"
        wake(db, system, "look_at_pieces", content.id)
    content.attention = content.attention | {mark}
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
    if not found and record.status in (states.PUBLISHED_WITH_ISSUES, states.DELIVERED):
        if record.status == states.PUBLISHED_WITH_ISSUES:
            record.status = states.RECORD.after(record.status, "verified")
        if content.published_hash == record.content_hash:
            content.attention = content.attention - {"issues"}
    elif found and record.verify_round < len(VERIFY_AGAIN):
        record.verify_at = now + VERIFY_AGAIN[record.verify_round]
    records.announce(db, system, content, record)


def may_wait(claim: Claim, now: datetime) -> bool:
    """Waiting for our own earlier attempt costs no try, but has an end."""
    return now - claim.started_at < LONGEST_WAIT


def _went_out(
    intent: Intent, done: Published, checks: list[Check], now: datetime
) -> dict[str, Any]:
    """What the record keeps of a publication that worked."""
    return {
        "finished_at": now,
        "error": None,
        "external_id": done.external_id,
        "external_url": done.external_url,
        "published_at": done.published_at,
        "result": msgspec.to_builtins(done),
        "receipt": receipt(intent, now, checks, done),
    }


def _stands(
    db: Session,
    system: System,
    intent: Intent,
    done: Published,
    checks: list[Check],
    now: datetime,
    event: str = "succeed",
) -> None:
    """The content and the counters after a publication that worked."""
    there = _CONTENT.rows(db, {"this": intent.put.content_id})[0]
    now_at_site = states.SITE_STATUS.after(there.site_status, event, hidden=done.is_hidden)
    marks = {"issues"} if findings(checks) else set()
    if done.is_hidden:
        marks.add(delivered.MARKS[done.stands_as])
    changed: dict[str, Any] = {
        "site_status": now_at_site,
        "site_status_updated_at": now,
        **placements.put(db, intent.put, done, now),
        "attention": frozenset(marks),
    }
    if event == "confirmed":
        changed["deleted_at"] = None  # what is online stays in sight, also if it was put away since
    if now_at_site in (states.PUBLISHED, states.NOT_PUBLISHED):
        changed |= site_status.NO_TIME | {"pinned": False}
    if there.first_published_at is None:
        changed["first_published_at"] = done.published_at or now
    same = there.content_hash == intent.put.published_hash
    allows = statuses.CONTENT.allows(there.status, "went_out", is_what_went_out=same)
    if allows and not done.is_hidden:
        changed["status"] = statuses.PUBLISHED
    _CHANGE.change(db, {"this": intent.put.content_id, **changed})
    # It counts when it is shown first.
    was_hidden = bool(there.external_id) and not there.external_url
    counts = not done.is_hidden and (done.result == "created" or was_hidden)
    amounts = {there.content_type: int(counts), **done.created_terms}
    ledger.count(
        db,
        intent.put.account_id,
        intent.put.integration_id,
        intent.fence.publish_key,
        amounts,
        None if done.is_hidden else now,
    )
    destinations.worked(db, system, intent.put.account_id, intent.put.integration_id)
    system.notices.send(db, intent.put.account_id, "content", intent.put.content_id)
    system.notices.send(db, intent.put.account_id, "record", intent.fence.intent)


_CONTENTS = cast(sa.Table, Content.__table__)
_C = _CONTENTS.c
_CONTENT = Prepared(
    sa.select(
        _C.status,
        _C.site_status,
        _C.first_published_at,
        _C.content_hash,
        _C.content_type,
        _C.external_id,
        _C.external_url,
    )
    .where(_C.id == sa.bindparam("this"))
    .with_for_update()
)
_CHANGE = Prepared(sa.update(_CONTENTS).where(_C.id == sa.bindparam("this")))


def _close(record: PublishingRecord, now: datetime) -> None:
    record.finished_at = now
    record.owner, record.lease_until, record.deadline = None, None, None
    record.is_unanswered = False


def _pause(system: System, claim: Claim, after: float | None, counts: bool) -> float:
    if not counts:  # most waits are short: the first look is soon, the next ones are less so
        return min(after if after is not None else 2.0, 5.0 * claim.fence.attempt, 60.0)
    usual = (
        system.config.manual_retry_seconds
        if claim.mode == "manual"
        else system.config.scheduled_retry_seconds
    )
    return max(usual, after or 0.0)
