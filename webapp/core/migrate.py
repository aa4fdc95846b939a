"""Bringing a database to the newest schema: plain Alembic under a lock.

Alembic is loaded only where there is something for it to do: every start asks whether the schema
is the newest, and Alembic takes a tenth of the start to load.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import sqlalchemy as sa

from webapp.config import root
from webapp.core import connecting, private
from webapp.core.errors import Conflict

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

SCRIPTS = root() / "migrations"
LOCK_ID = 0x1621_8001
LOOK_EVERY = 0.2  # seconds
_VERSION = sa.table("alembic_version", sa.column("version_num"))


def upgrade(url: str) -> None:
    """Migrate to the newest schema; processes that start together wait for one another."""
    with lock(url):
        upgrade_alone(url)


def upgrade_alone(url: str) -> None:
    """The same for who holds the lock."""
    engine = connecting.unpooled(url)
    there, newest = revision_of(engine), newest_revision()
    if there is not None and there > newest:
        raise Conflict(
            f"The database was migrated by a newer release of IGNY8: it has schema {there}, and "
            f"this release knows {newest}. Install the newer one, or restore a backup."
        )
    if there != newest:
        from alembic import command

        command.upgrade(_config(url), "head")


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
