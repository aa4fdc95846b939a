"""What stands where is a row per content and integration, no longer read from the records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
# Where a piece stood before: its newest record that worked, or else its newest; without records
# the default connection of its site.
FILL = """
    INSERT INTO placements (
        account_id, site_id, content_id, integration_id, record_id, status,
        external_id, external_url, external_type, published_hash, stored_hash, images, removed,
        first_published_at, published_at, created_at, updated_at
    )
    SELECT
        c.account_id, c.site_id, c.id, COALESCE(r.integration_id, d.id), r.id, 'online',
        c.external_id, c.external_url, c.external_type, c.published_hash,
        {stored_hash}, {images}, {removed},
        COALESCE(c.first_published_at, c.updated_at),
        COALESCE(r.published_at, c.first_published_at, c.updated_at), c.updated_at, c.updated_at
    FROM contents c
    LEFT JOIN publishing_records r ON r.id = (
        SELECT COALESCE(
            MAX(CASE WHEN t.status IN ('published', 'published_with_issues', 'retracted')
                THEN t.id END),
            MAX(t.id)
        ) FROM publishing_records t WHERE t.content_id = c.id
    )
    LEFT JOIN site_integrations d ON d.site_id = c.site_id AND d.is_default
    WHERE c.external_id <> '' AND COALESCE(r.integration_id, d.id) IS NOT NULL
"""
SAID = {
    "sqlite": {
        "stored_hash": "COALESCE(json_extract(c.external_metadata, '$.stored_hash'), '')",
        "images": "COALESCE(json_extract(c.external_metadata, '$.images'), '[]')",
        "removed": "COALESCE(json_extract(c.external_metadata, '$.removed'), '[]')",
    },
    "postgresql": {
        "stored_hash": "COALESCE(c.external_metadata ->> 'stored_hash', '')",
        "images": "COALESCE(c.external_metadata -> 'images', '[]')",
        "removed": "COALESCE(c.external_metadata -> 'removed', '[]')",
    },
}


def upgrade() -> None:
    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("integration_id", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("external_url", sa.Text(), nullable=False),
        sa.Column("external_type", sa.Text(), nullable=False),
        sa.Column("published_hash", sa.Text(), nullable=False),
        sa.Column("stored_hash", sa.Text(), nullable=False),
        sa.Column("images", JSON, nullable=False),
        sa.Column("removed", JSON, nullable=False),
        sa.Column("first_published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_placements_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_placements_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["contents.id"], name=op.f("fk_placements_content_id_contents")
        ),
        sa.ForeignKeyConstraint(
            ["integration_id"],
            ["site_integrations.id"],
            name=op.f("fk_placements_integration_id_site_integrations"),
        ),
        sa.ForeignKeyConstraint(
            ["record_id"],
            ["publishing_records.id"],
            name=op.f("fk_placements_record_id_publishing_records"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint(
            "content_id", "integration_id", name=op.f("uq_placements_content_id_integration_id")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_placements_integration_id"), "placements", ["integration_id"])
    op.execute(FILL.format(**SAID[op.get_bind().dialect.name]))
    op.drop_column("contents", "external_metadata")


def downgrade() -> None:
    op.add_column(
        "contents", sa.Column("external_metadata", JSON, nullable=False, server_default="{}")
    )
    op.drop_table("placements")
