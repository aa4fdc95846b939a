"""Where pieces stand on the calendar, asked of the database: counted there, and only what is
visible is fetched.

A piece that has a time stands at it, one that failed or is being published without one at that
moment, and one that has gone out (also) where it first went online.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.calendar.address import Address
from webapp.calendar.sites import SiteRow
from webapp.calendar.spans import offsets, span
from webapp.publisher import slots, states
from webapp.publisher.board import IN_TRAY
from webapp.writer.models import Content, Image

PLANNED, GONE_OUT, WAITING = "c", "p", "t"
TRAY_SHOWN = 30
MOST_COUNTED = 1000
_ON_THE_WAY = (states.SCHEDULED, states.PUBLISHING)
_PLACES = ("id", "site_id", "kind", "rank", "at", "counted")


@dataclass(frozen=True)
class Window:
    """Which pieces of a day are wanted: `most` after the first `skip`, and those in `always`."""

    most: int
    skip: int = 0
    always: tuple[int, ...] = ()
    in_all: int | None = None


class Places:
    """The pieces of some sites on some days; each site's days are those of its own zone."""

    def __init__(
        self, db: Session, member: Member, sites: Sequence[SiteRow], days: Sequence[date]
    ) -> None:
        self.db = db
        self.member = member
        self.days = list(days)
        self.zones: dict[str, list[SiteRow]] = {}
        for site in sites:
            self.zones.setdefault(site.zone, []).append(site)
        self.ids = [site.id for site in sites]

    def cards(self, address: Address, window: Window) -> list[Any]:
        """Rows of the tray, whose `day` is -1, and of the days (the number of the `day`, its
        `total`, and what a card shows), in the order in which they stand."""
        narrowed = _narrowed(address)
        parts = [*self.on_days([*narrowed, *_of_status(address.status)]), self._tray(narrowed)]
        placed = together(parts)
        day = sa.case((placed.c.kind == WAITING, -1), else_=self.day_of(placed)).label("day")
        known = sa.select(placed, day, self._clock_of(placed).label("clock")).subquery()
        order = (known.c.rank, known.c.clock, known.c.id)
        ranked = (
            sa.select(
                known,
                sa.func.row_number().over(partition_by=known.c.day, order_by=order).label("n"),
                sa.func.count().over(partition_by=known.c.day).label("total"),
            )
            .where(known.c.day.is_not(None))
            .subquery()
        )
        query = (
            access.visible(self.member, Content, ranked.c.day, ranked.c.n, ranked.c.total,
                           ranked.c.kind, ranked.c.at, *_SHOWN)
            .join(ranked, ranked.c.id == Content.id)
            .where(_wanted(ranked, window))
            .order_by(ranked.c.day, ranked.c.n)
        )  # fmt: skip
        if window.in_all is not None:
            query = query.limit(window.in_all + TRAY_SHOWN)
        return list(self.db.execute(query))

    def on_days(self, filters: Iterable[sa.ColumnElement[bool]]) -> list[sa.Subquery]:
        """What stands on the days shown: planned, in trouble without a time, gone out."""
        spans = [span(name, self.days) for name in self.zones]
        first, last = min(one for one, _ in spans), max(one for _, one in spans)
        return self.parts(filters, first, last)

    def parts(
        self, filters: Iterable[sa.ColumnElement[bool]], first: datetime, last: datetime
    ) -> list[sa.Subquery]:
        planned, moved = Content.scheduled_publish_at, Content.site_status_updated_at
        gone_out = Content.first_published_at
        counts = sa.case(
            (sa.and_(Content.site_status.in_(_ON_THE_WAY), gone_out.is_(None)), 1), else_=0
        )
        troubled = (states.PUBLISHING, states.FAILED)
        return [
            self._part(PLANNED, planned, counts, [
                *filters, Content.site_status.in_((*_ON_THE_WAY, states.FAILED)),
                planned >= first, planned < last,
            ]),
            self._part(PLANNED, moved, counts, [
                *filters, Content.site_status.in_(troubled), planned.is_(None),
                moved >= first, moved < last,
            ]),
            self._part(GONE_OUT, gone_out, sa.literal(1), [
                *filters, gone_out.is_not(None), gone_out >= first, gone_out < last,
            ]),
        ]  # fmt: skip

    def _part(
        self, kind: str, at: Any, counted: Any, conditions: list[sa.ColumnElement[bool]]
    ) -> sa.Subquery:
        columns = (
            Content.id, Content.site_id, sa.literal(kind).label("kind"),
            sa.literal(0).label("rank"), at.label("at"),
            sa.cast(counted, sa.Integer).label("counted"),
        )  # fmt: skip
        query = access.visible(self.member, Content, *columns)
        return query.where(Content.site_id.in_(self.ids), *conditions).subquery()

    def _tray(self, filters: Sequence[sa.ColumnElement[bool]]) -> sa.Subquery:
        """Approved and without a time; of very many only so many are looked at."""
        columns = (
            Content.id, Content.site_id, sa.literal(WAITING).label("kind"),
            (-Content.priority).label("rank"), Content.approved_at.label("at"),
            sa.literal(0).label("counted"),
        )  # fmt: skip
        return (
            access.visible(self.member, Content, *columns)
            .where(
                Content.site_id.in_(self.ids),
                *IN_TRAY,
                *filters,
            )
            .order_by(Content.site_id, Content.priority.desc(), Content.approved_at.desc())
            .limit(MOST_COUNTED)
            .subquery()
        )

    def day_of(self, placed: sa.Subquery) -> sa.ColumnElement[Any]:
        """The number of the day, among those shown, on which a row's site has its moment."""
        zones = []
        for name, sites in self.zones.items():
            branches = []
            for number, day in enumerate(self.days):
                begins, ends = span(name, [day])
                branches.append((sa.and_(placed.c.at >= begins, placed.c.at < ends), number))
            of_zone = sa.case(*branches, else_=sa.null())
            zones.append((placed.c.site_id.in_([site.id for site in sites]), of_zone))
        return zones[0][1] if len(zones) == 1 else sa.case(*zones, else_=sa.null())

    def _clock_of(self, placed: sa.Subquery) -> sa.ColumnElement[Any]:
        """What orders the moments of a day: the time on the site's own clock."""
        if len(self.zones) == 1:
            return placed.c.at
        zones = []
        for name, sites in self.zones.items():
            steps = offsets(name, self.days)
            seconds: Any = steps[-1][1]
            if len(steps) > 1:
                before = [(placed.c.at < until, offset) for until, offset in steps[:-1]]
                seconds = sa.case(*before, else_=seconds)
            zones.append((placed.c.site_id.in_([site.id for site in sites]), seconds))
        return sa.cast(sa.extract("epoch", placed.c.at), sa.BigInteger) + sa.case(*zones, else_=0)


def days_of(
    db: Session, member: Member, sites: Mapping[int, SiteRow], ids: Sequence[int]
) -> set[date]:
    """The days on which these pieces stand now."""
    columns = (
        Content.site_id, Content.site_status, Content.scheduled_publish_at,
        Content.site_status_updated_at, Content.first_published_at,
    )  # fmt: skip
    found: set[date] = set()
    for row in db.execute(access.visible(member, Content, *columns).where(Content.id.in_(ids))):
        if row.site_id not in sites:
            continue
        zone = sites[row.site_id].tz
        moments = [row.scheduled_publish_at, row.first_published_at]
        if row.scheduled_publish_at is None and row.site_status in ("publishing", "failed"):
            moments.append(row.site_status_updated_at)
        found |= {slots.local(at, zone).date() for at in moments if at is not None}
    return found


def _wanted(ranked: sa.Subquery, window: Window) -> sa.ColumnElement[bool]:
    n, day = ranked.c.n, ranked.c.day
    first = sa.and_(day == 0, n > window.skip, n <= window.skip + window.most)
    wanted = sa.or_(first, sa.and_(day > 0, n <= window.most), sa.and_(day < 0, n <= TRAY_SHOWN))
    return sa.or_(wanted, ranked.c.id.in_(window.always)) if window.always else wanted


def together(parts: Sequence[sa.Subquery]) -> sa.Subquery:
    """All the parts as one."""
    selects = (sa.select(*(part.c[name] for name in _PLACES)) for part in parts)
    return sa.union_all(*selects).subquery()


def _narrowed(address: Address) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if address.content_type:
        found.append(Content.content_type == address.content_type)
    if address.author:
        found.append(Content.author_email == address.author)
    if address.cluster:
        found.append(Content.cluster_id == address.cluster)
    return found


def _of_status(status: str) -> list[sa.ColumnElement[bool]]:
    if status == "published":
        return [Content.first_published_at.is_not(None)]
    return [Content.site_status == status] if status else []


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
    Content.id, Content.site_id, Content.title, Content.content_type, Content.status,
    Content.site_status, Content.attention, Content.pinned, Content.external_url,
    Content.scheduled_publish_at, _THUMBNAIL,
)  # fmt: skip
