"""Why a content has its time, or none: one sentence, and the details behind it. Pure.

`Content.plan_trace` is written by the planner (trace.py), by a person who chose the time, and by
whoever dealt with a time that was missed; this reads all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from webapp.core.codes import Code
from webapp.core.codes import sentence as of_code
from webapp.integrations.obstacles import OBSTACLES
from webapp.publisher.planning import missed, trace

Trace = Mapping[str, Any] | None


def sentence(kept: Trace, *, obstacle: str | None = None, is_online: bool = True) -> str:
    """The reason in a sentence; "" where none was kept.

    A hold may outlast its cause: `obstacle` is what the site's is now (integrations/obstacles.py),
    None where that is not known, `is_online` whether the piece stands anywhere.
    """
    kept = kept or {}
    found = [_chosen(kept), trace.sentence(kept)]
    if kept.get("missed"):
        found.append(missed.sentence(kept["missed"]))
    elif kept.get("held"):
        found.append(_held(kept["held"], obstacle, is_online))
    return " ".join(one for one in found if one)


def details(kept: Trace) -> list[str]:
    """What else there is to say, a line for each."""
    return trace.details(kept or {})


def _held(code: str, obstacle: str | None, is_online: bool) -> str:
    if code == Code.INTEGRATION_MISSING and obstacle:
        return f"Held when its time came: {OBSTACLES[obstacle].reason}."
    is_over = code == Code.INTEGRATION_MISSING and obstacle == ""
    if is_over or (code == Code.ONLINE_ELSEWHERE and not is_online):
        return "What held it when its time came is over. Give it a time, or publish it."
    return of_code(code)


def _chosen(kept: Mapping[str, Any]) -> str:
    if kept.get("chosen_by"):
        return f"{kept['chosen_by']} chose this time."
    if kept.get("made_room"):
        return "It moved to make room for another piece."
    if kept.get("passed_by_clock"):
        return "The clock of the site was changed, and its time had passed by the new one."
    if kept.get("undone"):
        return "A change of the plan was undone, so it stands where it stood before."
    return ""
