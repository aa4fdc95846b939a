"""The shapes of a site's publishing settings and plans in the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from webapp.publisher.planning.settings_fields import DAYS, DEFAULTS, MISSED_THEN

# The settings check their fields by themselves, so that all problems are named at once: what is
# given is taken as it is, and only described here.


def _described(about: str, **schema: Any) -> msgspec.Meta:
    return msgspec.Meta(description=about, extra_json_schema=schema)


def _number(about: str, least: int, most: int) -> msgspec.Meta:
    return _described(about, type=["integer", "null"], minimum=least, maximum=most)


_TIME = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"}
_WINDOW = {
    "type": "object",
    "description": "From `start` to `end`, by the site's clock",
    "required": ["start", "end"],
    "additionalProperties": False,
    "properties": {
        "start": {**_TIME, "description": "When it begins"},
        "end": {**_TIME, "description": "When it ends; the same as `start`: exactly then"},
    },
}
_DATE = {"type": "string", "format": "date"}

Approves = Annotated[Any, _described("Approve what is handed in", type="boolean")]
Publishes = Annotated[Any, _described("Give approved pieces their times", type="boolean")]
Paused = Annotated[Any, _described("Nothing goes out by itself", type="boolean")]
Daily = Annotated[Any, _number("First publications a day; null: no limit", 0, 1000)]
Weekly = Annotated[Any, _number("First publications a week, from Monday", 0, 7000)]
Monthly = Annotated[Any, _number("First publications a month", 0, 31000)]
Days = Annotated[
    Any, _described("Days on which pieces go out", type="array", items={"enum": list(DAYS)})
]
Windows = Annotated[
    Any,
    _described("Hours; start = end is one exact time", type="array", maxItems=48, items=_WINDOW),
]
Spacing = Annotated[Any, _number("Between two slots; null: from the daily limit", 1, 1440)]
Lead = Annotated[
    Any, _described("From now to the earliest slot", type="integer", minimum=0, maximum=10080)
]
Blackouts = Annotated[
    Any, _described("Dates without slots", type="array", maxItems=1000, items=_DATE)
]
Grace = Annotated[Any, _number("How late a missed piece still goes out; null: always", 0, 525600)]
Then = Annotated[Any, _described("What becomes of it after that", enum=list(MISSED_THEN))]


class Settings(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A site's publishing settings. What is not given stays as it is."""

    auto_approval_enabled: Approves = UNSET
    auto_publish_enabled: Publishes = UNSET
    daily_publish_limit: Daily = UNSET
    weekly_publish_limit: Weekly = UNSET
    monthly_publish_limit: Monthly = UNSET
    publish_days: Days = UNSET
    publish_time_slots: Windows = UNSET
    slot_spacing_minutes: Spacing = UNSET
    min_lead_minutes: Lead = UNSET
    blackout_dates: Blackouts = UNSET
    missed_grace_minutes: Grace = UNSET
    missed_then: Then = UNSET
    paused: Paused = UNSET

    def given(self) -> dict[str, Any]:
        """The settings that were given."""
        values = {name: getattr(self, name) for name in DEFAULTS}
        return {name: value for name, value in values.items() if value is not UNSET}


class Change(Settings, kw_only=True):
    """`version` is the one that was read; `timezone` is the site's. With `replan` what the
    new settings have no place for where it stands moves, unless somebody pinned it; else only new
    pieces go by them. In another zone all that nobody pinned is planned anew."""

    timezone: str | UnsetType = UNSET
    version: int | None = None
    replan: bool = False


class WhatIf(Settings, kw_only=True):
    """The settings to try; nothing is stored."""

    timezone: str | UnsetType = UNSET


class SettingsWhole(msgspec.Struct, kw_only=True):
    """A site's publishing settings as they stand, in the site's own days and hours."""

    site_id: int
    timezone: str
    auto_approval_enabled: bool
    auto_publish_enabled: bool
    daily_publish_limit: int | None
    weekly_publish_limit: int | None
    monthly_publish_limit: int | None
    publish_days: list[str]
    publish_time_slots: list[dict[str, str]]
    slot_spacing_minutes: int | None
    min_lead_minutes: int
    blackout_dates: list[str]
    missed_grace_minutes: int | None
    missed_then: str
    paused: bool
    paused_at: datetime | None
    version: int
    remarks: list[str]


class Applied(msgspec.Struct):
    """Pieces that moved, and the steps by which they did: each can be undone, the last first."""

    moved: int
    change_ids: list[int]


class SettingsChanged(msgspec.Struct):
    """The settings as they stand now, and what moved with them."""

    settings: SettingsWhole
    applied: Applied


class ShiftLine(msgspec.Struct):
    """One piece: its time before and after (UTC; null: none), and why it finds none."""

    content_id: int
    title: str
    before: datetime | None
    after: datetime | None
    reason: str | None


class PreviewWhole(msgspec.Struct):
    """How many pieces would move, get a time or lose theirs; the first 200; and what is odd."""

    moved: int
    placed: int
    lost: int
    shifts: list[ShiftLine]
    remarks: list[str]


class WeekLine(msgspec.Struct):
    """An ISO week: pieces that count in it already, those the forecast adds, and the limit."""

    monday: date
    used: int
    planned: int
    limit: int | None


class ForecastWhole(msgspec.Struct):
    """When all that is approved will have gone out: `last` is a date of the site."""

    waiting: int
    last: date | None
    unplaced: int
    reason: str | None
    sentence: str
    weeks: list[WeekLine]


class Undo(msgspec.Struct, forbid_unknown_fields=True):
    """The step to undo."""

    change_id: int


class Undone(msgspec.Struct):
    """Pieces that stand again where they stood, and those that were left as they are."""

    restored: list[int]
    left: list[int]
