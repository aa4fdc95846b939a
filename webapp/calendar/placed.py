"""Where pieces stand on the calendar, asked of the database: counted there, and only what is
visible is fetched.

A piece that has a time stands at it, one that failed or is being published without one at that
moment, and one that has gone out (also) where it first went online.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.calendar.address import Address
from webapp.calendar.sites import SiteRow
from webapp.calendar.spans import number, offsets, span
from webapp.publisher import slots, states
from webapp.publisher.board import IN_TRAY
from webapp.writer.models import Content, Image

PLANNED, GONE_OUT, WAITING = "c", "p", "t"
TRAY = -1
TRAY_SHOWN = 30
MOST_COUNTED = 500
_ON_THE_WAY = (states.SCHEDULED, states.PUBLISHING)
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Window:
    """Which pieces of a day are wanted: `most` after the first `skip`, and those in `always`."""

    most: int
    skip: int = 0
    always: tuple[int, ...] = ()
    in_all: int | None = None


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
            return [Content.first_published_at.is_not(None)]
        return [Content.site_status == self.status] if self.status else []


@dataclass(frozen=True)
class Places:
    """Some days of some sites (by zone); each site's days are those of its own zone.

    A day is its number (spans.number), and a moment is also the seconds that the site's own clock
    then shows: by that, days are told apart and ordered. Statements are built once for the same
    places, because building them takes as long as running them.
    """

    account_id: int
    zones: tuple[tuple[str, tuple[int, ...]], ...]
    numbers: tuple[int, ...]
    first: datetime
    last: datetime
    is_postgresql: bool

    @classmethod
    def of(
        cls, db: Session, member: Member, sites: Sequence[SiteRow], days: Sequence[date]
    ) -> Places:  # fmt: skip
        zones: dict[str, list[int]] = {}
        for site in sites:
            zones.setdefault(site.zone, []).append(site.id)
        bounds = [span(name, days) for name in zones]
        return cls(
            account_id=member.account_id,
            zones=tuple((name, tuple(ids)) for name, ids in zones.items()),
            numbers=tuple(sorted({number(day) for day in days})),
            first=min(one for one, _ in bounds),
            last=max(one for _, one in bounds),
            is_postgresql=db.get_bind().dialect.name == "postgresql",
        )

    @property
    def ids(self) -> list[int]:
        return [one for _, ids in self.zones for one in ids]

    def on_days(self, filters: Iterable[sa.ColumnElement[bool]] = ()) -> list[sa.Select[Any]]:
        """What stands around the days: planned, in trouble without a time, gone out."""
        planned, moved = Content.scheduled_publish_at, Content.site_status_updated_at
        gone_out = Content.first_published_at
        counts = sa.case(
            (sa.and_(Content.site_status.in_(_ON_THE_WAY), gone_out.is_(None)), 1), else_=0
        )
        troubled = (states.PUBLISHING, states.FAILED)
        return [
            self._part(PLANNED, planned, counts).where(
                *filters, Content.site_status.in_((*_ON_THE_WAY, states.FAILED))
            ),
            self._part(PLANNED, moved, counts).where(
                *filters, Content.site_status.in_(troubled), planned.is_(None)
            ),
            self._part(GONE_OUT, gone_out, sa.literal(1)).where(*filters, gone_out.is_not(None)),
        ]

    def is_shown(self, day: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
        """Whether a row's day is one of ours."""
        first, last = self.numbers[0], self.numbers[-1]
        if last - first + 1 == len(self.numbers):
            return day.between(first, last)
        return day.in_(self.numbers)

    def _part(self, kind: str, at: Any, counted: sa.ColumnElement[int]) -> sa.Select[Any]:
        clock = self._clock(at)
        columns = (
            Content.id, Content.site_id, sa.literal(kind).label("kind"),
            sa.literal(0).label("rank"), at.label("at"), clock.label("clock"),
            (clock // _DAY_SECONDS).label("day"), sa.cast(counted, sa.Integer).label("counted"),
        )  # fmt: skip
        return access.visible(self, Content, *columns).where(
            Content.site_id.in_(self.ids), at >= self.first, at < self.last
        )

    def tray(self, filters: Iterable[sa.ColumnElement[bool]]) -> sa.Subquery:
        """Approved and without a time; of very many only so many are looked at."""
        columns = (
            Content.id, Content.site_id, sa.literal(WAITING).label("kind"),
            (-Content.priority).label("rank"), Content.approved_at.label("at"),
            self._epoch(Content.approved_at).label("clock"),
            sa.literal(TRAY).label("day"), sa.literal(0).label("counted"),
        )  # fmt: skip
        return (
            access.visible(self, Content, *columns)
            .where(Content.site_id.in_(self.ids), *IN_TRAY, *filters)
            # the index ix_contents_waiting, backwards
            .order_by(
                Content.site_id.desc(),
                Content.priority.desc(),
                Content.approved_at.desc(),
                Content.id.desc(),
            )
            .limit(MOST_COUNTED)
            .subquery()
        )

    def _clock(self, at: Any) -> sa.ColumnElement[int]:
        """Seconds since 1970 as the site's own clock counts them."""
        zones = []
        for name, ids in self.zones:
            steps = offsets(name, self.first, self.last)
            offset: Any = sa.literal(steps[-1][1])
            if len(steps) > 1:
                before = [(at < until, seconds) for until, seconds in steps[:-1]]
                offset = sa.case(*before, else_=steps[-1][1])
            zones.append((Content.site_id.in_(ids), offset))
        offset = zones[0][1] if len(zones) == 1 else sa.case(*zones, else_=0)
        clock: sa.ColumnElement[int] = self._epoch(at) + offset
        return clock

    def _epoch(self, at: Any) -> sa.ColumnElement[int]:
        seconds: sa.ColumnElement[Any] = sa.extract("epoch", at)
        if self.is_postgresql:
            return sa.cast(sa.func.floor(seconds), sa.BigInteger)
        return seconds

    def is_wanted(self, ranked: sa.Subquery, window: Window) -> sa.ColumnElement[bool]:
        n, day = ranked.c.n, ranked.c.day
        first = self.numbers[0]
        wanted = sa.or_(
            sa.and_(day == first, n > window.skip, n <= window.skip + window.most),
            sa.and_(day > first, n <= window.most),
            sa.and_(day == TRAY, n <= TRAY_SHOWN),
        )
        return sa.or_(wanted, ranked.c.id.in_(window.always)) if window.always else wanted


def cards(db: Session, places: Places, address: Address, window: Window) -> list[Any]:
    """Rows of the tray, whose `day` is TRAY, and of the days (the number of the `day`, its
    `total`, and what a card shows), in the order in which they stand."""
    filters = Filters(address.status, address.content_type, address.author, address.cluster)
    return list(db.execute(_cards(places, filters, window)))


@lru_cache(maxsize=128)
def _cards(places: Places, filters: Filters, window: Window) -> sa.Select[Any]:
    narrowed = filters.narrowed()
    on_days = places.on_days([*narrowed, *filters.of_status()])
    placed = sa.union_all(*on_days, sa.select(places.tray(narrowed))).subquery()
    order = (placed.c.rank, placed.c.clock, placed.c.id)
    ranked = (
        sa.select(
            placed,
            sa.func.row_number().over(partition_by=placed.c.day, order_by=order).label("n"),
            sa.func.count().over(partition_by=placed.c.day).label("total"),
        )
        .where(sa.or_(placed.c.day == TRAY, places.is_shown(placed.c.day)))
        .subquery()
    )
    columns = (ranked.c.day, ranked.c.n, ranked.c.total, ranked.c.kind, ranked.c.at, *_SHOWN)
    query = (
        access.visible(places, Content, *columns)
        .join(ranked, ranked.c.id == Content.id)
        .where(places.is_wanted(ranked, window))
        .order_by(ranked.c.day, ranked.c.n)
    )
    return query if window.in_all is None else query.limit(window.in_all + TRAY_SHOWN)


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
