"""Waiting pieces lie in the order in which they take their turn: the highest priority first, and
of one priority what was approved first."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WAITING = sa.text("status = 'approved' AND scheduled_publish_at IS NULL")


def upgrade() -> None:
    _lie(sa.text("priority DESC"))


def downgrade() -> None:
    _lie("priority")


def _lie(priority: str | sa.TextClause) -> None:
    op.drop_index("ix_contents_waiting", "contents")
    op.create_index(
        "ix_contents_waiting",
        "contents",
        ["site_id", priority, "approved_at", "id"],
        sqlite_where=WAITING,
        postgresql_where=WAITING,
    )
