"""Rows have the columns that their type names."""

from __future__ import annotations

from typing import Protocol

import pytest
import sqlalchemy as sa

from webapp.core.rows import typed
from webapp.core.system import System


class Named(Protocol):
    name: str


class Line(Named, Protocol):
    id: int


def test_rows_of_a_query_that_names_all_columns(system: System) -> None:
    query = sa.select(sa.literal(7).label("id"), sa.literal("x").label("name"))
    with system.db.read() as db:
        [line] = typed(Line, db.execute(query))
    assert (line.id, line.name) == (7, "x")


@pytest.mark.parametrize("label", ["id", "nam"])
def test_a_column_that_is_missing_is_named(system: System, label: str) -> None:
    query = sa.select(sa.literal(7).label(label))
    with system.db.read() as db, pytest.raises(TypeError, match=r"Line needs the columns.* name"):
        typed(Line, db.execute(query))
