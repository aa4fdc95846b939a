"""The brake on guessing: who failed too often waits longer each time.

Counted in the database, so that all web processes know of every try. What a stranger typed is never
stored: a subject is a hash of bounded length.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.models import SignInFailure
from webapp.core import origins
from webapp.core.errors import TooMany
from webapp.core.secrets import fingerprint
from webapp.core.system import System

WINDOW = timedelta(minutes=15)
KEPT = 4 * WINDOW
TRY_LOCK = 5


@dataclass(frozen=True)
class Subject:
    """Somebody or somewhere whose tries are counted together."""

    key: str
    free: int
    longest_pause: int


def of_person(email: str) -> Subject:
    """All tries for one e-mail address, from wherever they come."""
    return Subject(f"sign-in {_digest(email)}", free=5, longest_pause=512)


def of_origin(address: str) -> Subject:
    """All tries from one place, for whomever. Offices share one, so it gets more and waits less."""
    return Subject(f"origin {_digest(origins.counted(address))}", free=20, longest_pause=64)


def of_keys(address: str) -> Subject:
    """Unknown tokens and keys from one place."""
    return Subject(f"token {_digest(origins.counted(address))}", free=5, longest_pause=512)


def check(db: Session, now: datetime, *subjects: Subject) -> None:
    """Raise TooMany after too many failures of one of them."""
    left = max(_left(db, now, subject) for subject in subjects)
    if left > 0:
        seconds = int(left) + 1
        raise TooMany(f"Too many tries. Wait {seconds} seconds, then try again.", seconds)


def begin(db: Session, now: datetime, *subjects: Subject) -> list[int]:
    """Count a try as a failure before it is known to be one; its numbers. Raises TooMany.

    So tries that run at once cannot all pass the brake before the first of them has failed.
    """
    keys = sorted(subject.key for subject in subjects)
    if db.get_bind().dialect.name == "postgresql":  # one at a time, as SQLite's writers are anyway
        for key in keys:
            lock = sa.func.pg_advisory_xact_lock(TRY_LOCK, sa.func.hashtext(key))
            db.execute(sa.select(lock))
    check(db, now, *subjects)
    _forget(db, now)
    failures = [SignInFailure(subject=key, at=now) for key in keys]
    db.add_all(failures)
    db.flush()
    return [failure.id for failure in failures]


def succeeded(db: Session, person: Subject, tries: list[int]) -> None:
    """That try was right: forget it, and what failed for this person before it.

    Later ones, still running, stay; and so does what failed from the same place for others: else
    whoever has one password could guess all others without end.
    """
    before = sa.and_(SignInFailure.subject == person.key, SignInFailure.id <= max(tries))
    db.execute(sa.delete(SignInFailure).where(sa.or_(before, SignInFailure.id.in_(tries))))


def is_last_free(db: Session, now: datetime, subject: Subject) -> bool:
    """Whether the brake takes hold with this failure."""
    return len(_recent(db, now, subject)) == subject.free


def prune(db: Session, system: System) -> None:
    """Forget what slows nobody down any more."""
    _forget(db, system.clock())


def _forget(db: Session, now: datetime) -> None:
    db.execute(sa.delete(SignInFailure).where(SignInFailure.at < now - KEPT))


def _left(db: Session, now: datetime, subject: Subject) -> float:
    recent = _recent(db, now, subject)
    if len(recent) < subject.free:
        return 0.0
    pause = min(2 ** (len(recent) - subject.free + 2), subject.longest_pause)
    return (recent[0] + timedelta(seconds=pause) - now).total_seconds()


def _recent(db: Session, now: datetime, subject: Subject) -> list[datetime]:
    query = (
        sa.select(SignInFailure.at)
        .where(SignInFailure.subject == subject.key, SignInFailure.at > now - WINDOW)
        .order_by(SignInFailure.at.desc())
        .limit(subject.free + 10)
    )
    return list(db.scalars(query))


def _digest(text: str) -> str:
    return fingerprint(text)[:32]
