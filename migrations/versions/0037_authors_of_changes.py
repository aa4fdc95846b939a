"""All who worked on a change beside a piece."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0037"
down_revision = "0036"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    others = sa.Column("others", JSON, nullable=False, server_default="[]")
    op.add_column("working_changes", others)


def downgrade() -> None:
    op.drop_column("working_changes", "others")
