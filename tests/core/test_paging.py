"""Pages by key: every row once, in order, on both databases, whatever the values are."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from webapp.core import paging
from webapp.core.paging import Order
from webapp.core.system import System

SIZE = 3
# Equal ones are told apart by their ids.
HOURS = [5, 1, 1, 1, 9, 1, 5, 0, 2, 1]
ROWS = sa.Table(
    "rows_of_this_test",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("hour", sa.Integer),
    sa.Column("word", sa.Text),
)
C = ROWS.c


def walk(system: System, order: Order) -> list[Any]:
    """The ids that are met page by page."""
    met: list[Any] = []
    after: list[Any] = []
    with system.db.read() as db:
        for _ in range(len(HOURS)):
            query = order.page(sa.select(*order.keys, C.id.label("met")), SIZE, after)
            rows, more = paging.cut(db.execute(query).all(), SIZE)
            met += [row.met for row in rows]
            if not more:
                break
            after = list(rows[-1][: len(order.keys)])
    return met


@pytest.mark.both_databases
@pytest.mark.parametrize("descends", [True, False])
@pytest.mark.parametrize("keys", [(C.id,), (C.hour, C.id), (C.word, C.id)], ids=str)
def test_a_walk_meets_every_row_once(system: System, keys: tuple[Any, ...], descends: bool) -> None:
    with system.db.write() as db:
        ROWS.create(db.connection())
        for hour in HOURS:
            db.execute(sa.insert(ROWS).values(hour=hour, word=f"it's {hour}"))
    order = Order(keys, descends)
    with system.db.read() as db:
        whole = list(db.scalars(sa.select(C.id).order_by(*order.sorted())))
    assert walk(system, order) == whole
    assert sorted(whole) == list(range(1, len(HOURS) + 1))


def test_the_last_page_may_be_full() -> None:
    assert paging.cut([1, 2, 3], 3) == ([1, 2, 3], False)
    assert paging.cut([1, 2, 3, 4], 3) == ([1, 2, 3], True)
