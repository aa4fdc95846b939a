"""What people say about passages of a piece, and what they would change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.core import limits

revision = "0040"
down_revision = "0038"

LIMITS = {
    "anchors": {"quotation": 20000},
    "threads": {"base": 20000, "replacement": 20000, "model": 200},
    "remarks": {"text": 10000},
}
_MOVING = sa.text("moving")


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _yes_or_no(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _rest(table: str, **whose: str) -> list[sa.schema.SchemaItem]:
    """When the row came and changed, what it refers to besides account and piece, and its key."""
    times = [
        sa.Column(name, sa.DateTime(timezone=True), nullable=False)
        for name in ("created_at", "updated_at")
    ]
    all_of_it = {"account_id": "accounts", "content_id": "contents", **whose}
    references = [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in all_of_it.items()
    ]
    return [*times, *references, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def upgrade() -> None:
    op.create_table(
        "anchors",
        *map(_number, ("id", "account_id", "content_id", "version", "first", "behind")),
        *map(_text, ("quotation", "before", "after")),
        *map(_yes_or_no, ("gone", "moving")),
        *_rest("anchors"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "threads",
        *map(_number, ("id", "account_id", "content_id", "user_id")),
        *map(_number, ("version", "base_at", "remarks")),
        _number("anchor_id", nullable=True),
        _number("settled_by", nullable=True),
        *map(_text, ("status", "base", "model")),
        _text("replacement", nullable=True),
        _yes_or_no("shared"),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        *_rest("threads", user_id="users", anchor_id="anchors", settled_by="users"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "remarks",
        *map(_number, ("id", "account_id", "content_id", "thread_id", "number", "user_id")),
        _text("text"),
        *_rest("remarks", thread_id="threads", user_id="users"),
        sa.UniqueConstraint("thread_id", "number", name=op.f("uq_remarks_thread_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "mentions",
        *map(_number, ("id", "account_id", "content_id", "remark_id", "user_id")),
        *_rest("mentions", remark_id="remarks", user_id="users"),
        sa.UniqueConstraint("remark_id", "user_id", name=op.f("uq_mentions_remark_id_user_id")),
        sqlite_autoincrement=True,
    )
    _find_fast()
    for table, columns in LIMITS.items():
        for statement in limits.statements(op.get_bind().dialect.name, table, columns):
            op.get_bind().exec_driver_sql(statement)


def _find_fast() -> None:
    op.create_index(
        "ix_anchors_moving",
        "anchors",
        ["content_id"],
        sqlite_where=_MOVING,
        postgresql_where=_MOVING,
    )
    op.create_index(
        op.f("ix_threads_content_id_status_id"), "threads", ["content_id", "status", "id"]
    )
    for table in ("anchors", "remarks", "mentions"):
        op.create_index(op.f(f"ix_{table}_content_id"), table, ["content_id"])
    op.create_index(op.f("ix_mentions_user_id"), "mentions", ["user_id"])


def downgrade() -> None:
    for table in ("mentions", "remarks", "threads", "anchors"):
        op.drop_table(table)
