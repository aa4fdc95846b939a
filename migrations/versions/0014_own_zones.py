"""Nobody has ever chosen a zone of their own: UTC stood there for everybody, and is not known."""

from __future__ import annotations

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("UPDATE users SET timezone = '' WHERE timezone = 'UTC'")


def downgrade() -> None:
    op.execute("UPDATE users SET timezone = 'UTC' WHERE timezone = ''")
