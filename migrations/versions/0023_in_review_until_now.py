"""Since when the pieces wait that wait now: their last change is the latest moment of it. It locks
no more than the rows that it writes."""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.execute(
        "UPDATE contents SET in_review_since = updated_at"
        " WHERE status = 'review' AND in_review_since IS NULL"
    )


def downgrade() -> None:
    op.execute("UPDATE contents SET in_review_since = NULL")
