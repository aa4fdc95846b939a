"""By how much a worker's machine shows another time than the database: positive where it is ahead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    op.add_column(
        "worker_processes",
        sa.Column("clock_ahead_ms", sa.Integer(), nullable=False, server_default="0"),
    )
    with op.batch_alter_table("worker_processes") as batch:
        batch.alter_column("clock_ahead_ms", server_default=None)


def downgrade() -> None:
    op.drop_column("worker_processes", "clock_ahead_ms")
