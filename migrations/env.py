"""Alembic's entry: called through webapp.core.migrate only."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import context

from webapp.core import connecting, migrate
from webapp.core.types import UtcDateTime, WordSet
from webapp.models import Base


def render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Migrations hold plain SQLAlchemy types: they must run when ours have changed."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, WordSet):
        return "sa.String(length=200)"
    if kind == "type" and isinstance(item, sa.JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def wait_briefly(connection: sa.Connection) -> None:
    """For each transaction, since pgbouncer may give each another connection."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{migrate.LOCKED}'")


def run() -> None:
    engine = connecting.unpooled(context.config.attributes["url"])
    if engine.dialect.name == "postgresql":
        sa.event.listen(engine, "begin", wait_briefly)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_item=render_item,
            render_as_batch=connection.dialect.name == "sqlite",
            # Locks of one are not kept for the next.
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


run()
