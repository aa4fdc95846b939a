"""The rhythm of a site, plans that can be undone, and when workers were there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
SCHEDULED = sa.text("site_status = 'scheduled'")
WAITING = sa.text("status = 'approved' AND scheduled_publish_at IS NULL")
HAS_GONE_OUT = sa.text("first_published_at IS NOT NULL")

# When each piece went online for the first time, by the records that are there.
FIRST_PUBLISHED = """
UPDATE contents SET first_published_at = (
    SELECT min(published_at) FROM publishing_records
    WHERE content_id = contents.id AND action = 'publish'
      AND status IN ('published', 'published_with_issues')
)
"""


def upgrade() -> None:
    op.create_table(
        "publishing_settings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("auto_approval_enabled", sa.Boolean(), nullable=False),
        sa.Column("auto_publish_enabled", sa.Boolean(), nullable=False),
        sa.Column("daily_publish_limit", sa.Integer(), nullable=True),
        sa.Column("weekly_publish_limit", sa.Integer(), nullable=True),
        sa.Column("monthly_publish_limit", sa.Integer(), nullable=True),
        sa.Column("publish_days", JSON, nullable=False),
        sa.Column("publish_time_slots", JSON, nullable=False),
        sa.Column("slot_spacing_minutes", sa.Integer(), nullable=True),
        sa.Column("min_lead_minutes", sa.Integer(), nullable=False),
        sa.Column("blackout_dates", JSON, nullable=False),
        sa.Column("missed_grace_minutes", sa.Integer(), nullable=True),
        sa.Column("missed_then", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("resumed_at", MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_publishing_settings_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_publishing_settings_site_id_sites")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishing_settings")),
        sa.UniqueConstraint("site_id", name=op.f("uq_publishing_settings_site_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_publishing_settings_account_id"), "publishing_settings", ["account_id"]
    )
    op.create_table(
        "plan_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("moves", JSON, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_plan_changes_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name=op.f("fk_plan_changes_site_id_sites")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_plan_changes_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_plan_changes_site_id_id"), "plan_changes", ["site_id", "id"])

    op.add_column("worker_processes", sa.Column("stopped_at", MOMENT, nullable=True))
    op.add_column("publishing_records", sa.Column("missed_seconds", sa.Integer(), nullable=True))
    op.add_column("contents", sa.Column("first_published_at", MOMENT, nullable=True))
    op.add_column("sites", sa.Column("planned_with", sa.Text(), nullable=False, server_default=""))
    op.execute(FIRST_PUBLISHED)
    _partial("ix_contents_due", ["scheduled_publish_at", "id"], SCHEDULED)
    _partial("ix_contents_waiting", ["site_id", "priority", "approved_at", "id"], WAITING)
    _partial("ix_contents_first_published", ["site_id", "first_published_at"], HAS_GONE_OUT)


def _partial(name: str, columns: list[str], condition: sa.TextClause) -> None:
    op.create_index(name, "contents", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name in ("ix_contents_due", "ix_contents_waiting", "ix_contents_first_published"):
        op.drop_index(name, "contents")
    for table, column in (
        ("sites", "planned_with"),
        ("contents", "first_published_at"),
        ("publishing_records", "missed_seconds"),
        ("worker_processes", "stopped_at"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
    op.drop_table("plan_changes")
    op.drop_table("publishing_settings")
