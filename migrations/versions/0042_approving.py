"""Approval in steps: lists of steps, and who signed which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.core import limits

revision = "0042"
down_revision = "0040"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
LIMITS = {
    "approval_lists": {"content_type": 20, "source": 50},
    "approval_steps": {"name": 60, "people": 524288},
}
IS_CURRENT = sa.text("replaced_at IS NULL")


def _rest(table: str, whose: dict[str, str]) -> list[sa.schema.SchemaItem]:
    """When the row came and changed, what it refers to, and its key."""
    times = [
        sa.Column(name, sa.DateTime(timezone=True), nullable=False)
        for name in ("created_at", "updated_at")
    ]
    references = [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in whose.items()
    ]
    return [*times, *references, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def upgrade() -> None:
    op.create_table(
        "approval_lists",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        *_rest(
            "approval_lists", {"account_id": "accounts", "site_id": "sites", "user_id": "users"}
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_approval_lists_site_id"), "approval_lists", ["site_id"])
    op.create_index(
        "uq_approval_lists_current",
        "approval_lists",
        ["site_id", "content_type", "source"],
        unique=True,
        sqlite_where=IS_CURRENT,
        postgresql_where=IS_CURRENT,
    )
    op.create_table(
        "approval_steps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("people", JSON, nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("not_own", sa.Boolean(), nullable=False),
        sa.Column("survives_edits", sa.Boolean(), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=True),
        sa.Column("substitute", sa.Text(), nullable=False),
        *_rest(
            "approval_steps",
            {"account_id": "accounts", "site_id": "sites", "list_id": "approval_lists"},
        ),
        sa.UniqueConstraint("list_id", "position", name=op.f("uq_approval_steps_list_id_position")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "signatures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("comment_id", sa.Integer(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_by", sa.Integer(), nullable=True),
        sa.Column("void_comment_id", sa.Integer(), nullable=False),
        *_rest(
            "signatures",
            {
                "account_id": "accounts",
                "content_id": "contents",
                "step_id": "approval_steps",
                "user_id": "users",
                "voided_by": "users",
            },
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_signatures_content_id"), "signatures", ["content_id"])
    for table, columns in LIMITS.items():
        for statement in limits.statements(op.get_bind().dialect.name, table, columns):
            op.get_bind().exec_driver_sql(statement)
    # Plain SQL: with it SQLite adds the column in place, and the triggers of the table stay.
    op.execute(
        "ALTER TABLE contents ADD COLUMN approval_list_id INTEGER"
        " CONSTRAINT fk_contents_approval_list_id_approval_lists REFERENCES approval_lists (id)"
    )
    for name in ("approval_step", "step_signatures"):
        op.add_column("contents", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("contents", sa.Column("step_since", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("step_since", "step_signatures", "approval_step", "approval_list_id"):
        op.drop_column("contents", name)
    op.drop_table("signatures")
    op.drop_table("approval_steps")
    op.drop_table("approval_lists")
