"""What a person did in the last ten minutes and can still take back, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.content.zone_words import in_site
from webapp.core.labels import counted, named
from webapp.publisher.planning import changes
from webapp.publisher.planning.changes import Done
from webapp.publisher.planning.steps import Place

_OF_MANY = {
    "move": "{count} of {site} moved",
    "replan": "{count} of {site} planned anew",
    "insert": "Room made at {site}: {count} moved",
    "zone": "{count} of {site} moved with the site’s time zone",
}


@dataclass(frozen=True)
class Line:
    """One act: the step that Undo names, what was done, and when."""

    step: int
    said: str
    at: datetime


def lines(db: Session, member: Member, now: datetime) -> list[Line]:
    """The newest first."""
    done = changes.newest(db, member, now)
    return [Line(one.step, _said(one), one.at) for one in done]


def _said(one: Done) -> str:
    if one.count > 1:
        return _OF_MANY[one.kind].format(count=counted(one.count, "piece"), site=one.site)
    name = named(one.title)
    if one.kind == changes.APPROVAL:
        return f"{name} approved"
    if one.kind == changes.CHANGE_REQUEST:
        return f"Changes to {name} asked for"
    return f"{name} {_became(one.move.before, one.move.after, one.zone)}"


def _became(before: Place, after: Place, zone: str) -> str:
    """What a step of schedule.py did with the place of a piece."""
    if after.moment is not None:
        return (
            "seen" if after.moment == before.moment else f"moved to {in_site(after.moment, zone)}"
        )
    if "held" in after.attention and "held" not in before.attention:
        return "put on hold"
    if not after.pinned:
        return "left to the scheduler"
    return "seen" if before.moment is None else "taken off the calendar"
