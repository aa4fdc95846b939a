"""All rows of a database, counted and digested table by table, the same on every server and client:
values are written by us, times in UTC."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from webapp.backups.about import Table

# A row may be a picture of 10 MB.
AT_ONCE = 20
Tell = Callable[[str], None]


def of(connection: sa.Connection, tell: Tell) -> dict[str, Table]:
    """Of every table, within the connection's transaction; `tell` hears of each."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
    inspector = sa.inspect(connection)
    found = {}
    for name in sorted(inspector.get_table_names()):
        tell(f"reading {name}")
        key = inspector.get_pk_constraint(name)["constrained_columns"]
        order = key or [column["name"] for column in inspector.get_columns(name)]
        found[name] = _of_table(connection, name, order)
    return found


def differences(saved: Mapping[str, Table], found: Mapping[str, Table]) -> list[str]:
    """What is not as it was saved, a sentence for each table."""
    told = []
    for name in sorted({*saved, *found}):
        was, now = saved.get(name), found.get(name)
        if was is None or now is None:
            told.append(f"{name}: {'was not saved' if was is None else 'is not there'}")
        elif was.rows != now.rows:
            told.append(f"{name}: {was.rows:,} rows were saved, {now.rows:,} are there")
        elif was.digest != now.digest:
            told.append(f"{name}: its {was.rows:,} rows are not the ones that were saved")
    return told


def _of_table(connection: sa.Connection, name: str, order: list[str]) -> Table:
    table = sa.table(name, *(sa.column(one) for one in order))
    query: sa.Select[Any] = sa.select(sa.literal_column("*")).select_from(table)
    query = query.order_by(*(table.c[one] for one in order))
    rows, digest = 0, hashlib.sha256()
    streaming = connection.execution_options(stream_results=True, max_row_buffer=AT_ONCE)
    with streaming.execute(query) as result:
        for some in result.partitions(AT_ONCE):
            rows += len(some)
            for value in (value for row in some for value in row):
                written = _written(value)
                digest.update(b"%d:" % len(written))
                digest.update(written)
    return Table(rows, digest.hexdigest())


def _written(value: Any) -> bytes:
    """A value of a driver as bytes, whichever driver and server it came from."""
    if isinstance(value, bytes | memoryview):
        return bytes(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().encode()
    if isinstance(value, dict | list):
        return msgspec.json.encode(value, order="sorted")
    return f"{type(value).__name__} {value}".encode()
