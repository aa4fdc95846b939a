"""Why a content has its time: what the planner stores with it, and how that reads. Pure.

A trace is a small JSON object of codes and numbers. Of a content with a slot: `wall`, where it
runs; `used`, for each limited period the number with this content, and the `limits`; `kind`, if it
is an update; `note` of a clock change; `passed`, the nearest earlier slots and why they were not
free; `shifted`, where it was before another content was put in front of it. Of a content without
one: `reason`, and what stood in the way (`limits` or `slots`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from webapp.core import dates
from webapp.core.zones import GAP, Moment
from webapp.publisher.planning.limits import PERIODS, UPDATE, Limits, Place

Shown = dict[str, Any]
Passed = dict[str, str]

PASSED = 5
LEAD, TAKEN = "lead", "taken"
FULL = {period: f"{period}_full" for period in PERIODS}

_WHY = {
    LEAD: "was past or too near",
    TAKEN: "taken",
    "day_full": "the day was full",
    "week_full": "the week was full",
    "month_full": "the month was full",
}
_LIMIT = {"day": "daily", "week": "weekly", "month": "monthly"}


def placed(
    wall: str, note: str, places: Sequence[Place] | None, limits: Shown, before: list[Passed]
) -> Shown:
    """The trace of a content that has a slot and is counted in its places; None for an update.

    What many traces have in common they share, so that a hundred thousand stay cheap.
    """
    trace: Shown = {"wall": wall, "passed": before}
    if places is None:
        trace["kind"] = UPDATE
    else:
        trace["used"] = {period: len(held) for period, _, held in places}
        trace["limits"] = limits
    if note:
        trace["note"] = note
    return trace


def passed(moment: Moment, why: str) -> Passed:
    """One earlier slot that was not free."""
    return {"wall": moment.wall.isoformat(timespec="minutes"), "why": why}


def without_slots(reason: str, limits: Limits) -> Shown:
    """The trace of a content that no rule lets out."""
    return {"reason": reason, "limits": shown(limits)}


def shown(limits: Limits) -> Shown:
    """The limits that there are, by period."""
    return {
        period: limit for period, limit in zip(PERIODS, limits, strict=True) if limit is not None
    }


def nowhere(reason: str, counts: Mapping[str, int]) -> Shown:
    """The trace of a content that found no slot: how many were not free for which cause."""
    return {"reason": reason, "slots": dict(counts)}


def sentence(trace: Mapping[str, Any]) -> str:
    """Why a content has its time, or none, in one sentence; "" for a trace without either."""
    if "reason" in trace:
        return _REASONS[trace["reason"]](trace)
    if "wall" not in trace:
        return ""
    wall = datetime.fromisoformat(trace["wall"])
    parts = [f"{wall:%A} is a publishing day"]
    parts += [
        f"{count} of {trace['limits'][period]} that {period}"
        for period, count in trace.get("used", {}).items()
    ]
    if trace.get("kind"):
        parts.append("an update needs no place under a limit")
    if trace.get("shifted"):
        parts.append(f"made room for another content at {_time(trace['shifted'])}")
    return "; ".join(parts) + "." + clock(trace)


def clock(trace: Mapping[str, Any]) -> str:
    """What the change of the clock did to the time, as a sentence after another."""
    note = trace.get("note")
    if not note:
        return ""
    wall = datetime.fromisoformat(trace["wall"])
    if not note.startswith(GAP):
        return f" {wall:%H:%M} comes twice on {dates.day(wall)}; it runs at the first."
    asked = datetime.fromisoformat(note.removeprefix(GAP))
    runs = f"{wall:%H:%M}" if asked.date() == wall.date() else f"{wall:%H:%M} on {dates.day(wall)}"
    return f" {asked:%H:%M} does not exist on {dates.day(asked)}; it runs at {runs}."


def details(trace: Mapping[str, Any]) -> list[str]:
    """What else there is to say: earlier slots, or what stood in the way; a line for each."""
    if "slots" in trace:
        return [
            f"{count} {'slot' if count == 1 else 'slots'}: {_WHY[why]}"
            for why, count in trace["slots"].items()
        ]
    return [_earlier(one["wall"], one["why"]) for one in trace.get("passed", ())]


def _earlier(wall: str, why: str) -> str:
    return f"{_time(wall)}: {_WHY[why]}"


def _time(wall: str) -> str:
    return dates.time(datetime.fromisoformat(wall))


def _no_limit(trace: Mapping[str, Any]) -> str:
    zero = [_LIMIT[period] for period, limit in trace["limits"].items() if limit == 0]
    verb = "limit is" if len(zero) == 1 else "limits are"
    return f"The {' and '.join(zero)} {verb} 0: nothing goes out by itself."


def _none_free(trace: Mapping[str, Any]) -> str:
    counts = trace["slots"]
    if not counts:
        return "None of the next 400 days has a slot: every publishing day is a blackout date."
    if set(counts) == {TAKEN}:
        return "No slot is free in the next 400 days; another content has each of them."
    mostly = max(counts, key=lambda why: counts[why])
    cause = {TAKEN: "another content has it", LEAD: f"it {_WHY[LEAD]}"}.get(mostly, _WHY[mostly])
    return f"No slot is free in the next 400 days; for most of them, {cause}."


_REASONS = {
    "limit_zero": _no_limit,
    "no_publish_days": lambda _: "No day of the week is a publishing day.",
    "no_time_slots": lambda _: "There is no time slot.",
    "none_free": _none_free,
}
