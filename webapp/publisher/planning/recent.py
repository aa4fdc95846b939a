"""What a person did a short while ago and can still take back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import types
from webapp.publisher.planning import changes, undoing
from webapp.publisher.planning.steps import Move
from webapp.publisher.records.models import PlanChange
from webapp.writer.models import Content

# For how long a page offers to take a step back, and how many of them it lists.
OFFERED_FOR = timedelta(minutes=10)
LISTED = 20


@dataclass(frozen=True)
class Done:
    """A step as a list tells it: what it did with its only piece (`move`, `title`), or with how
    many at the site (`count`)."""

    step: int
    kind: str
    at: datetime
    site: str
    zone: str
    count: int
    move: Move
    title: str


def newest(db: Session, by: Member, now: datetime) -> list[Done]:
    """The steps, the newest first. What somebody acted on since, what has left, and what the person
    may no longer undo or see is not among them. Of the moves of many pieces only the first is
    read."""
    content_id = PlanChange.moves[(0, 0)].as_integer()
    query = (
        access.visible(
            by,
            PlanChange,
            PlanChange.id.label("step"),
            PlanChange.kind,
            PlanChange.created_at.label("at"),
            PlanChange.site_id,
            Site.name.label("site"),
            Site.timezone.label("zone"),
            types.ListLength(PlanChange.moves).label("count"),
            PlanChange.moves[0].label("first"),
            sa.func.coalesce(Content.title, "").label("title"),
        )
        .join(Site, Site.id == PlanChange.site_id)
        .outerjoin(Content, Content.id == content_id)
        .where(
            PlanChange.user_id == by.user_id,
            PlanChange.created_at > now - OFFERED_FOR,
            PlanChange.undone_at.is_(None),
        )
        .order_by(PlanChange.id.desc())
        .limit(LISTED)
    )
    return [_done(row) for row in db.execute(query).all() if _is_possible(db, row, by, now)]


def _is_possible(db: Session, row: Any, by: Member, now: datetime) -> bool:
    if not by.may(changes.needed(row.kind, is_own=True), row.site_id):
        return False
    return undoing.is_possible(db, db.get_one(PlanChange, row.step), by=by, now=now)


def _done(row: Any) -> Done:
    move = Move.read(row.first)
    return Done(row.step, row.kind, row.at, row.site, row.zone, row.count, move, row.title)
