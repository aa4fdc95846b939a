"""`Idempotency-Key`: the same request sent again makes nothing new.

The key's row is written first, in the transaction that makes the thing: of two requests at the
same moment the second waits for the first and then finds what that made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import IdempotencyKey
from webapp.api.endpoint import Parameter
from webapp.call import Call
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System

LONGEST = 200
KEPT = timedelta(days=1)
HEADER = Parameter(
    "Idempotency-Key",
    "Any text of at most 200 characters: for a day, the same key answers with what it made first.",
    {"type": "string", "minLength": 1, "maxLength": LONGEST},
    "header",
)


def once(call: Call, noun: str, given: msgspec.Struct, make: Callable[[], int]) -> int:
    """The id of what `make` makes, or of what it made when this key was first seen.

    Raises Conflict where the key was used with another body.
    """
    key = call.request.headers.get("idempotency-key", "")
    if not key:
        return make()
    if len(key) > LONGEST or "\x00" in key:
        raise Invalid({"Idempotency-Key": f"Use at most {LONGEST} characters."})
    member: Member = call.request.user
    body = hashlib.sha256(msgspec.json.encode(given, order="sorted")).hexdigest()
    own = f"{noun} {member.user_id} {key}"
    row_id = _take(call.db, member, own, body)
    if row_id is None:
        return _known(call.db, member, own, body)
    made = make()
    call.db.execute(
        sa.update(IdempotencyKey).where(IdempotencyKey.id == row_id).values(object_id=made)
    )
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
