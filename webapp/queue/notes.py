"""What a line of the queue says beside the title, and what went wrong. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.core import labels
from webapp.publisher.planning import explanation, missed
from webapp.publisher.planning.schedule import FAILED
from webapp.publisher.records.states import FAILED as FAILED_STATUS
from webapp.publisher.records.states import PENDING, WORKED
from webapp.queue.shapes import Around, Latest, Piece

LONGEST_DETAILS = 120
WAITING = frozenset({"held", "missed"})
# Of a piece that is online: where its text here is by now.
NEWER = {
    "draft": "Its text here is a draft again",
    "review": "Its text here is in review again",
    "approved": "A newer text is approved, and not online yet",
}


@dataclass(frozen=True)
class Problem:
    """What went wrong: a sentence, and behind it the code and the beginning of the details."""

    text: str
    code: str
    step: str
    details: str


def takes_down(record: Latest | None) -> bool:
    """Whether the newest record is about taking the piece offline, and is not over."""
    return record is not None and record.action == "retract" and record.status not in WORKED


def of(row: Piece, around: Around, waits: bool, holdup: str) -> list[str]:
    """What is to be said beside the title, the most important first. `waits`: for its next try;
    `holdup`: what it waits for though its moment has come, "" for nothing."""
    tab, record = around.tab, around.record
    found = _marked(row, around) if tab == "attention" else []
    found += around.findings
    if tab == row.site_status == "published" and row.status in NEWER:
        found.append(NEWER[row.status])
    if record and takes_down(record) and (waits or record.status == FAILED_STATUS):
        found.insert(0, "Taking it offline failed")
    if holdup:
        found.append(holdup)
    if record is None or row.site_status not in ("publishing", "scheduled", "published"):
        return found
    step = None if "unclear" in row.attention else around.step
    if step is not None and step.attempt == record.attempt and not holdup:
        found.append(f"Step {step.step_number} of 7: {labels.STEPS.get(step.step, step.step)}")
    elif record.status == PENDING and not waits and not holdup:
        found.append("Waits for its turn")
    if "unclear" in row.attention and tab != "attention":
        found.append(_attention("unclear", record))
    if record.attempt > 1 and row.site_status != "published":
        found.append(f"Attempt {record.attempt}")
    if record.missed_seconds is not None:
        found.append(f"Late by {missed.late_by(record.missed_seconds)}")
    return found


def _marked(row: Piece, around: Around) -> list[str]:
    """What its marks say; what the look afterwards found says it itself."""
    held = explanation.sentence(
        row.plan_trace, obstacle=around.site.obstacle, is_online=bool(row.external_url)
    )
    reason = held if row.attention & WAITING else ""
    marks = row.attention - FAILED - (WAITING if reason else {"held"})
    marks -= {"issues"} if around.findings else set()
    found = [_attention(word, around.record) for word in sorted(marks)]
    return [*found, reason] if reason else found


def _attention(word: str, record: Latest | None) -> str:
    """What a mark says, of a piece with this newest record."""
    if word == "unclear" and takes_down(record):
        return labels.UNCLEAR_OFFLINE
    return labels.ATTENTION.get(word, word)


def problem(record: Latest | None) -> Problem | None:
    error = (record.error if record else None) or None
    if error is None:
        return None
    told = "\n".join(f"{name}: {value}" for name, value in (error.get("details") or {}).items())
    cut = told[:LONGEST_DETAILS] + (" …" if len(told) > LONGEST_DETAILS else "")
    step = "" if takes_down(record) else labels.STEPS.get(error.get("step", ""), "")
    return Problem(error.get("message", ""), error.get("code", ""), step, cut)
