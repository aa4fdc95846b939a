"""Changes of times, and decisions, kept as steps and told: steps.py has what is kept, undoing.py
takes it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.publisher.planning.steps import Move, Stood
from webapp.publisher.records.models import PlanChange
from webapp.writer.models import Content, ReviewComment

AT_ONCE = 500
KEPT = timedelta(days=30)
# More notices than this are one: "the plan of the site has changed".
ONE_BY_ONE = 50
# Steps that decide on pieces; a time that one has because of that is not theirs.
APPROVAL, CHANGE_REQUEST = "approval", "change_request"
# What else is done with one piece, by the verbs of schedule.py.
SCHEDULE, UNSCHEDULE, HOLD = "schedule", "unschedule", "hold"
RELEASE, DISMISS = "release", "dismiss"
DECISIONS = (APPROVAL, CHANGE_REQUEST)
# Into the bin, and out of it.
DELETION, RETURN = "deletion", "return"
OF_BIN = (DELETION, RETURN)
T = TypeVar("T")


# The words of the newest decision about a piece: an approval, the signature of a step, or a reason.
DECIDING = ("approval", "signature", "changes")
NEWEST_DECISION = (
    sa.select(sa.func.max(ReviewComment.id))
    .where(ReviewComment.content_id == Content.id, ReviewComment.kind.in_(DECIDING))
    .correlate(Content)
    .scalar_subquery()
    .label("decided")
)
DECIDED = (Content.approved_at, Content.status, Content.content_hash, NEWEST_DECISION)
PLACE = (
    Content.scheduled_publish_at,
    Content.scheduled_wall_time,
    Content.scheduled_zone,
    Content.pinned,
    Content.site_status,
    Content.attention,
)


def keep(
    db: Session, account_id: int, site_id: int, kind: str, moves: Sequence[Move], by: Member | None
) -> PlanChange:
    """Write the step down; its id is what Undo names."""
    change = PlanChange(
        account_id=account_id,
        site_id=site_id,
        user_id=by.user_id if by else None,
        kind=kind,
        moves=[list(move) if move.approval else list(move[:3]) for move in moves],
    )
    db.add(change)
    db.flush()
    return change


def keep_one(db: Session, content: Content, kind: str, before: Stood, by: Member) -> PlanChange:
    """Write down what a step did with one piece since it stood there."""
    db.flush()
    move = before.until(content)
    if kind == RETURN:  # of what is written or decided since, Undo takes nothing away
        move = move._replace(approval=before.approval.kept(content))
    if move.approval is not None:
        said = db.scalar(sa.select(NEWEST_DECISION).where(Content.id == content.id)) or 0
        move = move._replace(approval=move.approval._replace(said=said))
    return keep(db, content.account_id, content.site_id, kind, [move], by)


def keep_decision(db: Session, content: Content, kind: str, before: Stood, *, by: Member) -> int:
    """Write a decision about one piece down; the step, or 0 where it has changed nothing."""
    if before.until(content).approval is None:
        return 0
    return keep_one(db, content, kind, before, by).id


def offered(
    db: Session,
    by: Member,
    change_ids: Sequence[int],
    *,
    site_id: int,
    content_id: int | None = None,
) -> list[PlanChange]:
    """Of these steps at the site, and of this piece alone, those that this person made and that are
    not undone: what a page may offer to take back."""
    mine = access.visible(by, PlanChange).where(
        PlanChange.id.in_(change_ids),
        PlanChange.site_id == site_id,
        PlanChange.user_id == by.user_id,
        PlanChange.undone_at.is_(None),
    )
    steps = db.scalars(mine.order_by(PlanChange.id))
    return [one for one in steps if content_id is None or content_ids([one]) == {content_id}]


def needed(kind: str, *, is_own: bool) -> Capability:
    """What somebody must be able to do who takes such a step back, of their own or another's."""
    return Capability.WRITE if is_own and kind in OF_BIN else Capability.PUBLISH


def is_undone(db: Session, who: Member, step_id: int, content_id: int) -> bool:
    """Whether the step was this person's own, moved this piece, and was taken back."""
    query = access.visible(who, PlanChange).where(
        PlanChange.id == step_id,
        PlanChange.user_id == who.user_id,
        PlanChange.undone_at.is_not(None),
    )
    step = db.scalars(query).one_or_none()
    return step is not None and content_id in content_ids([step])


def content_ids(steps: Iterable[PlanChange]) -> set[int]:
    """The pieces that the steps moved, each once."""
    return {move.content_id for step in steps for move in moves_of(step)}


def moves_of(change: PlanChange) -> list[Move]:
    """What the step did with each of its pieces."""
    return [Move.read(one) for one in change.moves]


def prune(db: Session, system: System) -> None:
    """Forget steps that are too old to be undone."""
    db.execute(sa.delete(PlanChange).where(PlanChange.created_at < system.clock() - KEPT))


def announce(
    db: Session, system: System, account_id: int, site_id: int, content_ids: Sequence[int]
) -> None:
    """Tell open pages."""
    topic, ids = notice([site_id], content_ids)
    for one in ids:
        system.notices.send(db, account_id, topic, one)


def notice(site_ids: Sequence[int], content_ids: Sequence[int]) -> tuple[str, list[int]]:
    """Piece by piece, or, of many, that the sites' plans have changed."""
    if len(content_ids) > ONE_BY_ONE:
        return "plan", list(site_ids)
    return "content", list(content_ids)


def plan_soon(db: Session, system: System, site_id: int) -> None:
    """Have the site's waiting pieces looked at right after this transaction, and not in up to 15
    minutes. However many sites a transaction names, they are one job."""
    wake(db, system, "assign", site_id)


def chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def alike(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows by the columns they name: one statement writes one set of columns."""
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        by_columns.setdefault(tuple(row), []).append(row)
    return list(by_columns.values())


_CONTENTS = cast(sa.Table, Content.__table__)
WRITE = Prepared(sa.update(_CONTENTS).where(_CONTENTS.c.id == sa.bindparam("this")))
