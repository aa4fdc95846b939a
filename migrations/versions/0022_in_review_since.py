"""Since when a piece waits for a decision."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("contents", sa.Column("in_review_since", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("contents", "in_review_since")
