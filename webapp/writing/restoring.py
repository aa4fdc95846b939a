"""A piece becomes what it was: an edit like any other, which refuses nothing. What cannot be
brought back is named."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Sector
from webapp.core.clock import utc_now
from webapp.core.errors import Invalid, NotFound
from webapp.writer import contents
from webapp.writer.draft import COLUMNS, Draft
from webapp.writer.models import Cluster, Content, ContentTaxonomy, Image, Keyword, MediaFile
from webapp.writer.payload import Term
from webapp.writing import revisions
from webapp.writing.revisions import Version, Why

GONE = "This version is not kept any more."
_LABELS = {
    "sector_id": "sector",
    "cluster_id": "cluster",
    "content_type": "type",
    "keyword_ids": "keywords",
    "canonical_url": "canonical address",
    "author_email": "author",
    "meta_title": "search title",
    "meta_description": "search description",
    "focus_keywords": "focus keywords",
    "content_structure": "structure",
}


def restore(
    db: Session, content: Content, version: int, *, by: Member, types: frozenset[str]
) -> list[str]:
    """Make the piece what it was in that version. Returns a sentence for each thing that is not
    what it was. Raises NotFound where the version is not kept."""
    kept = revisions.of_version(db, content, version)
    if kept is None:
        raise NotFound(GONE)
    why = Why(revisions.RESTORED, f"version {version}")
    with contents.editing(db, content, by=by, why=why):
        lost = _write(db, content, kept, by, types | {content.content_type})
        lost += _put_pictures(db, content, kept.fields["images"])
    return lost


def _write(
    db: Session, content: Content, kept: Version, by: Member, types: frozenset[str]
) -> list[str]:
    """All but the pictures; what may not be written any more stays as it is."""
    draft, lost = _draft(db, content, kept)
    try:
        contents.write(db, content, draft, by=by, types=types)
    except Invalid as refused:
        for field, sentence in refused.fields.items():
            setattr(draft, field, UNSET)
            lost.append(f"The {_LABELS.get(field, field)} stayed as it is: {sentence}")
        contents.write(db, content, draft, by=by, types=types)
    return lost


def _draft(db: Session, content: Content, kept: Version) -> tuple[Draft, list[str]]:
    """What is to be written, without ids that nobody has any more, which are named."""
    was = kept.fields
    draft = Draft(**{name: was[name] for name in COLUMNS if name in was}, html=kept.html)
    lost = []
    for name, model in (("sector_id", Sector), ("cluster_id", Cluster)):
        if was[name] is not None and not _there(db, content, model, [was[name]]):
            setattr(draft, name, UNSET)
            lost.append(f"The {_LABELS[name]} that it had is gone; it keeps the one it has.")
    draft.keyword_ids = _there(db, content, Keyword, was["keyword_ids"])
    if missing := len(was["keyword_ids"]) - len(draft.keyword_ids):
        lost.append(f"Of its keywords {missing} are gone.")
    draft.categories = _terms(db, content, was["category_ids"], was["categories"])
    draft.tags = _terms(db, content, was["tag_ids"], was["tags"])
    return draft, lost


def _there(db: Session, content: Content, model: Any, ids: list[int]) -> list[int]:
    """Those of the ids that the piece's site still has."""
    query = sa.select(model.id).where(model.id.in_(ids), model.site_id == content.site_id)
    return sorted(db.scalars(query))


def _terms(db: Session, content: Content, ids: list[int], then: list[dict[str, Any]]) -> list[Term]:
    """The terms as they are called now; one that is gone is made again."""
    rows = db.execute(
        sa.select(ContentTaxonomy.id, ContentTaxonomy.name, ContentTaxonomy.slug).where(
            ContentTaxonomy.id.in_(ids), ContentTaxonomy.site_id == content.site_id
        )
    )
    now = {row.id: Term(row.name, row.slug) for row in rows}
    return [now.get(one) or Term(**was) for one, was in zip(ids, then, strict=True)]


def _put_pictures(db: Session, content: Content, kept: list[dict[str, str]]) -> list[str]:
    """The pictures of then in their order; those that came since are put away."""
    rows = db.scalars(sa.select(Image).where(Image.content_id == content.id).order_by(Image.id))
    by_ref: dict[str, Image] = {}
    for row in rows:
        if row.ref not in by_ref or row.deleted_at is None:
            by_ref[row.ref] = row
        row.deleted_at = row.deleted_at or utc_now()
    lost = []
    for position, was in enumerate(kept):
        if was["sha256"] and not _is_kept(db, content.account_id, was["sha256"]):
            lost.append(f"The picture “{was['filename'] or was['ref']}” is not kept any more.")
            continue
        image = by_ref.get(was["ref"]) or _new(db, content)
        for name, value in was.items():
            setattr(image, name, value)
        image.position, image.deleted_at = position, None
    db.flush()
    return lost


def _new(db: Session, content: Content) -> Image:
    image = Image(account_id=content.account_id, site_id=content.site_id, content_id=content.id)
    db.add(image)
    return image


def _is_kept(db: Session, account_id: int, sha256: str) -> bool:
    query = sa.select(MediaFile.id).where(
        MediaFile.account_id == account_id, MediaFile.sha256 == sha256
    )
    return db.scalar(query) is not None
