"""Bringing a database to the newest schema: plain Alembic under a lock.

Two releases work side by side on one database, and one can go back to the one before: a release
takes away nothing that the release before it needs (`migrations/before.json`, 0058). The database
says in `schema_floor` which schema code must need at least to go on working with it.

Alembic is loaded only where there is something for it to do: every start asks whether the schema
is the newest, and Alembic takes a tenth of the start to load.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import sqlalchemy as sa
import structlog

from webapp.config import root
from webapp.core import connecting, private
from webapp.core.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

SCRIPTS = root() / "migrations"
BEFORE = SCRIPTS / "before.json"
LOCK_ID = 0x1621_8001
LOOK_EVERY = 0.2  # seconds
# On PostgreSQL everybody who wants a table waits behind a migration that waits for it: it gives way
# soon, and tries again after each of these seconds.
LOCKED = "3s"
PAUSES = (1, 2, 4, 8, 15, 30, 60, 60)
_NOT_LOCKED = "55P03"
log = structlog.get_logger()
_VERSION = sa.table("alembic_version", sa.column("version_num"))
_FLOOR = sa.table("schema_floor", sa.column("revision", sa.String()))


def upgrade(url: str) -> None:
    """Migrate to the newest schema; processes that start together wait for one another."""
    with lock(url):
        upgrade_alone(url)


def upgrade_alone(url: str) -> None:
    """The same for who holds the lock. Raises Conflict where a newer release has taken away what
    this one needs."""
    engine = connecting.unpooled(url)
    there, newest = revision_of(engine), newest_revision()
    if there is not None and there > newest:
        check_floor(engine, there, newest)
    elif there != newest:
        raise_floor(engine)  # before anything is taken away, and once more where it is new
        _upgrade(url)
        raise_floor(engine)


def _upgrade(url: str) -> None:
    """Each migration is a transaction: what is done stays, and the next try goes on behind it.
    Raises Conflict where a table never was free."""
    from alembic import command

    for pause in (*PAUSES, None):
        try:
            command.upgrade(_config(url), "head")
            return
        except sa.exc.OperationalError as problem:
            if getattr(problem.orig, "sqlstate", None) != _NOT_LOCKED:
                raise
            if pause is None:
                raise Conflict(
                    "The migration found no moment in which nobody works with a table that it "
                    "changes; everything goes on as before. See what runs long there, such as a "
                    "dump (pg_stat_activity). Run `igny8 migrate` again when it has ended."
                ) from problem
        log.info("a migration waits until others are done with a table", seconds=pause)
        time.sleep(pause)


class State(NamedTuple):
    """The schema of a database, that which this release needs, and the names of the migrations
    that are between them."""

    there: str | None
    needed: str
    waiting: list[str]


def state(url: str) -> State:
    """How far a database is; touches nothing. Raises Conflict as `upgrade` would."""
    file = private.file_of(url)
    engine = connecting.unpooled(url)
    there = None if file is not None and not file.is_file() else revision_of(engine)
    newest = newest_revision()
    if there is not None and there > newest:
        check_floor(engine, there, newest)
    names = sorted(path.stem for path in (SCRIPTS / "versions").glob("[0-9]*.py"))
    return State(there, newest, [one for one in names if one.split("_", 1)[0] > (there or "")])


def floor() -> str:
    """The schema of the release before this one: its code goes on working with ours."""
    return str(msgspec.json.decode(BEFORE.read_bytes())["revision"])


def floor_in(connection: sa.Connection) -> str | None:
    """The same of the release that migrated a database; None where none has said so."""
    if not sa.inspect(connection).has_table(_FLOOR.name):
        return None
    found: str | None = connection.scalar(sa.select(sa.func.max(_FLOOR.c.revision)))
    return found


def check_floor(engine: sa.Engine, there: str, newest: str) -> None:
    """Raises Conflict where a newer schema has not all that this release needs."""
    with engine.connect() as connection:
        needs = floor_in(connection)
    if needs is None or needs > newest:
        raise Conflict(
            f"The database was migrated by a newer release of IGNY8: it has schema {there}, and "
            f"this release knows {newest}. It works with code of schema {needs or there} and "
            "newer. Install the newer release, or restore a backup."
        )


def raise_floor(engine: sa.Engine) -> None:
    """Write down, where there is a place for it, whose code goes on working."""
    with engine.begin() as connection:
        if not sa.inspect(connection).has_table(_FLOOR.name):
            return
        if (floor_in(connection) or "") < floor():
            connection.execute(sa.delete(_FLOOR))
            connection.execute(sa.insert(_FLOOR).values(revision=floor()))


def write_revision(url: str, message: str) -> None:
    """For contributors: a new migration from what the models say now."""
    from alembic import command

    newest = int(newest_revision())
    command.revision(_config(url), message, autogenerate=True, rev_id=f"{newest + 1:04d}")


def revision(url: str) -> str | None:
    """Which schema the database at this address has; None where it has none."""
    return revision_of(connecting.unpooled(url))


def revision_of(engine: sa.Engine) -> str | None:
    """The same of an engine's database."""
    with engine.connect() as connection:
        return revision_in(connection)


def revision_in(connection: sa.Connection) -> str | None:
    """The same within a transaction."""
    if not sa.inspect(connection).has_table(_VERSION.name):
        return None
    return connection.scalar(sa.select(_VERSION))


def newest_revision() -> str:
    """The number that the last migration's file begins with, which is its revision."""
    return max(path.name for path in (SCRIPTS / "versions").glob("[0-9]*.py")).split("_", 1)[0]


@cache
def needed() -> str:
    """The schema that the code of this process needs: the newest when it was first asked. What an
    upgrade lays on the disk since is another release's."""
    return newest_revision()


def _config(url: str) -> AlembicConfig:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = url
    return config


@contextmanager
def lock(url: str) -> Iterator[None]:
    """Nobody else begins to use the database meanwhile: whoever starts waits here first."""
    file = private.lock_of(url, private.LOCKS[1])
    if file is not None:
        private.database(url)
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
        return
    with connecting.lock(url, LOCK_ID, LOOK_EVERY):
        yield
