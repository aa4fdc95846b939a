"""The name of this installation, by which destinations know what is its own."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    table = op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("counter", sa.Integer(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("raised_at", MOMENT, nullable=True),
        sa.Column(
            "refused", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True
        ),
        sa.Column("last_foreign_record", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation")),
        sqlite_autoincrement=True,
    )
    now = datetime.now(UTC)
    row = {
        "uuid": str(uuid.uuid4()),
        "address": "",
        "place": "",
        "generation": 1,
        "counter": 1,
        "mark": secrets.token_hex(8),
        "last_foreign_record": 0,
        "created_at": now,
        "updated_at": now,
    }
    op.bulk_insert(table, [row])


def downgrade() -> None:
    op.drop_table("installation")
