"""Categories and tags of a site, and which of them a content carries."""

from __future__ import annotations

import html
import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import slugs
from webapp.writer.models import Content, ContentTaxonomy, ContentTaxonomyRelation
from webapp.writer.payload import Term

KINDS = ("category", "tag")
_JOINTS = re.compile("[\\s\u00a0\u00ad\u2000-\u200a\u2010-\u2015\u202f\u3000-]+")


def slugify(text: str) -> str:
    """The slug of a name; empty where no character of it can stand in an address."""
    return slugs.of_title(text)


def folded(name: str) -> str:
    """A name without case, spaces, hyphens and accents: where that is the same, two names mean one
    term. The WordPress plugin folds them in the same way (includes/terms/class-term-name.php)."""
    plain = slugs.without_accents(html.unescape(name)).casefold()
    return _JOINTS.sub("", plain) or plain


def assign(db: Session, content: Content, kind: str, terms: list[Term]) -> None:
    """Make these the content's terms of one kind, in this order; unknown ones are made.

    No name is lost or exchanged: a slug that another name holds gets a number.
    """
    replace(db, content, kind, ids_of(db, content, kind, terms))


def ids_of(db: Session, content: Content, kind: str, terms: list[Term]) -> list[int]:
    """The site's terms of these names, in this order; unknown ones are made."""
    known = _Known(db, content, kind)
    return list(dict.fromkeys(known.id_of(term) for term in terms))


def known_ids(db: Session, content: Content, kind: str, terms: list[Term]) -> list[int]:
    """Of these names, the terms that the site has."""
    known = _Known(db, content, kind)
    found = (known.find(term.name, term.slug or slugify(term.name), None) for term in terms)
    return list(dict.fromkeys(one for one in found if one is not None))


def named(db: Session, site_id: int, ids: list[int]) -> list[Term]:
    """The site's terms of these ids, in this order."""
    rows = db.execute(
        sa.select(ContentTaxonomy.id, ContentTaxonomy.name, ContentTaxonomy.slug).where(
            ContentTaxonomy.site_id == site_id, ContentTaxonomy.id.in_(ids)
        )
    )
    found = {row.id: Term(row.name, row.slug) for row in rows}
    return [found[one] for one in ids if one in found]


class _Known:
    """The terms of one kind of a content's site."""

    def __init__(self, db: Session, content: Content, kind: str) -> None:
        self._db = db
        self._content = content
        self._kind = kind

    def id_of(self, term: Term) -> int:
        """The term, below its parent where one is named."""
        above = self._parent(term) if term.parent or term.parent_name else None
        return self._find_or_make(term.name, term.slug or slugify(term.name), above)

    def _find_or_make(self, name: str, slug: str, above: int | None) -> int:
        found = self.find(name, slug, above)
        if found is not None:
            return found
        free = slugs.free(slug, {row.slug for row in self._rows(slug)})
        made = ContentTaxonomy(
            account_id=self._content.account_id,
            site_id=self._content.site_id,
            name=name,
            slug=free,
            taxonomy_type=self._kind,
            parent_id=above,
        )
        self._db.add(made)
        self._db.flush()
        return made.id

    def find(self, name: str, slug: str, above: int | None) -> int | None:
        """The term that is meant by it."""
        for row in self._rows(slug):
            if folded(row.name) == folded(name) and above in (None, row.parent_id):
                return int(row.id)
        return None

    def _parent(self, term: Term) -> int:
        """By its slug, else by its name."""
        slug, name = term.parent or "", term.parent_name or term.parent or ""
        found = [row.id for row in self._rows(slug) if slug and row.slug == slug]
        return found[0] if found else self._find_or_make(name, slugify(name) or slugify(slug), None)

    def _rows(self, slug: str) -> list[Any]:
        """Those that have the slug, or one with a number after it, in the order they were made."""
        stem = slugs.stem(slug)
        rows = self._db.execute(
            sa.select(
                ContentTaxonomy.id,
                ContentTaxonomy.name,
                ContentTaxonomy.slug,
                ContentTaxonomy.parent_id,
            )
            .where(
                ContentTaxonomy.site_id == self._content.site_id,
                ContentTaxonomy.taxonomy_type == self._kind,
                sa.or_(
                    ContentTaxonomy.slug == slug,
                    ContentTaxonomy.slug.startswith(
                        f"{slug}-" if stem == slug else stem, autoescape=True
                    ),
                ),
            )
            .order_by(ContentTaxonomy.id)
        )
        return [row for row in rows if slugs.is_numbered(slug, row.slug)]


def replace(db: Session, content: Content, kind: str, ids: list[int]) -> None:
    """Make these the content's terms of one kind, in this order."""
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
