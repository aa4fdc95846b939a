"""What becomes of a moment at which nobody was there. Pure.

A time is missed if no worker was running at its moment, or if the site was paused then. Being
queued behind others is not missed: that is only late.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

PUBLISH, NEXT_SLOT, HOLD = "publish", "next_slot", "hold"
NOBODY_THERE, SITE_PAUSED = "no_worker", "paused"


@dataclass(frozen=True)
class Interval:
    """A time in which a worker was there, both ends included."""

    since: datetime
    until: datetime

    def covers(self, moment: datetime) -> bool:
        return self.since <= moment <= self.until


@dataclass(frozen=True)
class Policy:
    """A site's rule: `grace` None publishes however late, `then` is next_slot or hold."""

    grace: timedelta | None = None
    then: str = NEXT_SLOT


@dataclass(frozen=True)
class Verdict:
    """`then` is publish, next_slot or hold. `late` is None where the time was not missed; else
    `why` is no_worker or paused."""

    then: str
    late: timedelta | None = None
    why: str = ""


def judge(
    due: datetime,
    now: datetime,
    present: Iterable[Interval],
    policy: Policy,
    *,
    was_paused: bool,
    pinned: bool,
) -> Verdict:
    """What to do at `now` with a piece that was due at `due`.

    `present` is when workers were there, `was_paused` whether the site was paused at `due`.
    """
    why = SITE_PAUSED if was_paused else NOBODY_THERE
    if why == NOBODY_THERE and any(one.covers(due) for one in present):
        return Verdict(PUBLISH)
    late = now - due
    if policy.grace is None or late <= policy.grace:
        return Verdict(PUBLISH, late, why)
    return Verdict(HOLD if pinned else policy.then, late, why)


def note(due: datetime, verdict: Verdict) -> dict[str, Any]:
    """What a piece's trace keeps of a time that was missed."""
    seconds = int(verdict.late.total_seconds()) if verdict.late else 0
    kept = {"due": due.isoformat(), "late_seconds": seconds, "why": verdict.why}
    return {"missed": kept | {"then": verdict.then}}


def late_by(seconds: int) -> str:
    """In words: "less than a minute", "12 min", "3 h 5 min", "2 days"."""
    minutes = round(seconds / 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days"


def sentence(kept: dict[str, Any]) -> str:
    """What happened to a missed time, from the note that was kept."""
    cause = _CAUSES[kept["why"]]
    if kept["then"] == PUBLISH:
        return f"{cause}: it was sent {late_by(kept['late_seconds'])} late."
    return f"{cause}: {_INSTEAD[kept['then']]}"


_CAUSES = {
    NOBODY_THERE: "No worker was running at its time",
    SITE_PAUSED: "The site was paused at its time",
}
_INSTEAD = {
    NEXT_SLOT: "it got the next free time instead.",
    HOLD: "it waits for you to say when it goes out.",
}
