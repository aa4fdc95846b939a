"""The few planned pieces that will not go out, counted without reading all that will."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

STOPPED = sa.text(
    "site_status = 'scheduled' AND (status <> 'approved' AND status <> 'published'"
    " OR approved_hash = '' OR approved_hash <> content_hash)"
)


def upgrade() -> None:
    op.create_index(
        "ix_contents_stopped",
        "contents",
        ["account_id", "site_id", "scheduled_publish_at"],
        sqlite_where=STOPPED,
        postgresql_where=STOPPED,
    )


def downgrade() -> None:
    op.drop_index("ix_contents_stopped", "contents")
