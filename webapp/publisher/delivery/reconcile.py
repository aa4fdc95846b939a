"""Reconciliation: what was left in between is found and finished, or given up with a reason."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.core import decoders
from webapp.core.leases import LeaseLost
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, installation, registry
from webapp.integrations.base import Adapter, DestinationError, Fence, Published, Superseded
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import destinations, journals, outcomes, unclear, verification
from webapp.publisher.records import ownership, records, site_status, states
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.models import Content
from webapp.writer.payload import Payload

log = structlog.get_logger()
AT_ONCE = 50
MOST_TRIES = 200


def find_stuck(system: System) -> None:
    """Ring the bell for what waits, and free contents whose record is gone or over."""
    fixed = system.commits.run(lambda db: _free_stuck_contents(db, system))
    if fixed:
        log.warning("contents that were stuck in publishing are free again", count=fixed)
    system.jobs.enqueue("publish")


def verify_again(system: System) -> None:
    """Publications with findings are looked at again when their time has come."""
    due = sa.select(PublishingRecord.id).where(PublishingRecord.verify_at <= system.clock())
    _each(system, due.order_by(PublishingRecord.verify_at).limit(AT_ONCE), verify_record)


def verify_record(system: System, record_id: int) -> None:
    """Look at one publication again and note what was found."""
    with system.db.read() as db:
        record = db.get_one(PublishingRecord, record_id)
        adapter = _adapter(db, system, record.integration_id)
    if adapter is None or record.snapshot is None or record.result is None:
        return
    payload = decoders.convert(record.snapshot, Payload)
    done = decoders.convert(record.result, Published)
    checks = verification.verify(system, adapter, payload, done, record.intended_at, patient=False)

    def note(db: Session) -> None:
        row = db.get_one(PublishingRecord, record_id)
        outcomes.verified_again(db, system, row, checks)

    system.commits.run(note)


def clean_up_destinations(system: System, most: int | None = AT_ONCE) -> None:
    """Ask destinations again to drop what given-up intents left with them. `most` None: all."""
    if _is_in_question(system):
        return
    due = sa.select(UndoAction.id).where(UndoAction.next_try_at <= system.clock())
    _each(system, due.order_by(UndoAction.next_try_at).limit(most), _clean_up)


def check_health(system: System) -> None:
    """Ask every active destination how it is; a healthy one that was paused goes on."""
    _each(system, sa.select(SiteIntegration.id).where(SiteIntegration.is_active), check_one)


def check_one(system: System, integration_id: int) -> None:
    """One destination's health, asked and kept."""
    with system.db.read() as db:
        adapter = _adapter(db, system, integration_id)
    if adapter is None:
        return
    health = adapter.health()

    def note(db: Session) -> None:
        integration = db.get_one(SiteIntegration, integration_id, with_for_update=True)
        destinations.note_health(db, system, integration, health)

    system.commits.run(note)
    try:
        ownership.offer(system, adapter, health)
    except DestinationError as problem:
        log.warning("could not prove what is ours", code=problem.failure.code)
    if health.takes_publications:
        system.jobs.enqueue("publish")


def _each(system: System, ids: sa.Select[int], work: Callable[[System, int], None]) -> None:
    """One that meets a bug must not keep the others from their turn."""
    with system.db.read() as db:
        found = db.scalars(ids).all()
    for one in found:
        try:
            work(system, one)
        except Exception:
            log.exception("the reconciliation met a bug", work=work.__name__, id=one)


def _is_in_question(system: System) -> bool:
    """Whether this may be a copy, which changes nothing anywhere."""
    with system.db.read() as db:
        return bool(installation.this(db, system.config).question)


def _free_stuck_contents(db: Session, system: System) -> int:
    """`publishing` without an active record cannot end by itself."""
    active = sa.exists().where(
        PublishingRecord.content_id == Content.id, PublishingRecord.status.in_(states.ACTIVE)
    )
    stuck = db.scalars(
        sa.select(Content).where(Content.site_status == states.PUBLISHING, ~active).limit(AT_ONCE)
    ).all()
    for content in stuck:
        site_status.move(content, "give_up", system.clock())
        content.attention = content.attention | {"failed"}
        records.announce(db, system, content)
    return len(stuck)


def _clean_up(system: System, undo_id: int) -> None:
    with system.db.read() as db:
        undo = db.get_one(UndoAction, undo_id)
        record = db.get_one(PublishingRecord, undo.record_id)
        adapter = _adapter(db, system, record.integration_id)
    if adapter is None:
        why = "the key of the connection cannot be opened"
        system.commits.run(lambda db: _try_later(db, system, undo_id, why))
        return
    if adapter.target.sender is not None and adapter.target.sender.question:
        system.commits.run(lambda db: _put_off(db, system, undo_id))
        return
    fence = Fence(record.publish_key, record.id, undo.attempt)
    fence = ownership.with_proof(system, adapter.target, record.content_id, fence)
    try:
        said = unclear.ask(
            system,
            adapter,
            undo,
            record.content_id,
            fence,
            journals.of_record(system, record, adapter),
        )
    except (Superseded, LeaseLost):
        said = None  # a newer intent has written this content since: nothing of ours is left
    except Exception as problem:
        if not isinstance(problem, DestinationError):
            log.exception("the clean-up met a bug", record=record.id)
        why = str(problem)
        system.commits.run(lambda db: _try_later(db, system, undo_id, why))
        return
    system.commits.run(lambda db: unclear.settle(db, system, undo_id, undo.kind, record.id, said))


def _put_off(db: Session, system: System, undo_id: int) -> None:
    """Its website takes us for a copy: it waits for a person's answer, and no try is counted."""
    undo = db.get(UndoAction, undo_id)
    if undo is not None:
        undo.next_try_at = system.clock() + outcomes.UNDO_AGAIN


def _try_later(db: Session, system: System, undo_id: int, problem: str) -> None:
    undo = db.get(UndoAction, undo_id)
    if undo is None:
        return
    undo.tries += 1
    record = db.get_one(PublishingRecord, undo.record_id)
    if states.is_unclear(record):
        unclear.ask_later(db, system, undo, record)
        return
    undo.next_try_at = system.clock() + min(undo.tries, 12) * outcomes.UNDO_AGAIN
    if undo.tries >= MOST_TRIES:
        log.error("a destination was never cleaned up", record=undo.record_id, said=problem)
        db.delete(undo)


def _adapter(db: Session, system: System, integration_id: int) -> Adapter | None:
    integration = db.get_one(SiteIntegration, integration_id)
    try:
        target = connections.open_target(db, system, integration)
    except Unreadable:
        log.error("the key of a connection cannot be opened", integration=integration_id)
        return None
    return registry.adapter_for(system, target)
