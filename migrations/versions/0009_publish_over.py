"""A record names what was seen at its destination by who wanted to publish over it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column(
        "publishing_records", sa.Column("over", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("publishing_records", "over")
