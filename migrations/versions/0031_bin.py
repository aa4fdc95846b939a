"""Who put a piece into the bin, and when one was emptied for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"

IN_BIN = sa.text("deleted_at IS NOT NULL AND emptied_at IS NULL")


def upgrade() -> None:
    # Plain SQL: with it SQLite adds the column in place, and the triggers of the table stay.
    op.execute(
        "ALTER TABLE contents ADD COLUMN deleted_by INTEGER"
        " CONSTRAINT fk_contents_deleted_by_users REFERENCES users (id)"
    )
    op.add_column("contents", sa.Column("emptied_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_contents_deleted", "contents")
    op.create_index(
        "ix_contents_bin",
        "contents",
        ["account_id", "deleted_at", "id"],
        postgresql_where=IN_BIN,
        sqlite_where=IN_BIN,
    )


def downgrade() -> None:
    op.drop_index("ix_contents_bin", "contents")
    op.create_index(
        "ix_contents_deleted",
        "contents",
        ["account_id", "deleted_at"],
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
    )
    op.drop_column("contents", "emptied_at")
    op.drop_column("contents", "deleted_by")
