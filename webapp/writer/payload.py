"""What goes out: the canonical payload of a content, its hash and its snapshot.

A payload is taken when a record is first claimed and stored on it: what is being sent never
changes while it is being sent. The hash is over everything in it, image bytes included.
"""

from __future__ import annotations

import hashlib
from typing import Any, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.accounts.models import Sector
from webapp.core.prepared import Prepared, together
from webapp.writer.models import (
    Cluster,
    Content,
    ContentKeyword,
    ContentTaxonomy,
    ContentTaxonomyRelation,
    Image,
    Keyword,
    MediaFile,
)

# Where a picture stands on a website is the website's choice: these go into one list.
_GALLERY = ("gallery", "desktop", "mobile")


class Term(msgspec.Struct, omit_defaults=True, frozen=True):
    """A category, tag, sector or cluster by name; `parent` is the parent's slug, `parent_name` how
    it is called where it must be made."""

    name: str
    slug: str | None = None
    parent: str | None = None
    parent_name: str | None = None


class Picture(msgspec.Struct, omit_defaults=True, frozen=True):
    """An image: at `url`, or ours by `sha256` (then `media_type` and `size` in bytes are known)."""

    ref: str
    url: str = ""
    sha256: str = ""
    filename: str = ""
    alt: str = ""
    caption: str = ""
    media_type: str = ""
    size: int = 0


class Payload(msgspec.Struct, frozen=True):
    """One content as it was written. What is sent is `writer.outgoing.of` it."""

    content_id: int
    content_type: str
    title: str
    slug: str
    html: str
    excerpt: str
    author_email: str
    canonical_url: str
    meta_title: str
    meta_description: str
    focus_keywords: list[str]
    categories: list[Term]
    tags: list[Term]
    sectors: list[Term]
    clusters: list[Term]
    sector_id: int | None
    cluster_id: int | None
    keyword_ids: list[int]
    featured_image: Picture | None
    gallery: list[Picture]
    inline_images: list[Picture]
    # Whose names stand in `categories` and `tags`; snapshots of before this version have none.
    category_ids: list[int] = []
    tag_ids: list[int] = []

    def pictures(self) -> list[Picture]:
        """All images, featured first."""
        featured = [self.featured_image] if self.featured_image else []
        return [*featured, *self.gallery, *self.inline_images]

    def own_images(self) -> list[str]:
        """SHA-256 of the images that only we have: those that are sent ahead."""
        return sorted({picture.sha256 for picture in self.pictures() if picture.sha256})


def digest(payload: Payload) -> str:
    """The content hash: SHA-256 of the canonical JSON of what was written. Terms, sectors and
    clusters count by id: a new name is no edit of the pieces that carry it."""
    written = {name: getattr(payload, name) for name in payload.__struct_fields__}
    written |= {
        "categories": written.pop("category_ids"),
        "tags": written.pop("tag_ids"),
        "sectors": [],
        "clusters": [],
    }
    return hashlib.sha256(msgspec.json.encode(written, order="sorted")).hexdigest()


def build(db: Session, content: Content) -> Payload:
    """The payload of the content as it stands now."""
    whose = {"this": content.id}
    terms, keywords, images, sectors, clusters = together(
        db,
        [
            (_TERMS, whose),
            (_KEYWORDS, whose),
            (_IMAGES, whose),
            (_NAMED[Sector], {"this": content.sector_id}),
            (_NAMED[Cluster], {"this": content.cluster_id}),
        ],
    )
    pictures = [(row.image_type, _picture(row)) for row in images]
    return Payload(
        content_id=content.id,
        content_type=content.content_type,
        title=content.title,
        slug=content.slug,
        html=content.html,
        excerpt=content.excerpt,
        author_email=content.author_email,
        canonical_url=content.canonical_url,
        meta_title=content.meta_title,
        meta_description=content.meta_description,
        focus_keywords=list(content.focus_keywords),
        categories=_terms(terms, "category"),
        tags=_terms(terms, "tag"),
        sectors=[Term(row.name, row.slug) for row in sectors],
        clusters=[Term(row.name, row.slug) for row in clusters],
        sector_id=content.sector_id,
        cluster_id=content.cluster_id,
        keyword_ids=[row.id for row in keywords],
        featured_image=next((p for kind, p in pictures if kind == "featured"), None),
        gallery=[p for kind, p in pictures if kind in _GALLERY],
        inline_images=[p for kind, p in pictures if kind == "in_article"],
        category_ids=[row.id for row in terms if row.taxonomy_type == "category"],
        tag_ids=[row.id for row in terms if row.taxonomy_type == "tag"],
    )


def build_by_id(db: Session, content_id: int) -> Payload:
    """The same without loading the whole content, of which a payload is a part."""
    return build(db, _CONTENT.rows(db, {"this": content_id})[0])


_C = cast(sa.Table, Content.__table__).c
_CONTENT = Prepared(
    sa.select(
        _C.id,
        _C.content_type,
        _C.title,
        _C.slug,
        _C.html,
        _C.excerpt,
        _C.author_email,
        _C.canonical_url,
        _C.meta_title,
        _C.meta_description,
        _C.focus_keywords,
        _C.sector_id,
        _C.cluster_id,
    ).where(_C.id == sa.bindparam("this"))
)
_NAMED = {
    model: Prepared(sa.select(model.name, model.slug).where(model.id == sa.bindparam("this")))
    for model in (Sector, Cluster)
}
_PARENT = aliased(ContentTaxonomy)
_TERMS = Prepared(
    sa.select(
        ContentTaxonomy.id,
        ContentTaxonomy.taxonomy_type,
        ContentTaxonomy.name,
        ContentTaxonomy.slug,
        _PARENT.slug.label("parent"),
        _PARENT.name.label("parent_name"),
    )
    .join(ContentTaxonomyRelation, ContentTaxonomyRelation.taxonomy_id == ContentTaxonomy.id)
    .outerjoin(_PARENT, _PARENT.id == ContentTaxonomy.parent_id)
    .where(ContentTaxonomyRelation.content_id == sa.bindparam("this"))
    .order_by(ContentTaxonomyRelation.position, ContentTaxonomy.id)
)
_KEYWORDS = Prepared(
    sa.select(Keyword.id)
    .join(ContentKeyword, ContentKeyword.keyword_id == Keyword.id)
    .where(ContentKeyword.content_id == sa.bindparam("this"))
    .order_by(Keyword.id)
)
_IMAGES = Prepared(
    sa.select(
        Image.image_type,
        Image.ref,
        Image.image_url,
        Image.sha256,
        Image.filename,
        Image.alt,
        Image.caption,
        MediaFile.media_type,
        MediaFile.size,
    )
    .outerjoin(
        MediaFile,
        sa.and_(MediaFile.sha256 == Image.sha256, MediaFile.account_id == Image.account_id),
    )
    .where(Image.content_id == sa.bindparam("this"), Image.deleted_at.is_(None))
    .order_by(Image.position, Image.id)
)


def _terms(rows: list[Any], kind: str) -> list[Term]:
    return [
        Term(row.name, row.slug, row.parent, row.parent_name)
        for row in rows
        if row.taxonomy_type == kind
    ]


def _picture(row: Any) -> Picture:
    return Picture(
        ref=row.ref,
        url="" if row.sha256 else row.image_url,
        sha256=row.sha256,
        filename=row.filename,
        alt=row.alt,
        caption=row.caption,
        media_type=row.media_type or "",
        size=row.size or 0,
    )
