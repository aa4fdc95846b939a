"""What WordPress's own database and files say about pieces, against what their writer made.

Nothing of the product is used to find out what should be there: the judge reads rows and files,
and compares with the `Piece` of the test. Every complaint is one line; none means that each piece
is there exactly once, whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Mapping
from html import escape
from typing import Any

from tests.destinations.piece import Piece
from tests.support.wordpress import WordPress

Row = dict[str, str | None]
TAXONOMIES = {"category": "categories", "post_tag": "tags"}
PLAIN_META = ("meta_title", "meta_description")
_SOURCES = re.compile(r'(<img [^>]*?src=")([^"]*)(")')


class Website:
    """One look at the whole database and the uploads."""

    def __init__(self, wp: WordPress) -> None:
        self.wp = wp
        self.posts = {int(row["ID"] or 0): row for row in wp.sql("SELECT * FROM wp_posts")}
        self.meta: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for row in wp.sql("SELECT post_id, meta_key, meta_value FROM wp_postmeta"):
            self.meta[int(row["post_id"] or 0)][str(row["meta_key"])].append(
                row["meta_value"] or ""
            )
        self.terms: dict[tuple[int, str], set[str]] = defaultdict(set)
        for row in wp.sql(
            "SELECT r.object_id, x.taxonomy, t.name FROM wp_term_relationships r"
            " JOIN wp_term_taxonomy x ON x.term_taxonomy_id = r.term_taxonomy_id"
            " JOIN wp_terms t ON t.term_id = x.term_id"
        ):
            self.terms[int(row["object_id"] or 0), str(row["taxonomy"])].add(row["name"] or "")
        self.by_content: dict[int, list[int]] = defaultdict(list)
        for post_id, meta in self.meta.items():
            for value in meta.get("_igny8_content_id", []):
                self.by_content[int(value)].append(post_id)

    def file_of(self, attachment: int) -> bytes:
        """The bytes of an attachment's file."""
        name = self.meta[attachment]["_wp_attached_file"][0]
        return (self.wp.home / "wp-content" / "uploads" / name).read_bytes()

    def address_of(self, attachment: int) -> str:
        name = self.meta[attachment]["_wp_attached_file"][0]
        return f"{self.wp.url}/wp-content/uploads/{name}"


def complaints(
    website: Website, pieces: Mapping[int, Piece], hashes: Mapping[int, str]
) -> list[str]:
    """Everything that is not as it must be. `hashes`: the content hash of what went out."""
    found = [
        f"content {content_id}: {line}"
        for content_id, piece in pieces.items()
        for line in _of_piece(website, content_id, piece, hashes[content_id])
    ]
    return found + _strays(website, pieces)


def _of_piece(website: Website, content_id: int, piece: Piece, content_hash: str) -> list[str]:
    ids = website.by_content.get(content_id, [])
    if len(ids) != 1:
        return [f"{len(ids)} posts"]
    post_id = ids[0]
    post, meta = website.posts[post_id], website.meta[post_id]
    wanted = {
        "post_status": "publish",
        "post_type": piece.content_type,
        "post_title": piece.title,
        "post_excerpt": piece.excerpt,
        "post_content": _with_addresses(website, post_id, piece),
        **({"post_name": piece.slug} if piece.slug else {}),
    }
    lines = [
        f"{name} is {post[name]!r}, not {value!r}"
        for name, value in wanted.items()
        if post[name] != value
    ]
    for taxonomy, kind in TAXONOMIES.items():
        names = {escape(name, quote=False) for name in getattr(piece, kind)}
        has = website.terms[post_id, taxonomy]
        if has != (names or ({"Uncategorized"} if taxonomy == "category" else set())):
            lines.append(f"{kind} are {has}, not {names}")
    return lines + _of_meta(meta, piece, content_hash) + _of_images(website, post_id, piece)


def _of_meta(meta: Mapping[str, list[str]], piece: Piece, content_hash: str) -> list[str]:
    lines = [
        f"{key} is there {len(values)} times" for key, values in meta.items() if len(values) > 1
    ]
    wanted = {"_igny8_content_hash": content_hash}
    wanted |= {f"_igny8_{name}": getattr(piece, name) for name in PLAIN_META}
    for key, value in wanted.items():
        if meta.get(key, [""])[0] != value:
            lines.append(f"{key} is {meta.get(key)}, not {value!r}")
    keywords = json.loads(meta.get("_igny8_focus_keywords", ["[]"])[0] or "[]")
    if keywords != piece.focus_keywords:
        lines.append(f"focus keywords are {keywords}")
    if piece.cluster and not meta.get("_igny8_cluster_id", [""])[0].isdigit():
        lines.append("the cluster id is missing")
    ids = json.loads(meta.get("_igny8_keyword_ids", ["[]"])[0] or "[]")
    if len(ids) != len(piece.keywords):
        lines.append(f"keyword ids are {ids}")
    return lines


def _of_images(website: Website, post_id: int, piece: Piece) -> list[str]:
    owned = _owned(website, post_id)
    try:
        has = sorted(hashlib.sha256(website.file_of(one)).hexdigest() for one in owned)
    except FileNotFoundError as gone:
        return [f"a file is missing: {gone}"]
    lines = [] if has == sorted(set(piece.files())) else [f"{len(has)} images, not as sent"]
    featured = [one for one in piece.pictures if one["image_type"] == "featured"]
    if featured and "data" in featured[0]:
        thumbnail = int(website.meta[post_id].get("_thumbnail_id", ["0"])[0])
        if thumbnail not in owned or website.file_of(thumbnail) != featured[0]["data"]:
            lines.append("the featured image is another one")
    return lines


def _owned(website: Website, post_id: int) -> list[int]:
    """The attachments of a post that its newest version uses; older ones stay in the library."""
    used = json.loads(website.meta[post_id].get("_igny8_images", ["[]"])[0] or "[]")
    return [
        one
        for one, row in website.posts.items()
        if row["post_type"] == "attachment" and row["post_parent"] == str(post_id) and one in used
    ]


def _with_addresses(website: Website, post_id: int, piece: Piece) -> str:
    """The text with `igny8:ref` replaced by the address of that very image, found by its bytes."""
    by_bytes = {website.file_of(one): website.address_of(one) for one in _owned(website, post_id)}
    addresses = {
        f"igny8:{picture['ref']}": by_bytes.get(picture["data"], "nowhere")
        for picture in piece.pictures
        if picture["image_type"] == "in_article"
    }
    return _SOURCES.sub(lambda m: m[1] + addresses.get(m[2], m[2]) + m[3], piece.html)


def _strays(website: Website, pieces: Mapping[int, Piece]) -> list[str]:
    """What belongs to none of the pieces: drafts, half posts, images, files, claims."""
    lines = []
    mine = {post_id for content_id in pieces for post_id in website.by_content.get(content_id, [])}
    for post_id, row in website.posts.items():
        kind, status = row["post_type"], row["post_status"]
        if kind == "attachment" and int(row["post_parent"] or 0) not in mine:
            lines.append(f"attachment {post_id} belongs to nothing")
        elif (
            kind in ("post", "page") and status != "publish" and "_igny8" in _keys(website, post_id)
        ):
            lines.append(f"post {post_id} is left behind as {status}")
    known = {
        name.rsplit("/", 1)[-1]
        for post_id, row in website.posts.items()
        if row["post_type"] == "attachment"
        for name in _file_names(website, post_id)
    }
    lines += [
        f"file {name} belongs to nothing"
        for name in sorted(website.wp.files())
        if name.rsplit("/", 1)[-1] not in known
    ]
    running = website.wp.sql(
        "SELECT content_id, state FROM wp_igny8_publishes WHERE state NOT IN ('done', 'abandoned')"
    )
    return lines + [f"content {row['content_id']} stands in {row['state']}" for row in running]


def _keys(website: Website, post_id: int) -> str:
    return " ".join(website.meta[post_id])


def _file_names(website: Website, attachment: int) -> list[str]:
    """The file and the smaller sizes that WordPress made of it (their names, by its own list)."""
    meta = website.meta[attachment]
    listed = meta.get("_wp_attachment_metadata", [""])[0]
    sizes = re.findall(r's:4:"file";s:\d+:"([^"]+)"', listed)
    original = re.findall(r's:14:"original_image";s:\d+:"([^"]+)"', listed)
    return [*meta.get("_wp_attached_file", []), *sizes, *original]


def counters(product: Any) -> tuple[int, int, int, int]:
    """Posts, categories, tags and operations that the integration has counted."""
    row = product.desk.integration()
    return (
        row.posts_published_count,
        row.categories_synced_count,
        row.tags_synced_count,
        row.total_sync_operations,
    )
