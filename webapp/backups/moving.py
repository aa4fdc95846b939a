"""From SQLite to PostgreSQL: every row, in one transaction, compared with where it came from before
that ends. The source is only read.

A row goes over as Python has it, so that both databases keep it in their own way; JSON goes over as
the text that it is, which tells an empty column from one that holds `null`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from itertools import zip_longest
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from webapp.backups import postgresql
from webapp.backups.digests import Tell
from webapp.config import Config
from webapp.core import connecting, migrate, private, running
from webapp.core.errors import Conflict
from webapp.models import Base

AT_ONCE = 200  # rows; those of pictures are read one by one
PICTURES = "media_files"
FOREIGN_KEYS = sa.text(
    """
    SELECT conrelid::regclass::text AS name, conname, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
    """
)
TABLES = sa.text(
    """
    SELECT relname FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace
      AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (  -- parts of an extension, and the counters of tables
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
          AND objid = pg_class.oid AND deptype IN ('e', 'a', 'i'))
    """
)
OURS = {*Base.metadata.tables, "alembic_version"}


def move(config: Config, target: str, tell: Tell) -> dict[str, int]:
    """The rows of each table that are at the target now. Raises Conflict; then the target is as
    empty as it was."""
    source = config.database_url
    _check_source(config)
    with ExitStack() as stack:
        for url in (source, target):
            stack.enter_context(migrate.lock(url))
        stack.enter_context(running.alone(source))
        _check(config, target)  # what holds now holds until the end
        try:
            return _fill(source, target, _make(target, tell), tell)
        except BaseException as problem:
            _clear(target)
            if isinstance(problem, sa.exc.SQLAlchemyError):
                raise Conflict(f"Nothing was moved: {_said(problem)}") from problem
            raise


def _check_source(config: Config) -> None:
    """Raises Conflict where there is nothing to lock."""
    if not config.is_sqlite:
        raise Conflict("IGNY8_DATABASE_URL is PostgreSQL already. Say with it what is to be moved.")
    file = private.file_of(config.database_url)
    if not file or not file.is_file():
        raise Conflict(
            f"There is no database at {file}. Set IGNY8_VAR or IGNY8_DATABASE_URL as where IGNY8 "
            "runs; nothing was changed."
        )


def _check(config: Config, target: str) -> None:
    """Raises Conflict where nothing can be moved; nothing was changed."""
    there = migrate.revision(config.database_url)
    if there != migrate.newest_revision():
        raise Conflict(
            f"The database has schema {there or 'none'}, and this release "
            f"{migrate.newest_revision()}. Run `igny8 migrate` first, or install the release that "
            "the database is of."
        )
    with _engine(target).connect() as connection:
        found = set(connection.scalars(TABLES))
        used = "accounts" in found and connection.scalar(sa.text("SELECT count(*) FROM accounts"))
        of_others = found - OURS
        if of_others or used or (found and "alembic_version" not in found):
            raise Conflict(
                f"The database {sa.make_url(target).database} is not empty: it has "
                f"{', '.join(sorted(of_others or found)[:3])}, … Make an empty one; nothing was "
                "changed."
            )
    if others := postgresql.others(target):
        raise Conflict(f"Others have that database open: {', '.join(others)}. Stop them first.")


def _make(target: str, tell: Tell) -> list[sa.Table]:
    """The newest schema, with nothing in it; an installation that nobody has used goes."""
    tell("making the tables")
    _clear(target)
    migrate.upgrade_alone(target)
    return list(Base.metadata.sorted_tables)


def _clear(target: str) -> None:
    with _engine(target).begin() as connection:
        connection.exec_driver_sql(postgresql.CLEAR.replace("%", "%%"))


def _fill(source: str, target: str, tables: list[sa.Table], tell: Tell) -> dict[str, int]:
    """Copy and compare; all of it, or nothing."""
    with _engine(source).connect() as reading, _engine(target).begin() as writing:
        writing.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        keys = writing.execute(FOREIGN_KEYS).all()
        for key in keys:
            writing.exec_driver_sql(f'ALTER TABLE {key.name} DROP CONSTRAINT "{key.conname}"')
        for table in tables:
            _copy(reading, writing, table, tell)
        for key in keys:  # which looks at every row
            tell(f"checking {key.name}")
            added = f'ALTER TABLE {key.name} ADD CONSTRAINT "{key.conname}" {key.definition}'
            writing.exec_driver_sql(added)
        _count_on(reading, writing, tables)
        return {table.name: _compare(reading, writing, table, tell) for table in tables}


def _copy(reading: sa.Connection, writing: sa.Connection, table: sa.Table, tell: Tell) -> None:
    """All rows of a table as they are: our triggers judge and count what is new, not what was."""
    writing.exec_driver_sql(f"ALTER TABLE {table.name} DISABLE TRIGGER USER")
    writing.execute(sa.delete(table))
    insert = sa.insert(table).values({one.name: _parameter(one) for one in table.columns})
    done = 0
    for some in _rows(reading, table).partitions():
        try:
            writing.execute(insert, [dict(row) for row in some])
        except sa.exc.SQLAlchemyError as problem:
            rows = f"rows {_named(table, some[0])} to {_named(table, some[-1])}"
            raise Conflict(
                f"Nothing was moved. PostgreSQL refuses {table.name}, {rows}: {_said(problem)}"
            ) from problem
        done += len(some)
        tell(f"copying {table.name}: {done:,} rows")
    writing.exec_driver_sql(f"ALTER TABLE {table.name} ENABLE TRIGGER USER")


def _named(table: sa.Table, row: sa.RowMapping) -> str:
    """A row by its key."""
    return "/".join(str(row[one.name]) for one in table.primary_key)


def _said(problem: sa.exc.SQLAlchemyError) -> str:
    return str(getattr(problem, "orig", None) or problem).strip()


def _compare(reading: sa.Connection, writing: sa.Connection, table: sa.Table, tell: Tell) -> int:
    """Row by row. Raises Conflict with the first that is not the same."""
    tell(f"comparing {table.name}")
    number = 0
    for was, now in zip_longest(_each(reading, table), _each(writing, table)):
        number += 1
        if was != now:
            row = (was or now or {}).get("id", number)
            raise Conflict(
                f"Row {row} of {table.name} did not arrive as it was. Nothing is left at the "
                "target, and the source is as it was."
            )
    return number


def _each(connection: sa.Connection, table: sa.Table) -> Iterator[dict[str, Any]]:
    """Every row in the order of its id, with its JSON read; 1e3 and 1000 are one number."""
    jsons = [one.name for one in table.columns if isinstance(one.type, sa.JSON)]
    for row in _rows(connection, table):
        values = dict(row)
        for name in jsons:
            if (text := values[name]) is not None:
                values[name] = ("JSON", json.loads(text, parse_float=Decimal, parse_int=Decimal))
        yield values


def _rows(connection: sa.Connection, table: sa.Table) -> sa.MappingResult:
    """JSON as text, and the rest as the table's types give it."""
    columns = [_as_text(one) if isinstance(one.type, sa.JSON) else one for one in table.columns]
    query = sa.select(*columns).order_by(*[one for one in table.columns if one.primary_key])
    number = 1 if table.name == PICTURES else AT_ONCE
    options = {"stream_results": True, "max_row_buffer": number, "yield_per": number}
    return connection.execute(query, execution_options=options).mappings()


def _as_text(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.type_coerce(column, sa.Text()), sa.Text()).label(column.name)


def _parameter(column: sa.Column[Any]) -> Any:
    if isinstance(column.type, sa.JSON):
        return sa.cast(sa.bindparam(column.name, type_=sa.Text()), JSONB())
    return sa.bindparam(column.name, type_=column.type)


def _count_on(reading: sa.Connection, writing: sa.Connection, tables: list[sa.Table]) -> None:
    """An id that was given once is never given again; SQLite keeps the last of some tables only, so
    the rows are asked as well."""
    kept = dict(cast(Any, reading.execute(sa.text("SELECT name, seq FROM sqlite_sequence")).all()))
    for table in tables:
        if "id" not in table.c:
            continue
        last = max(
            kept.get(table.name) or 0, writing.scalar(sa.select(sa.func.max(table.c.id))) or 0
        )
        if last:
            place = sa.func.pg_get_serial_sequence(table.name, "id")
            writing.execute(sa.select(sa.func.setval(place, last)))


def _engine(url: str) -> sa.Engine:
    return connecting.unpooled(url, hide_parameters=True)
