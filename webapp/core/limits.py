"""How long a text may be: one list, by table and column, for API, forms, database and contract.

Lengths are in characters; `contents.html` is measured in bytes. Pure: no database, no network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

TITLE, SLUG, TEXT, NAME, ADDRESS, EMAIL = 500, 200, 2_000, 200, 2_048, 254
HTML = 5 * 1024 * 1024
COMMENT, CAPTION, ALT, REF, PASSAGE = 10_000, 5_000, 1_000, 100, 20_000
ZONE, VIEW, WORD, SEARCH, PASSWORD = 64, 60, 50, 200, 1_024
MOST_KEYWORDS, MOST_IMAGES = 500, 500
JSON = 512 * 1024

# What people and programs write.
LIMITS: dict[str, dict[str, int]] = {
    "accounts": {"name": NAME},
    "users": {"email": EMAIL, "name": NAME, "timezone": ZONE},
    "api_tokens": {"name": NAME},
    "idempotency_keys": {"key": 300},
    "saved_views": {"name": VIEW, "query": ADDRESS},
    "sites": {"name": NAME, "slug": SLUG, "url": ADDRESS, "timezone": ZONE, "language": ZONE},
    "sectors": {"name": NAME, "slug": SLUG},
    "clusters": {"name": NAME, "slug": SLUG},
    "keywords": {"phrase": NAME},
    "content_taxonomies": {"name": NAME, "slug": SLUG, "description": TEXT},
    "contents": {
        "title": TITLE,
        "slug": SLUG,
        "html": HTML,
        "excerpt": TEXT,
        "meta_title": TITLE,
        "meta_description": TEXT,
        "focus_keywords": JSON,
        "canonical_url": ADDRESS,
        "author_email": EMAIL,
        "content_type": 20,
        "content_structure": WORD,
    },
    "working_changes": {"html": HTML, "base_html": HTML, "fields": JSON},
    "open_editors": {"tab": WORD, "place": NAME},
    "images": {
        "ref": REF,
        "image_url": ADDRESS,
        "filename": NAME,
        "prompt": TEXT,
        "alt": ALT,
        "caption": CAPTION,
    },
    "review_comments": {"text": COMMENT},
    "approval_lists": {"content_type": 20, "source": WORD},
    "approval_steps": {"name": VIEW, "people": JSON},
    "anchors": {"quotation": PASSAGE},
    "threads": {"base": PASSAGE, "replacement": PASSAGE, "model": NAME},
    "remarks": {"text": COMMENT},
    "publishing_settings": {
        "publish_days": JSON,
        "publish_time_slots": JSON,
        "blackout_dates": JSON,
    },
    "site_terms": {"taxonomy": WORD, "name": NAME, "slug": SLUG},
    "site_authors": {"name": NAME, "email": EMAIL, "roles": ADDRESS},
    "site_integrations": {"base_url": ADDRESS, "default_author": EMAIL},
    # Unknown people: their words are here, and nothing else of them is kept.
    "sign_in_failures": {"subject": 400},
    "sessions": {"origin": NAME, "agent": NAME},
    "audit_events": {"who": 300, "about": TITLE, "origin": NAME},
}

# What we write ourselves: states, keys, hashes, and what a destination says of itself.
OURS: dict[str, frozenset[str]] = {
    "content_tallies": frozenset({"bucket"}),
    "installation": frozenset({"uuid", "address", "place", "mark", "key_marks"}),
    "notices": frozenset({"topic"}),
    "schema_floor": frozenset({"revision"}),
    "users": frozenset({"password_hash"}),
    "worker_processes": frozenset({"owner", "host", "figures"}),
    "figures": frozenset({"name", "labels"}),
    "api_tokens": frozenset({"prefix", "token_hash", "refresh_hash", "scopes"}),
    "audit_events": frozenset({"act"}),
    "idempotency_keys": frozenset({"body_hash"}),
    "media_files": frozenset({"sha256", "media_type"}),
    "memberships": frozenset({"role"}),
    "site_memberships": frozenset({"role"}),
    "sites": frozenset({"planned_with"}),
    "calendar_feeds": frozenset({"nonce"}),
    "content_taxonomies": frozenset(
        {"taxonomy_type", "external_taxonomy", "sync_status", "external_metadata"}
    ),
    "plan_changes": frozenset({"kind", "moves"}),
    "publishing_settings": frozenset({"missed_then"}),
    "sessions": frozenset({"token_hash", "theme"}),
    "site_integrations": frozenset(
        {
            "platform",
            "transport",
            "credentials",
            "key_prefix",
            "key_hash",
            "previous_key_hash",
            "config_json",
            "health",
            "health_report",
        }
    ),
    "counter_entries": frozenset({"publish_key", "kind"}),
    "deployment_items": frozenset({"refused"}),
    "deployment_records": frozenset({"deployment_type", "status"}),
    "drifts": frozenset({"kind", "status_there", "over", "there", "changed_by"}),
    "contents": frozenset(
        {
            "deliver_as",
            "source",
            "status",
            "site_status",
            "attention",
            "scheduled_wall_time",
            "scheduled_zone",
            "plan_trace",
            "content_hash",
            "published_hash",
            "approved_hash",
            "external_id",
            "external_url",
            "external_type",
            "sync_status",
        }
    ),
    "headless_documents": frozenset(
        {
            "status",
            "slug",
            "title",
            "content_type",
            "content_hash",
            "document",
            "publish_key",
            "result",
        }
    ),
    "headless_addresses": frozenset({"slug"}),
    "headless_files": frozenset({"sha256"}),
    "images": frozenset({"image_type", "sha256", "status"}),
    "publishing_records": frozenset(
        {
            "destination",
            "action",
            "mode",
            "over",
            "deliver_as",
            "retract_to",
            "status",
            "publish_key",
            "request_id",
            "content_hash",
            "snapshot",
            "owner",
            "external_id",
            "external_url",
            "error",
            "receipt",
            "result",
        }
    ),
    "review_comments": frozenset({"kind", "content_hash"}),
    "approval_steps": frozenset({"role", "substitute"}),
    "signatures": frozenset({"content_hash"}),
    "anchors": frozenset({"before", "after"}),
    "threads": frozenset({"status"}),
    "revisions": frozenset({"others", "why", "source", "note", "content_hash", "fields"}),
    "working_changes": frozenset({"others"}),
    "texts": frozenset({"sha256"}),
    "journal_entries": frozenset({"kind", "arguments", "before", "remote_id", "state"}),
    "placements": frozenset(
        {
            "status",
            "external_id",
            "external_url",
            "external_type",
            "published_hash",
            "stored_hash",
            "images",
            "removed",
            "heard",
        }
    ),
    "website_changes": frozenset({"digest", "who", "outcome"}),
    "publish_events": frozenset({"step", "message"}),
    "text_facts": frozenset({"mark", "facts"}),
    "undo_actions": frozenset({"kind", "arguments"}),
}


def of(field: str) -> int:
    """The limit of `table.column`."""
    table, _, column = field.partition(".")
    return LIMITS[table][column]


def text(field: str) -> msgspec.Meta:
    """What a body's field may be that is written to `table.column`."""
    return msgspec.Meta(max_length=of(field))


def sentence(limit: int, length: int, unit: str = "characters") -> str:
    """What a person reads about a text that is too long."""
    return f"Use at most {limit:,} {unit}: this has {length:,}."


def wrong(table: str, values: Mapping[str, Any]) -> dict[str, str]:
    """Of the texts that are to be written, those that are too long, each with its sentence."""
    found = {}
    for column, value in values.items():
        limit = LIMITS[table].get(column)
        if limit is None or not isinstance(value, str):
            continue
        is_bytes = limit == HTML
        length = len(value.encode()) if is_bytes else len(value)
        if length > limit:
            found[column] = sentence(limit, length, "bytes" if is_bytes else "characters")
    return found


def statements(dialect: str, table: str, columns: Mapping[str, int]) -> Iterator[str]:
    """What makes a database refuse longer texts, and only when they are written.

    Triggers on both: a check is judged at each change of a row, also of another column, so a
    piece that has been longer for years could not be published any more.
    """
    for column, limit in columns.items():
        yield from (_on_sqlite if dialect == "sqlite" else _on_postgresql)(table, column, limit)


def name_of(table: str, column: str, act: str) -> str:
    return f"limit_{table}_{column}_{act}"


def _on_sqlite(table: str, column: str, limit: int) -> Iterator[str]:
    counted = f"CAST(NEW.{column} AS BLOB)" if limit in (HTML, JSON) else f"NEW.{column}"
    for act, on, also in (
        ("insert", "INSERT", ""),
        ("update", f"UPDATE OF {column}", f" AND NEW.{column} IS NOT OLD.{column}"),
    ):
        yield (
            f"CREATE TRIGGER {name_of(table, column, act)} BEFORE {on} ON {table} "
            f"WHEN length({counted}) > {limit}{also} "
            f"BEGIN SELECT RAISE(ABORT, 'limit {table}.{column} {limit}'); END"
        )


def _on_postgresql(table: str, column: str, limit: int) -> Iterator[str]:
    counted = "octet_length" if limit in (HTML, JSON) else "char_length"
    for act, on, also in (
        ("insert", "INSERT", ""),
        ("update", f"UPDATE OF {column}", f" AND NEW.{column} IS DISTINCT FROM OLD.{column}"),
    ):
        yield (
            f"CREATE TRIGGER {name_of(table, column, act)} BEFORE {on} ON {table} FOR EACH ROW "
            f"WHEN ({counted}(NEW.{column}::text) > {limit}{also}) "
            f"EXECUTE FUNCTION refuse_length('{column}', '{limit}')"
        )


POSTGRESQL_FUNCTION = """
CREATE FUNCTION refuse_length() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'limit %.% %', TG_TABLE_NAME, TG_ARGV[0], TG_ARGV[1]
    USING ERRCODE = 'check_violation';
END $$
"""
