"""Who works on what: taking records, and writing what came of them.

A claim is a lease (core/leases.py) with everything that its attempt needs to know.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from webapp.core import decoders, trail
from webapp.core.leases import LeaseLost, Leases
from webapp.core.prepared import Call, Prepared, together
from webapp.core.system import System
from webapp.core.types import Json
from webapp.integrations import placements
from webapp.integrations.base import Fence
from webapp.integrations.placements import Known
from webapp.publisher.delivery.concurrency import BUSY, LIMITED, Concurrency
from webapp.publisher.records import approvals, records, states
from webapp.publisher.records.models import IS_ACTIVE, PublishingRecord, PublishingSettings
from webapp.writer import contents, payload
from webapp.writer.models import Content
from webapp.writer.payload import Payload

LEASES = Leases(PublishingRecord, states.PUBLISHING)
CLAIM_LOCK = 0x1621_8002
# How many times as many are read as are free, since a destination's limit may leave some out.
SPARE = 4
_RECORDS = cast(sa.Table, PublishingRecord.__table__)
_R = _RECORDS.c
_CONTENTS = cast(sa.Table, Content.__table__)
_C = _CONTENTS.c


@dataclass(frozen=True)
class Claim:
    """One attempt at one record, held by this process until the lease ends."""

    record_id: int
    account_id: int
    site_id: int
    content_id: int
    integration_id: int
    action: str
    mode: str
    force: bool
    over: str
    deliver_as: str
    retract_to: str
    fence: Fence
    owner: str
    failures: int
    is_unanswered: bool
    started_at: datetime
    intended_at: datetime | None
    is_missed: bool
    request_id: str
    content_hash: str
    payload: Payload | None
    known: Known


def take(db: Session, system: System, free: int, *, reserved: int = 1) -> list[Claim]:
    """Claim up to `free` records: manual before scheduled before bulk, oldest first.

    Scheduled and bulk work leaves the last `reserved` places to people who click, and no
    destination gets more than its limit at once.
    """
    now, most = system.clock(), free * SPARE
    given = {"now": now, "most": most}
    turn = _turn(db)
    busy, limited, *found = together(
        db, [*turn, (BUSY, {"now": now}), (LIMITED, {}), *((one, given) for one in _CANDIDATES)]
    )[len(turn) :]
    concurrent = Concurrency(system, busy, limited)
    taken: list[Claim] = []
    while True:
        turned_away = False
        for record in chain(*found):
            places = free - len(taken) - (0 if record.lane == records.MANUAL_LANE else reserved)
            if places <= 0:
                continue
            if not concurrent.acquire(record.integration_id):
                turned_away = True
            elif (claim := _claim(db, system, record, now)) is not None:
                taken.append(claim)
            else:
                concurrent.release(record.integration_id)
        if len(taken) == free or not turned_away or max(map(len, found)) < most:
            return taken
        # Those that were turned away may have hidden the work of destinations with room.
        found = together(db, [(one, {**given, "full": concurrent.full()}) for one in _OF_OTHERS])


def take_turns(db: Session) -> None:
    """Limits count across workers, so claims of one database are made one after the other."""
    for turn, nothing in _turn(db):
        turn.rows(db, nothing)


def _turn(db: Session) -> list[Call]:
    return [(_TURN, {})] if db.get_bind().dialect.name == "postgresql" else []


def held(db: Session, claim: Claim) -> PublishingRecord:
    """The claimed record, locked, if it is still ours; else LeaseLost."""
    return LEASES.held(db, claim.record_id, claim.owner, claim.fence.attempt)


def finish(db: Session, claim: Claim, values: dict[str, Any]) -> None:
    """Write the outcome of the claimed record, if it is still ours; else LeaseLost."""
    mine = {"this": claim.record_id, "mine": claim.owner, "mine_attempt": claim.fence.attempt}
    if _FINISH.change(db, {**mine, **values}) != 1:
        raise LeaseLost(f"record {claim.record_id}, attempt {claim.fence.attempt}")


# While a site is paused nothing goes out by itself; what a person asks for does.
_IS_PAUSED = _R.site_id.in_(sa.select(PublishingSettings.site_id).where(PublishingSettings.paused))
_PENDING = (
    IS_ACTIVE,
    _R.status == states.PENDING,
    _R.next_attempt_at <= sa.bindparam("now"),
    sa.or_(_R.mode != "scheduled", ~_IS_PAUSED),
)
_EXPIRED = (_R.status == states.PUBLISHING, _R.lease_until <= sa.bindparam("now"))
# Left-behind records, then pending ones by lane; of each so many.
_ALL = tuple(
    sa.select(
        _R.id,
        _R.account_id,
        _R.site_id,
        _R.content_id,
        _R.integration_id,
        _R.action,
        _R.mode,
        _R.lane,
        _R.force,
        _R.over,
        _R.deliver_as,
        _R.retract_to,
        _R.publish_key,
        _R.attempt,
        _R.failures,
        _R.status,
        _R.is_unanswered,
        _R.started_at,
        _R.intended_at,
        _R.missed_seconds,
        _R.request_id,
        _R.content_hash,
        _R.snapshot,
        contents.IS_APPROVED.label("is_approved"),
        _C.approved_hash,
    )
    .join_from(_RECORDS, _CONTENTS, _C.id == _R.content_id)
    .where(*condition)
    .order_by(_R.lane, _R.next_attempt_at, _R.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=_RECORDS)
    for condition in (_EXPIRED, _PENDING)
)
_CANDIDATES = tuple(Prepared(query) for query in _ALL)
_HERE: Any = sa.func.json_each(sa.bindparam("full", type_=Json)).table_valued("value")
_THERE: Any = sa.bindparam("full", type_=postgresql.ARRAY(sa.Integer))
_OF_OTHERS = tuple(
    Prepared(
        {
            "sqlite": query.where(_R.integration_id.not_in(sa.select(_HERE.c.value))),
            "postgresql": query.where(_R.integration_id != sa.all_(_THERE)),
        }
    )
    for query in _ALL
)
_TURN = Prepared(sa.select(sa.func.pg_advisory_xact_lock(CLAIM_LOCK)))
_TAKE = Prepared(sa.update(_RECORDS).where(_R.id == sa.bindparam("this")).values(error=sa.null()))
_START = Prepared(
    sa.update(_CONTENTS).where(
        _C.id == sa.bindparam("this"), _C.site_status == sa.literal(states.SCHEDULED)
    )
)
_FINISH = Prepared(
    sa.update(_RECORDS).where(
        _R.id == sa.bindparam("this"),
        _R.status == states.PUBLISHING,
        _R.owner == sa.bindparam("mine"),
        _R.attempt == sa.bindparam("mine_attempt"),
    )
)


def _claim(db: Session, system: System, record: Any, now: datetime) -> Claim | None:
    """`record` is a row of `_CANDIDATES`, locked by this transaction. None for a publication whose
    text is not the approved one: it does not begin, and neither does its next try."""
    event = "claim" if record.status == states.PENDING else "take_over"
    started_at = record.started_at or now
    sent, first_time = _snapshot(db, record)
    content_hash = first_time.get("content_hash", record.content_hash)
    if sent is not None and _is_unapproved(record, content_hash):
        approvals.withhold(db, system, record.id)
        return None
    taken = {
        "this": record.id,
        "status": states.RECORD.after(record.status, event),
        **LEASES.taken(system, record.attempt, now),
        "is_unanswered": True,  # until its outcome says something else
        "deadline": now + timedelta(seconds=system.config.request_seconds),
        "started_at": started_at,
        **first_time,
    }
    piece = {"this": record.content_id}
    placed = {**piece, "there": record.integration_id}
    calls: list[Call] = [(placements.KNOWN, placed), (_TAKE, taken)]
    if record.mode == "scheduled":
        begun = states.SITE_STATUS.after(states.SCHEDULED, "start")
        calls.append((_START, {**piece, "site_status": begun, "site_status_updated_at": now}))
    there = together(db, calls)[0]
    system.notices.send(db, record.account_id, "content", record.content_id)
    system.notices.send(db, record.account_id, "record", record.id)
    return Claim(
        record_id=record.id,
        account_id=record.account_id,
        site_id=record.site_id,
        content_id=record.content_id,
        integration_id=record.integration_id,
        action=record.action,
        mode=record.mode,
        force=record.force,
        over=record.over,
        deliver_as=record.deliver_as,
        retract_to=record.retract_to,
        fence=Fence(record.publish_key, record.id, record.attempt + 1),
        owner=system.owner,
        failures=record.failures,
        is_unanswered=record.is_unanswered,
        started_at=started_at,
        intended_at=record.intended_at,
        is_missed=record.missed_seconds is not None,
        request_id=record.request_id or trail.new_id(),
        content_hash=content_hash,
        payload=sent,
        known=placements.known_of(there),
    )


def _is_unapproved(record: Any, content_hash: str) -> bool:
    """Whether it would begin with a text that is not the approved one. What a dead worker had begun
    is taken over whatever is approved by now, so that it comes to an end."""
    is_approved = record.is_approved and content_hash == record.approved_hash
    return record.status == states.PENDING and not is_approved


def _snapshot(db: Session, record: Any) -> tuple[Payload | None, dict[str, Any]]:
    """What this record sends: taken at its first claim, then with the columns that keep it, and
    the same for all its attempts."""
    if record.action != "publish":
        return None, {}
    if record.snapshot is not None:
        return decoders.convert(record.snapshot, Payload), {}
    sent = payload.build_by_id(db, record.content_id)
    kept = {"snapshot": msgspec.to_builtins(sent), "content_hash": payload.digest(sent)}
    return sent, kept
