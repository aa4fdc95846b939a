"""A piece may be delivered without being shown to everybody: what was chosen, and what was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
ADDED = (("contents", ""), ("publishing_records", "public"))


def upgrade() -> None:
    for table, default in ADDED:
        column = sa.Column("deliver_as", sa.Text(), server_default=default, nullable=False)
        op.add_column(table, column)


def downgrade() -> None:
    for table, _ in ADDED:
        op.drop_column(table, "deliver_as")
