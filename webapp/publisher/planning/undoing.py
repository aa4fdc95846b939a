"""Taking steps back: each piece stands where it stood before, unless it was acted on since."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.labels import counted, named
from webapp.core.system import System
from webapp.publisher.planning import changes
from webapp.publisher.planning.steps import Move, Place
from webapp.publisher.records import records, states
from webapp.publisher.records.models import PlanChange, PublishingRecord
from webapp.writer import binned, signing
from webapp.writer.models import Content, ReviewComment


@dataclass(frozen=True)
class Undone:
    """What undoing did: contents of these sites put back, and those that stayed; `title` is
    the one's that was put back, where it is one."""

    restored: list[int]
    left: list[int]
    site_ids: list[int]
    title: str = ""

    @property
    def told(self) -> str:
        """In words."""
        is_one = len(self.restored) == 1
        said = f"{named(self.title) if is_one else counted(len(self.restored), 'piece')} put back."
        if self.left:
            left = counted(len(self.left), "piece")
            said += f" {left} stayed: acted on since, or too late."
        return said

    @property
    def notice(self) -> tuple[str, list[int]]:
        """Topic and ids, as open pages hear of it."""
        return changes.notice(self.site_ids, self.restored)


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
    open_steps = {change.id for change in steps if change.undone_at is None}
    _lock(db, by, changes.content_ids(steps))
    restored: set[int] = set()
    conflicts: list[Conflict] = []
    for change in steps:
        try:
            restored.update(_take_back(db, system, change, by).restored)
        except Conflict as conflict:
            conflicts.append(conflict)
    if not restored:
        raise conflicts[0]
    moved = changes.content_ids(one for one in steps if one.id in open_steps)
    site_ids = {change.site_id for change in steps}
    title = _title(db, by, restored)
    return Undone(sorted(restored), sorted(moved - restored), sorted(site_ids), title)


def is_possible(db: Session, change: PlanChange, *, by: Member, now: datetime) -> bool:
    """Whether the step could be taken back now, in part at least. It locks and writes nothing."""
    try:
        step = _read(db, by, change, now)
    except Conflict:
        return False
    for some in changes.chunks(step.moves, changes.AT_ONCE):
        by_id = {move.content_id: move for move in some}
        rows = db.execute(_standing(by, step, by_id)).all()
        if any(step.allows(by_id[row.id], row) for row in rows):
            return True
    return False


def _title(db: Session, by: Member, restored: Collection[int]) -> str:
    if len(restored) != 1:
        return ""
    query = access.visible(by, Content, Content.title, also_deleted=True)
    return db.scalar(query.where(Content.id.in_(restored))) or ""


def _lock(db: Session, by: Member, content_ids: Iterable[int]) -> None:
    """All pieces at once and in order, so that two acts with many never wait for each other."""
    for some in changes.chunks(sorted(content_ids), changes.AT_ONCE):
        these = access.visible(by, Content, Content.id, also_deleted=True)
        these = these.where(Content.id.in_(some))
        db.execute(these.order_by(Content.id).with_for_update())


def _take_back(db: Session, system: System, change: PlanChange, by: Member) -> Undone:
    """Where it raises, nothing is written."""
    step = _read(db, by, change, system.clock())
    restored: list[int] = []
    for some in changes.chunks(step.moves, changes.AT_ONCE):
        restored += _put_back(db, by, step, some)
    left = sorted({move.content_id for move in step.moves} - set(restored))
    if not restored:
        is_one = len(step.moves) == 1
        raise _why_not(db, by, step) if is_one else Conflict.of(Code.ALREADY_UNDONE)
    change.undone_at = step.now
    changes.announce(db, system, change.account_id, change.site_id, restored)
    if step.decides or step.kind in changes.OF_BIN:
        changes.plan_soon(db, system, change.site_id)
    return Undone(restored, left, [change.site_id], _title(db, by, restored))


@dataclass(frozen=True)
class _Step:
    """A step that is taken back at `now`. `zone` is the site's of now, whatever it was then; pieces
    in `moved` were acted on by a later step, those in `sent` were to be published since."""

    kind: str
    moves: list[Move]
    zone: str
    now: datetime
    moved: set[int]
    sent: set[int]

    @property
    def decides(self) -> bool:
        """Whether it decided on a piece, by whatever act."""
        return any(move.approval for move in self.moves) and self.kind not in changes.OF_BIN

    def allows(self, move: Move, row: Any) -> bool:
        """Whether the piece, as its row says that it stands, goes back."""
        if row.id in self.moved or row.id in self.sent:
            return False
        if move.approval and not move.approval.still_holds(row):
            return False
        stands = Place.of(row)
        is_decision = self.kind in changes.DECISIONS
        return move.is_left(stands) and (is_decision or move.is_to_come(self.now))


def _read(db: Session, by: Member, change: PlanChange, now: datetime) -> _Step:
    """Raises Conflict where the step is undone, or another person's decision."""
    is_own = change.user_id == by.user_id
    by.must(changes.needed(change.kind, is_own=is_own), change.site_id)
    if change.undone_at is not None:
        raise Conflict.of(Code.ALREADY_UNDONE)
    moves = changes.moves_of(change)
    ids = {move.content_id for move in moves}
    step = _Step(
        change.kind,
        moves,
        zone=db.scalars(access.visible(by, Site, Site.timezone).filter_by(id=change.site_id)).one(),
        now=now,
        moved=_moved_since(db, by, change, ids),
        sent=_sent_since(db, by, change, ids),
    )
    if step.decides and change.user_id != by.user_id:
        raise Conflict("Somebody else has decided that. Decide anew instead of taking it back.")
    return step


def _moved_since(db: Session, by: Member, change: PlanChange, ids: set[int]) -> set[int]:
    """Those of the contents that a later step at the site touched, which still holds. A step may
    be a replan of all: one at a time is held in memory."""
    later = access.visible(by, PlanChange, PlanChange.moves).where(
        PlanChange.site_id == change.site_id,
        PlanChange.id > change.id,
        PlanChange.undone_at.is_(None),
    )
    found: set[int] = set()
    with db.scalars(later.execution_options(yield_per=1)) as steps:
        for moves in steps:
            found |= ids & {move[0] for move in moves}
            if found == ids:
                break
    return found


def _sent_since(db: Session, by: Member, change: PlanChange, ids: Iterable[int]) -> set[int]:
    """Those of the contents for which a publication was begun since the step."""
    found: set[int] = set()
    record = PublishingRecord
    for some in changes.chunks(sorted(ids), changes.AT_ONCE):
        since = access.visible(by, record, record.content_id).where(
            record.content_id.in_(some), record.created_at > change.created_at
        )
        found.update(db.scalars(since))
    return found


def _why_not(db: Session, by: Member, step: _Step) -> Conflict:
    """What has become of the one piece of a step since, whoever did it."""
    [move] = step.moves
    on_its_way = records.IS_ON_ITS_WAY.label("is_on_its_way")
    in_bin = (Content.deleted_at, Content.emptied_at)
    columns = (*changes.PLACE, *changes.DECIDED, *in_bin, on_its_way)
    query = access.visible(by, Content, Content.id, *columns, also_deleted=True)
    row = db.execute(query.where(Content.id == move.content_id)).one_or_none()
    code = Code.ALREADY_UNDONE
    is_deletion = step.kind == changes.DELETION
    if is_deletion and row is not None and row.deleted_at is None:
        said = "This piece was taken out of the bin since."
    elif row is None or row.emptied_at is not None:
        said = "This piece was deleted for good since, so it cannot be put back."
    elif row.deleted_at is not None and not is_deletion:
        said = "This piece was deleted since, so it cannot be put back."
    elif row.id in step.sent or (row.site_status == states.FAILED != move.after.site_status):
        said = "This piece was published, or was to be, since; so it cannot be put back."
    elif row.is_on_its_way:
        said = "This piece is on its way to the website, so it cannot be put back."
    elif "held" in row.attention and "held" not in move.after.attention:
        said = "This piece was put on hold since. Give it a time when it may go out."
    elif move.approval and not move.approval.still_holds(row):
        said = "This piece was edited or decided on again since. That stands."
        code = Code.MOVED_MEANWHILE
    elif row.id not in step.moved and move.is_left(Place.of(row)):
        said = "The time that this piece had before has passed. Choose another one."
    else:
        said = "This piece was acted on again since. It stands where it was put last."
        code = Code.MOVED_MEANWHILE
    return Conflict(said, code=code)


def _put_back(db: Session, by: Member, step: _Step, moves: list[Move]) -> list[int]:
    by_id = {move.content_id: move for move in moves}
    # in the order in which everybody locks them
    query = _standing(by, step, by_id).order_by(Content.id)
    rows = db.execute(query.with_for_update(of=Content))
    back: list[dict[str, Any]] = []
    said: dict[int, int] = {}
    for row in rows:
        move = by_id[row.id]
        if not step.allows(move, row):
            continue
        decided = move.approval.columns() if move.approval else {}
        back.append({"this": row.id, **_place(move, row, step), **decided, **_bin(step, by)})
        if step.decides and move.approval and row.decided:
            said[row.id] = row.decided
    for some in changes.alike(back):
        changes.WRITE.change_each(db, some)
    _take_back_words(db, by, said)
    db.expire_all()
    return [one["this"] for one in back]


def _standing(by: Member, step: _Step, ids: Collection[int]) -> sa.Select[Any]:
    """How the pieces stand that have not begun to go out; of a deletion those in the bin."""
    columns = (Content.id, *changes.PLACE, *changes.DECIDED)
    if step.kind == changes.DELETION:
        query = binned.visible(by, *columns, now=step.now)
    else:
        query = access.visible(by, Content, *columns)
    return query.where(Content.id.in_(ids), ~records.IS_ON_ITS_WAY)


def _bin(step: _Step, by: Member) -> dict[str, Any]:
    """The columns by which a piece comes out of the bin again, or into it."""
    if step.kind not in changes.OF_BIN:
        return {}
    goes_in = step.kind == changes.RETURN
    return {
        "deleted_at": step.now if goes_in else None,
        "deleted_by": by.user_id if goes_in else None,
    }


def _take_back_words(db: Session, by: Member, said: Mapping[int, int]) -> None:
    """What the steps said under the pieces goes with their decisions; that somebody took them back
    stands there, and no rule approves the piece before a person has."""
    signing.take_back(db, said.values(), by=by)
    these = access.visible(by, ReviewComment, ReviewComment.id)
    db.execute(
        sa.delete(ReviewComment).where(
            ReviewComment.id.in_(these.where(ReviewComment.id.in_(said.values())))
        )
    )
    db.add_all(
        ReviewComment(
            account_id=by.account_id,
            content_id=content_id,
            user_id=by.user_id,
            kind="undone",
            text="",
        )
        for content_id in said
    )
    db.flush()


def _place(move: Move, row: Any, step: _Step) -> dict[str, Any]:
    """The columns that put the piece where it stood; none where it stands there."""
    if Place.of(row) == move.before:
        return {}
    trace = {"undone": True} if move.before.moment else None
    marks = {"plan_trace": trace, "site_status_updated_at": step.now}
    return {**move.before.in_zone(step.zone).columns(), **marks}
