"""A piece becomes what it was: an edit like any other, which refuses nothing. What cannot be
brought back is named."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Sector
from webapp.core.errors import Invalid, NotFound
from webapp.writer import contents, images, keeping, working
from webapp.writer.draft import COLUMNS, Draft
from webapp.writer.models import Cluster, Content, ContentTaxonomy, Keyword
from webapp.writer.payload import Term
from webapp.writer.working import Pictures
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
    "meta_title": "title for search",
    "meta_description": "description for search",
    "focus_keywords": "focus keywords",
    "content_structure": "structure",
}


def restore(
    db: Session, content: Content, version: int, *, by: Member, types: frozenset[str]
) -> list[str]:
    """Make the piece what it was in that version. Returns a sentence for each thing that is not
    what it was. Raises NotFound where the version is not kept."""
    kept = keeping.of_version(db, content, version)
    if kept is None:
        raise NotFound(GONE)
    why = Why(revisions.RESTORED, f"version {version}")
    with contents.editing(db, content, by=by, why=why):
        lost = _write(db, content, kept, by, types | {content.content_type})
        lost += _put_pictures(db, content, kept.fields["images"])
    return lost


class Discarded(NamedTuple):
    """What was typed beside the piece and thrown away: what of it differs from the piece as it was
    then, and its pictures, None where they did not; a sentence for each thing that is gone."""

    draft: Draft
    pictures: Pictures | None
    lost: list[str]


def discarded(
    db: Session, content: Content, version: int, *, by: Member, types: frozenset[str]
) -> Discarded:
    """What was thrown away and is kept as that version. Raises NotFound where it is not kept."""
    kept = keeping.of_version(db, content, version)
    then = keeping.of_version(db, content, version + 1)
    if kept is None or then is None:
        raise NotFound(GONE)
    names = [*COLUMNS, *working.TERMS, "keyword_ids"]
    same = {name for name in names if kept.fields.get(name) == then.fields.get(name)}
    was = {name: value for name, value in kept.fields.items() if name not in same}
    draft, lost = _draft(db, content, was)
    draft.html = kept.html if kept.html != then.html else UNSET
    lost += _without(draft, contents.wrong_here(db, content, draft, by, types))
    pictures = was["images"]
    return Discarded(draft, pictures if pictures != then.fields["images"] else None, lost)


def _write(
    db: Session, content: Content, kept: Version, by: Member, types: frozenset[str]
) -> list[str]:
    """All but the pictures; what may not be written any more stays as it is."""
    draft, lost = _draft(db, content, kept.fields)
    draft.html = kept.html
    try:
        contents.write(db, content, draft, by=by, types=types)
    except Invalid as refused:
        lost += _without(draft, refused.fields)
        contents.write(db, content, draft, by=by, types=types)
    return lost


def _without(draft: Draft, wrong: Mapping[str, str]) -> list[str]:
    """Take out of the draft what may not be written any more; a sentence for each."""
    for field in wrong:
        setattr(draft, field, UNSET)
    named = [(_LABELS.get(field, field), sentence) for field, sentence in wrong.items()]
    return [f"The {name} stayed as it is: {sentence}" for name, sentence in named]


def _draft(db: Session, content: Content, was: dict[str, Any]) -> tuple[Draft, list[str]]:
    """What of these fields is to be written, without ids that nobody has any more, which are
    named."""
    draft = Draft(**{name: was[name] for name in COLUMNS if name in was})
    lost = []
    for name, model in (("sector_id", Sector), ("cluster_id", Cluster)):
        wanted = was.get(name)
        if wanted is not None and not _there(db, content, model, [wanted]):
            setattr(draft, name, UNSET)
            lost.append(f"The {_LABELS[name]} that it had is gone; it keeps the one it has.")
    if "keyword_ids" in was:
        draft.keyword_ids = _there(db, content, Keyword, was["keyword_ids"])
        if missing := len(was["keyword_ids"]) - len(draft.keyword_ids):
            lost.append(f"Of its keywords {missing} are gone.")
    if "categories" in was:
        draft.categories = _terms(db, content, was["category_ids"], was["categories"])
    if "tags" in was:
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
    lost = images.put_all(db, content, kept)
    named = [one["filename"] or one["ref"] for one in lost]
    return [f"The picture “{name}” is not kept any more." for name in named]
