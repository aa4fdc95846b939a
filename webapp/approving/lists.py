"""A site's lists of steps: which one counts for a piece, and how another takes its place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Membership, SiteMembership, User
from webapp.accounts.rights import Role
from webapp.approving.given import StepGiven, wrong_of
from webapp.approving.models import ApprovalList, ApprovalStep
from webapp.approving.rules import Step
from webapp.core.clock import utc_now
from webapp.core.errors import Invalid


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


class Listed(NamedTuple):
    """A list of a site as it counts now."""

    id: int
    of: Of
    steps: tuple[Step, ...]


def all_of(db: Session, site_id: int) -> list[Listed]:
    """The lists that count at a site; the one for all pieces first."""
    found = db.scalars(
        sa.select(ApprovalList)
        .where(ApprovalList.site_id == site_id, ApprovalList.replaced_at.is_(None))
        .order_by(ApprovalList.content_type, ApprovalList.source)
    )
    return [
        Listed(one.id, Of(site_id, one.content_type, one.source), steps_of(db, one.id))
        for one in found
    ]


def replace(db: Session, of: Of, given: Sequence[StepGiven], *, by: Member) -> None:
    """Let these be the steps; none: one person's approval is all again. Pieces that have come in
    stay with the list that was. Raises Invalid with every wrong field."""
    wrong = wrong_of(given, staff(db, by.account_id, of.site_id))
    if wrong:
        raise Invalid(wrong)
    old = _current_for_update(db, of)
    if old is not None:
        old.replaced_at = utc_now()
        db.flush()
    if not given:
        return
    number = old.number + 1 if old else 1
    made = ApprovalList(account_id=by.account_id, **of._asdict(), number=number, user_id=by.user_id)
    db.add(made)
    db.flush()
    db.add_all(_row(made, position, one.step()) for position, one in enumerate(given))
    db.flush()


def staff(db: Session, account_id: int, site_id: int) -> dict[int, str]:
    """Who works on a site, by id, with their names: who can be named in a step."""
    query = sa.select(User.id, User.name, User.email)
    found = db.execute(query.where(*_works_at(account_id, site_id)).order_by(User.name, User.email))
    return {one.id: one.name or one.email for one in found}


def _current_for_update(db: Session, of: Of) -> ApprovalList | None:
    found = sa.select(ApprovalList).where(
        ApprovalList.site_id == of.site_id,
        ApprovalList.content_type == of.content_type,
        ApprovalList.source == of.source,
        ApprovalList.replaced_at.is_(None),
    )
    return db.scalars(found.with_for_update()).one_or_none()


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
    works_there = _works_at(rows[0].account_id, rows[0].site_id)
    return frozenset(db.scalars(sa.select(User.id).where(User.id.in_(named), *works_there)))


def _works_at(account_id: int, site_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    """A user is active, and has a role in the account or on the site."""
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
    return (User.is_active.is_(True), belongs)
