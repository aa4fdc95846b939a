"""Terms, sectors and clusters count by id in a piece's hash, and no more by name.

A piece without any of them keeps its hash. Of the others it is reckoned anew, and wherever the old
one stood as the hash of this very text (approved, online, sent, spoken of) the new one stands now:
nothing becomes unapproved or "changed since published" by this.
"""

# ruff: noqa: S608 (constants of this file only)
from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

import msgspec
import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

AT_ONCE = 500
TEXTS = (
    "content_type",
    "title",
    "slug",
    "html",
    "excerpt",
    "author_email",
    "canonical_url",
    "meta_title",
    "meta_description",
    "sector_id",
    "cluster_id",
)
CONTENTS = sa.text(
    f"SELECT id, content_hash, focus_keywords, {', '.join(TEXTS)} FROM contents"
    " WHERE id > :after AND (sector_id IS NOT NULL OR cluster_id IS NOT NULL OR id IN"
    " (SELECT content_id FROM content_taxonomy_relations)) ORDER BY id LIMIT :most"
).columns(focus_keywords=sa.JSON)
TERMS = """
SELECT r.content_id, t.taxonomy_type, t.id FROM content_taxonomy_relations AS r
JOIN content_taxonomies AS t ON t.id = r.taxonomy_id
WHERE r.content_id IN :ids ORDER BY r.content_id, r.position, t.id
"""
KEYWORDS = """
SELECT content_id, keyword_id FROM content_keywords WHERE content_id IN :ids
ORDER BY content_id, keyword_id
"""
IMAGES = """
SELECT i.content_id, i.image_type, i.ref, i.image_url, i.sha256, i.filename, i.alt, i.caption,
       f.media_type, f.size
FROM images AS i LEFT JOIN media_files AS f ON f.sha256 = i.sha256 AND f.account_id = i.account_id
WHERE i.content_id IN :ids AND i.deleted_at IS NULL ORDER BY i.content_id, i.position, i.id
"""
# Each place in which the hash of a piece's text is kept.
PLACES = (
    "UPDATE contents SET approved_hash = :new WHERE id = :this AND approved_hash = :old",
    "UPDATE contents SET published_hash = :new WHERE id = :this AND published_hash = :old",
    "UPDATE contents SET content_hash = :new WHERE id = :this",
    "UPDATE publishing_records SET content_hash = :new"
    " WHERE content_id = :this AND content_hash = :old",
    "UPDATE review_comments SET content_hash = :new"
    " WHERE content_id = :this AND content_hash = :old",
)


def upgrade() -> None:
    rehash(op.get_bind())


def downgrade() -> None:
    """The hashes stay: to whoever compares them they are just other ones."""


def rehash(db: sa.Connection) -> None:
    """Reckon the hashes anew, some pieces at a time."""
    after = 0
    while rows := db.execute(CONTENTS, {"after": after, "most": AT_ONCE}).all():
        after = rows[-1].id
        ids = [row.id for row in rows]
        terms, keywords, images = (_of_each(db, one, ids) for one in (TERMS, KEYWORDS, IMAGES))
        changed = [
            {"this": row.id, "old": row.content_hash, "new": new}
            for row in rows
            if (new := _hash(row, terms[row.id], keywords[row.id], images[row.id]))
            != row.content_hash
        ]
        for place in PLACES if changed else ():
            db.execute(sa.text(place), changed)


def _of_each(db: sa.Connection, query: str, ids: list[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in db.execute(sa.text(query).bindparams(sa.bindparam("ids", ids, expanding=True))):
        found[row.content_id].append(row)
    return found


def _hash(row: Any, terms: list[Any], keywords: list[Any], images: list[Any]) -> str:
    pictures = [(one.image_type, _picture(one)) for one in images]
    of_type = {
        kind: [one.id for one in terms if one.taxonomy_type == kind] for kind in ("category", "tag")
    }
    written = {
        **{name: getattr(row, name) for name in TEXTS},
        "content_id": row.id,
        "focus_keywords": list(row.focus_keywords or []),
        "categories": of_type["category"],
        "tags": of_type["tag"],
        "sectors": [],
        "clusters": [],
        "keyword_ids": [one.keyword_id for one in keywords],
        "featured_image": next((one for kind, one in pictures if kind == "featured"), None),
        "gallery": [one for kind, one in pictures if kind in ("gallery", "desktop", "mobile")],
        "inline_images": [one for kind, one in pictures if kind == "in_article"],
    }
    return hashlib.sha256(msgspec.json.encode(written, order="sorted")).hexdigest()


def _picture(row: Any) -> dict[str, Any]:
    told = {
        "url": "" if row.sha256 else row.image_url,
        "sha256": row.sha256,
        "filename": row.filename,
        "alt": row.alt,
        "caption": row.caption,
        "media_type": row.media_type or "",
        "size": row.size or 0,
    }
    return {"ref": row.ref, **{name: value for name, value in told.items() if value}}
