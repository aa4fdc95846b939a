"""Deployments: many pieces of a site, sent at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0032"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
ACTIVE = sa.text("status IN ('pending', 'deploying')")


def _rest(table: str, whose: dict[str, str]) -> list[sa.schema.SchemaItem]:
    """When the row came and changed, what it refers to, and its key."""
    times = [
        sa.Column(name, sa.DateTime(timezone=True), nullable=False)
        for name in ("created_at", "updated_at")
    ]
    references = [
        sa.ForeignKeyConstraint(
            [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
        )
        for column, other in whose.items()
    ]
    return [*times, *references, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))]


def upgrade() -> None:
    op.create_table(
        "deployment_records",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("deployment_type", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("requested_by", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        *_rest(
            "deployment_records",
            {
                "account_id": "accounts",
                "site_id": "sites",
                "integration_id": "site_integrations",
                "requested_by": "users",
            },
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_deployment_records_active",
        "deployment_records",
        ["site_id"],
        unique=True,
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index(
        op.f("ix_deployment_records_site_id_id"), "deployment_records", ["site_id", "id"]
    )
    op.create_table(
        "deployment_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("is_joined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("refused", JSON, nullable=True),
        *_rest(
            "deployment_items",
            {
                "account_id": "accounts",
                "site_id": "sites",
                "deployment_id": "deployment_records",
                "content_id": "contents",
                "record_id": "publishing_records",
            },
        ),
        sa.UniqueConstraint(
            "deployment_id", "content_id", name=op.f("uq_deployment_items_deployment_id_content_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_deployment_items_deployment_id_id"), "deployment_items", ["deployment_id", "id"]
    )


def downgrade() -> None:
    op.drop_table("deployment_items")
    op.drop_table("deployment_records")
