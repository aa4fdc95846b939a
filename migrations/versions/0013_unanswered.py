"""Whether a publication may have been sent without an answer having come."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    column = sa.Column("is_unanswered", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("publishing_records", column)
    # Nobody has kept it so far, so of what was sent and has not ended it is taken for granted.
    op.execute(
        "UPDATE publishing_records SET is_unanswered = true"
        " WHERE status IN ('pending', 'publishing') AND attempt > 0"
    )


def downgrade() -> None:
    op.drop_column("publishing_records", "is_unanswered")
