"""How many rows the database gives meanwhile. For SQLite."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from webapp.core.system import System


@contextmanager
def rows_read(system: System, table: str) -> Iterator[list[int]]:
    """The rows of each query of the table, counted by asking it once more."""
    counts: list[int] = []

    def count(connection: Any, _cursor: Any, statement: str, given: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and f"FROM {table}" in statement:
            again = connection.connection.cursor()
            again.execute(f"SELECT count(*) FROM ({statement})", given)
            counts.append(again.fetchone()[0])

    sa.event.listen(system.db.engine, "before_cursor_execute", count)
    try:
        yield counts
    finally:
        sa.event.remove(system.db.engine, "before_cursor_execute", count)
