"""What a piece has been is kept: each version, with its text once per account."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    _make_texts()
    _make_revisions()
    deleted = sa.text("deleted_at IS NOT NULL")
    op.create_index(
        "ix_contents_deleted",
        "contents",
        ["account_id", "deleted_at"],
        postgresql_where=deleted,
        sqlite_where=deleted,
    )


def _make_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_texts_account_id_accounts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint("account_id", "sha256", name=op.f("uq_texts_account_id_sha256")),
        sqlite_autoincrement=True,
    )


def _make_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("content_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("others", JSON, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("text_id", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("words_added", sa.Integer(), nullable=True),
        sa.Column("words_removed", sa.Integer(), nullable=True),
        sa.Column("folded", sa.Boolean(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_revisions_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["content_id"], ["contents.id"], name=op.f("fk_revisions_content_id_contents")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_revisions_user_id_users")),
        sa.ForeignKeyConstraint(["text_id"], ["texts.id"], name=op.f("fk_revisions_text_id_texts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revisions")),
        sa.UniqueConstraint("content_id", "version", name=op.f("uq_revisions_content_id_version")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_revisions_text_id"), "revisions", ["text_id"])
    for name, columns, condition in (
        ("ix_revisions_shown", ["content_id", "version"], sa.text("NOT folded")),
        ("ix_revisions_folded", ["created_at"], sa.text("folded")),
    ):
        op.create_index(
            name, "revisions", columns, postgresql_where=condition, sqlite_where=condition
        )


def downgrade() -> None:
    op.drop_index("ix_contents_deleted", "contents")
    op.drop_table("revisions")
    op.drop_table("texts")
