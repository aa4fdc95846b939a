"""Statements that run for every publication, put together once.

A statement's way through SQLAlchemy costs ten times what SQLite needs to run it, and a worker with
thirty publications in flight runs a thousand a second. A prepared statement keeps what SQLAlchemy
made of it for one kind of database, with the conversions of its columns' types, and goes straight
to the driver, in the session's transaction.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import SelectBase, UpdateBase

Call = tuple["Prepared", dict[str, Any]]
Statement = SelectBase | UpdateBase
Known = dict[str, tuple[Any, Any]]
_NOTHING = (object(), None)


class Prepared:
    """One statement, or one per dialect's name. What is given are values for its parameters, and
    for the columns that an insert or update sets; their defaults are filled in.
    """

    def __init__(self, statement: Statement | Mapping[str, Statement]) -> None:
        self.statement = statement
        self._made: dict[tuple[str, tuple[str, ...]], _Made] = {}

    def rows(self, db: Session, given: dict[str, Any]) -> list[Any]:
        """What it selects or returns, as named tuples."""
        made, cursor = self._run(db, given)
        found: list[Any] = made.answer(cursor)
        return found

    def change(self, db: Session, given: dict[str, Any]) -> int:
        """Run it; how many rows it has changed or added."""
        return int(self._run(db, given)[1].rowcount)

    def change_each(self, db: Session, given: Sequence[dict[str, Any]]) -> None:
        """Run it once for each; all are given the same."""
        made, cursor = self._for(db, given[0])
        with _problems(made.dialect, made.sql):
            known: Known = {}
            cursor.executemany(made.sql, [made.parameters(one, known) for one in given])

    def _run(self, db: Session, given: dict[str, Any]) -> tuple[_Made, Any]:
        made, cursor = self._for(db, given)
        with _problems(made.dialect, made.sql):
            cursor.execute(made.sql, made.parameters(given))
        return made, cursor

    def _for(self, db: Session, given: dict[str, Any]) -> tuple[_Made, Any]:
        db.flush()  # so that it sees what the session has changed
        dialect = db.get_bind().dialect
        key = dialect.name, tuple(given)
        made = self._made.get(key)
        if made is None:
            one = self.statement
            statement = one[dialect.name] if isinstance(one, Mapping) else one
            made = self._made[key] = _Made(statement, list(given), dialect)
        return made, db.connection().connection.cursor()


def together(db: Session, calls: Sequence[Call]) -> list[Any]:
    """Run them in their order, none waiting for another's answer: one journey to PostgreSQL.

    Of each the rows, or how many it has changed where it returns none.
    """
    made = [statement._for(db, given) for statement, given in calls]
    connection: Any = db.connection().connection.driver_connection
    with (
        _problems(db.get_bind().dialect, "; ".join(one.sql for one, _ in made)),
        getattr(connection, "pipeline", nullcontext)(),
    ):
        for (one, cursor), (_, given) in zip(made, calls, strict=True):
            cursor.execute(one.sql, one.parameters(given))
    return [one.answer(cursor) for one, cursor in made]


class _Made:
    """What became of a statement for one kind of database."""

    def __init__(self, statement: Statement, given: list[str], dialect: Dialect) -> None:
        self.dialect = dialect
        compiled: Any = statement.compile(dialect=dialect, column_keys=given)
        self.sql = str(compiled)
        self._order: list[str] | None = compiled.positiontup
        self._constants = dict(compiled.params)
        self._defaults = {
            column.key: column.default if compiled.isinsert else column.onupdate
            for column in (*compiled.insert_prefetch, *compiled.update_prefetch)
        }
        self._convert = {
            name: convert
            for bind, name in compiled.bind_names.items()
            if (convert := bind.type.dialect_impl(dialect).bind_processor(dialect))
        }
        returned = compiled.effective_returning or getattr(statement, "selected_columns", ())
        self._returns = bool(list(returned))
        self._row = _named_tuple([column.key for column in returned])
        self._read = [
            (place, convert)
            for place, column in enumerate(returned)
            if (convert := column.type.dialect_impl(dialect).result_processor(dialect, None))
        ]

    def parameters(self, given: dict[str, Any], known: Known | None = None) -> Any:
        """Values for the driver: those given, the columns' defaults, the statement's constants.

        `known` keeps what became of a value, for the next row that has the same one."""
        values = {**self._constants, **given}
        for name, default in self._defaults.items():
            if name not in given:
                values[name] = default.arg(None) if default.is_callable else default.arg
        known = {} if known is None else known
        for name, convert in self._convert.items():
            value, converted = known.get(name, _NOTHING)
            if values[name] is not value:
                value = values[name]
                converted = convert(value)
                known[name] = value, converted
            values[name] = converted
        return values if self._order is None else [values[name] for name in self._order]

    def answer(self, cursor: Any) -> Any:
        """What a cursor of this statement has found: its rows, or how many it has changed."""
        if not self._returns:
            return int(cursor.rowcount)
        return [self.row(row) for row in cursor.fetchall()]

    def row(self, values: Sequence[Any]) -> Any:
        """A row of the driver's, with the values that the columns' types make of it."""
        if self._read:
            values = list(values)
            for place, convert in self._read:
                values[place] = convert(values[place])
        return self._row._make(values)


@contextmanager
def _problems(dialect: Dialect, sql: str) -> Iterator[None]:
    """The driver's problems under SQLAlchemy's names, by which callers know them."""
    kind = dialect.loaded_dbapi.Error
    try:
        yield
    except kind as problem:
        raise DBAPIError.instance(
            sql, None, problem, kind, hide_parameters=True, dialect=dialect
        ) from problem


def _named_tuple(names: list[str]) -> Any:
    make: Any = namedtuple  # the names are known at run time only
    return make("Row", names, rename=True)
