"""Edits that were made at a destination: what an intent that met them says of them. Pure."""

from __future__ import annotations

import re
from typing import Any

from webapp.core.codes import Code
from webapp.publisher.records import states

_HASH = re.compile(r"[0-9a-f]{64}")


def named(text: str) -> str:
    """What a form or program names as seen; "" where that is no such name."""
    return text if _HASH.fullmatch(text) else ""


def seen(status: str, error: dict[str, Any] | None) -> str:
    """What names the state that a record has shown, for who wants to publish over it; else ""."""
    if status != states.FAILED or (error or {}).get("code") != Code.EDITED_THERE:
        return ""
    return str((error or {}).get("details", {}).get("over", ""))
