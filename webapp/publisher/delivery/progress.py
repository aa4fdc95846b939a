"""Steps as they happen: written by the pipeline and by what destinations report, read by pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.integrations.base import STEPS, TOTAL_STEPS, step_number
from webapp.publisher.delivery.claims import Claim
from webapp.publisher.delivery.telling import Telling
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishEvent, PublishingRecord

KEPT = timedelta(days=90)
PERCENT = dict(zip(STEPS, (5, 15, 25, 45, 60, 75, 85), strict=True))
MESSAGES = {
    "validation": "Checking the piece",
    "connection": "Reaching the website",
    "media_processing": "Sending images",
    "taxonomies": "Matching categories and tags",
    "creating_post": "Writing the post",
    "seo_metadata": "Writing SEO fields and going public",
    "verification": "Looking whether it is online",
}


@dataclass(frozen=True)
class Step:
    """A step as a page shows it. `state` is done, running, failed, waiting or skipped; `at` is when
    it began, None for one that was not reached."""

    number: int
    name: str
    label: str
    state: str
    at: datetime | None


@dataclass(frozen=True)
class Progress:
    """How far the latest attempt is: percent from 0 to 100, and the seven steps."""

    attempt: int
    percent: int
    message: str
    steps: list[Step]


class Reporter:
    """Tells of one attempt's steps. `step` is the one that was begun last."""

    def __init__(self, system: System, claim: Claim) -> None:
        self._system = system
        self._claim = claim
        self.step = STEPS[0]
        self.telling = Telling(claim)

    def begin(self, step: str) -> None:
        """A step begins. Not waited for: news, which the record's outcome does not depend on."""
        self.step = step
        self.telling.step(step)
        at = self._system.clock()
        self._system.commits.in_background(
            lambda db: _tell(db, self._system, self._claim, step, at)
        )


def fill_in(db: Session, claim: Claim, reported: list[dict[str, Any]], now: datetime) -> None:
    """Steps that a destination told only at the end: [{"step", "ms"}], each set before the one that
    followed, and none before a step that it came after."""
    attempt = {"this": claim.record_id, "this_attempt": claim.fence.attempt}
    known = {row.step_number: row.at for row in _KNOWN.rows(db, attempt)}
    moment = known.get(TOTAL_STEPS, now)
    begun: dict[int, datetime] = {}
    for done in reversed([one for one in reported if one.get("step") in STEPS]):
        number = step_number(done["step"])
        moment = known.get(number, moment - timedelta(milliseconds=int(done.get("ms", 0))))
        begun[number] = moment
    rows, latest = [], moment
    for number in sorted(known | begun):
        latest = known.get(number) or max(latest, begun[number])
        if number not in known:
            rows.append(_row(_begun(claim, STEPS[number - 1], latest)))
    if rows:
        _INSERT.change_each(db, rows)


class Begun(NamedTuple):
    """A step that an attempt began; without a `message` the usual one."""

    account_id: int
    record_id: int
    attempt: int
    step: str
    at: datetime
    message: str = ""


def write(db: Session, begun: Begun) -> bool:
    """One event; False where the step of this attempt was known already."""
    return _INSERT.change(db, _row(begun)) == 1


def _row(begun: Begun) -> dict[str, Any]:
    return {
        **begun._asdict(),
        "step_number": step_number(begun.step),
        "total_steps": TOTAL_STEPS,
        "progress": PERCENT[begun.step],
        "message": begun.message or MESSAGES[begun.step],
    }


_EVENTS = cast(sa.Table, PublishEvent.__table__)
_INSERT = Prepared(
    {
        name: dialect.insert(_EVENTS).on_conflict_do_nothing().inline()
        for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
    }
)
_KNOWN = Prepared(
    sa.select(_EVENTS.c.step_number, _EVENTS.c.at).where(
        _EVENTS.c.record_id == sa.bindparam("this"),
        _EVENTS.c.attempt == sa.bindparam("this_attempt"),
    )
)


def _begun(claim: Claim, step: str, at: datetime) -> Begun:
    return Begun(claim.account_id, claim.record_id, claim.fence.attempt, step, at)


def _tell(db: Session, system: System, claim: Claim, step: str, at: datetime) -> None:
    if write(db, _begun(claim, step, at)):
        system.notices.send(db, claim.account_id, "record", claim.record_id)
        system.notices.send(db, claim.account_id, "content", claim.content_id)


def prune(db: Session, system: System) -> None:
    """Forget the steps of publications of long ago; their records stay."""
    db.execute(sa.delete(PublishEvent).where(PublishEvent.at < system.clock() - KEPT))


def of_record(db: Session, record: PublishingRecord) -> Progress:
    """The latest attempt's progress, from the rows: right after a reload as well as live."""
    return of_attempt(events_of(db, record.id), record, record.attempt)


def events_of(db: Session, record_id: int) -> list[PublishEvent]:
    """All events of a record, oldest attempt first, then by step."""
    return list(
        db.scalars(
            sa.select(PublishEvent)
            .where(PublishEvent.record_id == record_id)
            .order_by(PublishEvent.attempt, PublishEvent.step_number)
        )
    )


def of_attempt(events: list[PublishEvent], record: PublishingRecord, attempt: int) -> Progress:
    """One attempt's steps. Only the latest attempt can be running."""
    begun = {event.step: event for event in events if event.attempt == attempt}
    latest = max((event.step_number for event in begun.values()), default=0)
    succeeded = record.status in states.WORKED and attempt == record.attempt
    is_unclear = states.is_unclear(record) and attempt == record.attempt
    running = record.status == states.PUBLISHING and attempt == record.attempt and not is_unclear
    failed_at = _failed_at(record, attempt, latest, succeeded, running)
    beyond = "unknown" if is_unclear else "skipped"
    if failed_at:  # what a destination had announced beyond was not reached
        begun = {step: one for step, one in begun.items() if one.step_number <= failed_at}
        latest = max((event.step_number for event in begun.values()), default=0)
    steps = [
        Step(
            number=number,
            name=step,
            label=MESSAGES[step],
            state=_state(number, latest, succeeded, running, failed_at, beyond),
            at=begun[step].at if step in begun else None,
        )
        for number, step in enumerate(STEPS, 1)
        # Of a retraction only what it did: nothing is checked, transferred or written.
        if record.action == "publish" or number == failed_at or (number > 1 and step in begun)
    ]
    newest = begun.get(STEPS[latest - 1]) if latest else None
    percent = 100 if succeeded else max((event.progress for event in begun.values()), default=0)
    return Progress(attempt, percent, newest.message if newest else "", steps)


def _failed_at(
    record: PublishingRecord, attempt: int, latest: int, succeeded: bool, running: bool
) -> int:
    if succeeded or running:
        return 0
    if attempt == record.attempt and record.error:
        return int(record.error.get("step_number", latest))
    return latest


def _state(
    number: int, latest: int, succeeded: bool, running: bool, failed_at: int, beyond: str
) -> str:
    if succeeded:
        return "done"
    if failed_at and number == failed_at:
        return "unknown" if beyond == "unknown" else "failed"
    if failed_at and number > failed_at:
        return beyond
    if running and number == latest:
        return "running"
    return "done" if number <= latest or (failed_at and number < failed_at) else "waiting"
