"""What a person has done lately is found without reading what others did."""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    op.create_index("ix_plan_changes_user_id_id", "plan_changes", ["user_id", "id"])


def downgrade() -> None:
    op.drop_index("ix_plan_changes_user_id_id", "plan_changes")
