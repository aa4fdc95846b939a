"""How much stands where: what counts under the limits, and what there is to filter by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.calendar import spans
from webapp.calendar.placed import Places, together
from webapp.publisher import states
from webapp.writer.models import Cluster, Content


@dataclass(frozen=True)
class Usage:
    """How much of a site's limits is taken now, and what goes out next."""

    today: int
    week: int
    month: int
    next_at: datetime | None


@dataclass(frozen=True)
class Facts:
    """Of the days shown: what counts under the limits, and what there is to filter by."""

    used: dict[tuple[date, int], int]
    types: list[str]
    authors: list[str]
    clusters: dict[int, str]


def facts(places: Places, *, with_choices: bool) -> Facts:
    """What stands on the days, whatever is filtered; one query."""
    parts = places.on_days(())
    placed = together(parts)
    day = places.day_of(placed).label("day")
    groups: list[Any] = [day, placed.c.site_id]
    query = sa.select(*groups, sa.func.sum(placed.c.counted).label("used"))
    if with_choices:
        more = (Content.content_type, Content.author_email, Content.cluster_id, Cluster.name)
        query = query.add_columns(*more).join(Content, Content.id == placed.c.id)
        query = query.outerjoin(Cluster, Cluster.id == Content.cluster_id)
        groups += more
    rows = places.db.execute(query.where(day.is_not(None)).group_by(*groups)).all()
    used: dict[tuple[date, int], int] = {}
    for row in rows:
        key = (places.days[row.day], row.site_id)
        used[key] = used.get(key, 0) + int(row.used)
    if not with_choices:
        return Facts(used, [], [], {})
    return Facts(
        used,
        sorted({row.content_type for row in rows}),
        sorted({row.author_email for row in rows} - {""}),
        {row.cluster_id: row.name for row in rows if row.cluster_id},
    )


def usage(places: Places, now: datetime) -> dict[int, Usage]:
    """For each site: what is taken of today's, this week's and this month's limits."""
    bounds = {name: spans.periods(name, now) for name in places.zones}
    every = [one for periods in bounds.values() for one in periods]
    first, last = min(one for one, _ in every), max(one for _, one in every)
    parts = places.parts((), first, last)
    placed = together(parts)
    sums = []
    for number in range(3):
        within = sa.or_(
            *(
                sa.and_(
                    Site.timezone == zone,
                    placed.c.at >= periods[number][0],
                    placed.c.at < periods[number][1],
                )
                for zone, periods in bounds.items()
            )
        )
        sums.append(sa.func.sum(sa.case((within, placed.c.counted), else_=0)))
    next_at = (
        access.visible(places.member, Content, Content.scheduled_publish_at)
        .where(
            Content.site_id == Site.id,
            Content.site_status == states.SCHEDULED,
            Content.scheduled_publish_at >= now,
        )
        .order_by(Content.scheduled_publish_at)
        .limit(1)
        .correlate(Site)
        .scalar_subquery()
    )
    query = (
        access.visible(places.member, Site, Site.id, *sums, next_at)
        .outerjoin(placed, placed.c.site_id == Site.id)
        .where(Site.id.in_(places.ids))
        .group_by(Site.id)
    )
    return {
        row[0]: Usage(int(row[1] or 0), int(row[2] or 0), int(row[3] or 0), row[4])
        for row in places.db.execute(query)
    }
