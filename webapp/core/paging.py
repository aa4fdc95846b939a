"""Lists a page at a time, by key: a page begins behind the last row of the one before, however much
was added meanwhile, and costs the same however far down the list it lies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa

Row = TypeVar("Row")


class Order(NamedTuple):
    """A list's order: one or two columns, the last of which is no two rows' same."""

    keys: tuple[Any, ...]
    descends: bool = True

    def page(self, query: sa.Select[Any], size: int, after: Sequence[Any] = ()) -> sa.Select[Any]:
        """The rows behind those values of the keys, and one more than a page holds: see `cut`."""
        if after:
            query = query.where(*self._behind(after))
        return query.order_by(*self.sorted()).limit(size + 1)

    def sorted(self) -> list[Any]:
        """The columns as ORDER BY takes them."""
        return [key.desc() if self.descends else key for key in self.keys]

    def _behind(self, values: Sequence[Any]) -> list[sa.ColumnElement[bool]]:
        """In a form along which databases seek in an index over the keys."""
        marks = [sa.literal(value, key.type) for key, value in zip(self.keys, values, strict=True)]
        *first, last = zip(self.keys, marks, strict=True)
        if not first:
            return [self._is_behind(*last)]
        [(key, mark)] = first
        is_near = key <= mark if self.descends else key >= mark
        return [is_near, sa.or_(self._is_behind(key, mark), self._is_behind(*last))]

    def _is_behind(self, key: Any, mark: Any) -> sa.ColumnElement[bool]:
        behind: sa.ColumnElement[bool] = key < mark if self.descends else key > mark
        return behind


def cut(rows: Sequence[Row], size: int) -> tuple[list[Row], bool]:
    """The rows of the page, and whether there are more behind it."""
    return list(rows[:size]), len(rows) > size
