"""Whose code goes on working with the schema: the release before this one, and no older one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.create_table("schema_floor", sa.Column("revision", sa.String(length=20), nullable=False))


def downgrade() -> None:
    op.drop_table("schema_floor")
