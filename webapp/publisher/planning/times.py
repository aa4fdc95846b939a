"""Writing many places of the plan at once: what a plan decided, as rows of contents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.publisher.planning import changes
from webapp.publisher.planning.steps import Move, Place
from webapp.publisher.records import states

Row = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """A change of many places: its id for Undo (0 where nothing moved) and how many moved."""

    change_id: int
    moved: int


def set_schedule(
    content_id: int, moment: Moment, zone: str, trace: Mapping[str, Any] | None
) -> Row:
    """The piece stands at this moment."""
    return {
        "this": content_id,
        "scheduled_publish_at": moment.at,
        "scheduled_wall_time": moment.wall.isoformat(timespec="minutes"),
        "scheduled_zone": zone,
        "site_status": states.SCHEDULED,
        "plan_trace": trace,
    }


def unschedule(
    row: Any, trace: Mapping[str, Any] | None, marks: frozenset[str] = frozenset()
) -> Row:
    """The piece (a row as it stands) has no time any more, or still none."""
    status = row.site_status
    if status == states.SCHEDULED:
        status = states.SITE_STATUS.after(status, "unschedule", online=bool(row.external_url))
    return {
        "this": row.id,
        "scheduled_publish_at": None,
        "scheduled_wall_time": None,
        "scheduled_zone": None,
        "site_status": status,
        "plan_trace": trace,
        **({"attention": row.attention | marks} if marks else {}),
    }


def write(db: Session, rows: Sequence[Row], now: datetime) -> None:
    """Store them; contents that this session has loaded are read anew."""
    for some in changes.alike(rows):
        changes.WRITE.change_each(db, [{**row, "site_status_updated_at": now} for row in some])
    if rows:
        db.expire_all()


def keep(
    db: Session, system: System, site: Site, kind: str, moves: Sequence[Move], by: Member | None
) -> Step:
    """Keep the moves as one step, and tell the open pages."""
    if not moves:
        return Step(0, 0)
    change = changes.keep(db, site.account_id, site.id, kind, moves, by)
    ids = [move.content_id for move in moves]
    changes.announce(db, system, site.account_id, site.id, ids)
    return Step(change.id, len(moves))


def moves(before: Mapping[int, Any], rows: Sequence[Row]) -> list[Move]:
    """The rows as moves from where the pieces (Contents, or rows of them) stood. Those that stay
    are none."""
    found = []
    for row in rows:
        old = Place.of(before[row["this"]])
        at = row["scheduled_publish_at"]
        new = Place(
            int(at.timestamp()) if at else None,
            row["scheduled_wall_time"],
            row["scheduled_zone"],
            row.get("pinned", old.pinned),
            row["site_status"],
            ",".join(sorted(row["attention"])) if "attention" in row else old.attention,
        )
        if new != old:
            found.append(Move(row["this"], old, new))
    return found
