"""What a site's default website has, for those who write pieces for it: terms by name, authors."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.integrations.models import IS_DEFAULT, SiteAuthor, SiteIntegration, SiteTerm

# Which of the website's taxonomies holds a kind of term: of products, and of all others.
_OF_PRODUCTS = {"category": "product_cat", "tag": "product_tag"}
_USUAL = {"category": "category", "tag": "post_tag"}
MOST_AUTHORS = 200


def named(
    db: Session,
    who: Scoped,
    site_id: int,
    content_type: str,
    kind: str,
    *,
    most: int,
    names: list[str] | None = None,
) -> list[dict[str, Any]]:
    """Terms of a kind as a piece that carries them names them, the most used first; only those of
    these names, where any are given."""
    taxonomy = (_OF_PRODUCTS if content_type == "product" else _USUAL)[kind]
    above = aliased(SiteTerm)
    is_above = sa.and_(
        above.integration_id == SiteTerm.integration_id,
        above.taxonomy == SiteTerm.taxonomy,
        above.external_id == SiteTerm.parent_id,
    )
    query = (
        access.visible(
            who,
            SiteTerm,
            SiteTerm.name,
            SiteTerm.slug,
            above.slug.label("parent"),
            above.name.label("parent_name"),
        )
        .outerjoin(above, is_above)
        .where(SiteTerm.integration_id == _default(site_id), SiteTerm.taxonomy == taxonomy)
        .order_by(SiteTerm.count.desc(), SiteTerm.id)
        .limit(most)
    )
    if names is not None:
        query = query.where(SiteTerm.name.in_(names))
    return [
        {name: value for name, value in row._mapping.items() if value is not None}
        for row in db.execute(query)
    ]


def authors(db: Session, who: Scoped, site_id: int) -> list[tuple[str, str]]:
    """E-mail address and name of those who may write there, by name."""
    query = access.visible(who, SiteAuthor, SiteAuthor.email, SiteAuthor.name).where(
        SiteAuthor.integration_id == _default(site_id), SiteAuthor.email != ""
    )
    order = (sa.func.lower(SiteAuthor.name), SiteAuthor.id)
    rows = db.execute(query.order_by(*order).limit(MOST_AUTHORS))
    return [(row.email, row.name) for row in rows]


def _default(site_id: int) -> Any:
    """The id of the site's default connection, within another query."""
    found = sa.select(SiteIntegration.id).where(SiteIntegration.site_id == site_id, IS_DEFAULT)
    return found.scalar_subquery()
