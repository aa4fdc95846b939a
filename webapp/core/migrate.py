"""Bringing a database to the newest schema: plain Alembic under a lock."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

SCRIPTS = Path(__file__).resolve().parent.parent.parent / "migrations"
LOCK_ID = 0x1621_8001


def upgrade(url: str) -> None:
    """Migrate to the newest schema; processes that start together wait for one another."""
    with _lock(url):
        command.upgrade(_config(url), "head")


def write_revision(url: str, message: str) -> None:
    """For contributors: a new migration from what the models say now."""
    command.revision(_config(url), message=message, autogenerate=True)


def is_current(engine: sa.Engine) -> bool:
    """True where the database has the newest schema."""
    head = ScriptDirectory(str(SCRIPTS)).get_current_head()
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == head


def _config(url: str) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["url"] = url
    return config


@contextmanager
def _lock(url: str) -> Iterator[None]:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = Path(parsed.database or "igny8.sqlite")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.with_suffix(".migrate-lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        connection.execute(sa.text("SELECT pg_advisory_lock(:id)"), {"id": LOCK_ID})
        yield
