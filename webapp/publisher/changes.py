"""Changes of times as steps that can be undone once: what stood there before and after.

A move is kept as `[content id, before, after]`, each side as `Place` written compactly, so that a
replan of a hundred thousand pieces is one row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.core.codes import Code
from webapp.core.db import after_commit
from webapp.core.errors import Conflict
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.core.words import counted
from webapp.publisher.models import PlanChange
from webapp.writer.models import Content

AT_ONCE = 500
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


class Move(NamedTuple):
    """One piece of a change."""

    content_id: int
    before: Place
    after: Place


@dataclass(frozen=True)
class Undone:
    """What undoing did: contents put back, and those left where others had moved them since."""

    site_id: int
    restored: list[int]
    left: list[int]


PLACE = (
    Content.scheduled_publish_at, Content.scheduled_wall_time, Content.scheduled_zone,
    Content.pinned, Content.site_status, Content.attention,
)  # fmt: skip


def keep(
    db: Session, account_id: int, site_id: int, kind: str, moves: Sequence[Move], by: Member | None
) -> PlanChange:
    """Write the step down; its id is what Undo names."""
    change = PlanChange(
        account_id=account_id,
        site_id=site_id,
        user_id=by.user_id if by else None,
        kind=kind,
        moves=[list(move) for move in moves],
    )
    db.add(change)
    db.flush()
    return change


def undo(db: Session, system: System, change_id: int, *, by: Member) -> Undone:
    """Put everything of the step back where it stood. Pieces that were moved again since, began
    to publish, or whose old time has passed stay. Raises Conflict where nothing can be put back."""
    change = access.get_for_update(db, by, PlanChange, change_id)
    if change.undone_at is not None:
        raise Conflict.of(Code.ALREADY_UNDONE)
    moves = [Move(one[0], Place(*one[1]), Place(*one[2])) for one in change.moves]
    restored: list[int] = []
    for some in chunks(moves, AT_ONCE):
        restored += _put_back(db, system, by, some)
    left = sorted({move.content_id for move in moves} - set(restored))
    if not restored:
        raise Conflict.of(Code.ALREADY_UNDONE if len(moves) > 1 else Code.MOVED_MEANWHILE)
    change.undone_at = system.clock()
    announce(db, system, change.account_id, change.site_id, restored)
    return Undone(change.site_id, restored, left)


def told(restored: int, left: int) -> str:
    """What undoing did, in words."""
    text = f"{counted(restored, 'piece')} put back."
    if left:
        text += f" {counted(left, 'piece')} stayed: moved again since, or too late."
    return text


def announce(
    db: Session, system: System, account_id: int, site_id: int, content_ids: Sequence[int]
) -> None:
    """Tell open pages: piece by piece, or, of many, that the site's plan has changed."""
    if len(content_ids) > ONE_BY_ONE:
        system.notices.send(db, account_id, "plan", site_id)
        return
    for content_id in content_ids:
        system.notices.send(db, account_id, "content", content_id)


def plan_soon(db: Session, system: System, site_id: int) -> None:
    """Have the site's waiting pieces looked at right after this transaction, and not in up to 15
    minutes. However many sites a transaction names, they are one job."""
    sites: set[int] = db.info.setdefault("assigns", set())
    if not sites:
        after_commit(db, lambda: system.jobs.enqueue("assign", *sorted(sites)))
    sites.add(site_id)


def chunks(items: Iterable[T], size: int) -> Iterable[list[T]]:
    """The items in lists of at most `size`."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def _put_back(db: Session, system: System, by: Member, moves: list[Move]) -> list[int]:
    now = system.clock()
    by_id = {move.content_id: move for move in moves}
    rows = db.execute(
        access.visible(by, Content, Content.id, *PLACE)
        .where(Content.id.in_(by_id))
        .with_for_update(of=Content)
    )
    put_back = []
    for row in rows:
        move = by_id[row.id]
        possible = move.before.moment is None or move.before.moment > now
        if Place.of(row) == move.after and possible:
            put_back.append({"this": row.id, **move.before.columns(), **_undone(now)})
    if put_back:
        WRITE.change_each(db, put_back)
        db.expire_all()
    return [one["this"] for one in put_back]


def _undone(now: datetime) -> dict[str, Any]:
    return {"plan_trace": {"undone": True}, "site_status_updated_at": now}


_CONTENTS = cast(sa.Table, Content.__table__)
WRITE = Prepared(sa.update(_CONTENTS).where(_CONTENTS.c.id == sa.bindparam("this")))
