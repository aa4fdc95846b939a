"""What the public may read: published documents of a site, found without anybody signed in.

Publishing to the headless destination means publishing: the pages are public. The JSON
definition, which names the site in a list and hands out whole texts to programs, is only there
for sites that opted in (`Site.is_public`).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access, rights
from webapp.accounts.models import Site
from webapp.accounts.rights import Sight
from webapp.core import paging
from webapp.core.errors import NotFound
from webapp.core.paging import Order
from webapp.integrations.models import (
    HeadlessAddress,
    HeadlessDocument,
    HeadlessFile,
    SiteIntegration,
)
from webapp.writer import images

KINDS = ("categories", "tags", "sectors", "clusters")
_IS_PUBLISHED = HeadlessDocument.status == "publish"


@dataclass(frozen=True)
class HeadlessSite:
    """A site as its readers see it. `account_id` limits every query to its owner."""

    account_id: int
    site_id: int
    name: str
    slug: str
    url: str
    timezone: str
    is_public: bool
    sight: Sight = rights.EVERYTHING


NEWEST = Order((HeadlessDocument.published_at, HeadlessDocument.id))


def of_site(db: Session, slug: str) -> HeadlessSite:
    """The site. NotFound where there is no such site, or one that never was headless."""
    row = db.execute(
        sa.select(
            Site.account_id, Site.id, Site.name, Site.slug, Site.url, Site.timezone, Site.is_public
        ).where(
            Site.slug == slug,
            sa.exists().where(
                SiteIntegration.site_id == Site.id, SiteIntegration.platform == "headless"
            ),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return HeadlessSite(*row)


def opted_in(db: Session, slug: str) -> HeadlessSite:
    """As `of_site`, only for sites whose JSON definition is public."""
    public_site = of_site(db, slug)
    if not public_site.is_public:
        raise NotFound
    return public_site


def published(public_site: HeadlessSite, *columns: Any) -> sa.Select[Any]:
    """A select of the site's published documents."""
    return access.visible(public_site, HeadlessDocument, *columns).where(
        HeadlessDocument.site_id == public_site.site_id, _IS_PUBLISHED
    )


def newest(
    db: Session, public_site: HeadlessSite, most: int, before: int | None = None
) -> tuple[list[Any], bool]:
    """Rows (id, slug, title, excerpt, published_at, updated_at), newest first, and whether there
    are more.

    `before` is a document's id: what is older than that one.
    """
    after: tuple[Any, ...] = ()
    if before is not None:
        at = published(public_site, HeadlessDocument.published_at)
        moment = db.scalar(at.where(HeadlessDocument.id == before))
        if moment is None:
            raise NotFound
        after = (moment, before)
    query = published(
        public_site,
        HeadlessDocument.id,
        HeadlessDocument.slug,
        HeadlessDocument.title,
        HeadlessDocument.document["excerpt"].as_string().label("excerpt"),
        HeadlessDocument.document["meta_description"].as_string().label("meta_description"),
        HeadlessDocument.published_at,
        HeadlessDocument.updated_at,
    )
    return paging.cut(db.execute(NEWEST.page(query, most, after)).all(), most)


def document(db: Session, public_site: HeadlessSite, slug: str) -> HeadlessDocument:
    """Raises NotFound."""
    found: HeadlessDocument | None = db.scalars(
        published(public_site).where(HeadlessDocument.slug == slug)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def moved_to(db: Session, public_site: HeadlessSite, slug: str) -> str:
    """The address that a published document has now which once had this one. Raises NotFound."""
    found: str | None = db.scalar(
        published(public_site, HeadlessDocument.slug)
        .join(HeadlessAddress, HeadlessAddress.document_id == HeadlessDocument.id)
        .where(HeadlessAddress.site_id == public_site.site_id, HeadlessAddress.slug == slug)
    )
    if found is None:
        raise NotFound
    return found


def addresses(db: Session, public_site: HeadlessSite, most: int) -> list[Any]:
    """Rows (slug, updated_at) for the sitemap, the latest changes first."""
    query = published(public_site, HeadlessDocument.slug, HeadlessDocument.updated_at)
    return list(db.execute(query.order_by(HeadlessDocument.updated_at.desc()).limit(most)))


def media(db: Session, public_site: HeadlessSite, sha256: str) -> tuple[str, bytes]:
    """Media type and bytes of an image that a published document shows. Raises NotFound."""
    shown = (
        access.visible(public_site, HeadlessFile, HeadlessFile.id)
        .join(HeadlessDocument, HeadlessDocument.id == HeadlessFile.document_id)
        .where(
            HeadlessFile.site_id == public_site.site_id,
            HeadlessFile.sha256 == sha256,
            _IS_PUBLISHED,
        )
        .limit(1)
    )
    found = images.bytes_of(db, public_site.account_id, sha256) if db.scalar(shown) else None
    if found is None:
        raise NotFound
    return found


def content_types(db: Session, public_site: HeadlessSite) -> dict[str, int]:
    """How many published documents there are of each type."""
    query = published(public_site, HeadlessDocument.content_type, sa.func.count())
    rows = db.execute(query.group_by(HeadlessDocument.content_type))
    return {row[0]: row[1] for row in rows}


def terms(db: Session, public_site: HeadlessSite) -> dict[str, list[tuple[str, str, int]]]:
    """By kind: (slug, name, documents) of every term that a published document carries."""
    columns = [HeadlessDocument.document[kind].label(kind) for kind in KINDS]
    counts: dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
    names: dict[tuple[str, str], str] = {}
    for row in db.execute(published(public_site, *columns)):
        for kind in KINDS:
            for term in getattr(row, kind) or []:
                counts[kind][term["slug"]] += 1
                names[kind, term["slug"]] = term["name"]
    return {
        kind: [(slug, names[kind, slug], count) for slug, count in sorted(counts[kind].items())]
        for kind in KINDS
    }
