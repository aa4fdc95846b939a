"""A release takes away nothing that the release before it reads, and asks of it nothing that it
does not write: the two work on one database while machines go over, and one can go back."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig

from tests.operations import before
from webapp.core import connecting, migrate
from webapp.core.system import System

both = pytest.mark.both_databases


def missing(known: dict[str, before.Columns], there: dict[str, before.Columns]) -> list[str]:
    """What code that knows these tables would stumble over, a sentence each."""
    told = []
    for table, columns in known.items():
        if table not in there:
            told.append(f"{table} is gone")
            continue
        found = there[table]
        for name, was in columns.items():
            if name not in found:
                told.append(f"{table}.{name} is gone")
                continue
            now = found[name].removesuffix("=")
            if now.removesuffix("?") != was.removesuffix("?"):
                told.append(f"{table}.{name} was {was} and is {now}")
            elif was.endswith("?") and not now.endswith("?"):
                told.append(f"{table}.{name} may not be empty any more")
        for name, now in found.items():
            if name not in columns and not now.endswith(("?", "=")):
                told.append(f"{table}.{name} is new, and the release before gives it no value")
    return told


@both
def test_the_release_before_finds_all_that_it_needs(system: System) -> None:
    with system.db.engine.connect() as connection:
        there = before.of_database(connection)
    assert missing(before.known(), there) == [], "expand first, contract a release later (0058)"


@pytest.mark.parametrize(
    ("happens", "said"),
    [
        ("ALTER TABLE sites DROP COLUMN planned_with", "sites.planned_with is gone"),
        ("ALTER TABLE sectors RENAME COLUMN slug TO name_in_urls", "sectors.slug is gone"),
        ("DROP TABLE saved_views", "saved_views is gone"),
        ("ALTER TABLE keywords RENAME TO phrases", "keywords is gone"),
        ("ALTER TABLE sectors ADD COLUMN colour TEXT NOT NULL DEFAULT 'red'", ""),
        ("ALTER TABLE sectors ADD COLUMN colour TEXT", ""),
        ("CREATE TABLE shelves (id INTEGER PRIMARY KEY, name TEXT NOT NULL)", ""),
    ],
)
def test_what_would_break_it_is_seen(system: System, happens: str, said: str) -> None:
    with system.db.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(happens)
        there = before.of_database(connection)
    told = missing(before.known(), there)
    assert (said in told) if said else told == []


def test_what_would_ask_too_much_of_it_is_seen(system: System) -> None:
    with system.db.engine.connect() as connection:
        there = before.of_database(connection)
    known = deepcopy(before.known())
    del known["sectors"]["name"]
    known["sectors"]["slug"] = "str?"
    known["sites"]["name"] = "int"
    assert sorted(missing(known, there)) == [
        "sectors.name is new, and the release before gives it no value",
        "sectors.slug may not be empty any more",
        "sites.name was int and is str",
    ]


def test_it_is_what_its_release_left(tmp_path: Path) -> None:
    """A database with that release's migrations alone has those tables, and no others: a file that
    was taken too late, or changed since, would let through what breaks the release before."""
    url = f"sqlite:///{tmp_path / 'before.sqlite'}"
    config = AlembicConfig()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    config.attributes["url"] = url
    command.upgrade(config, migrate.floor())
    engine = connecting.unpooled(url)
    with engine.connect() as connection:
        there = before.of_database(connection)
    plain = {
        table: {name: kind.rstrip("?=") for name, kind in columns.items()}
        for table, columns in there.items()
    }
    assert plain == {
        table: {name: kind.rstrip("?") for name, kind in columns.items()}
        for table, columns in before.known().items()
    }


@both
def test_code_of_the_release_before_writes_and_reads_beside_ours(system: System) -> None:
    """Each table, by the columns that it knew: what it writes, our models read, and the reverse."""
    from webapp.models import Base

    rows = {table.name: row_of(table) for table in Base.metadata.sorted_tables}
    with system.db.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        else:
            connection.exec_driver_sql("SET session_replication_role = replica")
        for table in Base.metadata.sorted_tables:
            columns = before.known().get(table.name)
            if columns is None:
                continue
            kept = {name: value for name, value in rows[table.name].items() if name in columns}
            old = sa.table(table.name, *(sa.column(one.name, one.type) for one in table.columns))
            connection.execute(sa.delete(old))
            connection.execute(sa.insert(old).values(kept))
            ours = connection.execute(sa.select(table)).mappings().all()
            assert ours, table.name
        connection.rollback()


def row_of(table: sa.Table) -> dict[str, Any]:
    """A row with a value in each column."""
    return {column.name: value_of(column) for column in table.columns}


def value_of(column: sa.Column[Any]) -> Any:
    if column.foreign_keys or column.primary_key:
        return 1 if column.type.python_type is int else "1"
    if before.kind_of(column.type) == "json":
        return {}
    by_kind: dict[str, Any] = {
        "int": 1,
        "str": "a",
        "bool": False,
        "float": 1.0,
        "bytes": b"1",
        "datetime": datetime(2026, 1, 1, tzinfo=UTC),
        "date": date(2026, 1, 1),
    }
    return by_kind[before.kind_of(column.type)]
