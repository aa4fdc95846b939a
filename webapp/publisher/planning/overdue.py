"""New times for pieces whose own was missed by more than their site allows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.accounts.models import Site
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.publisher.planning import missed, plan_input, planner, schedule, settings
from webapp.publisher.planning.missed import Verdict
from webapp.publisher.planning.planner import Assignment
from webapp.publisher.records import letting_go, records, states
from webapp.publisher.records.models import PublishingSettings
from webapp.writer.models import Content

log = structlog.get_logger()


@dataclass(frozen=True)
class Missed:
    """A piece that still stands at the time it missed, and what is to become of it."""

    content: Content
    verdict: Verdict

    @property
    def due(self) -> datetime:
        assert self.content.scheduled_publish_at is not None
        return self.content.scheduled_publish_at


def hold(db: Session, system: System, one: Missed, why: dict[str, Any] | None = None) -> None:
    """It waits for a person. `why` is the planner's trace where it was to get a new time."""
    kept = missed.note(one.due, replace(one.verdict, then=missed.HOLD))
    letting_go.drop_schedule(db, system, one.content, {"held", "missed"})
    one.content.plan_trace = (why or {}) | kept


def give_new_times(db: Session, system: System, site_id: int, late: dict[int, Missed]) -> int:
    """The site's next free slots, as the planner gives them; held where none is free.

    `late` is by content id. Returns how many were settled: none while somebody else plans for the
    site, which is not waited for.
    """
    chosen = _plans_of(db, site_id)
    if chosen is None:
        return 0
    site, now = db.get_one(Site, site_id), system.clock()
    left = dict(late)
    for assigned in _plan(db, site, chosen, [one.content for one in late.values()], now):
        one = left.pop(assigned.id)
        if assigned.at is None or assigned.wall is None:
            hold(db, system, one, assigned.trace)
            continue
        kept = missed.note(one.due, one.verdict)
        moment = Moment(assigned.at, assigned.wall, assigned.note)
        schedule.write_time(one.content, moment, site.timezone, now)
        one.content.plan_trace = assigned.trace | kept
        records.announce(db, system, one.content)
    for one in left.values():
        hold(db, system, one)
    return len(late)


def _plans_of(db: Session, site_id: int) -> PublishingSettings | None:
    """The site's settings, held: whoever has them is the only one who plans for the site."""
    return db.scalars(
        sa.select(PublishingSettings)
        .where(PublishingSettings.site_id == site_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    ).one_or_none()


def _plan(
    db: Session, site: Site, chosen: PublishingSettings, contents: Sequence[Content], now: datetime
) -> list[Assignment]:
    """Nothing where planning meets a bug: that must not keep other sites' pieces from going out."""
    grace = timedelta(minutes=chosen.missed_grace_minutes or 0)
    try:
        rules = settings.rules(chosen)
        place = plan_input.read(db, site, rules, now)
        gone = set(db.scalars(_passed(site.id, now - grace)))
        place.taken[:] = [one for one in place.taken if one.id not in gone]
        return planner.plan(place, [plan_input.item(one) for one in contents])
    except Exception:
        log.exception("new times could not be planned", site=site.id)
        return []


def _passed(site_id: int, before: datetime) -> sa.Select[int]:
    """What still stands at a time that nobody will keep: it takes up no place."""
    return sa.select(Content.id).where(
        Content.site_id == site_id,
        Content.site_status == states.SCHEDULED,
        Content.scheduled_publish_at < before,
        ~records.IS_ON_ITS_WAY,
    )
