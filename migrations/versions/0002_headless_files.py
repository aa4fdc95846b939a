"""Images that headless documents show, and keys of requests that were sent again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "headless_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_headless_files_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_headless_files_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["headless_documents.id"],
            name=op.f("fk_headless_files_document_id_headless_documents"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_headless_files")),
        sa.UniqueConstraint(
            "document_id", "sha256", name=op.f("uq_headless_files_document_id_sha256")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_headless_files_site_id_sha256"), "headless_files", ["site_id", "sha256"]
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_idempotency_keys_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_keys")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_idempotency_keys_account_id_key")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("idempotency_keys")
    op.drop_table("headless_files")
