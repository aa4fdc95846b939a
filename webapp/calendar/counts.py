"""How much stands where: what counts under the limits, and what there is to filter by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.calendar import spans
from webapp.calendar.clocks import Clocks, is_shown
from webapp.calendar.placed import Places
from webapp.calendar.sites import SiteRow
from webapp.core import labels
from webapp.publisher.records import states
from webapp.writer import contents
from webapp.writer.indexes import STOPPED
from webapp.writer.models import Cluster, Content


@dataclass(frozen=True)
class Usage:
    """How much of a site's limits is taken now, and what goes out next; `stopped` pieces hold their
    places and will not go out."""

    today: int
    week: int
    month: int
    next_at: datetime | None
    stopped: int


@dataclass(frozen=True)
class Facts:
    """Of the days shown: what counts under the limits, by day (spans.number) and site; and what
    there is to filter by, each value with its words."""

    used: dict[tuple[int, int], int]
    types: dict[str, str]
    authors: dict[str, str]
    clusters: dict[int, str]


def facts(db: Session, places: Places, *, with_choices: bool) -> Facts:
    """What stands on the days, whatever is filtered; one query."""
    rows = db.execute(_facts(places.clocks, with_choices), places.days).all()
    used: dict[tuple[int, int], int] = {}
    for row in rows:
        key = (row.day, row.site_id)
        used[key] = used.get(key, 0) + int(row.used)
    if not with_choices:
        return Facts(used, {}, {}, {})
    return Facts(
        used,
        {one: labels.spaced(one) for one in sorted({row.content_type for row in rows})},
        {one: one for one in sorted({row.author_email for row in rows} - {""})},
        {row.cluster_id: row.name for row in rows if row.cluster_id},
    )


@lru_cache(maxsize=128)
def _facts(clocks: Clocks, with_choices: bool) -> sa.Select[Any]:
    placed = sa.union_all(*clocks.on_days()).subquery()
    groups: list[Any] = [placed.c.day, placed.c.site_id]
    query = sa.select(*groups, sa.func.sum(placed.c.counted).label("used"))
    if with_choices:
        more = (Content.content_type, Content.author_email, Content.cluster_id, Cluster.name)
        query = query.add_columns(*more).join(Content, Content.id == placed.c.id)
        query = query.outerjoin(Cluster, Cluster.id == Content.cluster_id)
        groups += more
    return query.where(is_shown(placed.c.day)).group_by(*groups)


def usage(db: Session, member: Member, sites: Sequence[SiteRow], now: datetime) -> dict[int, Usage]:
    """For each site: what is taken of today's, this week's and this month's limits."""
    days = tuple({site.zone: site.today(now) for site in sites}.items())
    around = [day for _, one in days for day in (*spans.week(one), *spans.month(one))]
    places = Places.of(db, member, sites, around)
    rows = db.execute(_usage(places.clocks, days), {**places.span, "now": now})
    return {
        site_id: Usage(int(today or 0), int(week or 0), int(month or 0), next_at, stopped)
        for site_id, today, week, month, next_at, stopped in rows
    }


@lru_cache(maxsize=128)
def _usage(clocks: Clocks, today: tuple[tuple[str, date], ...]) -> sa.Select[Any]:
    periods = [
        {zone: [day] for zone, day in today},
        {zone: spans.week(day) for zone, day in today},
        {zone: spans.month(day) for zone, day in today},
    ]
    placed = sa.union_all(*clocks.on_days()).subquery()
    sums = [
        sa.func.sum(sa.case((_within(placed.c.day, period), placed.c.counted), else_=0))
        for period in periods
    ]
    at = Content.scheduled_publish_at
    is_planned = Content.site_status == states.SCHEDULED
    next_at = _to_come(clocks, at, is_planned, contents.IS_APPROVED).order_by(at).limit(1)
    stopped = _to_come(clocks, sa.func.count(), STOPPED)
    to_come = (one.correlate(Site).scalar_subquery() for one in (next_at, stopped))
    return (
        access.visible(clocks, Site, Site.id, *sums, *to_come)
        .outerjoin(placed, placed.c.site_id == Site.id)
        .where(Site.id.in_(clocks.ids))
        .group_by(Site.id)
    )


def _to_come(clocks: Clocks, wanted: Any, *which: Any) -> sa.Select[Any]:
    """Of the site's pieces whose time is to come."""
    return access.visible(clocks, Content, wanted).where(
        Content.site_id == Site.id, Content.scheduled_publish_at >= sa.bindparam("now"), *which
    )


def _within(day: sa.ColumnElement[int], period: dict[str, list[date]]) -> sa.ColumnElement[bool]:
    """Whether a row's day is one of its site's zone's days."""
    return sa.or_(
        *(
            sa.and_(
                Site.timezone == zone, day.between(spans.number(days[0]), spans.number(days[-1]))
            )
            for zone, days in period.items()
        )
    )
