"""The database: engines, sessions, and what happens after a commit.

One request or one verb of a job is one transaction. Readers take a plain transaction, writers on
SQLite begin with BEGIN IMMEDIATE, so that a writer waits for its turn instead of failing halfway.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    mapped_column,
    sessionmaker,
)

from webapp.core import away, connecting
from webapp.core.absences import Absence
from webapp.core.clock import utc_now
from webapp.core.connecting import Limits
from webapp.core.errors import Invalid
from webapp.core.types import Json, UtcDateTime

# A connection costs nothing there.
OF_SQLITE: dict[str, Any] = {"pool_size": 20, "max_overflow": 20}
# What an integer column holds on every database of ours; ids are among them.
LARGEST_INTEGER = 2**31 - 1
# The server's own number, which a standby has too, and the database's within it.
_NAME = sa.text(
    "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database"
    " WHERE datname = current_database()"
)
_TOO_LONG = re.compile(r"limit \w+\.(\w+) ([0-9]+)")
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table: an id that is never given twice, and when the row came and changed."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: UtcDateTime(),
        dict[str, Any]: Json,
        list[Any]: Json,
        list[str]: Json,
        str: sa.Text(),
    }
    __table_args__: Any = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True, sort_order=-10)
    created_at: Mapped[datetime] = mapped_column(default=utc_now, sort_order=90)
    updated_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, sort_order=91)


def after_commit(session: Session, act: Callable[[], object]) -> None:
    """Run `act` once the session's transaction is on disk; never if it rolls back."""
    session.info.setdefault("after_commit", []).append(act)


def before_commit(session: Session, act: Callable[[], None]) -> None:
    """Run `act` as the last thing of the transaction: many small rows, written at once."""
    session.info.setdefault("before_commit", []).append(act)


def among(
    column: InstrumentedAttribute[int], only: Collection[int] | None
) -> sa.ColumnElement[bool]:
    """A condition: one of these, or anything where `only` is None."""
    return sa.true() if only is None else column.in_(only)


class Database:
    """One engine with its sessions. Threads share it; processes don't."""

    def __init__(self, url: str, limits: Limits | None = None) -> None:
        """`limits` are of PostgreSQL."""
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            Path(sa.make_url(url).database or "").parent.mkdir(parents=True, exist_ok=True)
        self.engine = sa.create_engine(
            url,
            hide_parameters=True,
            json_serializer=_to_json,
            json_deserializer=msgspec.json.decode,
            **(OF_SQLITE if self.is_sqlite else connecting.pool(url, limits or Limits())),
        )
        event.listen(self.engine, "handle_error", _name_what_is_too_long)
        event.listen(self.engine, "handle_error", self._missed)
        self._absence = Absence("the database")
        # Threads of one process queue here instead of in SQLite's busy loop, which is unfair.
        self._turn = threading.Lock()
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        elif limits and limits.behind_pgbouncer:
            event.listen(self.engine, "begin", limits.set_for_one)
        self._reader = sessionmaker(self.engine, expire_on_commit=False)
        self._writer = sessionmaker(
            self.engine.execution_options(writes=True), expire_on_commit=False
        )

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session for reading; whatever it changed is thrown away."""
        with self._reader() as session:
            yield session
        self._absence.over()

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session for writing: commits at the end, rolls back on any exception."""
        with self._turn if self.is_sqlite else nullcontext(), self._writer() as session:
            yield session
            for act in session.info.pop("before_commit", []):
                act()
            session.commit()
        self._absence.over()
        for act in session.info.pop("after_commit", []):
            act()

    @cached_property
    def name(self) -> str:
        """Tells this database from all others, under whatever address it is reached, as the same
        for all processes: what they share elsewhere is called after it."""
        if self.is_sqlite:
            told = str(Path(self.engine.url.database or "").resolve())
        else:
            with self.engine.connect() as connection:
                told = str(connection.scalar(_NAME))
        return hashlib.sha256(told.encode()).hexdigest()[:12]

    def time(self) -> datetime:
        """What the database's own clock shows; of PostgreSQL."""
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            told = connection.scalar(sa.select(sa.func.clock_timestamp()))
        assert isinstance(told, datetime)
        return told.astimezone(UTC)

    def dispose(self) -> None:
        self.engine.dispose()

    def _missed(self, context: Any) -> None:
        problem = context.sqlalchemy_exception
        if problem is not None and away.said_of(problem) == away.SAID:
            self._absence.noticed()


def _name_what_is_too_long(context: Any) -> None:
    """The database's own refusal of a text that no verb has refused, as wrong input."""
    found = _TOO_LONG.search(str(context.original_exception))
    if found:
        raise Invalid({found[1]: f"Use at most {int(found[2]):,} characters."})


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-32000",
        "mmap_size=268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") == "AUTOCOMMIT":
        return  # a transaction that stays open would show the database as it was, for ever
    writes = options.get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
