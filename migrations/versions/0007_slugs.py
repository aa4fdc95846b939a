"""The language of a site, and the addresses that headless documents had before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("sites", sa.Column("language", sa.Text(), nullable=False, server_default=""))
    op.create_table(
        "headless_addresses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_headless_addresses_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_headless_addresses_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["headless_documents.id"],
            name=op.f("fk_headless_addresses_document_id_headless_documents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headless_addresses")),
        sa.UniqueConstraint("site_id", "slug", name=op.f("uq_headless_addresses_site_id_slug")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_headless_addresses_document_id"), "headless_addresses", ["document_id"]
    )


def downgrade() -> None:
    op.drop_table("headless_addresses")
    op.drop_column("sites", "language")
