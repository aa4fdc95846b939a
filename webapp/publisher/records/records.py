"""Intents: asking for a publication or a retraction, once, whoever asks and how often.

These verbs only write rows. A worker does the rest, and the row is the truth about it.
"""

from __future__ import annotations

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import trail
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import delivery, leftovers, newest, site_status, stands, states
from webapp.publisher.records.models import IS_ACTIVE, DeploymentRecord, PublishingRecord
from webapp.writer import contents, signing
from webapp.writer.models import Content

MANUAL_LANE, SCHEDULED_LANE, BULK_LANE = 0, 1, 2
RETRACT_TO = ("draft", "trash", "delete")
# A piece that waits for its next try has a record, which the claim finds by itself.
IS_ON_ITS_WAY = sa.exists().where(PublishingRecord.content_id == Content.id, IS_ACTIVE)


def publish(
    db: Session, system: System, content: Content, *, by: Member, force: bool = False,
    over: str = "", deliver_as: str = "",
) -> PublishingRecord:  # fmt: skip
    """A person wants this piece online now. Clicking again answers with the same record.

    `content` is locked by the caller (access.get_for_update). Approves the text if need be.
    `over` names what this person has seen at the destination and wants replaced, `deliver_as` how
    it is to stand there; "": as the piece or its connection has it.
    Raises Conflict: no connection, unchanged and not forced, online elsewhere, a retraction on
    its way.
    """
    active = active_record(db, content.id)
    if active is not None:
        return _join(db, system, content, active, by, force, over, deliver_as)
    integration = connections.default_of(db, content.site_id)
    if integration is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    stands.check_goes(db, content, integration)
    if site_status.is_up_to_date(content) and not force and not over:
        raise Conflict.of(Code.ALREADY_PUBLISHED, url=content.external_url)
    wanted = delivery.of(content, integration, deliver_as)
    approve_for(db, system, content, "sent", by=by)
    record = _new(content, integration, "publish", system.clock())
    record.force, record.over, record.deliver_as = force, over, wanted
    record.requested_by = by.user_id
    wake(db, system, "publish")
    return _begin(db, system, content, record)


def publish_scheduled(
    db: Session, system: System, content: Content, integration: SiteIntegration | None,
    *, intended_at: datetime | None, missed_seconds: int | None = None,
) -> PublishingRecord:  # fmt: skip
    """The content's moment has come. Raises Conflict where it cannot go out by itself.

    `integration` is the site's default one. `intended_at` becomes the post's date;
    `missed_seconds` is how late it is because nobody was there. The record is not written yet,
    so that many are written at once; the caller announces it then.
    """
    if integration is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    if not contents.is_approved(content):
        raise Conflict.of(Code.APPROVAL_NEEDED)
    stands.check_goes(db, content, integration)
    record = _new(content, integration, "publish", system.clock())
    record.deliver_as = delivery.of(content, integration)
    record.mode, record.lane = "scheduled", SCHEDULED_LANE
    record.intended_at = intended_at
    record.missed_seconds = missed_seconds
    # Nobody is woken: who calls this is a worker, and the others look by themselves.
    _start(db, system, content, record)
    return record


def publish_with_many(
    db: Session,
    system: System,
    content: Content,
    integration: SiteIntegration | None,
    deployment: DeploymentRecord,
) -> PublishingRecord:
    """One of many that a person sends at once: behind all that others ask for, as it was approved.

    A publication that is on its way already is left as it is, and answered. Raises Conflict where
    the piece has a time of its own, is held, is not approved, or has not changed and is not forced.
    """
    active = active_record(db, content.id)
    if active is not None:
        if active.action != "publish":
            raise Conflict.of(Code.IN_FLIGHT)
        return active
    if integration is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    if not contents.is_approved(content):
        raise Conflict.of(Code.APPROVAL_NEEDED)
    if content.scheduled_publish_at is not None or "held" in content.attention:
        raise Conflict.of(Code.KEEPS_ITS_TIME)
    if site_status.is_up_to_date(content) and not deployment.is_forced:
        raise Conflict.of(Code.ALREADY_PUBLISHED, url=content.external_url)
    stands.check_goes(db, content, integration)
    record = _new(content, integration, "publish", system.clock())
    record.lane, record.force = BULK_LANE, deployment.is_forced
    record.deliver_as = delivery.of(content, integration)
    record.requested_by = deployment.requested_by
    return _begin(db, system, content, record)


def retract(
    db: Session, system: System, content: Content, *, by: Member, to: str = "draft"
) -> PublishingRecord:
    """Take the piece offline where it stands: to draft, trash or delete."""
    if to not in RETRACT_TO:
        raise Conflict(f"A post can go to {', '.join(RETRACT_TO)}.")
    active = active_record(db, content.id)
    if active is not None:
        if active.action != "retract" or (active.attempt and active.retract_to != to):
            raise Conflict.of(Code.IN_FLIGHT)
        active.retract_to = to
        return _hasten(db, system, content, active)
    if not content.external_id:
        raise Conflict.of(Code.NOT_PUBLISHED)
    integration = stands.to_take_down(db, content)
    record = _new(content, integration, "retract", system.clock())
    record.retract_to = to
    record.requested_by = by.user_id
    wake(db, system, "publish")
    return _begin(db, system, content, record)


def retry(
    db: Session, system: System, content: Content, record: PublishingRecord, *, by: Member
) -> PublishingRecord:
    """Try a failed record's intent again, as a new record; a pending one is tried at once.

    It approves nothing: only `publish` does. Raises Conflict for a text that is not approved.
    """
    db.refresh(record, with_for_update=True)
    sends = record.action == "publish" and record.status in (states.PENDING, *states.RETRYABLE)
    if sends and not contents.is_approved(content):
        raise Conflict.of(Code.APPROVAL_NEEDED)
    if record.status in states.ACTIVE and record.action == "retract":
        return _hasten(db, system, content, record)
    if record.status in states.ACTIVE:
        return _join(db, system, content, record, by, record.force, record.over)
    if record.status not in states.RETRYABLE:
        raise Conflict.of(Code.ILLEGAL_STATE, state=record.status)
    if record.action == "retract":
        return retract(db, system, content, by=by, to=record.retract_to)
    force, over, as_before = record.force, record.over, record.deliver_as
    return publish(db, system, content, by=by, force=force, over=over, deliver_as=as_before)


def cancel(db: Session, system: System, content: Content, record: PublishingRecord) -> None:
    """Withdraw a record that waits. One that is being worked on cannot be called back.

    An earlier attempt may have worked, its answer lost: the destination is asked to drop what is
    left, and may answer that it is online. Taking down is not withdrawn once it was sent.
    """
    db.refresh(record, with_for_update=True)
    was_sent = record.attempt > 0
    if states.is_unclear(record):
        raise Conflict.of(Code.UNCLEAR)
    if record.status == states.PUBLISHING or (was_sent and record.action == "retract"):
        raise Conflict.of(Code.IN_FLIGHT)
    if was_sent and record.status == states.PENDING:
        leftovers.leave_to_reconcile(db, record, system.clock())
        wake(db, system, "clean_up")
    record.status = states.RECORD.after(record.status, "withdraw")
    record.finished_at = system.clock()
    site_status.clear_schedule(content)
    site_status.move(content, "withdraw", system.clock())
    announce(db, system, content, record)


def withdraw_one_of_many(
    db: Session, system: System, content: Content, record: PublishingRecord
) -> None:
    """Withdraw a record that nobody has begun: the piece is as if it had not been asked for."""
    record.status = states.RECORD.after(record.status, "withdraw")
    record.finished_at = system.clock()
    site_status.move(content, "withdraw", system.clock())
    announce(db, system, content, record)


def call_back(db: Session, system: System, content: Content) -> bool:
    """Withdraw the publication that waits, also for its next try; whether there was one. Raises
    Conflict while the piece is being published, or taken down."""
    waiting = db.scalars(
        sa.select(PublishingRecord).where(
            PublishingRecord.content_id == content.id,
            IS_ACTIVE,
            PublishingRecord.action == "publish",
        )
    ).all()
    for record in waiting:
        cancel(db, system, content, record)
    if content.site_status == states.PUBLISHING:
        raise Conflict.of(Code.IN_FLIGHT)
    db.flush()
    return bool(waiting)


def check_known(db: Session, content: Content) -> None:
    """Raise Conflict while nobody knows whether what was sent last was carried out."""
    record = active_record(db, content.id)
    if record is None:
        return
    is_waiting = record.status == states.PENDING and record.is_unanswered
    if is_waiting or states.is_unclear(record):
        raise Conflict.of(Code.UNCLEAR)


def active_record(db: Session, content_id: int) -> PublishingRecord | None:
    """The record of this content that is pending or being worked on, wherever it goes."""
    active = sa.select(PublishingRecord).where(PublishingRecord.status.in_(states.ACTIVE))
    return db.scalars(newest.of(active, content_id).with_for_update()).one_or_none()


def announce(
    db: Session, system: System, content: Content, record: PublishingRecord | None = None
) -> None:
    """Tell the open pages that the content, and the record, changed."""
    system.notices.send(db, content.account_id, "content", content.id)
    if record is not None:
        system.notices.send(db, content.account_id, "record", record.id)


def _join(
    db: Session, system: System, content: Content, record: PublishingRecord, by: Member,
    force: bool, over: str, deliver_as: str = "",
) -> PublishingRecord:  # fmt: skip
    """A click while a record is active: promote it if it waits, else answer with it. One that has
    begun to send an older text, or to stand otherwise, is withdrawn, for whoever clicks means what
    is there."""
    if deliver_as:
        delivery.of(content, db.get_one(SiteIntegration, record.integration_id), deliver_as)
    wanted = deliver_as or record.deliver_as
    if record.action != "publish":
        raise Conflict.of(Code.IN_FLIGHT)
    if record.status != states.PENDING and wanted != record.deliver_as:
        raise Conflict.of(Code.IN_FLIGHT)
    if record.status == states.PENDING:
        approve_for(db, system, content, "sent", by=by)
        is_other = record.content_hash != content.content_hash or wanted != record.deliver_as
        if record.snapshot is not None and is_other:
            cancel(db, system, content, record)
            db.flush()
            force, over = force or record.force, over or record.over
            return publish(
                db, system, content, by=by, force=force, over=over, deliver_as=deliver_as
            )
        record.deliver_as = wanted
        record.mode, record.lane, record.intended_at = "manual", MANUAL_LANE, None
        record.force, record.over = record.force or force, over or record.over
        if content.site_status != states.PUBLISHING:
            site_status.move(content, "start", system.clock())
    return _hasten(db, system, content, record)


def approve_for(
    db: Session, system: System, content: Content, done: str, *, by: Member, step: int | None = None
) -> None:
    """Approve the text for an act, if need be (`step`: see contents.approve). Raises HalfDone where
    steps are missing: nothing was `done` then, but for the signature, which open pages hear of."""
    announce(db, system, content)
    if not contents.is_approved(content):
        contents.approve(db, content, by=by, step=step)
    if not contents.is_approved(content):
        raise signing.missing(db, content, done, by=by)


def _hasten(
    db: Session, system: System, content: Content, record: PublishingRecord
) -> PublishingRecord:
    """A click while a record is active: its next try, or the next question, is now."""
    if record.status == states.PENDING:
        record.next_attempt_at = system.clock()
        record.request_id = trail.current() or record.request_id
        wake(db, system, "publish")
    elif states.is_unclear(record):
        leftovers.ask_now(db, system, record)
    announce(db, system, content, record)
    return record


def _new(
    content: Content, integration: SiteIntegration, action: str, now: datetime
) -> PublishingRecord:
    return PublishingRecord(
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        integration_id=integration.id,
        destination=integration.platform,
        action=action,
        lane=MANUAL_LANE,
        publish_key=str(uuid.uuid4()),
        request_id=trail.current() or trail.new_id(),
        content_hash=content.content_hash,
        next_attempt_at=now,
    )


def _begin(
    db: Session, system: System, content: Content, record: PublishingRecord
) -> PublishingRecord:
    _start(db, system, content, record)
    db.flush()
    announce(db, system, content, record)
    return record


def _start(db: Session, system: System, content: Content, record: PublishingRecord) -> None:
    site_status.move(content, "start", system.clock())
    content.attention = content.attention - {"failed", "failed_update", "held", "missed"}
    db.add(record)
