"""The same request sent again makes nothing new: what each request's key has made.

The key's row is written first, in the transaction that makes the thing: of two requests at the
same moment the second waits for the first and then finds what that made.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import IdempotencyKey
from webapp.core.errors import Conflict, Problem
from webapp.core.system import System

KEPT = timedelta(days=1)


def once(db: Session, member: Member, key: str, body: str, make: Callable[[], int]) -> int:
    """The id of what `make` makes, or of what it made when this key was first seen.

    Raises Conflict where the key was used with a body of another hash.
    """
    row_id = _take(db, member, key, body)
    if row_id is None:
        return _known(db, member, key, body)
    try:
        made = make()
    except Problem:  # of one that keeps what was done, the same request goes on where it was
        db.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.id == row_id))
        raise
    db.execute(sa.update(IdempotencyKey).where(IdempotencyKey.id == row_id).values(object_id=made))
    return made


def prune(db: Session, system: System) -> None:
    """Forget the keys of requests that nobody repeats any more."""
    db.execute(sa.delete(IdempotencyKey).where(IdempotencyKey.created_at < system.clock() - KEPT))


def _take(db: Session, member: Member, key: str, body: str) -> int | None:
    dialect = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    taken: int | None = db.scalar(
        dialect.insert(IdempotencyKey)
        .values(account_id=member.account_id, key=key, body_hash=body, object_id=0)
        .on_conflict_do_nothing()
        .returning(IdempotencyKey.id)
    )
    return taken


def _known(db: Session, member: Member, key: str, body: str) -> int:
    row = db.execute(
        access.visible(
            member, IdempotencyKey, IdempotencyKey.object_id, IdempotencyKey.body_hash
        ).where(IdempotencyKey.key == key)
    ).one()
    if row.body_hash != body:
        raise Conflict(
            "This Idempotency-Key was used for another request.", code="IDEMPOTENCY_KEY_REUSED"
        )
    return int(row.object_id)
