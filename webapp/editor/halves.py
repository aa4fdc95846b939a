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
    found: set[str] = set()
    try:
        given = json.loads(raw) if b"\\ud" in raw.lower() else None
        whole = _whole(given, "", found) if isinstance(given, dict) else None
    except (ValueError, RecursionError):
        found = set()  # whoever reads it says what is wrong
    return (msgspec.json.encode(whole), frozenset(found)) if found else (raw, frozenset())


def _whole(value: Any, name: str, found: set[str]) -> Any:
    """The value without halves; `found` gets the names where there were some."""
    if isinstance(value, dict):
        inner = ("", "fields")
        return {
            key: _whole(one, key if name in inner else name, found) for key, one in value.items()
        }
    if isinstance(value, list):
        return [_whole(one, name, found) for one in value]
    if not isinstance(value, str) or not _HALF.search(value):
        return value
    found.add(name)
    return _HALF.sub(INSTEAD, value)
