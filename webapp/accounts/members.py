"""The member behind a session, a token or a feed: an active user who belongs to the account."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Membership, SiteMembership, User
from webapp.accounts.rights import Role
from webapp.core.errors import Invalid

# For whom no zone is known yet: neither chosen, nor told by the browser at signing in.
UTC = "UTC"


def behind(way: Any, *columns: Any) -> sa.Select[Any]:
    """A select of who acts through the rows of a table, such as sessions, tokens or feeds, with
    some of its columns."""
    belongs = sa.and_(Membership.user_id == way.user_id, Membership.account_id == way.account_id)
    has_sites = sa.exists().where(
        SiteMembership.user_id == way.user_id, SiteMembership.account_id == way.account_id
    )
    return (
        sa.select(
            *columns,
            User.id.label("user_id"),
            User.email,
            User.name,
            User.timezone,
            User.has_keys,
            Membership.account_id,
            Membership.role,
            has_sites.label("has_sites"),
        )
        .select_from(way)
        .join(User, User.id == way.user_id)
        .join(Membership, belongs)
        .where(User.is_active)
    )


def member(db: Session, row: Any, **more: Any) -> Member:
    """The member of a row of `behind`."""
    return Member(
        user_id=row.user_id,
        account_id=row.account_id,
        role=Role(row.role) if row.role else None,
        email=row.email,
        name=row.name,
        timezone=row.timezone or UTC,
        has_keys=row.has_keys,
        at_sites=_at_sites(db, row) if row.has_sites else {},
        **more,
    )


def _at_sites(db: Session, row: Any) -> dict[int, Role]:
    found = db.execute(
        sa.select(SiteMembership.site_id, SiteMembership.role).where(
            SiteMembership.user_id == row.user_id, SiteMembership.account_id == row.account_id
        )
    )
    return {one.site_id: Role(one.role) for one in found}


def called(db: Session, user_ids: Collection[int]) -> dict[int, str]:
    """What these people are called, by their ids: their names, else their addresses."""
    if not user_ids:
        return {}
    found = db.execute(sa.select(User.id, User.name, User.email).where(User.id.in_(user_ids)))
    return {row.id: row.name.strip() or row.email for row in found}


def known(db: Session, email: str) -> User:
    """The person with this address, in whatever letters. Raises Invalid where there is nobody."""
    found = db.scalars(sa.select(User).where(User.email == email.strip().lower())).one_or_none()
    if found is None:
        raise Invalid({"email": "There is nobody with this address."})
    return found
