"""A person gives a piece its time, or takes it: schedule, move, unschedule, hold, dismiss.

Each verb is one step that can be undone (planning/changes.py). `content` is locked by the caller
(access.get_for_update), who asks `check_seen` before, where it is known what the person saw.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from msgspec import UNSET, UnsetType
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import zones
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.integrations import connections
from webapp.publisher.planning import changes, near
from webapp.publisher.planning.plan_input import PlanInput
from webapp.publisher.planning.steps import Stood
from webapp.publisher.records import records, site_status, stands, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents
from webapp.writer.models import Content

Seen = datetime | None | UnsetType
FARTHEST = timedelta(days=5 * 366)
# What a person answers by giving the piece a time, or by dismissing it.
FAILED = frozenset({"failed", "failed_update"})
ANSWERED = FAILED | {"held", "missed"}
DISMISSED = ANSWERED | {"issues", "edited_there", "unpublished_there", "gone"}


@dataclass(frozen=True)
class Moved:
    """What was done. `change_id`: the step, as undoing names it; 0 where the time that it had has
    passed. `note` is as in zones.Moment; `warnings` are sentences for the person."""

    change_id: int
    content_id: int
    site_id: int
    zone: str
    before: datetime | None
    at: datetime | None
    wall: datetime | None = None
    note: str = ""
    warnings: list[str] = field(default_factory=list)


class Choice(NamedTuple):
    """A time that a person chose: an instant, without an offset a wall time of the site, or both
    where they are known.

    `approves`: a piece that had no time is approved by this, if need be; `read` is the version that
    the person had before them, where it is known: no other one is approved.
    """

    at: datetime | Moment
    by: Member
    approves: bool = False
    read: int | None = None


def schedule(db: Session, system: System, content: Content, choice: Choice) -> Moved:
    """Give the piece this time and pin it there; one that is moved stays as approved as it is. A
    wall time that does not exist runs right after the gap.

    Raises Conflict: edited by somebody else meanwhile, in the past, being published, no
    destination, up to date already. Raises Invalid for a time with seconds or years away.
    """
    return _put(db, system, content, choice)


def move_to_day(db: Session, system: System, content: Content, day: date, *, by: Member) -> Moved:
    """To another day at the same time of day. A piece without a time gets the day's first free
    slot, else a time in its publishing hours."""
    _check_movable(content)
    site = db.get_one(Site, content.site_id)
    zone = zones.zone(site.timezone)
    _check_day(day, zones.local(system.clock(), zone).date())
    if content.scheduled_publish_at is not None:
        wall = datetime.combine(day, zones.local(content.scheduled_publish_at, zone).time())
        return _put(db, system, content, Choice(wall, by))
    place = near.read(db, system, content, site, day)
    choice = Choice(near.free_on(place, day), by)
    return _put(db, system, content, choice, place)


def unschedule(db: Session, system: System, content: Content, *, by: Member) -> Moved:
    """Back to the tray, where it stays until a person or `release` gives it a time. That it failed
    still stands on it: nobody has answered that."""
    before = Stood.of(content)
    marks = content.attention & FAILED
    _to_tray(db, system, content)
    content.attention = content.attention | marks
    return _done(db, system, content, changes.UNSCHEDULE, before, by=by)


def hold(db: Session, system: System, content: Content, *, by: Member) -> Moved:
    """Unschedule it, and have it wait among the things that need attention."""
    before = Stood.of(content)
    _to_tray(db, system, content)
    content.attention = content.attention | {"held"}
    return _done(db, system, content, changes.HOLD, before, by=by)


def release(db: Session, system: System, content: Content, *, by: Member) -> Moved:
    """Let the scheduler choose the time (again)."""
    before = Stood.of(content)
    _to_tray(db, system, content)
    content.pinned = False
    changes.plan_soon(db, system, content.site_id)
    return _done(db, system, content, changes.RELEASE, before, by=by)


def dismiss(db: Session, system: System, content: Content, *, by: Member) -> Moved:
    """It was seen: the marks go. A failed piece goes back to the tray."""
    before = Stood.of(content)
    if content.site_status == states.FAILED:
        site_status.move(content, "unschedule", system.clock())
        site_status.clear_schedule(content)
        content.pinned = True
    content.attention = content.attention - DISMISSED
    return _done(db, system, content, changes.DISMISS, before, by=by)


def check_seen(content: Content, seen: Seen) -> None:
    """Raise Conflict where it is being published, or stands elsewhere than the person saw: somebody
    was faster. `seen` is the time that stood on it, None for none, UNSET where nobody knows."""
    _check_movable(content)
    if seen is not UNSET and content.scheduled_publish_at != seen:
        raise Conflict.of(Code.MOVED_MEANWHILE)


def _check_movable(content: Content) -> None:
    if content.site_status == states.PUBLISHING:
        raise Conflict.of(Code.IN_FLIGHT)


def _check_day(day: date, today: date) -> None:
    """Also keeps away the dates at which calendars end."""
    if day < today:
        raise Conflict.of(Code.IN_THE_PAST)
    if day > today + FARTHEST:
        raise Invalid({"at": "That is more than five years away."})


def _check_far(at: datetime, now: datetime) -> None:
    if at <= now:
        raise Conflict.of(Code.IN_THE_PAST)
    if at > now + FARTHEST:
        raise Invalid({"at": "That is more than five years away."})


def _put(
    db: Session, system: System, content: Content, choice: Choice, place: PlanInput | None = None
) -> Moved:
    before = Stood.of(content)
    moment = choose(db, system, content, choice)
    site = db.get_one(Site, content.site_id)
    place = place or near.read(db, system, content, site, moment.wall.date())
    done = _done(db, system, content, changes.SCHEDULE, before, by=choice.by)
    found = near.warnings(place, content, moment)
    return replace(done, wall=moment.wall, note=moment.note, warnings=found)


def choose(db: Session, system: System, content: Content, choice: Choice) -> Moment:
    """Write a time that a person chose, if the piece may have it; no step is kept. Raises as
    `schedule` does; and where the piece had no time, is not approved, and is not to be by this."""
    _check_movable(content)
    site, now = db.get_one(Site, content.site_id), system.clock()
    moment = _moment(choice.at, site, now)
    if moment.wall.second or moment.wall.microsecond:
        raise Invalid({"at": "Times are whole minutes."})
    goes = connections.default_of(db, content.site_id)
    if goes is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    stands.check_goes(db, content, goes)
    if site_status.is_up_to_date(content):
        raise Conflict.of(Code.ALREADY_PUBLISHED, url=content.external_url)
    if content.scheduled_publish_at is None and not contents.is_approved(content):
        if not choice.approves:
            raise Conflict.of(Code.APPROVAL_NEEDED)
        contents.check_read(content, choice.read)
        records.approve_for(db, system, content, "scheduled", by=choice.by)
    _withdraw_retry(db, system, content)
    write_time(content, moment, site.timezone, now)
    content.pinned = True
    content.plan_trace = {"chosen_by": choice.by.name or choice.by.email}
    return moment


def _moment(at: datetime | Moment, site: Site, now: datetime) -> Moment:
    """The time that was chosen, as the site's clocks say it; Conflict and Invalid where it is past
    or years away."""
    zone = zones.zone(site.timezone)
    if isinstance(at, Moment):
        _check_far(at.at, now)
        return at
    if at.tzinfo is not None:
        _check_far(at, now)
        return Moment(at, zones.local(at, zone))
    _check_day(at.date(), zones.local(now, zone).date())
    moment = zones.instant(at, zone)
    _check_far(moment.at, now)
    return moment


def write_time(content: Content, moment: Moment, zone: str, now: datetime) -> None:
    """Write the time on the piece: the instant, and the wall time and zone it was meant as."""
    site_status.move(content, "schedule", now)
    content.scheduled_publish_at = moment.at
    content.scheduled_wall_time = moment.wall.isoformat(timespec="minutes")
    content.scheduled_zone = zone
    content.attention = content.attention - ANSWERED


def _to_tray(db: Session, system: System, content: Content) -> None:
    _check_movable(content)
    _withdraw_retry(db, system, content)
    if content.site_status in (states.SCHEDULED, states.FAILED):
        site_status.move(content, "unschedule", system.clock())
    site_status.clear_schedule(content)
    content.pinned = True
    content.attention = content.attention - ANSWERED
    content.plan_trace = None


def _withdraw_retry(db: Session, system: System, content: Content) -> None:
    """A piece that waits for its next try is called back before it gets another time."""
    record = db.scalars(
        sa.select(PublishingRecord).where(
            PublishingRecord.content_id == content.id, PublishingRecord.status == states.PENDING
        )
    ).one_or_none()
    if record is not None:
        records.cancel(db, system, content, record)


def _done(
    db: Session, system: System, content: Content, kind: str, before: Stood, *, by: Member
) -> Moved:
    db.flush()
    change = changes.keep_one(db, content, kind, before, by)
    changes.announce(db, system, content.account_id, content.site_id, [content.id])
    zone = db.get_one(Site, content.site_id).timezone
    was, now = before.place.moment, content.scheduled_publish_at
    can_undo = before.until(content).is_to_come(system.clock())
    step = change.id if can_undo else 0
    return Moved(step, content.id, content.site_id, zone, was, now)
