"""A pass: what a person's password opens for a program for some minutes, such as a website's plugin
that is being connected. It is an API token that ends by itself; its second half prolongs it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import sessions
from webapp.accounts.models import ApiToken, User
from webapp.core.errors import NotSignedIn
from webapp.core.secrets import fingerprint, new_token
from webapp.core.system import System

LIFE = timedelta(minutes=15)
# How long after its end a pass can still be prolonged.
PROLONGED = timedelta(hours=1)
SCOPES = ("admin", "read")


@dataclass(frozen=True)
class Pass:
    """`access` opens, `refresh` makes a new pair. Neither can be read again."""

    access: str
    refresh: str
    expires_at: datetime


def give(db: Session, user: User, now: datetime, name: str) -> Pass:
    """A new pass for the person."""
    row = ApiToken(
        account_id=sessions.home_of(db, user), user_id=user.id, name=name, scopes=list(SCOPES)
    )
    made = _renewed(row, now)
    db.add(row)
    return made


def prolong(db: Session, refresh: str, now: datetime) -> Pass:
    """A new pair in the place of the one before. Raises NotSignedIn."""
    row = db.scalars(_of(refresh).with_for_update()).one_or_none()
    if row is None or row.expires_at is None or row.expires_at + PROLONGED <= now:
        raise NotSignedIn("This has ended. Sign in again.", code="INVALID_CREDENTIALS")
    return _renewed(row, now)


def end(db: Session, refresh: str) -> None:
    """It opens nothing any more. Again: the same."""
    db.execute(sa.delete(ApiToken).where(ApiToken.refresh_hash == fingerprint(refresh)))


def prune(db: Session, system: System) -> None:
    """Forget passes that nobody can prolong any more."""
    over = ApiToken.expires_at < system.clock() - PROLONGED
    db.execute(sa.delete(ApiToken).where(ApiToken.refresh_hash.is_not(None), over))


def _of(refresh: str) -> sa.Select[ApiToken]:
    return sa.select(ApiToken).where(
        ApiToken.refresh_hash == fingerprint(refresh), ApiToken.revoked_at.is_(None)
    )


def _renewed(row: ApiToken, now: datetime) -> Pass:
    made = Pass(new_token("ig8"), new_token("igr"), now + LIFE)
    row.prefix, row.token_hash = made.access[:12], fingerprint(made.access)
    row.refresh_hash, row.expires_at = fingerprint(made.refresh), made.expires_at
    return made
