"""The member behind a session or a token: an active user who still belongs to the account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from webapp.accounts.access import Member, Role
from webapp.accounts.models import ApiToken, Membership, User, UserSession

# For whom no zone is known yet: neither chosen, nor told by the browser at signing in.
UTC = "UTC"


def behind(way: type[UserSession] | type[ApiToken], *columns: Any) -> sa.Select[Any]:
    """A select of who acts through sessions or tokens, with some columns of these."""
    belongs = sa.and_(Membership.user_id == way.user_id, Membership.account_id == way.account_id)
    return (
        sa.select(
            *columns,
            User.id.label("user_id"),
            User.email,
            User.name,
            User.timezone,
            Membership.account_id,
            Membership.role,
        )
        .select_from(way)
        .join(User, User.id == way.user_id)
        .join(Membership, belongs)
        .where(User.is_active)
    )


def member(row: Any, **more: Any) -> Member:
    """The member of a row of `behind`."""
    return Member(
        user_id=row.user_id,
        account_id=row.account_id,
        role=Role[row.role.upper()],
        email=row.email,
        name=row.name,
        timezone=row.timezone or UTC,
        **more,
    )
