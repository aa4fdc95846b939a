"""What a piece meets around a day: other pieces, limits, and the next free time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from webapp.accounts.models import Site
from webapp.core import dates, zones
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.publisher.planning import capacity, plan_input, settings, slots
from webapp.publisher.planning.limits import FIRST
from webapp.publisher.planning.plan_input import PlanInput
from webapp.writer.models import Content

STEP = timedelta(minutes=5)


def read(db: Session, system: System, content: Content, site: Site, day: date) -> PlanInput:
    """What the piece meets on that day; no more of the site's plan is read than its limits need."""
    rules = settings.rules(settings.of(db, site))
    return plan_input.around(db, site, rules, system.clock(), (day, day), without=content.id)


def warnings(place: PlanInput, content: Any, moment: Moment) -> list[str]:
    """What a person should know who puts the piece there: nothing of it is refused. `place` is
    what `read` gave."""
    found = []
    if any(one.at == moment.at for one in place.taken):
        found.append("Another piece of the site goes out at the same minute.")
    day = moment.wall.date()
    if not slots.is_publishing(place.rules, day):
        found.append(f"{dates.day(day)} is no publishing day of the site.")
    if plan_input.kind_of(content) != FIRST:
        return found
    too_many = capacity.exceeded(place.rules, capacity.used(place), content.id, day)
    for period, (count, limit) in too_many.items():
        found.append(f"That is {count} of {limit} for that {period}.")
    return found


def free_on(place: PlanInput, day: date) -> Moment:
    """A time on that day for a piece from the tray: a free slot, else any slot that is still to
    come, else the first full minutes in the hours of the day."""
    earliest = place.now + timedelta(minutes=place.rules.min_lead_minutes)
    occupied = {one.at for one in place.taken}
    to_come = [one for one in slots.of_day(place.rules, place.zone, day) if one.at >= earliest]
    for moment in to_come:
        if moment.at not in occupied:
            return moment
    times = slots.wall_times(place.rules) or (9 * 60,)
    start = zones.instant(
        datetime.combine(day, datetime.min.time()) + timedelta(minutes=times[0]), place.zone
    )
    moment = start if start.at >= earliest else _next_minutes(earliest, place)
    while moment.at in occupied:
        moment = Moment(moment.at + STEP, zones.local(moment.at + STEP, place.zone))
    if moment.wall.date() != day:
        raise Conflict.of(Code.NO_TIME_LEFT)
    return moment


def _next_minutes(earliest: datetime, place: PlanInput) -> Moment:
    """The next moment on a multiple of five minutes."""
    seconds = int(STEP.total_seconds())
    at = datetime.fromtimestamp(-(-earliest.timestamp() // seconds) * seconds, earliest.tzinfo)
    return Moment(at, zones.local(at, place.zone))
