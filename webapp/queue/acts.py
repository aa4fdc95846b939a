"""What can be done with pieces of the queue: one at a time, and with many at once.

Each act is a noun in the address and one verb of the publisher. With several pieces each is done on
its own: what cannot be done is told with its reason, and stops nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.content import approval
from webapp.content.outcome import Outcome
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Problem
from webapp.core.labels import counted
from webapp.core.savepoints import savepoint
from webapp.core.system import System
from webapp.forms import Ticked
from webapp.publisher.planning import decisions, schedule
from webapp.publisher.records import goes, newest, records, states
from webapp.publisher.records.models import PublishingRecord
from webapp.queue import times
from webapp.writer import contents
from webapp.writer.models import Content

Verb = Callable[[Session, System, Content, Member], int]


@dataclass(frozen=True)
class Act:
    """`word` stands on the button, `done` behind "3 pieces". `asks` is said before it is done;
    `begins`: how it ends will be known only later. `approves`: only the version that was shown.
    `sends`: only where the row said that it goes."""

    word: str
    icon: str
    done: str
    verb: Verb | None
    asks: str = ""
    begins: bool = False
    approves: bool = False
    sends: bool = False


def _publish(db: Session, system: System, content: Content, by: Member) -> int:
    records.publish(db, system, content, by=by)
    return 0


def _retry(db: Session, system: System, content: Content, by: Member) -> int:
    query = newest.of(access.visible(by, PublishingRecord), content.id)
    record = db.scalars(query).one_or_none()
    if record is None:
        raise Conflict.of(Code.ILLEGAL_STATE)
    records.retry(db, system, content, record, by=by)
    return 0


def _approve(db: Session, system: System, content: Content, by: Member) -> int:
    return decisions.approve(db, system, content, by=by)


def _withdraw(db: Session, system: System, content: Content, by: Member) -> int:
    """Take its time away; what waits for its next try is called back."""
    if content.site_status != states.PUBLISHING:
        return schedule.unschedule(db, system, content, by=by).change_id
    waiting = db.scalars(
        access.visible(by, PublishingRecord).where(
            PublishingRecord.content_id == content.id, PublishingRecord.status == states.PENDING
        )
    ).one_or_none()
    if waiting is None:
        raise Conflict.of(Code.IN_FLIGHT)
    records.cancel(db, system, content, waiting)
    return 0


def _hold(db: Session, system: System, content: Content, by: Member) -> int:
    return schedule.hold(db, system, content, by=by).change_id


def _dismiss(db: Session, system: System, content: Content, by: Member) -> int:
    return schedule.dismiss(db, system, content, by=by).change_id


def _retract(db: Session, system: System, content: Content, by: Member) -> int:
    records.retract(db, system, content, by=by)
    return 0


ACTS = {
    "approvals": Act("Approve", "badge-check", "approved", _approve, approves=True),
    "retries": Act(
        "Try again",
        "refresh-cw",
        "on the way again",
        _retry,
        begins=True,
        approves=True,
        sends=True,
    ),
    "publications": Act(
        "Publish now", "send", "on the way", _publish, begins=True, approves=True, sends=True
    ),
    "times": Act("Next free time", "calendar-plus", "scheduled", None),
    "withdrawals": Act("Unschedule", "calendar-x", "unscheduled", _withdraw),
    "holds": Act("Hold", "hand", "on hold", _hold),
    "dismissals": Act("Dismiss", "check", "dismissed", _dismiss),
    "retractions": Act(
        "Take offline",
        "eye-off",
        "being taken offline",
        _retract,
        "The posts become drafts on their websites, where readers then get “not found”; the pieces "
        "stay here.",
        begins=True,
    ),
}


def do(
    db: Session, system: System, member: Member, noun: str, ticked: Mapping[int, Ticked]
) -> Outcome:
    """Do it with each of the pieces, as far as it can be done, and as their rows showed them."""
    act = ACTS[noun]
    outcome = Outcome(is_begun=act.begins)
    if act.verb is None:
        times.give_free_ones(db, system, member, sorted(ticked), outcome)
    else:
        one_by_one = _OneByOne(db, system, member, act, outcome)
        for content_id, shown in sorted(ticked.items()):
            one_by_one.do(content_id, shown)
    outcome.text = f"{counted(outcome.done, 'piece')} {act.done}."
    if outcome.signed:
        outcome.text = approval.told_of_many(outcome.done - outcome.signed, outcome.signed)
    return outcome


class _OneByOne(NamedTuple):
    """An act that is done with each piece on its own."""

    db: Session
    system: System
    member: Member
    act: Act
    outcome: Outcome

    def do(self, content_id: int, shown: Ticked) -> None:
        """With one piece, and note what came of it."""
        title = self.db.scalar(
            access.visible(self.member, Content, Content.title).where(Content.id == content_id)
        )
        if title is None:
            self.outcome.refused.append((f"Piece {content_id}", "There is nothing here."))
            return
        try:
            with savepoint(self.db):
                change_id = self._act(content_id, shown)
                self.db.flush()
        except Problem as problem:
            self.outcome.refused.append((title, problem.message))
        else:
            self.outcome.done += 1
            if change_id:
                self.outcome.steps.append(change_id)

    def _act(self, content_id: int, shown: Ticked) -> int:
        """Refused where the piece is not any more what its row showed."""
        content = access.get_for_update(self.db, self.member, Content, content_id)
        if self.act.approves:
            contents.check_read(content, shown.version)
        if self.act.sends:
            goes.check_shown(self.db, content, shown.goes)
        assert self.act.verb is not None
        step = self.act.verb(self.db, self.system, content, self.member)
        if self.act.verb is _approve and not contents.is_approved(content):
            self.outcome.signed += 1
        return step
