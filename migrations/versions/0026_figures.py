"""What workers count and how each is, for operators; which request a publication came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from webapp.core.types import Json, UtcDateTime

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    op.create_table(
        "figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("labels", sa.Text(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures")),
        sa.UniqueConstraint("name", "labels", name=op.f("uq_figures_name_labels")),
        sqlite_autoincrement=True,
    )
    op.add_column(
        "worker_processes", sa.Column("figures", Json, nullable=False, server_default="{}")
    )
    op.add_column(
        "publishing_records", sa.Column("request_id", sa.Text(), nullable=False, server_default="")
    )


def downgrade() -> None:
    op.drop_column("publishing_records", "request_id")
    op.drop_column("worker_processes", "figures")
    op.drop_table("figures")
