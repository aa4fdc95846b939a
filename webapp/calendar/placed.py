"""Where pieces stand on the calendar, asked of the database: counted there, and only what is
visible is fetched.

A piece that has a time stands at it, one that failed or is being published without one at that
moment, and one that has gone out (also) where it first went online.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.calendar import tray
from webapp.calendar.address import Address
from webapp.calendar.clocks import Clocks, is_shown
from webapp.calendar.sites import SiteRow
from webapp.calendar.spans import number, offsets, span
from webapp.core import zones
from webapp.publisher.records import delivery
from webapp.writer.models import Content, Image


@dataclass(frozen=True)
class Window:
    """Which pieces of a day are wanted: `most` after the first `skip`, and those in `always`; and
    whether the tray is. `by_hour`: so many of each hour of it. The last one is wanted where it
    alone is left: it takes no more room than the line that says so."""

    most: int
    skip: int = 0
    always: tuple[int, ...] = ()
    in_all: int | None = None
    with_tray: bool = True
    by_hour: bool = False


@dataclass(frozen=True)
class Filters:
    """What the pieces are narrowed to; the tray by all but the status."""

    status: str
    content_type: str
    author: str
    cluster: int | None

    def narrowed(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = []
        if self.content_type:
            found.append(Content.content_type == self.content_type)
        if self.author:
            found.append(Content.author_email == self.author)
        if self.cluster:
            found.append(Content.cluster_id == self.cluster)
        return found

    def of_status(self) -> list[sa.ColumnElement[bool]]:
        if self.status == "published":
            return [Content.first_published_at.is_not(None), *delivery.IS_SHOWN]
        return [Content.site_status == self.status] if self.status else []


@dataclass(frozen=True)
class Places:
    """Some days of some sites; each site's days are those of its own zone.

    A day is its number (spans.number), and a moment is also the seconds that the site's own clock
    then shows: by that, days are told apart and ordered.
    """

    clocks: Clocks
    numbers: tuple[int, ...]
    first: datetime
    last: datetime

    @classmethod
    def of(
        cls, db: Session, member: Member, sites: Sequence[SiteRow], days: Sequence[date]
    ) -> Places:
        by_zone: dict[str, list[int]] = {}
        for site in sites:
            by_zone.setdefault(site.zone, []).append(site.id)
        bounds = [span(name, days) for name in by_zone]
        first, last = min(one for one, _ in bounds), max(one for _, one in bounds)
        clocks = Clocks(
            account_id=member.account_id,
            sight=member.sight,
            zones=tuple((tuple(ids), offsets(name, first, last)) for name, ids in by_zone.items()),
            is_postgresql=db.get_bind().dialect.name == "postgresql",
        )
        return cls(clocks, tuple(sorted({number(day) for day in days})), first, last)

    @property
    def span(self) -> dict[str, Any]:
        """The moments between which statements made of the clocks look."""
        return {"first": self.first, "last": self.last}

    @property
    def days(self) -> dict[str, Any]:
        """The same, and the days that are told from those between them."""
        return {**self.span, "numbers": self.numbers}


class Shape(NamedTuple):
    """Of a Window, what a statement is made of beside values."""

    in_all: int | None
    with_tray: bool
    by_hour: bool


# With an empty list SQLite would not look by id, but through all that is approved.
_NO_PIECE = (0,)


def cards(db: Session, places: Places, address: Address, window: Window) -> list[Any]:
    """Rows of the tray, whose `day` is tray.DAY, and of the days (the number of the `day`, its
    `total`, and what a card shows), in the order in which they stand."""
    filters = Filters(address.status, address.content_type, address.author, address.cluster)
    given = {
        **places.days,
        "first_day": places.numbers[0],
        "skip": window.skip,
        "most": window.most,
        "always": window.always or _NO_PIECE,
    }
    shape = Shape(window.in_all, window.with_tray, window.by_hour)
    return list(db.execute(_cards(places.clocks, filters, shape), given))


@lru_cache(maxsize=128)
def _cards(clocks: Clocks, filters: Filters, shape: Shape) -> sa.Select[Any]:
    narrowed = filters.narrowed()
    parts = [_numbered(clocks, [*narrowed, *filters.of_status()], shape.by_hour)]
    if shape.with_tray:
        parts.append(sa.select(tray.first(clocks, narrowed).subquery()))
    found = sa.union_all(*parts).subquery()
    columns = (*found.c["day", "n", "total", "in_hour", "kind", "at"], *_SHOWN)
    query = (
        access.visible(clocks, Content, *columns)
        .join(found, found.c.id == Content.id)
        .order_by(found.c.day, found.c.hour, found.c.n)
    )
    return query if shape.in_all is None else query.limit(shape.in_all + tray.SHOWN)


def _numbered(
    clocks: Clocks, filters: Sequence[sa.ColumnElement[bool]], by_hour: bool
) -> sa.Select[Any]:
    """What stands on the days and is in the window (`first_day`, `skip`, `most`, `always`), with
    its number `n` on its day, or in its hour, and how many the day and the hour have."""
    placed = sa.union_all(*clocks.on_days(filters)).subquery()
    of_day = placed.c.day
    hour = placed.c.clock // 3600 if by_hour else sa.literal(0)
    part = (of_day, hour) if by_hour else (of_day,)
    n = sa.func.row_number().over(partition_by=part, order_by=(placed.c.clock, placed.c.id))
    total = sa.func.count().over(partition_by=of_day)
    in_hour = sa.func.count().over(partition_by=part) if by_hour else sa.literal(0)
    columns = (
        *placed.c["id", "kind", "at", "day"],
        n.label("n"),
        total.label("total"),
        hour.label("hour"),
        in_hour.label("in_hour"),
    )
    on = sa.select(*columns).where(is_shown(of_day)).subquery()
    first, skip, most = (
        sa.bindparam(one, type_=sa.Integer) for one in ("first_day", "skip", "most")
    )
    all_of = on.c.in_hour if by_hour else on.c.total
    is_last = sa.and_(on.c.n == most + 1, on.c.n == all_of)
    is_wanted = sa.or_(
        sa.and_(on.c.day == first, on.c.n > skip, on.c.n <= skip + most),
        sa.and_(on.c.day > first, on.c.n <= most),
        sa.and_(skip == 0, is_last),
        on.c.id.in_(sa.bindparam("always", expanding=True)),
    )
    return sa.select(on).where(is_wanted)


def days_of(
    db: Session, member: Member, sites: Mapping[int, SiteRow], ids: Sequence[int]
) -> set[date]:
    """The days on which these pieces stand now."""
    columns = (
        Content.site_id,
        Content.site_status,
        Content.scheduled_publish_at,
        Content.site_status_updated_at,
        Content.first_published_at,
    )
    found: set[date] = set()
    for row in db.execute(access.visible(member, Content, *columns).where(Content.id.in_(ids))):
        if row.site_id not in sites:
            continue
        zone = sites[row.site_id].tz
        moments = [row.scheduled_publish_at, row.first_published_at]
        if row.scheduled_publish_at is None and row.site_status in ("publishing", "failed"):
            moments.append(row.site_status_updated_at)
        found |= {zones.local(at, zone).date() for at in moments if at is not None}
    return found


_THUMBNAIL = (
    sa.select(sa.func.min(Image.ref))
    .where(
        Image.content_id == Content.id,
        Image.image_type == "featured",
        Image.sha256 != "",
        Image.deleted_at.is_(None),
    )
    .correlate(Content)
    .scalar_subquery()
    .label("thumbnail")
)
_SHOWN = (
    Content.id,
    Content.site_id,
    Content.title,
    Content.content_type,
    Content.status,
    Content.site_status,
    Content.attention,
    Content.pinned,
    Content.external_url,
    Content.scheduled_publish_at,
    Content.approved_hash,
    Content.content_hash,
    _THUMBNAIL,
)
