"""Publications of which nobody knows whether they were carried out, and how that ends.

The request was sent, its answer is lost, and the destination cannot be asked. Such a record stays
`publishing` without a lease, and a row of `undo_actions` asks: soon at first, then hourly, and for
as long as it takes. Its kind says what is asked:

ask       whether this intent was carried out; if not, the tries that are left go on
abandon   the same when there are none left; if not, nothing of it may arrive any more
look      whether a piece that was to be taken down is offline
"""

from __future__ import annotations

from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.integrations.base import Adapter, Failure, Fence, Published, RetryLater
from webapp.integrations.journal import Journal
from webapp.publisher.delivery import claims, destinations, offline, outcomes
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.records import leftovers, newest, records, site_status, states
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.models import Content

MARK = "unclear"
ASK, ABANDON, LOOK = "ask", "abandon", "look"
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60))


def begin(db: Session, system: System, claim: Claim, failure: Failure, kind: str) -> None:
    """The attempt is over, and nobody knows how it ended."""
    record = claims.held(db, claim)
    now = system.clock()
    record.status = states.RECORD.after(record.status, "lose")
    record.failures += 1
    record.error = msgspec.to_builtins(failure)
    record.owner, record.lease_until, record.deadline = None, None, None
    record.next_attempt_at = now + PAUSES[0]
    content = db.get_one(Content, record.content_id)
    content.attention = content.attention | {MARK}
    content.site_status_updated_at = now
    leftovers.leave_to_reconcile(db, record, record.next_attempt_at, kind)
    if failure.recoverable:
        destinations.failed(db, system, record.integration_id, failure, now)
    records.announce(db, system, content, record)


def ask(
    system: System,
    adapter: Adapter,
    undo: UndoAction,
    content_id: int,
    fence: Fence,
    journal: Journal,
) -> Published | bool | None:
    """What the destination says: the result of what was carried out, True for what is offline as
    it should be; None or False for what was not done. Raises what adapters raise."""
    if undo.kind == LOOK:
        return offline.is_offline(system, adapter, content_id)
    if undo.kind == ABANDON:
        return adapter.abandon(fence, content_id, undo.arguments.get("staged", []), journal)
    try:
        return adapter.result_of(fence, content_id, journal)
    except RetryLater as problem:
        if not problem.is_waiting:
            raise
        return None  # the next try waits for it, and takes over what has died


def settle(
    db: Session,
    system: System,
    undo_id: int,
    asked: str,
    record_id: int,
    said: Published | bool | None,
) -> None:
    """The destination has answered: what was unclear, given up or withdrawn ends by that.

    Where something else is to be asked by now than was `asked`, the answer is to no question.
    """
    content = _locked(db, record_id)
    record = db.get_one(PublishingRecord, record_id, with_for_update=True, populate_existing=True)
    undo = db.get(UndoAction, undo_id, populate_existing=True)
    if undo is None or undo.kind != asked:
        return
    db.delete(undo)
    is_unclear = states.is_unclear(record)
    if isinstance(said, Published):
        if is_unclear or record.status in states.RETRYABLE:
            outcomes.confirmed(db, system, record, said)
    elif not is_unclear:
        return
    elif said:
        outcomes.is_offline(db, system, record)
    elif asked == ASK:
        _go_on(db, system, content, record)
    else:
        _end(db, system, content, record)


def ask_later(db: Session, system: System, undo: UndoAction, record: PublishingRecord) -> None:
    """It could not be asked: again, each time later, at an hour's distance in the end."""
    content = _locked(db, record.id)
    undo.next_try_at = system.clock() + PAUSES[min(undo.tries, len(PAUSES) - 1)]
    record.next_attempt_at = undo.next_try_at
    records.announce(db, system, content, record)


def not_done(
    db: Session, system: System, content: Content, record: PublishingRecord, *, by: Member
) -> None:
    """A person looked there: it was not done. The record ends as failed, and a new intent may go.

    The destination is asked on, lest a late request arrive; should it know better, it is believed.
    """
    db.refresh(record, with_for_update=True)
    if not states.is_unclear(record):
        raise Conflict.of(Code.ILLEGAL_STATE, state=record.status)
    undone = sa.update(UndoAction).where(UndoAction.record_id == record.id)
    if record.action == "publish":
        db.execute(undone.values(kind=ABANDON, next_try_at=system.clock()))
    else:
        db.execute(sa.delete(UndoAction).where(UndoAction.record_id == record.id))
    error = dict(record.error or {})
    error["details"] = {**error.get("details", {}), "looked": by.name or by.email}
    record.error = error
    _end(db, system, content, record)


def is_open_retraction(record: PublishingRecord) -> bool:
    """Whether it was to take a piece down, and has failed or is unclear: a person may know more."""
    is_open = record.status == states.FAILED or states.is_unclear(record)
    return record.action == "retract" and is_open


def seen_offline(
    db: Session, system: System, content: Content, record: PublishingRecord, *, by: Member
) -> None:
    """A person looked there: what was to be taken down, and could not be or nobody knows, is
    offline. Raises Conflict where something newer of the piece is told."""
    db.refresh(record, with_for_update=True)
    last = db.scalar(newest.of(sa.select(PublishingRecord.id), content.id))
    if last != record.id or not is_open_retraction(record):
        raise Conflict.of(Code.ILLEGAL_STATE, state=record.status)
    db.execute(sa.delete(UndoAction).where(UndoAction.record_id == record.id))
    record.error = None
    outcomes.is_offline(db, system, record, looked=by.name or by.email)


def _go_on(db: Session, system: System, content: Content, record: PublishingRecord) -> None:
    """Nothing of it is there, and tries are left: the next one is now."""
    now = system.clock()
    record.status = states.RECORD.after(record.status, "fail", recoverable=True, tries_left=True)
    record.next_attempt_at = now
    content.attention = content.attention - {MARK}
    site_status.move(content, "wait", now, mode=record.mode)
    records.announce(db, system, content, record)


def _end(db: Session, system: System, content: Content, record: PublishingRecord) -> None:
    content.attention = content.attention - {MARK}
    outcomes.fail(db, system, record)


def _locked(db: Session, record_id: int) -> Content:
    """The record's content, locked before the record is, as every verb does it."""
    owner = sa.select(PublishingRecord.content_id).where(PublishingRecord.id == record_id)
    content_id = db.scalars(owner).one()
    return db.get_one(Content, content_id, with_for_update=True, populate_existing=True)
