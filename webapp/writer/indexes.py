"""Indexes of contents: for the lists that people open, and for what is looked for each minute."""

from __future__ import annotations

import sqlalchemy as sa

SCHEDULED = sa.text("site_status = 'scheduled'")
# Approved and without a time: what the tray shows and the scheduler places.
WAITING = sa.text("status = 'approved' AND scheduled_publish_at IS NULL")
IN_BIN = sa.text("deleted_at IS NOT NULL AND emptied_at IS NULL")
# Has a time and will not go out at it: by these very words the database knows its index.
STOPPED = sa.text(
    "site_status = 'scheduled' AND (status <> 'approved' AND status <> 'published'"
    " OR approved_hash = '' OR approved_hash <> content_hash)"
)

# The order in which the queue shows each of its tabs.
QUEUE = (
    (
        "attention",
        ("account_id", "site_status_updated_at", "id", "site_id", "attention"),
        "attention <> ''",
    ),
    ("publishing", ("account_id", "site_status_updated_at", "id"), "site_status = 'publishing'"),
    ("scheduled", ("account_id", "scheduled_publish_at", "id"), "site_status = 'scheduled'"),
    ("published", ("account_id", "site_status_updated_at", "id"), "site_status = 'published'"),
    (
        "scheduled_site",
        ("account_id", "site_id", "scheduled_publish_at", "id"),
        "site_status = 'scheduled'",
    ),
    (
        "published_site",
        ("account_id", "site_id", "site_status_updated_at", "id"),
        "site_status = 'published'",
    ),
)


def of_contents() -> tuple[sa.Index, ...]:
    """Made anew for whoever declares the table."""
    return (
        sa.Index(None, "account_id", "status", "updated_at"),
        sa.Index(None, "writer_id", "id"),
        sa.Index(None, "site_id", "status", "updated_at"),
        sa.Index(None, "site_id", "site_status", "scheduled_publish_at"),
        sa.Index(
            "ix_contents_due",
            "scheduled_publish_at",
            "id",
            postgresql_where=SCHEDULED,
            sqlite_where=SCHEDULED,
        ),
        sa.Index(
            "ix_contents_waiting",
            "site_id",
            sa.desc("priority"),
            "approved_at",
            "id",
            postgresql_where=WAITING,
            sqlite_where=WAITING,
        ),
        sa.Index(
            "ix_contents_stopped",
            "account_id",
            "site_id",
            "scheduled_publish_at",
            postgresql_where=STOPPED,
            sqlite_where=STOPPED,
        ),
        sa.Index(
            "ix_contents_bin",
            "account_id",
            "deleted_at",
            "id",
            postgresql_where=IN_BIN,
            sqlite_where=IN_BIN,
        ),
        sa.Index(
            "ix_contents_first_published",
            "site_id",
            "first_published_at",
            postgresql_where=sa.text("first_published_at IS NOT NULL"),
            sqlite_where=sa.text("first_published_at IS NOT NULL"),
        ),
        *(
            sa.Index(
                f"ix_contents_{name}",
                *columns,
                postgresql_where=sa.text(condition),
                sqlite_where=sa.text(condition),
            )
            for name, columns, condition in QUEUE
        ),
    )
