"""What is changed at a website comes back: when to ask for it, what was heard, what came of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0033"
down_revision = "0035"

JSON = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")
WHOSE = {
    "account_id": "accounts",
    "site_id": "sites",
    "content_id": "contents",
    "integration_id": "site_integrations",
}
DUE = sa.text("changes_due_at IS NOT NULL")


def upgrade() -> None:
    op.add_column(
        "site_integrations", sa.Column("changes_due_at", sa.DateTime(timezone=True), nullable=True)
    )
    op.create_index(
        "ix_site_integrations_changes_due",
        "site_integrations",
        ["changes_due_at"],
        postgresql_where=DUE,
        sqlite_where=DUE,
    )
    op.add_column(
        "placements",
        sa.Column("heard_sequence", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.add_column(
        "placements", sa.Column("heard", JSON, nullable=False, server_default=sa.text("'{}'"))
    )
    op.create_table(
        "website_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in WHOSE),
        sa.Column("record_id", sa.Integer(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", JSON, nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{other}.id"], name=op.f(f"fk_website_changes_{column}_{other}")
            )
            for column, other in WHOSE.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_website_changes")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_website_changes_content_id_id"), "website_changes", ["content_id", "id"]
    )


def downgrade() -> None:
    op.drop_table("website_changes")
    op.drop_column("placements", "heard")
    op.drop_column("placements", "heard_sequence")
    op.drop_index("ix_site_integrations_changes_due", "site_integrations")
    op.drop_column("site_integrations", "changes_due_at")
