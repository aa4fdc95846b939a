"""Halves of characters: what is left where an emoji was cut in two. Nothing can keep them, so each
becomes U+FFFD, and whoever sent it is told. Pure.
"""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec

_HALF = re.compile("[\ud800-\udfff]")
INSTEAD = "\ufffd"


def mended(raw: bytes) -> tuple[bytes, frozenset[str]]:
    """The JSON of a save without halves, and the names of the fields, or "html", that had some."""
    if b"\\ud" not in raw.lower():
        return raw, frozenset()
    try:
        given = json.loads(raw)
    except (ValueError, RecursionError):
        return raw, frozenset()  # whoever reads it says what is wrong
    found: set[str] = set()
    if not isinstance(given, dict):
        return raw, frozenset()
    whole = {name: _whole(value, name, found) for name, value in given.items()}
    fields = given.get("fields")
    if isinstance(fields, dict):
        whole["fields"] = {name: _whole(value, name, found) for name, value in fields.items()}
    return (msgspec.json.encode(whole), frozenset(found - {"fields"})) if found else (raw, frozenset())


def _whole(value: Any, name: str, found: set[str]) -> Any:
    """The value without halves; `found` gets the name where it had some."""
    if isinstance(value, dict):
        return {key: _whole(one, name, found) for key, one in value.items()}
    if not isinstance(value, str) or not _HALF.search(value):
        return value
    found.add(name)
    return _HALF.sub(INSTEAD, value)
