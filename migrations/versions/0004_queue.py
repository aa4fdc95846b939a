"""The queue: its order by indexes, and how much stands where, counted by triggers.

The triggers hang on `contents`: a later migration that makes that table anew on SQLite
(batch_alter_table) takes them away and has to put them back (`put_triggers`).
"""

# ruff: noqa: S608 (constants of this file only)
from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

MOMENT = sa.DateTime(timezone=True)
COUNTED = ("publishing", "scheduled", "published")
STATES = ", ".join(f"'{state}'" for state in COUNTED)

# The order in which the queue shows each of its tabs; of one site, too.
INDEXES = (
    (
        "attention",
        ["account_id", "site_status_updated_at", "id", "site_id", "attention"],
        "attention <> ''",
    ),
    ("publishing", ["account_id", "site_status_updated_at", "id"], "site_status = 'publishing'"),
    ("scheduled", ["account_id", "scheduled_publish_at", "id"], "site_status = 'scheduled'"),
    ("published", ["account_id", "site_status_updated_at", "id"], "site_status = 'published'"),
    (
        "scheduled_site",
        ["account_id", "site_id", "scheduled_publish_at", "id"],
        "site_status = 'scheduled'",
    ),
    (
        "published_site",
        ["account_id", "site_id", "site_status_updated_at", "id"],
        "site_status = 'published'",
    ),
)

# What an editor has to decide on: text to read, approved text that goes nowhere, trouble.
WAITS = (
    "({row}.status = 'review' OR ({row}.status = 'approved'"
    " AND {row}.site_status IN ('not_published', 'failed')) OR {row}.attention <> '')"
)
# Everything that stands in one of the counted states, needs attention or waits, from the rows.
BACKFILL = f"""
INSERT INTO content_tallies (account_id, site_id, bucket, count)
SELECT account_id, site_id, site_status, count(*) FROM contents
WHERE deleted_at IS NULL AND site_status IN ({STATES}) GROUP BY 1, 2, 3
UNION ALL
SELECT account_id, site_id, 'attention', count(*) FROM contents
WHERE deleted_at IS NULL AND attention <> '' GROUP BY 1, 2, 3
UNION ALL
SELECT account_id, site_id, 'waiting', count(*) FROM contents
WHERE deleted_at IS NULL AND {WAITS.format(row="contents")} GROUP BY 1, 2, 3
"""


def upgrade() -> None:
    op.create_table(
        "content_tallies",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("site_id", sa.Integer(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column("updated_at", MOMENT, nullable=False, server_default=sa.func.now()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_tallies")),
        sqlite_autoincrement=True,
    )
    op.execute(
        "UPDATE contents SET site_status_updated_at = created_at"
        " WHERE site_status_updated_at IS NULL"
    )
    op.drop_index("ix_contents_attention", "contents")
    for name, columns, condition in INDEXES:
        _index(name, columns, condition)
    op.create_index(
        op.f("ix_content_tallies_account_id_site_id_bucket"),
        "content_tallies",
        ["account_id", "site_id", "bucket"],
    )
    op.execute(BACKFILL)
    put_triggers()


def put_triggers() -> None:
    """Have `contents` keep the numbers.

    On SQLite they keep one row for each number. On PostgreSQL they add rows, so that writers do
    not wait for one another, and counters.compact sums them up.
    """
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _sqlite_triggers() if is_sqlite else _postgres_triggers():
        op.execute(statement)


def _index(name: str, columns: list[str], condition: str) -> None:
    where = sa.text(condition)
    op.create_index(
        f"ix_contents_{name}", "contents", columns, sqlite_where=where, postgresql_where=where
    )


def _sqlite_triggers() -> list[str]:
    """Per row; nothing is done for a row that stays where it was."""
    made = []
    for name, columns, bucket, holds in (
        ("status", "site_status", "{row}.site_status", f"{{row}}.site_status IN ({STATES})"),
        ("attention", "attention", "'attention'", "{row}.attention <> ''"),
        ("waiting", "status, site_status, attention", "'waiting'", WAITS),
    ):
        old, new = (
            f"({holds.format(row=row)} AND {row}.deleted_at IS NULL)" for row in ("OLD", "NEW")
        )
        less, more = _take("OLD", bucket), _add("NEW", bucket)
        moved = (
            f"{old} <> {new} OR ({new} AND (OLD.site_id <> NEW.site_id"
            f" OR OLD.account_id <> NEW.account_id"
            f" OR {bucket.format(row='OLD')} <> {bucket.format(row='NEW')}))"
        )
        of = f"UPDATE OF {columns}, deleted_at, site_id, account_id"
        made += [
            f"CREATE TRIGGER tally_{name}_insert AFTER INSERT ON contents WHEN {new}"
            f" BEGIN {more.format(condition='true')} END",
            f"CREATE TRIGGER tally_{name}_delete AFTER DELETE ON contents WHEN {old}"
            f" BEGIN {less.format(condition='true')} END",
            f"CREATE TRIGGER tally_{name}_update AFTER {of} ON contents WHEN {moved}"
            f" BEGIN {less.format(condition=old)} {more.format(condition=new)} END",
        ]
    return made


def _take(row: str, bucket: str) -> str:
    return _change(row, bucket, "- 1")


def _add(row: str, bucket: str) -> str:
    """Adds to the number, or begins it where there was none to add to."""
    values = f"{row}.account_id, {row}.site_id, {bucket.format(row=row)}, 1"
    return (
        f"{_change(row, bucket, '+ 1')}"
        " INSERT INTO content_tallies (account_id, site_id, bucket, count)"
        f" SELECT {values} WHERE changes() = 0 AND {{condition}};"
    )


def _change(row: str, bucket: str, change: str) -> str:
    return (
        f"UPDATE content_tallies SET count = count {change}, updated_at = CURRENT_TIMESTAMP"
        f" WHERE account_id = {row}.account_id AND site_id = {row}.site_id"
        f" AND bucket = {bucket.format(row=row)} AND {{condition}};"
    )


def _postgres_triggers() -> list[str]:
    """Per statement: one row of change for each number that the whole statement changed."""
    made = []
    for event, parts in (
        ("insert", (("new_rows", 1),)),
        ("delete", (("old_rows", -1),)),
        ("update", (("new_rows", 1), ("old_rows", -1))),
    ):
        changes = " UNION ALL ".join(
            f"SELECT account_id, site_id, status, site_status, attention, {change} AS change"
            f" FROM {table} WHERE deleted_at IS NULL"
            for table, change in parts
        )
        tables = " ".join(f"{table[:3]} TABLE AS {table}" for table, _ in parts)
        made += [
            f"""
CREATE FUNCTION tally_contents_{event}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO content_tallies (account_id, site_id, bucket, count)
  SELECT c.account_id, c.site_id, b.bucket, sum(c.change)
  FROM ({changes}) AS c
  CROSS JOIN LATERAL (VALUES
    (CASE WHEN c.site_status IN ({STATES}) THEN c.site_status END),
    (CASE WHEN c.attention <> '' THEN 'attention' END),
    (CASE WHEN {WAITS.format(row="c")} THEN 'waiting' END)) AS b(bucket)
  WHERE b.bucket IS NOT NULL
  GROUP BY 1, 2, 3 HAVING sum(c.change) <> 0;
  RETURN NULL;
END $$""",
            f"CREATE TRIGGER tally_contents_{event} AFTER {event.upper()} ON contents"
            f" REFERENCING {tables} FOR EACH STATEMENT"
            f" EXECUTE FUNCTION tally_contents_{event}()",
        ]
    return made


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in ("status", "attention", "waiting"):
            for event in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER tally_{name}_{event}")
    else:
        for event in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER tally_contents_{event} ON contents")
            op.execute(f"DROP FUNCTION tally_contents_{event}()")
    for name, _, _ in INDEXES:
        op.drop_index(f"ix_contents_{name}", "contents")
    where = sa.text("attention <> ''")
    op.create_index(
        "ix_contents_attention",
        "contents",
        ["account_id"],
        sqlite_where=where,
        postgresql_where=where,
    )
    op.drop_table("content_tallies")
