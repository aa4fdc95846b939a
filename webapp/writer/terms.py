"""Categories and tags of a site, and which of them a content carries."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import slugs
from webapp.writer.models import Content, ContentTaxonomy, ContentTaxonomyRelation
from webapp.writer.payload import Term

KINDS = ("category", "tag")


def slugify(text: str) -> str:
    """The slug of a name; empty where no character of it can stand in an address."""
    return slugs.of_title(text)


def assign(db: Session, content: Content, kind: str, terms: list[Term]) -> None:
    """Make these the content's terms of one kind, in this order; unknown ones are made."""
    wanted = {(term.slug or slugify(term.name)): term for term in terms}
    found = _by_slug(db, content.site_id, kind, list(wanted))
    for slug, term in wanted.items():
        if slug not in found:
            parent = _by_slug(db, content.site_id, kind, [term.parent]) if term.parent else {}
            row = ContentTaxonomy(
                account_id=content.account_id,
                site_id=content.site_id,
                name=term.name,
                slug=slug,
                taxonomy_type=kind,
                parent_id=parent.get(term.parent or ""),
            )
            db.add(row)
            db.flush()
            found[slug] = row.id
    _replace(db, content, kind, [found[slug] for slug in wanted])


def _by_slug(db: Session, site_id: int, kind: str, slugs: list[str]) -> dict[str, int]:
    rows = db.execute(
        sa.select(ContentTaxonomy.slug, ContentTaxonomy.id).where(
            ContentTaxonomy.site_id == site_id,
            ContentTaxonomy.taxonomy_type == kind,
            ContentTaxonomy.slug.in_(slugs),
        )
    ).all()
    return {row.slug: row.id for row in rows}


def _replace(db: Session, content: Content, kind: str, ids: list[int]) -> None:
    of_kind = sa.select(ContentTaxonomy.id).where(
        ContentTaxonomy.site_id == content.site_id, ContentTaxonomy.taxonomy_type == kind
    )
    db.execute(
        sa.delete(ContentTaxonomyRelation).where(
            ContentTaxonomyRelation.content_id == content.id,
            ContentTaxonomyRelation.taxonomy_id.in_(of_kind),
        )
    )
    db.add_all(
        ContentTaxonomyRelation(
            account_id=content.account_id,
            content_id=content.id,
            taxonomy_id=taxonomy_id,
            position=position,
        )
        for position, taxonomy_id in enumerate(ids)
    )
