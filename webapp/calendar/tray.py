"""The tray: what is approved and has no time, in the order in which it takes its turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from webapp.accounts import access
from webapp.calendar.clocks import Clocks
from webapp.publisher.planning.plan_input import IN_TRAY
from webapp.writer.models import Content

KIND = "t"
DAY = -1
SHOWN = 30
MOST_COUNTED = 500
# A statement cannot be made of more parts than a few hundred; who looks at more sites at once than
# these finds what the others have waiting behind "see all".
_MOST_SITES = 200
_TURN = (Content.priority.desc(), Content.approved_at, Content.id)


def first(clocks: Clocks, filters: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """The first of the waiting pieces and those in `always`, each with its number `n` and with how
    many there are."""
    waiting = [*IN_TRAY, *filters]
    # of each site along ix_contents_waiting
    of_sites = [
        _some(clocks, Content.site_id == one, *waiting).order_by(*_TURN).limit(SHOWN)
        for one in clocks.ids[:_MOST_SITES]
    ]
    always = _some(clocks, Content.id.in_(sa.bindparam("always", expanding=True)), *waiting)
    found = sa.union(always, *(sa.select(one.subquery()) for one in of_sites)).subquery()
    n = sa.func.row_number().over(order_by=(found.c.priority.desc(), found.c.at, found.c.id))
    columns = (
        found.c.id,
        sa.literal(KIND).label("kind"),
        found.c.at,
        sa.literal(DAY).label("day"),
        n.label("n"),
        _total(clocks, waiting).label("total"),
        sa.literal(0).label("hour"),
        sa.literal(0).label("in_hour"),
    )
    numbered = sa.select(*columns).subquery()
    is_first = numbered.c.n <= SHOWN
    is_wanted = numbered.c.id.in_(sa.bindparam("always", expanding=True))
    return sa.select(numbered).where(sa.or_(is_first, is_wanted))


def _some(clocks: Clocks, *which: sa.ColumnElement[bool]) -> sa.Select[Any]:
    columns = (Content.id, Content.priority, Content.approved_at.label("at"))
    return access.visible(clocks, Content, *columns).where(Content.site_id.in_(clocks.ids), *which)


def _total(clocks: Clocks, waiting: Sequence[sa.ColumnElement[bool]]) -> sa.ScalarSelect[int]:
    """How many wait; of very many only so many are counted. The order has them counted along the
    index: among all that are approved, those with a time are many more."""
    order = (Content.site_id, *_TURN)
    some = _some(clocks, *waiting).order_by(*order).limit(MOST_COUNTED).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()
