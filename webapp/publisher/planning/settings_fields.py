"""The fields of a site's publishing settings: their defaults, and what may stand in each. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MISSED_THEN = ("next_slot", "hold")
MOST_WINDOWS = 48
MOST_BLACKOUTS = 1000
TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
# What a site has before anybody has chosen: nothing goes out by itself until it is switched on.
DEFAULTS: dict[str, Any] = {
    "auto_approval_enabled": False,
    "auto_publish_enabled": False,
    "daily_publish_limit": 3,
    "weekly_publish_limit": None,
    "monthly_publish_limit": None,
    "publish_days": ["mon", "tue", "wed", "thu", "fri"],
    "publish_time_slots": [{"start": "09:00", "end": "17:00"}],
    "slot_spacing_minutes": None,
    "min_lead_minutes": 10,
    "blackout_dates": [],
    "missed_grace_minutes": None,
    "missed_then": "next_slot",
    "paused": False,
}


@dataclass(frozen=True)
class Checked:
    """What was given, made ready to be stored; and what is wrong with it, by field."""

    values: dict[str, Any]
    problems: dict[str, str]


def check(given: Mapping[str, Any]) -> Checked:
    """Look at every field that is given; unknown ones are problems too."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, value in given.items():
        if name not in _CHECKS:
            problems[name] = "There is no such setting."
            continue
        try:
            values[name] = _CHECKS[name](value)
        except _Wrong as wrong:
            problems |= {f"{name}{place}": text for place, text in wrong.places.items()}
    return Checked(values, problems)


class _Wrong(Exception):
    """What is wrong with one field; with a list, by place: {".2": "…"}."""

    def __init__(self, text: str = "", places: dict[str, str] | None = None) -> None:
        super().__init__(text)
        self.places = places or {"": text}


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise _Wrong("Say true or false.")
    return value


def _number(least: int, most: int, *, optional: bool = True) -> Callable[[Any], int | None]:
    def check_number(value: Any) -> int | None:
        if value is None and optional:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise _Wrong(f"Give a whole number from {least} to {most}.")
        return value

    return check_number


def _days(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(one in DAYS for one in value):
        raise _Wrong(f"Name days: {', '.join(DAYS)}.")
    return [day for day in DAYS if day in value]


def _windows(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list):
        raise _Wrong('Give a list such as [{"start": "09:00", "end": "17:00"}].')
    if len(value) > MOST_WINDOWS:
        raise _Wrong(f"Give at most {MOST_WINDOWS} times of day.")
    wrong = {f".{place}": text for place, one in enumerate(value) if (text := _window(one))}
    if wrong:
        raise _Wrong(places=wrong)
    return [{"start": one["start"], "end": one["end"]} for one in value]


def _window(one: Any) -> str:
    """What is wrong with a window, or nothing."""
    if not isinstance(one, dict) or set(one) != {"start", "end"}:
        return "Give a start and an end."
    start, end = str(one["start"]), str(one["end"])
    if not TIME.fullmatch(start):
        return "The start is no time of day. Write it as 09:00."
    if end != "24:00" and not TIME.fullmatch(end):
        return "The end is no time of day. Write it as 17:00; midnight is 24:00."
    if end < start:
        return "It ends before it starts. Write two: one until 24:00, one from 00:00."
    return ""


def _dates(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise _Wrong("Give a list of dates such as 2026-12-24.")
    if len(value) > MOST_BLACKOUTS:
        raise _Wrong(f"Give at most {MOST_BLACKOUTS} dates.")
    wrong = {
        f".{place}": "Write it as 2026-12-24."
        for place, one in enumerate(value)
        if not _is_date(one)
    }
    if wrong:
        raise _Wrong(places=wrong)
    return sorted(set(value))


def _is_date(one: Any) -> bool:
    try:
        return isinstance(one, str) and date.fromisoformat(one).isoformat() == one
    except ValueError:
        return False


def _missed_then(value: Any) -> str:
    if value not in MISSED_THEN:
        raise _Wrong(f"Choose one of {', '.join(MISSED_THEN)}.")
    return str(value)


_CHECKS: dict[str, Callable[[Any], Any]] = {
    "auto_approval_enabled": _flag,
    "auto_publish_enabled": _flag,
    "daily_publish_limit": _number(0, 1000),
    "weekly_publish_limit": _number(0, 7000),
    "monthly_publish_limit": _number(0, 31000),
    "publish_days": _days,
    "publish_time_slots": _windows,
    "slot_spacing_minutes": _number(1, 1440),
    "min_lead_minutes": _number(0, 10080, optional=False),
    "blackout_dates": _dates,
    "missed_grace_minutes": _number(0, 525600),
    "missed_then": _missed_then,
    "paused": _flag,
}
