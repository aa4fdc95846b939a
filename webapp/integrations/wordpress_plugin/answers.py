"""Finding the plugin's answer in what a website sends. Pure.

Other plugins print notices, byte order marks and whole pages around the JSON, and whoever prints
first also decides the status and the headers. So the object counts, wherever it stands.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

BOM = "\ufeff"
# Where an answer may begin: ours says `success`, one of WordPress itself `code`.
_BEGINNING = re.compile(r'\{\s*"(?:success|code)"\s*:')
MOST_BEGINNINGS = 8
# As JSON spells it: behind backslashes that are pairs. What stands for it makes no other one.
_NUL, _INSTEAD = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000"), rb"\1\\ufffd"
_DECODER = json.JSONDecoder()


def without_nul(body: bytes) -> bytes:
    """A body as it can be kept: PostgreSQL takes no NUL, neither in JSON nor in text."""
    return _NUL.sub(_INSTEAD, body.replace(b"\0", b""))


def object_in(body: bytes) -> dict[str, Any] | None:
    """The answer's JSON object, past what was printed around it; None where there is none."""
    try:
        whole = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _within(body.decode(errors="replace").strip(BOM))
    return whole if isinstance(whole, dict) else None


def _within(text: str) -> dict[str, Any] | None:
    """Ours is preferred to one of WordPress; of several, the first."""
    found: list[dict[str, Any]] = []
    for number, beginning in enumerate(_BEGINNING.finditer(text)):
        if number == MOST_BEGINNINGS:
            break
        try:
            one, _ = _DECODER.raw_decode(text, beginning.start())
        except (ValueError, RecursionError):
            continue
        if isinstance(one.get("success"), bool):
            return dict(one)
        found.append(one)
    return found[0] if found else None
