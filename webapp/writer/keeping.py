"""What of a piece its revisions hold, and that each save leaves one, by whichever door it came
(writer/contents.py)."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.writer import images, media, payload, working
from webapp.writer.models import Content, ReviewComment
from webapp.writer.payload import Payload
from webapp.writer.working import Standing
from webapp.writing import revisions
from webapp.writing.revisions import RESTORED, UNSAID, Version, Why

_LEFT_OUT = (
    "content_id",
    "html",
    "featured_image",
    "gallery",
    "inline_images",
    "sectors",
    "clusters",
)


def keep(
    db: Session, content: Content, built: Payload, *, by: Member | None, why: Why = UNSAID
) -> None:
    """Keep the piece as it stands, which `built` is the payload of. What was spoken of stays a
    revision by itself."""

    def is_spoken_of(content_hash: str) -> bool:
        said = sa.select(ReviewComment.id).where(
            ReviewComment.content_id == content.id, ReviewComment.content_hash == content_hash
        )
        return db.scalar(said.limit(1)) is not None

    held = fields(db, content, built)
    revisions.keep(db, content, held, by=by, why=why, is_spoken_of=is_spoken_of)


def keep_first(db: Session, content: Content) -> None:
    """Before a first edit: keep what was written when nobody kept revisions yet."""
    if content.content_hash and not revisions.is_any(db, content.id):
        keep(db, content, payload.build(db, content), by=None)


def fields(db: Session, content: Content, built: Payload | None = None) -> dict[str, Any]:
    """All of a piece but its text, as it stands now."""
    sent = msgspec.to_builtins(built or payload.build(db, content))
    return {name: value for name, value in sent.items() if name not in _LEFT_OUT} | {
        "content_structure": content.content_structure,
        "images": images.listed(db, content),
    }


def of_version(db: Session, content: Content, version: int) -> Version | None:
    """What the piece was in that version; None where nobody keeps it any more."""
    if version == content.version:
        return Version(content.html, fields(db, content))
    return revisions.kept(db, content.id, version)


def throw_away(db: Session, content: Content, now: Standing, *, by: Member) -> int:
    """Throw away the change beside the piece. It stays among the piece's revisions, with the piece
    as it is on top of it. Returns the version that it is kept as."""
    assert now.change is not None
    keep_first(db, content)
    html, typed = working.typed_of(now)
    own = fields(db, content)
    content.version += 1
    kept = content.version
    thrown = Version(html, own | _listed_alike(own, typed))
    media.put_away(db, content, thrown.fields["images"])
    revisions.keep_discarded(db, content, thrown, by=by, authors=working.people(now.change))
    content.version += 1
    note = f"version {kept - 1}"
    keep(db, content, payload.build(db, content), by=by, why=Why(RESTORED, note))
    working.discard(db, content)
    return kept


def _listed_alike(own: dict[str, Any], typed: dict[str, Any]) -> dict[str, Any]:
    """The fields that were typed as revisions hold them: pictures by their name there, and terms
    with their ids, 0 for one that the piece does not have."""
    found = {name: value for name, value in typed.items() if name != working.PICTURES}
    if working.PICTURES in typed:
        found["images"] = typed[working.PICTURES]
    for field, ids in (("categories", "category_ids"), ("tags", "tag_ids")):
        if field in typed:
            known = zip(own[field], own[ids], strict=True)
            by_slug = {term.get("slug"): number for term, number in known}
            found[ids] = [by_slug.get(term.get("slug") or "", 0) for term in typed[field]]
    return found
