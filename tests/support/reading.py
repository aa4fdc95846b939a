"""How many rows the database gives meanwhile. For SQLite."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from webapp.core.system import System


@contextmanager
def rows_read(system: System, table: str) -> Iterator[list[int]]:
    """The rows of each query of the table, counted by asking it once more at the end. The driver
    tells of the queries, since some go to it directly."""
    counts: list[int] = []
    said: list[str] = []
    heard: list[sqlite3.Connection] = []

    def hear(connection: Any, *_: Any) -> None:
        connection.set_trace_callback(said.append)
        heard.append(connection)

    sa.event.listen(system.db.engine, "checkout", hear)
    try:
        yield counts
    finally:
        sa.event.remove(system.db.engine, "checkout", hear)
        for one in heard:
            one.set_trace_callback(None)
    queries = [one for one in said if one.startswith("SELECT") and f"FROM {table}" in one]
    with system.db.read() as db:
        for query in queries:
            counts.append(
                db.connection().exec_driver_sql(f"SELECT count(*) FROM ({query})").scalar_one()
            )
