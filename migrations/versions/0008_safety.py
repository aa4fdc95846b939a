"""The security log; when a session ends at the latest, and where it began."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_audit_events_account_id_accounts")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_audit_events_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_audit_events_account_id_id"), "audit_events", ["account_id", "id"])
    op.create_index(op.f("ix_audit_events_at"), "audit_events", ["at"])
    op.create_index(op.f("ix_sign_in_failures_at"), "sign_in_failures", ["at"])
    _refuse_changes()
    for name in ("origin", "agent"):
        op.add_column("sessions", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    _end_sessions()


def _refuse_changes() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'the security log is only added to'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'the security log is only added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_events_stay BEFORE UPDATE ON audit_events "
        "FOR EACH ROW EXECUTE FUNCTION audit_events_stay()"
    )


def _end_sessions() -> None:
    """Those that live end by the latest when a fortnight of rest would end them today."""
    if op.get_bind().dialect.name == "sqlite":
        # SQLite adds no column that must hold a value without giving one to the old rows.
        moment = sa.Column("ends_at", MOMENT, nullable=False, server_default="1970-01-01 00:00:00")
    else:
        moment = sa.Column("ends_at", MOMENT, nullable=False, server_default=sa.text("now()"))
    op.add_column("sessions", moment)
    op.execute("UPDATE sessions SET ends_at = expires_at")


def downgrade() -> None:
    for name in ("ends_at", "agent", "origin"):
        op.drop_column("sessions", name)
    op.drop_index(op.f("ix_sign_in_failures_at"), "sign_in_failures")
    op.drop_table("audit_events")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_events_stay()")
