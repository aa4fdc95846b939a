"""Contents as programs read them: a line of a list, and the whole piece."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.accounts.models import Sector
from webapp.core.errors import NotFound
from webapp.writer import contents, payload
from webapp.writer.models import Cluster, Content, Image
from webapp.writer.payload import Term


class ContentLine(msgspec.Struct, kw_only=True):
    """A content in a list. `version` is what an edit names; times are UTC."""

    id: int
    site_id: int
    sector_id: int | None
    sector_name: str | None
    cluster_id: int | None
    cluster_name: str | None
    title: str
    slug: str
    excerpt: str
    word_count: int
    content_type: str
    content_structure: str
    source: str
    author_email: str
    priority: int
    deliver_as: str
    version: int
    status: str
    site_status: str
    site_status_updated_at: datetime | None
    scheduled_publish_at: datetime | None
    attention: list[str]
    content_hash: str
    published_hash: str
    approved_at: datetime | None
    approved_by: int | None
    is_approved: bool
    changed_since_published: bool
    external_id: str
    external_url: str
    external_type: str
    has_featured_image: bool
    image_count: int
    created_at: datetime
    updated_at: datetime


class ImageLine(msgspec.Struct, kw_only=True):
    """A picture: at `image_url`, or ours by `sha256`. In the text it stands as `igny8:<ref>`."""

    id: int
    ref: str
    image_type: str
    image_url: str
    sha256: str
    filename: str
    alt: str
    caption: str
    position: int


class ContentWhole(ContentLine, kw_only=True):
    """A content with everything that belongs to it. `html` is as it was written."""

    html: str
    meta_title: str
    meta_description: str
    focus_keywords: list[str]
    canonical_url: str
    categories: list[Term]
    tags: list[Term]
    keyword_ids: list[int]
    images: list[ImageLine]


def _images(*conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.count(Image.id))
        .where(Image.content_id == Content.id, Image.deleted_at.is_(None), *conditions)
        .correlate(Content)
        .scalar_subquery()
    )


_COPIED = (
    "id",
    "site_id",
    "sector_id",
    "cluster_id",
    "title",
    "slug",
    "excerpt",
    "word_count",
    "content_type",
    "content_structure",
    "source",
    "author_email",
    "priority",
    "deliver_as",
    "version",
    "status",
    "site_status",
    "site_status_updated_at",
    "scheduled_publish_at",
    "content_hash",
    "published_hash",
    "approved_at",
    "approved_by",
    "external_id",
    "external_url",
    "external_type",
    "created_at",
    "updated_at",
)

COLUMNS: tuple[Any, ...] = (
    *(getattr(Content, name) for name in _COPIED),
    Content.attention,
    Content.approved_hash,
    Sector.name.label("sector_name"),
    Cluster.name.label("cluster_name"),
    _images().label("image_count"),
    _images(Image.image_type == "featured").label("featured_images"),
)
JOINS = ((Sector, Sector.id == Content.sector_id), (Cluster, Cluster.id == Content.cluster_id))


def line(row: Any) -> ContentLine:
    """A row of COLUMNS."""
    return ContentLine(
        **{name: getattr(row, name) for name in _COPIED},
        attention=sorted(row.attention),
        sector_name=row.sector_name,
        cluster_name=row.cluster_name,
        image_count=row.image_count,
        has_featured_image=bool(row.featured_images),
        is_approved=contents.is_approved(row),
        changed_since_published=bool(row.published_hash) and row.published_hash != row.content_hash,
    )


def whole(db: Session, who: Scoped, content_id: int) -> ContentWhole:
    """Raises NotFound."""
    query = access.visible(who, Content, Content, *COLUMNS).where(Content.id == content_id)
    for model, condition in JOINS:
        query = query.outerjoin(model, condition)
    row = db.execute(query).one_or_none()
    if row is None:
        raise NotFound
    content: Content = row.Content
    out = payload.build(db, content)
    return ContentWhole(
        **msgspec.structs.asdict(line(row)),
        html=content.html,
        meta_title=content.meta_title,
        meta_description=content.meta_description,
        focus_keywords=list(content.focus_keywords),
        canonical_url=content.canonical_url,
        categories=out.categories,
        tags=out.tags,
        keyword_ids=out.keyword_ids,
        images=pictures(db, who, content_id),
    )


def picture(db: Session, who: Scoped, image_id: int) -> ImageLine:
    """Raises NotFound."""
    return _picture(access.get(db, who, Image, image_id))


def pictures(db: Session, who: Scoped, content_id: int) -> list[ImageLine]:
    """The pictures of a piece in their order."""
    rows = db.scalars(
        access.visible(who, Image)
        .where(Image.content_id == content_id)
        .order_by(Image.position, Image.id)
    )
    return [_picture(row) for row in rows]


def _picture(row: Image) -> ImageLine:
    return ImageLine(**{name: getattr(row, name) for name in ImageLine.__struct_fields__})
