"""Writing in the desk: a change beside what is approved or online, and who has a piece open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from webapp.core import limits

revision = "0030"
down_revision = "0029"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
LIMITS = {
    "working_changes": {"html": 5242880, "base_html": 5242880, "fields": 524288},
    "open_editors": {"tab": 50, "place": 200},
}


def _references(table: str) -> list[sa.Constraint]:
    """To the account, the piece and the person, and the primary key."""
    whose = {"account_id": "accounts", "content_id": "contents", "user_id": "users"}
    return [
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
            )
            for column, other in whose.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _columns() -> list[sa.Column[int]]:
    names = ("id", "account_id", "content_id", "user_id")
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def _times() -> list[sa.Column[sa.DateTime]]:
    names = ("created_at", "updated_at")
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in names]


def upgrade() -> None:
    op.create_table(
        "working_changes",
        *_columns(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("base_html", sa.Text(), nullable=True),
        *_times(),
        *_references("working_changes"),
        sa.UniqueConstraint("content_id", name=op.f("uq_working_changes_content_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "open_editors",
        *_columns(),
        sa.Column("tab", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        *_times(),
        *_references("open_editors"),
        sa.UniqueConstraint(
            "content_id", "user_id", "tab", name=op.f("uq_open_editors_content_id_user_id_tab")
        ),
        sqlite_autoincrement=True,
    )
    for table, columns in LIMITS.items():
        for statement in limits.statements(op.get_bind().dialect.name, table, columns):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("open_editors")
    op.drop_table("working_changes")
