"""What a person did in the last ten minutes and can still take back, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import labels
from webapp.core.labels import counted, named
from webapp.publisher.planning import changes, recent
from webapp.publisher.planning.recent import Done

_OF_MANY = {
    "move": "{count} of {site} moved",
    "replan": "{count} of {site} planned anew",
    "insert": "Room made at {site}: {count} moved",
    "zone": "{count} of {site} moved with the site’s time zone",
}


_OF_ONE = {
    changes.APPROVAL: "{name} approved",
    changes.CHANGE_REQUEST: "Changes to {name} asked for",
    changes.SCHEDULE: "{name} moved to {at}",
    changes.UNSCHEDULE: "{name} taken off the calendar",
    changes.HOLD: "{name} put on hold",
    changes.RELEASE: "{name} left to the scheduler",
    changes.DISMISS: "{name} dismissed",
    changes.DELETION: "{name} deleted",
    changes.RETURN: "{name} taken out of the bin",
}


@dataclass(frozen=True)
class Undoable:
    """One act: the step that Undo names, what was done, and when."""

    step: int
    said: str
    at: datetime


def lines(db: Session, member: Member, now: datetime) -> list[Undoable]:
    """The newest first."""
    done = recent.newest(db, member, now)
    return [Undoable(one.step, _said(one), one.at) for one in done]


def _said(one: Done) -> str:
    if one.count > 1:
        return _OF_MANY[one.kind].format(count=counted(one.count, "piece"), site=one.site)
    at = one.move.after.moment
    words = _OF_ONE.get(one.kind) or ("{name} moved to {at}" if at else "{name} taken off")
    said = words.format(name=named(one.title), at=labels.moment(at, one.zone) if at else "")
    is_approved_too = one.kind == changes.SCHEDULE and one.move.approval is not None
    return said.replace("moved to", "approved and moved to") if is_approved_too else said
