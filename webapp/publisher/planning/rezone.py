"""A site's clock changes: another zone is chosen, or new rules of its zone were installed.

What was planned keeps its wall time, so its instant moves. A piece whose time has thereby passed
waits for a person, marked as missed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import zones
from webapp.core.db import among
from webapp.core.errors import Invalid
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.publisher.planning import changes, plan_input, settings, times
from webapp.publisher.planning.steps import Move
from webapp.publisher.planning.times import Step
from webapp.writer.models import Content

AT_ONCE = 500
LOST = {"passed_by_clock": True}
MISSED = frozenset({"missed"})


def checked_zone(name: str) -> ZoneInfo:
    """The zone's rules. Raises Invalid, naming the field."""
    if not zones.exists(name):
        raise Invalid({"timezone": "There is no such time zone. Write it as Europe/Berlin."})
    return zones.zone(name)


def change(
    db: Session, system: System, site: Site, timezone: str, *, by: Member | None = None
) -> Step:
    """The site lives in this zone from now on; also after the rules of its zone have changed."""
    clock = checked_zone(timezone)
    settings.for_update(db, site)
    site.timezone, site.planned_with = timezone, zones.VERSION
    db.flush()
    moves = []
    for rows in _planned(db, site):
        moves += _move(db, rows, clock, system.clock())
    return times.keep(db, system, site, "zone", moves, by)


def refresh(system: System, only: Sequence[int] | None = None) -> int:
    """After new rules were installed: every site's times by them, or those of `only` these.
    Returns how many moved."""
    behind = Site.planned_with != zones.VERSION, among(Site.id, only)
    with system.db.read() as db:
        sites = db.scalars(sa.select(Site.id).where(*behind)).all()
    total = 0
    for site_id in sites:
        # Mostly nothing moves. To see that, nobody's writing is held up.
        with system.db.read() as db:
            site = db.get_one(Site, site_id)
            rows = db.execute(_times(site).execution_options(yield_per=1000))
            is_moved = next(moved(rows, zones.zone(site.timezone)), None) is not None
        with system.db.write() as db:
            site = db.get_one(Site, site_id, with_for_update=True)
            if is_moved:
                total += change(db, system, site, site.timezone).moved
            else:
                site.planned_with = zones.VERSION
    return total


def moved(rows: Iterable[Any], clock: ZoneInfo) -> Iterator[tuple[Any, Moment]]:
    """The planned pieces whose wall time is another instant by this clock."""
    for row in rows:
        at: datetime = row.scheduled_publish_at
        wall = datetime.fromisoformat(row.scheduled_wall_time or "0001-01-01")
        if wall.year > 1 and zones.local(at, clock) != wall:
            moment = zones.instant(wall, clock)
            if moment.at != at:
                yield row, moment


def _move(db: Session, rows: Sequence[Any], clock: ZoneInfo, now: datetime) -> list[Move]:
    written = [
        times.set_schedule(row.id, moment, clock.key, row.plan_trace)
        if moment.at > now
        else times.unschedule(row, LOST, MISSED)
        for row, moment in moved(rows, clock)
    ]
    times.write(db, written, now)
    return times.moves({row.id: row for row in rows}, written)


def _planned(db: Session, site: Site) -> Iterator[Sequence[Any]]:
    """The planned pieces, locked. A plan may be long and its reasons are, so some at a time."""
    ids = db.scalars(
        sa.select(Content.id).where(*plan_input.is_planned(site.id)).order_by(Content.id)
    ).all()
    columns = (*plan_input.PLACE, Content.plan_trace)
    planned = sa.select(*columns).where(*plan_input.is_planned(site.id)).with_for_update(of=Content)
    for some in changes.chunks(ids, AT_ONCE):
        yield db.execute(planned.where(Content.id.in_(some))).all()


def _times(site: Site) -> sa.Select[Any]:
    columns: tuple[Any, ...] = (Content.scheduled_publish_at, Content.scheduled_wall_time)
    return sa.select(*columns).where(*plan_input.is_planned(site.id))
