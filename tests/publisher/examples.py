"""The worked examples of the planner's rules, read from planner-examples.json."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from webapp.publisher.planning import planner, slots

PATH = Path(__file__).with_name("planner-examples.json")


class Settings(msgspec.Struct, forbid_unknown_fields=True):
    """Settings as the examples write them."""

    publish_days: list[str]
    publish_time_slots: list[dict[str, str]]
    daily_publish_limit: int | None = None
    weekly_publish_limit: int | None = None
    monthly_publish_limit: int | None = None
    slot_spacing_minutes: int | None = None
    min_lead_minutes: int = 10
    blackout_dates: list[date] = []


class Example(msgspec.Struct, forbid_unknown_fields=True):
    """One case and what must come out."""

    name: str
    why: str
    settings: Settings
    zone: str
    now: datetime
    items: list[planner.Item]
    taken: list[planner.Taken]
    published: list[planner.Published]
    expect: list[dict[str, Any]]

    def rules(self) -> slots.Rules:
        """The settings as the planner takes them."""
        return msgspec.convert(msgspec.to_builtins(self.settings), slots.Rules)


@cache
def examples() -> list[Example]:
    """All of them."""
    found = msgspec.json.decode(PATH.read_bytes())
    return msgspec.convert(found["examples"], list[Example])


def expected(example: Example) -> list[dict[str, Any]]:
    """What the example expects, with nothing left out."""
    return [{"note": "", **one} if "at" in one else one for one in example.expect]


def outcome(one: planner.Assignment) -> dict[str, Any]:
    """An assignment as the examples write it."""
    if one.at is None or one.wall is None:
        return {"id": one.id, "unplaced": True, "reason": one.reason}
    return {
        "id": one.id,
        "at": f"{one.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "local": one.wall.isoformat(timespec="minutes"),
        "note": one.note,
    }
