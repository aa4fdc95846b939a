"""What a website refuses holds for its connection: the installation keeps none of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("installation") as table:
        table.drop_column("refused")


def downgrade() -> None:
    kind = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    with op.batch_alter_table("installation") as table:
        table.add_column(sa.Column("refused", kind, nullable=True))
