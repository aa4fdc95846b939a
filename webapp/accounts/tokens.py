"""API tokens: a program acting for the member who made it, within the token's scopes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import audit, members
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import ApiToken, User
from webapp.core.clock import iso
from webapp.core.errors import Invalid
from webapp.core.secrets import fingerprint, new_token
from webapp.core.system import System

SCOPES = ("read", "write", "publish", "admin")


def create(
    db: Session,
    *,
    user_id: int,
    account_id: int,
    name: str,
    scopes: list[str],
    expires_at: datetime | None = None,
) -> str:
    """Make a token and return it: the only moment at which it can be read."""
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise Invalid({"scopes": f"Choose from: {', '.join(SCOPES)}."})
    token = new_token("ig8")
    db.add(
        ApiToken(
            account_id=account_id,
            user_id=user_id,
            name=name,
            prefix=token[:12],
            token_hash=fingerprint(token),
            scopes=sorted(set(scopes)),
            expires_at=expires_at,
        )
    )
    return token


def member_of(db: Session, token: str, now: datetime) -> Member | None:
    """The member for whom the token acts; None when it expired, was revoked or is unknown."""
    row = db.execute(
        members.behind(ApiToken, ApiToken.scopes).where(
            ApiToken.token_hash == fingerprint(token),
            ApiToken.revoked_at.is_(None),
            sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > now),
        )
    ).one_or_none()
    return members.member(db, row, scopes=frozenset(row.scopes)) if row is not None else None


def end(db: Session, system: System, token: ApiToken, *, by: Member) -> None:
    """From now on it opens nothing, in no process: every request looks here. Again: the same."""
    if token.revoked_at is None:
        token.revoked_at = system.clock()
        audit.note(db, system, Act.TOKEN_ENDED, f"{token.name} ({token.prefix}…)", by=by)


def note_use(db: Session, token: str, now: datetime) -> None:
    """Remember when a token was last used; at most one write a minute would be asked for."""
    db.execute(
        sa.update(ApiToken)
        .where(ApiToken.token_hash == fingerprint(token))
        .values(last_used_at=now)
    )


def of_person(db: Session, email: str) -> list[dict[str, Any]]:
    """A person's tokens, the newest first; what they say is stored nowhere. Raises Invalid where
    there is nobody."""
    query = sa.select(ApiToken).where(ApiToken.user_id == members.known(db, email).id)
    return [
        {
            "id": one.id,
            "name": one.name,
            "begins": one.prefix,
            "scopes": one.scopes,
            "made_at": iso(one.created_at),
            "expires_at": iso(one.expires_at) if one.expires_at else None,
            "ended_at": iso(one.revoked_at) if one.revoked_at else None,
        }
        for one in db.scalars(query.order_by(ApiToken.id.desc()))
    ]


def end_by_operator(db: Session, system: System, email: str, token_id: int) -> None:
    """It works no more. Raises Invalid where the person has no such token."""
    person = members.known(db, email)
    token = db.get(ApiToken, token_id)
    if token is None or token.user_id != person.id:
        raise Invalid({"end": "The person has no such token. `igny8 token --list` shows them."})
    if token.revoked_at is None:
        end_all(db, system, [token], person)


def living(db: Session, system: System, user_id: int, account_id: int, name: str) -> list[ApiToken]:
    """A person's tokens of this name that still work, the oldest first."""
    return list(
        db.scalars(
            sa.select(ApiToken)
            .where(
                ApiToken.user_id == user_id,
                ApiToken.account_id == account_id,
                ApiToken.name == name,
                ApiToken.revoked_at.is_(None),
                sa.or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > system.clock()),
            )
            .order_by(ApiToken.id)
        )
    )


def end_all(db: Session, system: System, living: list[ApiToken], person: User) -> None:
    """An operator ends a person's tokens."""
    for token in living:
        token.revoked_at = system.clock()
        by = audit.COMMAND_LINE
        audit.note_of_user(db, system, Act.TOKEN_ENDED, person, origin="", about=token.name, by=by)
