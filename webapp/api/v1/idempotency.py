"""`Idempotency-Key`: the same request sent again makes nothing new."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import msgspec

from webapp.accounts import idempotency
from webapp.accounts.access import Member
from webapp.api.endpoint import Parameter
from webapp.call import Call
from webapp.core.errors import Invalid

LONGEST = 200
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
    return idempotency.once(call.db, member, f"{noun} {member.user_id} {key}", body, make)
