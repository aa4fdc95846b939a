"""What was found at destinations that differs from what was left there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0034"
down_revision = "0033"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
WHOSE = {
    "account_id": "accounts",
    "site_id": "sites",
    "content_id": "contents",
    "integration_id": "site_integrations",
}


def upgrade() -> None:
    op.create_table(
        "drifts",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in WHOSE),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status_there", sa.Text(), nullable=False),
        sa.Column("over", sa.Text(), nullable=False),
        sa.Column("there", JSON, nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_drifts_{column}_{other}")
            )
            for column, other in WHOSE.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drifts")),
        sa.UniqueConstraint(
            "content_id", "integration_id", name=op.f("uq_drifts_content_id_integration_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_drifts_account_id_id"), "drifts", ["account_id", "id"])
    op.create_index(op.f("ix_drifts_site_id"), "drifts", ["site_id"])
    op.create_index(op.f("ix_drifts_integration_id"), "drifts", ["integration_id"])


def downgrade() -> None:
    op.drop_table("drifts")
