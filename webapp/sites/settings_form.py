"""The form of a site's publishing settings: what was typed as settings, and settings as a form.

Nothing typed is lost: fields that cannot be read are kept as they are, and the check of the
settings (publisher/planning/settings_fields.py) says what is wrong with them. Pure.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from webapp.core import zones
from webapp.publisher.planning import settings_fields
from webapp.publisher.planning.settings_fields import DAYS

NUMBERS = (
    "daily_publish_limit",
    "weekly_publish_limit",
    "monthly_publish_limit",
    "slot_spacing_minutes",
    "min_lead_minutes",
    "missed_grace_minutes",
)
FLAGS = ("auto_approval_enabled", "auto_publish_enabled")
_ROW = re.compile(r"(start|end)-([0-9]{1,3})")
_SHORT = re.compile(r"[0-9]:[0-9][0-9]")


@dataclass(frozen=True)
class Typed:
    """A form as it was filled in: the settings it stands for, the zone, the version it saw."""

    given: dict[str, Any]
    timezone: str
    version: int | None

    @property
    def problems(self) -> dict[str, str]:
        """What is wrong, by field: "publish_time_slots.1" is its second row."""
        found = dict(settings_fields.check(self.given).problems)
        if not zones.exists(self.timezone):
            found["timezone"] = "There is no such time zone. Write it as Europe/Berlin."
        return found

    @property
    def digest(self) -> str:
        """Names exactly this form: what is applied must be what was previewed."""
        text = json.dumps([self.given, self.timezone, self.version], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


def read(form: Mapping[str, Any]) -> Typed:
    """What a browser sent."""
    given: dict[str, Any] = {name: form.get(name) == "yes" for name in FLAGS}
    given |= {name: _number(str(form.get(name, ""))) for name in NUMBERS}
    if form.get("missed_however_late") == "yes":
        given["missed_grace_minutes"] = None
    given["publish_days"] = [day for day in DAYS if day in _all(form, "day")]
    given["publish_time_slots"] = _windows(form)
    given["blackout_dates"] = [one.strip() for one in _all(form, "blackout") if one.strip()]
    given["missed_then"] = str(form.get("missed_then", ""))
    version = str(form.get("version", ""))
    return Typed(
        given,
        str(form.get("timezone", "")).strip(),
        int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None,
    )


def of(settings: Mapping[str, Any], timezone: str, version: int) -> Typed:
    """The form of the settings as they stand."""
    kept = {name: value for name, value in settings.items() if name != "paused"}
    return Typed(kept, timezone, version)


def changes(before: Typed, after: Typed) -> list[str]:
    """The fields in which two forms differ."""
    found = [name for name, value in after.given.items() if before.given.get(name) != value]
    return found + (["timezone"] if before.timezone != after.timezone else [])


def _all(form: Mapping[str, Any], name: str) -> list[str]:
    value = form.get(name, [])
    return [str(one) for one in (value if isinstance(value, list) else [value])]


def _number(text: str) -> Any:
    """A whole number, None for an empty field; what is neither is kept as it is."""
    text = text.strip()
    if not text:
        return None
    is_whole = text.isascii() and text.removeprefix("-").isdigit() and len(text) < 10
    return int(text) if is_whole else text


def _windows(form: Mapping[str, Any]) -> list[dict[str, str]]:
    """The rows that hold something, in their order; without an end it is one exact time."""
    numbers = sorted({int(found[2]) for name in form if (found := _ROW.fullmatch(name))})
    rows = []
    for number in numbers:
        start, end = (_time(str(form.get(f"{side}-{number}", ""))) for side in ("start", "end"))
        if start or end:
            rows.append({"start": start, "end": end or start})
    return rows


def _time(text: str) -> str:
    """ "9:00" is "09:00"."""
    text = text.strip()
    return f"0{text}" if _SHORT.fullmatch(text) else text
