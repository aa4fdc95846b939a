"""Statements about where pieces stand on a calendar's days, by the sites' own clocks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from webapp.accounts import access
from webapp.accounts.rights import Sight
from webapp.publisher.records import states
from webapp.writer.models import Content

PLANNED, GONE_OUT = "c", "p"
_ON_THE_WAY = (states.SCHEDULED, states.PUBLISHING)
_DAY_SECONDS = 86_400


@dataclass(frozen=True)
class Clocks:
    """What statements about a calendar are made of, beside values: whose sites they are (by zone),
    and how their clocks run over the days (a zone's offsets, each with when it ends).

    Statements are built once for the same clocks, because building them takes longer than running
    them. What differs from day to day is a value: `first` and `last`, the moments between which to
    look, and `numbers`, the days (spans.number).
    """

    account_id: int
    sight: Sight
    zones: tuple[tuple[tuple[int, ...], tuple[tuple[datetime | None, int], ...]], ...]
    is_postgresql: bool

    @property
    def ids(self) -> list[int]:
        return [one for ids, _ in self.zones for one in ids]

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

    def _part(self, kind: str, at: Any, counted: sa.ColumnElement[int]) -> sa.Select[Any]:
        clock = self._clock(at)
        columns = (
            Content.id,
            Content.site_id,
            sa.literal(kind).label("kind"),
            at.label("at"),
            clock.label("clock"),
            (clock // _DAY_SECONDS).label("day"),
            sa.cast(counted, sa.Integer).label("counted"),
        )
        return access.visible(self, Content, *columns).where(
            Content.site_id.in_(self.ids),
            at >= sa.bindparam("first", type_=at.type),
            at < sa.bindparam("last", type_=at.type),
        )

    def _clock(self, at: Any) -> sa.ColumnElement[int]:
        """Seconds since 1970 as the site's own clock counts them."""
        zones = []
        for ids, steps in self.zones:
            offset: Any = sa.literal(steps[-1][1])
            if len(steps) > 1:
                before = [(at < until, seconds) for until, seconds in steps[:-1]]
                offset = sa.case(*before, else_=steps[-1][1])
            zones.append((Content.site_id.in_(ids), offset))
        offset = zones[0][1] if len(zones) == 1 else sa.case(*zones, else_=0)
        clock: sa.ColumnElement[int] = self.epoch(at) + offset
        return clock

    def epoch(self, at: Any) -> sa.ColumnElement[int]:
        """Seconds since 1970."""
        seconds: sa.ColumnElement[Any] = sa.extract("epoch", at)
        if self.is_postgresql:
            return sa.cast(sa.func.floor(seconds), sa.BigInteger)
        return seconds


def is_shown(day: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a row's day is one of those that are given as `numbers`."""
    return day.in_(sa.bindparam("numbers", expanding=True))
