"""A site's lists of steps: which one counts for a piece, and how another takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Membership, SiteMembership, User
from webapp.accounts.rights import Role
from webapp.approving.models import ApprovalList, ApprovalStep
from webapp.approving.rules import Step
from webapp.core.clock import utc_now

MOST_STEPS = 10
MOST_PEOPLE = 50


class Of(NamedTuple):
    """Which pieces of a site a list is for; "" is any type, any source."""

    site_id: int
    content_type: str = ""
    source: str = ""


def current(db: Session, of: Of) -> ApprovalList | None:
    """The list with which a piece enters now: the one that says most about it. None where one
    person's approval is all."""
    query = sa.select(ApprovalList).where(
        ApprovalList.site_id == of.site_id,
        ApprovalList.replaced_at.is_(None),
        ApprovalList.content_type.in_(("", of.content_type)),
        ApprovalList.source.in_(("", of.source)),
    )
    best = (ApprovalList.content_type != "").desc(), (ApprovalList.source != "").desc()
    return db.scalars(query.order_by(*best).limit(1)).one_or_none()


def steps_of(db: Session, list_id: int) -> tuple[Step, ...]:
    """The steps of a list in their order, with those of their persons who are still there."""
    rows = db.scalars(
        sa.select(ApprovalStep)
        .where(ApprovalStep.list_id == list_id)
        .order_by(ApprovalStep.position)
    ).all()
    there = _still_there(db, rows)
    return tuple(
        Step(
            id=row.id,
            name=row.name,
            role=Role(row.role),
            people=there & set(row.people),
            needed=row.needed,
            not_own=row.not_own,
            survives_edits=row.survives_edits,
            hours=row.hours,
            substitute=Role(row.substitute) if row.substitute else None,
        )
        for row in rows
    )


def replace(
    db: Session, of: Of, steps: Sequence[Step], *, by: Member, now: datetime | None = None
) -> ApprovalList | None:
    """Let these be the steps; none: one person's approval is all again. Pieces that have entered
    stay with the list that was. `by` has been asked whether they may."""
    now = now or utc_now()
    old = db.scalars(
        sa.select(ApprovalList)
        .where(
            ApprovalList.site_id == of.site_id,
            ApprovalList.content_type == of.content_type,
            ApprovalList.source == of.source,
            ApprovalList.replaced_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if old is not None:
        old.replaced_at = now
        db.flush()
    if not steps:
        return None
    made = ApprovalList(
        account_id=by.account_id,
        **of._asdict(),
        number=old.number + 1 if old else 1,
        user_id=by.user_id,
    )
    db.add(made)
    db.flush()
    db.add_all(_row(made, position, step) for position, step in enumerate(steps))
    db.flush()
    return made


def _row(made: ApprovalList, position: int, step: Step) -> ApprovalStep:
    return ApprovalStep(
        account_id=made.account_id,
        site_id=made.site_id,
        list_id=made.id,
        position=position,
        name=step.name,
        role=str(step.role),
        people=sorted(step.people),
        needed=step.needed,
        not_own=step.not_own,
        survives_edits=step.survives_edits,
        hours=step.hours,
        substitute=str(step.substitute or ""),
    )


def _still_there(db: Session, rows: Sequence[ApprovalStep]) -> frozenset[int]:
    """Of the persons named in these steps, those who still work there."""
    named = {one for row in rows for one in row.people}
    if not named:
        return frozenset()
    account_id, site_id = rows[0].account_id, rows[0].site_id
    at_site = sa.exists().where(
        SiteMembership.user_id == User.id,
        SiteMembership.account_id == account_id,
        SiteMembership.site_id == site_id,
    )
    belongs = sa.exists().where(
        Membership.user_id == User.id,
        Membership.account_id == account_id,
        sa.or_(Membership.role != "", at_site),
    )
    found = sa.select(User.id).where(User.id.in_(named), User.is_active, belongs)
    return frozenset(db.scalars(found))
