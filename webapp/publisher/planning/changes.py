"""Changes of times as steps that can be undone once: what stood there before and after.

A move is kept as `[content id, before, after]`, each side as `Place` written compactly, so that a
replan of a hundred thousand pieces is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.labels import counted
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.publisher.records import records, states
from webapp.publisher.records.models import PlanChange
from webapp.writer import statuses
from webapp.writer.models import Content, ReviewComment

AT_ONCE = 500
KEPT = timedelta(days=30)
# More notices than this are one: "the plan of the site has changed".
ONE_BY_ONE = 50
T = TypeVar("T")


class Place(NamedTuple):
    """Where a piece stands in the plan: its moment as seconds since 1970, or None for the tray."""

    at: int | None
    wall: str | None
    zone: str | None
    pinned: bool
    site_status: str
    attention: str

    @classmethod
    def of(cls, content: Any) -> Place:
        """Of a Content, or a row with its columns."""
        at = content.scheduled_publish_at
        return cls(
            int(at.timestamp()) if at else None,
            content.scheduled_wall_time,
            content.scheduled_zone,
            content.pinned,
            content.site_status,
            ",".join(sorted(content.attention)),
        )

    @property
    def moment(self) -> datetime | None:
        return datetime.fromtimestamp(self.at, UTC) if self.at is not None else None

    def columns(self) -> dict[str, Any]:
        """The place as the columns of a content."""
        return {
            "scheduled_publish_at": self.moment,
            "scheduled_wall_time": self.wall,
            "scheduled_zone": self.zone,
            "pinned": self.pinned,
            "site_status": self.site_status,
            "attention": frozenset(filter(None, self.attention.split(","))),
        }


class Approval(NamedTuple):
    """How approved a piece was, and since when it is approved by the step that kept this."""

    status: str
    at: str | None
    by: int | None
    hash: str
    until: str | None = None

    @classmethod
    def of(cls, content: Content) -> Approval:
        return cls(
            content.status, _iso(content.approved_at), content.approved_by, content.approved_hash
        )

    def if_changed(self, content: Content) -> Approval | None:
        """This, to be kept with a step, where the step has approved the piece."""
        now = Approval.of(content)
        return self._replace(until=now.at) if now != self else None

    def columns(self) -> dict[str, Any]:
        """The approval as the columns of a content."""
        return {
            "status": self.status,
            "approved_at": datetime.fromisoformat(self.at) if self.at else None,
            "approved_by": self.by,
            "approved_hash": self.hash,
        }


class Move(NamedTuple):
    """One piece of a change; `approval` is the one from before, where the step approved it too."""

    content_id: int
    before: Place
    after: Place
    approval: Approval | None = None

    @classmethod
    def read(cls, kept: Sequence[Any]) -> Move:
        """A move as it was kept; steps of before this version know of no approval."""
        approval = Approval(*kept[3]) if len(kept) > 3 and kept[3] else None
        return cls(kept[0], Place(*kept[1]), Place(*kept[2]), approval)


@dataclass(frozen=True)
class Undone:
    """What undoing did: contents of these sites put back, and those left where others had moved
    them since."""

    restored: list[int]
    left: list[int]
    site_ids: list[int]

    @property
    def told(self) -> str:
        """In words."""
        said = f"{counted(len(self.restored), 'piece')} put back."
        if self.left:
            left = counted(len(self.left), "piece")
            said += f" {left} stayed: moved again since, or too late."
        return said

    @property
    def notice(self) -> tuple[str, list[int]]:
        """Topic and ids, as open pages hear of it."""
        return _notice(self.site_ids, self.restored)


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


def undo(db: Session, system: System, change_id: int, *, by: Member) -> Undone:
    """Put everything of the step back where it stood, and take back an approval of its. Pieces that
    were moved again since, began to publish, or whose old time has passed stay. Raises Conflict
    where nothing can be put back."""
    return _take_back(db, system, access.get_for_update(db, by, PlanChange, change_id), by)


def undo_all(db: Session, system: System, change_ids: Sequence[int], *, by: Member) -> Undone:
    """Take several steps back, the last one first. Raises Conflict, with the reason of the last
    one, where nothing of any can be put back; NotFound, and nothing is done, where one is hidden.
    """
    if not change_ids:
        raise Invalid({"step": "Say which step is to be taken back."})
    steps = [
        access.get_for_update(db, by, PlanChange, change_id)
        for change_id in sorted(set(change_ids), reverse=True)
    ]
    restored: set[int] = set()
    conflicts: list[Conflict] = []
    for change in steps:
        try:
            restored.update(_take_back(db, system, change, by).restored)
        except Conflict as conflict:
            conflicts.append(conflict)
    if not restored:
        raise conflicts[0]
    moved = {move.content_id for change in steps for move in _moves(change)}
    site_ids = {change.site_id for change in steps}
    return Undone(sorted(restored), sorted(moved - restored), sorted(site_ids))


def _take_back(db: Session, system: System, change: PlanChange, by: Member) -> Undone:
    """Where it raises, nothing is written."""
    if change.undone_at is not None:
        raise Conflict.of(Code.ALREADY_UNDONE)
    moves = _moves(change)
    restored: list[int] = []
    for some in chunks(moves, AT_ONCE):
        restored += _put_back(db, system, by, some)
    left = sorted({move.content_id for move in moves} - set(restored))
    if not restored:
        raise Conflict.of(Code.ALREADY_UNDONE) if len(moves) > 1 else _why_not(db, by, moves[0])
    change.undone_at = system.clock()
    announce(db, system, change.account_id, change.site_id, restored)
    return Undone(restored, left, [change.site_id])


def _moves(change: PlanChange) -> list[Move]:
    return [Move.read(one) for one in change.moves]


def _why_not(db: Session, by: Member, move: Move) -> Conflict:
    """What has become of the one piece of a step since, whoever did it."""
    query = access.visible(by, Content, Content.id, *PLACE, Content.deleted_at)
    row = db.execute(query.where(Content.id == move.content_id)).one_or_none()
    code = Code.ALREADY_UNDONE
    if row is None or row.deleted_at is not None:
        said = "This piece was deleted since, so its time cannot be put back."
    elif row.site_status in (states.PUBLISHING, states.PUBLISHED, states.FAILED):
        said = "This piece was published, or was to be, since; so its time cannot be put back."
    elif "held" in row.attention:
        said = "This piece was put on hold since. Give it a time when it may go out."
    elif Place.of(row) == move.after:
        said = "The time that this piece had before has passed. Choose another one."
    else:
        said = "This piece was moved again since. It stands where it was put last."
        code = Code.MOVED_MEANWHILE
    return Conflict(said, code=code)


def prune(db: Session, system: System) -> None:
    """Forget steps that are too old to be undone."""
    db.execute(sa.delete(PlanChange).where(PlanChange.created_at < system.clock() - KEPT))


def announce(
    db: Session, system: System, account_id: int, site_id: int, content_ids: Sequence[int]
) -> None:
    """Tell open pages."""
    topic, ids = _notice([site_id], content_ids)
    for one in ids:
        system.notices.send(db, account_id, topic, one)


def _notice(site_ids: Sequence[int], content_ids: Sequence[int]) -> tuple[str, list[int]]:
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


def _put_back(db: Session, system: System, by: Member, moves: list[Move]) -> list[int]:
    now = system.clock()
    by_id = {move.content_id: move for move in moves}
    rows = db.execute(
        access.visible(by, Content, Content.id, *PLACE, Content.approved_at, Content.status)
        .where(Content.id.in_(by_id), ~records.IS_ON_ITS_WAY)
        .with_for_update(of=Content)
    )
    put_back: dict[bool, list[dict[str, Any]]] = {True: [], False: []}
    for row in rows:
        move = by_id[row.id]
        possible = move.before.moment is None or move.before.moment > now
        if Place.of(row) == move.after and possible:
            signed = _approval_to_undo(move, row)
            back = {"this": row.id, **move.before.columns(), **_undone(now)}
            put_back[signed is not None].append({**back, **(signed.columns() if signed else {})})
    for some in filter(None, put_back.values()):
        WRITE.change_each(db, some)
    unsigned = [one["this"] for one in put_back[True]]
    _forget_signatures(db, by, unsigned)
    db.expire_all()
    return [*unsigned, *(one["this"] for one in put_back[False])]


def _approval_to_undo(move: Move, row: Any) -> Approval | None:
    """What stood there before the step approved the piece; None where it did not, or where the
    text was edited, sent back or approved again since."""
    kept = move.approval
    if kept is None or row.status != statuses.APPROVED:
        return None
    return kept if _iso(row.approved_at) == kept.until else None


def _forget_signatures(db: Session, by: Member, content_ids: Sequence[int]) -> None:
    """What the steps said under the pieces goes with their approval."""
    for content_id in content_ids:
        last = (
            access.visible(by, ReviewComment, sa.func.max(ReviewComment.id))
            .where(ReviewComment.content_id == content_id, ReviewComment.kind == "approval")
            .scalar_subquery()
        )
        db.execute(sa.delete(ReviewComment).where(ReviewComment.id == last))


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _undone(now: datetime) -> dict[str, Any]:
    return {"plan_trace": {"undone": True}, "site_status_updated_at": now}


_CONTENTS = cast(sa.Table, Content.__table__)
WRITE = Prepared(sa.update(_CONTENTS).where(_CONTENTS.c.id == sa.bindparam("this")))
