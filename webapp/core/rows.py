"""Rows that travel have a type: what reads them is checked by mypy, what selects them by this.

class Line(Protocol):
    id: int
    title: str

for line in typed(Line, db.execute(query)): ...
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar, cast

from sqlalchemy import Result

T = TypeVar("T")


def typed(kind: type[T], result: Result[Any]) -> list[T]:
    """All rows of a result, each with the attributes of the protocol `kind`. TypeError where the
    query names no column for one of them."""
    missing = _attributes(cast("Any", kind)) - set(result.keys())
    if missing:
        raise TypeError(f"{kind.__name__} needs the columns {', '.join(sorted(missing))}")
    return cast("list[T]", list(result.all()))


@cache
def _attributes(kind: Any) -> frozenset[str]:
    return frozenset(_named(kind))


def _named(kind: Any) -> Iterator[str]:
    for base in kind.__mro__:
        yield from (name for name in vars(base).get("__annotations__", {}) if name[0] != "_")
