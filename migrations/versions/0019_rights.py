"""Roles on single sites; whose a piece is, and to whom it was shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    _table(
        "site_memberships",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_site_memberships_site_id_sites")
        ),
        sa.UniqueConstraint("user_id", "site_id", name=op.f("uq_site_memberships_user_id_site_id")),
    )
    op.create_index(op.f("ix_site_memberships_site_id"), "site_memberships", ["site_id"])
    _table(
        "content_shares",
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"],
            ["contents.id"],
            name=op.f("fk_content_shares_content_id_contents"),
            ondelete="CASCADE",
        ),
        sa.UniqueConstraint(
            "user_id", "content_id", name=op.f("uq_content_shares_user_id_content_id")
        ),
    )
    op.create_index(op.f("ix_content_shares_content_id"), "content_shares", ["content_id"])
    # Plain SQL: with it SQLite adds the column in place, and the triggers of the table stay.
    op.execute(
        "ALTER TABLE contents ADD COLUMN writer_id INTEGER"
        " CONSTRAINT fk_contents_writer_id_users REFERENCES users (id)"
    )
    op.create_index(op.f("ix_contents_writer_id_id"), "contents", ["writer_id", "id"])


def downgrade() -> None:
    # The version before knows no such roles, and any other would show these people more.
    op.execute("DELETE FROM memberships WHERE role NOT IN ('viewer', 'editor', 'admin', 'owner')")
    op.drop_index(op.f("ix_contents_writer_id_id"), "contents")
    op.drop_column("contents", "writer_id")
    op.drop_table("content_shares")
    op.drop_table("site_memberships")


def _table(name: str, *more: sa.schema.SchemaItem) -> None:
    """A table of an account's, with a user."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        *more,
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f(f"fk_{name}_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f(f"fk_{name}_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_autoincrement=True,
    )
