"""Texts that are too long are refused by the database too; what is longer today stays."""

from __future__ import annotations

from alembic import op

from webapp.core import limits

revision = "0015"
down_revision = "0014"

LIMITS = {
    "accounts": {"name": 200},
    "users": {"email": 254, "name": 200, "timezone": 64},
    "api_tokens": {"name": 200},
    "idempotency_keys": {"key": 300},
    "saved_views": {"name": 60, "query": 2048},
    "sites": {"name": 200, "slug": 200, "url": 2048, "timezone": 64, "language": 64},
    "sectors": {"name": 200, "slug": 200},
    "clusters": {"name": 200, "slug": 200},
    "keywords": {"phrase": 200},
    "content_taxonomies": {"name": 200, "slug": 200, "description": 2000},
    "contents": {
        "title": 500,
        "slug": 200,
        "html": 5242880,
        "excerpt": 2000,
        "meta_title": 500,
        "meta_description": 2000,
        "focus_keywords": 524288,
        "canonical_url": 2048,
        "author_email": 254,
        "content_type": 20,
        "content_structure": 50,
    },
    "images": {
        "ref": 100,
        "image_url": 2048,
        "filename": 200,
        "prompt": 2000,
        "alt": 1000,
        "caption": 5000,
    },
    "review_comments": {"text": 10000},
    "publishing_settings": {
        "publish_days": 524288,
        "publish_time_slots": 524288,
        "blackout_dates": 524288,
    },
    "site_integrations": {"base_url": 2048, "default_author": 254},
    "sign_in_failures": {"subject": 400},
    "sessions": {"origin": 200, "agent": 200},
    "audit_events": {"who": 300, "about": 500, "origin": 200},
}


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.get_bind().exec_driver_sql(limits.POSTGRESQL_FUNCTION.replace("%", "%%"))
    for table, columns in LIMITS.items():
        for statement in limits.statements(dialect, table, columns):
            op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    dialect = op.get_bind().dialect.name
    for table, columns in LIMITS.items():
        for column in columns:
            for act in ("insert", "update"):
                on = "" if dialect == "sqlite" else f" ON {table}"
                op.execute(f"DROP TRIGGER {limits.name_of(table, column, act)}{on}")
    if dialect == "postgresql":
        op.execute("DROP FUNCTION refuse_length()")
