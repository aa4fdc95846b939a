"""Whether single letters act on a person's pages."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    op.execute("ALTER TABLE users ADD COLUMN has_keys BOOLEAN NOT NULL DEFAULT TRUE")


def downgrade() -> None:
    op.drop_column("users", "has_keys")
