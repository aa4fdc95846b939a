"""What code of the release before this one reads and writes: its tables, as its models knew them.

    python -m tests.operations.before

takes it anew into migrations/before.json, when a release is cut and the one to come begins.
"""

from __future__ import annotations

import json
from importlib import metadata
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

from webapp.core import migrate
from webapp.models import Base

# The kind of values that Python has there, with a question mark where it may be empty.
Columns = dict[str, str]
# Its place for Alembic's number is Alembic's.
NOT_OURS = {"alembic_version"}


def known() -> dict[str, Columns]:
    """By table and column."""
    read: dict[str, Columns] = json.loads(migrate.BEFORE.read_text())["tables"]
    return read


def of_models() -> dict[str, Columns]:
    """The same of this release."""
    return {
        table.name: {one.name: of_column(one.type, one.nullable) for one in table.columns}
        for table in Base.metadata.sorted_tables
    }


def of_database(connection: sa.Connection) -> dict[str, Columns]:
    """The same of what is really there; "=" behind what the database fills in by itself."""
    inspector = sa.inspect(connection)
    found: dict[str, Columns] = {}
    for table in set(inspector.get_table_names()) - NOT_OURS:
        key = inspector.get_pk_constraint(table)["constrained_columns"]
        found[table] = {
            one["name"]: of_column(one["type"], one["nullable"])
            + ("=" if one["default"] is not None or one["name"] in key else "")
            for one in inspector.get_columns(table)
        }
    return found


def of_column(kind: Any, may_be_empty: bool | None) -> str:
    return kind_of(kind) + ("?" if may_be_empty else "")


def kind_of(kind: Any) -> str:
    """What Python gives and takes there; SQLite keeps JSON, and dates, as texts of its own."""
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    if isinstance(kind, sa.JSON):
        return "json"
    return str(kind.python_type.__name__)


def main() -> None:
    """Write it down."""
    told = {
        "release": metadata.version("igny8"),
        "revision": migrate.newest_revision(),
        "tables": of_models(),
    }
    migrate.BEFORE.write_text(json.dumps(told, indent=1, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
