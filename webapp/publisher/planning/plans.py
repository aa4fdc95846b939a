"""Plans of a site: giving waiting pieces their times, replanning, inserting, looking ahead.

Whoever plans for a site holds its settings' row, so that two never do at once. What a person asked
for is kept as one step with one Undo (publisher/planning/changes.py). Open pages hear of many moves
as one notice: topic "plan" with the site's id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import zones
from webapp.core.codes import Code
from webapp.core.db import among
from webapp.core.errors import Conflict
from webapp.core.memory import uncollected
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.publisher.planning import (
    capacity,
    changes,
    plan_input,
    planner,
    rezone,
    schedule,
    settings,
    shift,
    slots,
    times,
)
from webapp.publisher.planning.capacity import Forecast
from webapp.publisher.planning.plan_input import Look, PlanInput
from webapp.publisher.planning.planner import Assignment
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.planning.steps import Move, Place
from webapp.publisher.planning.times import Row, Step
from webapp.publisher.records.models import PublishingSettings
from webapp.writer.models import Content

log = structlog.get_logger()
TITLE = (Content.title,)
NEVER = datetime.max.replace(tzinfo=UTC)
# As many pieces as a preview lists; it counts all of them.
LISTED = 200
WEEKS_TO_COME = timedelta(weeks=5)


@dataclass(frozen=True)
class Shift:
    """One piece of a preview: where it stands and where it would go (UTC; None: the tray)."""

    content_id: int
    title: str
    before: datetime | None
    after: datetime | None
    reason: str | None = None


@dataclass(frozen=True)
class Preview:
    """What a change would do: how many move, get a time, or lose theirs; and the first of them."""

    moved: int
    placed: int
    lost: int
    shifts: list[Shift]
    remarks: list[str]


def assign_all(system: System, only: Sequence[int] | None = None) -> int:
    """Every site, or of `only` these, that publishes by itself and is not paused. How many placed.

    The zones' new rules come first: a site is planned by those that hold.
    """
    rezone.refresh(system, only)
    with system.db.read() as db:
        sites = db.scalars(
            sa.select(PublishingSettings.site_id).where(
                PublishingSettings.auto_publish_enabled,
                PublishingSettings.paused.is_(False),
                among(PublishingSettings.site_id, only),
            )
        ).all()
    placed = 0
    for site_id in sites:
        try:
            with system.db.write() as db:
                placed += assign(db, system, site_id)
        except Exception:  # one site's trouble must not stop the others'
            log.exception("the site could not be planned", site=site_id)
    return placed


@uncollected()
def assign(db: Session, system: System, site_id: int) -> int:
    """Give the site's waiting pieces their times; assigned ones stay. Returns how many."""
    site = db.get_one(Site, site_id)
    held = settings.for_update(db, site)
    if held.paused or not held.auto_publish_enabled:
        return 0
    place = plan_input.read(db, site, settings.rules(held), system.clock())
    plan = _plan(plan_input.add_waiting(db, site, place, lock=True, also=(Content.plan_trace,)))
    news = [one for one in plan if one.at or place.rows[one.id].plan_trace != one.trace]
    times.write(db, _rows(site, place, news), place.now)
    placed = [one.id for one in plan if one.at]
    changes.announce(db, system, site.account_id, site.id, placed)
    return len(placed)


@uncollected()
def preview_replan(db: Session, system: System, site: Site) -> Preview:
    """What a replan would move."""
    held = settings.of(db, site)
    rules = settings.rules(held)
    place = plan_input.read(db, site, rules, system.clock(), Look(replan=True, also=TITLE))
    if held.auto_publish_enabled:
        place = plan_input.add_waiting(db, site, place, also=TITLE)
    return _preview(_shifts(place), settings.remarks(rules))


@uncollected()
def preview_change(
    db: Session, system: System, site: Site, given: Mapping[str, Any], *, timezone: str = ""
) -> Preview:
    """What has to move with settings as `given`, because they have no place for it where it stands,
    and what gets a time because from now on the scheduler gives times; in another zone all is
    planned anew. Raises Invalid with every wrong field."""
    held = settings.of(db, site)
    wanted = settings.draft(held, given)
    rules = settings.rules(wanted)
    zone = rezone.checked_zone(timezone) if timezone else None
    look = Look(zone=zone, replan=True, only_misfits=zone in (None, _zone(site)), also=TITLE)
    place = plan_input.read(db, site, rules, system.clock(), look)
    begins = wanted.auto_publish_enabled and not held.auto_publish_enabled
    if begins or (wanted.auto_publish_enabled and not look.only_misfits):
        place = plan_input.add_waiting(db, site, place, also=TITLE)
    shifts = _shifts(place)
    if zone is not None:
        stay = [place.rows[one.id] for one in place.taken if place.rows[one.id].scheduled_wall_time]
        shifts += [
            _shift(row, moment.at if moment.at > place.now else None, None)
            for row, moment in rezone.moved(stay, zone)
        ]
    return _preview(shifts, settings.remarks(rules))


@uncollected()
def replan(db: Session, system: System, site: Site, *, by: Member) -> Step:
    """Plan all anew that has a time and that nobody pinned, as one step with one Undo. What has
    none gets one where the scheduler gives times by itself."""
    held = settings.for_update(db, site)
    look = Look(replan=True, lock=True)
    return _again(db, system, site, look, held.auto_publish_enabled, by)


@uncollected()
def adjust(db: Session, system: System, site: Site, *, by: Member, begins: bool = False) -> Step:
    """Move what the settings, which were changed, have no place for where it stands, as one step
    with one Undo; all else stays. `begins`: the scheduler gives times by itself from now on, so
    that what has none gets one."""
    settings.for_update(db, site)
    return _again(db, system, site, Look(replan=True, only_misfits=True, lock=True), begins, by)


def _again(
    db: Session, system: System, site: Site, look: Look, with_waiting: bool, by: Member
) -> Step:
    rules = settings.rules(settings.of(db, site))
    place = plan_input.read(db, site, rules, system.clock(), look)
    if with_waiting:
        place = plan_input.add_waiting(db, site, place, lock=True)
    plan = _moving(place, _plan(place))
    rows = _rows(site, place, plan)
    moves = times.moves(place.rows, rows)
    times.write(db, rows, place.now)
    return times.keep(db, system, site, "replan", moves, by)


def preview_insert(
    db: Session, system: System, site: Site, content: Content, at: datetime
) -> Preview:
    """Which pieces would make room if this one took that time. Raises Conflict: no room."""
    rules = settings.rules(settings.of(db, site))
    place = plan_input.read(db, site, rules, system.clock(), Look(without=content.id, also=TITLE))
    moved = _make_room(place, content, at)
    return _preview([_shift(place.rows[one.id], one.at, None) for one in moved], [])


def insert(db: Session, system: System, content: Content, at: datetime, *, by: Member) -> Step:
    """The piece takes that time, and later ones that nobody pinned make room: one step."""
    site = db.get_one(Site, content.site_id)
    rules = settings.rules(settings.for_update(db, site))
    before = Place.of(content)
    place = plan_input.read(db, site, rules, system.clock(), Look(without=content.id, lock=True))
    moved = _make_room(place, content, at)
    schedule.choose(db, system, content, Choice(at, by))
    db.flush()
    own = Move(content.id, before, Place.of(content))
    rows = [
        times.set_schedule(one.id, Moment(one.at, one.wall), site.timezone, one.trace)
        for one in moved
    ]
    moves = [own, *times.moves(place.rows, rows)]
    times.write(db, rows, place.now)
    return times.keep(db, system, site, "insert", moves, by)


def forecast(
    db: Session, system: System, site: Site, given: Mapping[str, Any] | None = None
) -> tuple[Forecast, str]:
    """When all that waits will have gone out, with the settings as they are or as `given`; and
    that in a sentence. Pieces in the tray count, also those that the scheduler leaves alone."""
    rules = settings.rules(settings.draft(settings.of(db, site), given or {}))
    place = plan_input.read(db, site, rules, system.clock())
    waiting = plan_input.tray(db, site)
    found = capacity.forecast(place, waiting)
    return found, capacity.sentence(rules, found)


def next_free(
    db: Session, system: System, site: Site, content: Content, count: int = 5
) -> list[Moment]:
    """The site's next free slots for this content. They are mostly near, so the weeks to come are
    searched first, and all of the plan only if these have too few."""
    rules = settings.rules(settings.of(db, site))
    found: list[Moment] = []
    if planner.reason_not_to_plan(rules):
        return found
    today = zones.local(system.clock(), zones.zone(site.timezone)).date()
    for days in (WEEKS_TO_COME, timedelta(days=slots.HORIZON_DAYS)):
        dates = today, today + days
        place = plan_input.around(db, site, rules, system.clock(), dates, without=content.id)
        found = planner.next_free(place, kind=plan_input.kind_of(content), count=count)
        if len(found) == count and found[-1].wall.date() <= dates[1]:
            break
    return found


def _plan(place: PlanInput) -> list[Assignment]:
    return planner.plan(place, place.items)


def _zone(site: Site) -> ZoneInfo:
    return zones.zone(site.timezone)


def _shifts(place: PlanInput) -> list[Shift]:
    """What planning these would move."""
    moving = _moving(place, _plan(place))
    return [_shift(place.rows[one.id], one.at, one.reason) for one in moving]


def _moving(place: PlanInput, plan: Sequence[Assignment]) -> list[Assignment]:
    """Those that do not stay where they are."""
    return [one for one in plan if place.rows[one.id].scheduled_publish_at != one.at]


def _rows(site: Site, place: PlanInput, plan: Sequence[Assignment]) -> list[Row]:
    return [
        times.set_schedule(one.id, Moment(one.at, one.wall), site.timezone, one.trace)
        if one.at and one.wall
        else times.unschedule(place.rows[one.id], one.trace)
        for one in plan
    ]


def _make_room(place: PlanInput, content: Content, at: datetime) -> list[shift.Move]:
    """The moves of the others. Raises Conflict."""
    item = plan_input.item(content)
    try:
        moves = shift.insert(place, item, at)
    except shift.CannotInsert as problem:
        code = _CANNOT.get(problem.reason, Code.NO_ROOM)
        raise Conflict.of(code, content_id=problem.content_id) from problem
    return [one for one in moves if one.id != content.id]


_CANNOT = {
    shift.IN_THE_PAST: Code.IN_THE_PAST,
    shift.PUBLISHING: Code.IN_FLIGHT,
    shift.OCCUPIED: Code.TIME_TAKEN,
}


def _shift(row: Any, after: datetime | None, reason: str | None) -> Shift:
    return Shift(row.id, row.title, row.scheduled_publish_at, after, reason)


def _preview(shifts: list[Shift], remarks: list[str]) -> Preview:
    shifts = sorted(shifts, key=lambda one: (one.before or one.after or NEVER, one.content_id))
    placed = sum(1 for one in shifts if one.before is None and one.after is not None)
    lost = sum(1 for one in shifts if one.before is not None and one.after is None)
    moved = sum(1 for one in shifts if one.before is not None and one.after is not None)
    return Preview(moved, placed, lost, shifts[:LISTED], remarks)
