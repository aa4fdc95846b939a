"""Passwords: argon2 with the library's current parameters, and the brake on guessing."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from webapp.accounts.models import SignInFailure
from webapp.core.errors import Invalid, TooMany

SHORTEST = 12
FREE_TRIES = 5
WINDOW = timedelta(minutes=15)
_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """Raises Invalid when the password is too short to be one."""
    if len(password) < SHORTEST:
        raise Invalid({"password": f"Use at least {SHORTEST} characters."})
    return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """True where the password is right. Takes as long when there is no such user."""
    try:
        return _hasher.verify(password_hash or _nobody(), password) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobody() -> str:
    """A hash to compare with where there is none; made once, when first needed."""
    return _hasher.hash("no one has this password")


def check_brake(db: Session, subject: str, now: datetime) -> None:
    """Raise TooMany after too many failures of one subject (an address, a key's origin)."""
    recent = db.scalars(
        sa.select(SignInFailure.at)
        .where(SignInFailure.subject == subject, SignInFailure.at > now - WINDOW)
        .order_by(SignInFailure.at.desc())
        .limit(20)
    ).all()
    if len(recent) < FREE_TRIES:
        return
    pause = timedelta(seconds=2 ** min(len(recent) - FREE_TRIES + 2, 9))
    left = (recent[0] + pause - now).total_seconds()
    if left > 0:
        seconds = int(left) + 1
        raise TooMany(f"Too many tries. Wait {seconds} seconds, then try again.", seconds)


def note_failure(db: Session, subject: str, now: datetime) -> None:
    """Remember a wrong password or key, and forget the old ones."""
    db.execute(sa.delete(SignInFailure).where(SignInFailure.at < now - 4 * WINDOW))
    db.add(SignInFailure(subject=subject, at=now))


def forget_failures(db: Session, subject: str) -> None:
    db.execute(sa.delete(SignInFailure).where(SignInFailure.subject == subject))
