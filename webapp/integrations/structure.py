"""What a website is made of: its types and taxonomies with counts, its terms and its authors.

Websites tell it when they are connected, every day and when they are asked. Types and taxonomies
stand in the connection's config (`content_types`), terms and authors in rows. Terms come in pages;
with the last of one telling go those that it did not name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, cast
from urllib.parse import unquote

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.accounts.models import Sector
from webapp.core import decoders, limits
from webapp.core.clock import iso, utc_now
from webapp.core.db import LARGEST_INTEGER
from webapp.core.system import System
from webapp.integrations.models import Placement, SiteAuthor, SiteIntegration, SiteTerm
from webapp.writer.models import Cluster, ContentTaxonomy

# In a connection's config.
TOLD, OFF = "content_types", "types_off"
OLD = timedelta(hours=48)
MOST_TERMS, MOST_AUTHORS, MOST_KINDS = 500, 500, 200
# A website's kinds of terms, and what of ours stands there as one.
CATEGORIES, TAGS = "category", "post_tag"
_OURS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    CATEGORIES: (ContentTaxonomy, (ContentTaxonomy.taxonomy_type == "category",)),
    TAGS: (ContentTaxonomy, (ContentTaxonomy.taxonomy_type == "tag",)),
    "igny8_sector": (Sector, ()),
    "igny8_cluster": (Cluster, ()),
}

Number = Annotated[int, msgspec.Meta(ge=0, le=LARGEST_INTEGER)]
Id = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_INTEGER)]
Name = Annotated[str, limits.text("site_terms.name")]
Slug = Annotated[str, limits.text("site_terms.slug")]
Word = Annotated[str, limits.text("site_terms.taxonomy")]
Address = Annotated[str, msgspec.Meta(max_length=limits.ADDRESS)]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class Kind(msgspec.Struct):
    """A type or a taxonomy of the website. `enabled`: it takes part there."""

    label: Name
    count: Number
    enabled: bool
    fetch_limit: Number = 100


class Author(msgspec.Struct):
    """Somebody who may write there."""

    id: Id
    name: Name
    email: Annotated[str, limits.text("site_authors.email")]
    roles: Annotated[list[Word], msgspec.Meta(max_length=30)] = []


Authors = Annotated[list[Author], msgspec.Meta(max_length=MOST_AUTHORS)]
Kinds = Annotated[dict[Word, Kind], msgspec.Meta(max_length=MOST_KINDS)]


class Structure(msgspec.Struct):
    """What a website is made of (docs/contract). Fields that only a newer plugin knows are ignored.
    Its terms follow, in pages that name the same `timestamp`, and so do its other authors where
    `next_author` says where their next page begins."""

    post_types: Kinds
    taxonomies: Kinds
    timestamp: Moment
    site_url: Address = ""
    wordpress_version: Word = ""
    plugin_version: Word = ""
    plugin_connection_enabled: bool = True
    two_way_sync_enabled: bool = True
    authors: Authors = []
    next_author: Number | None = None


class AuthorPage(msgspec.Struct):
    """More of those who may write there. `next`: where the page after this one begins; null: the
    last."""

    timestamp: Moment
    authors: Authors
    next: Number | None = None


class SiteTermLine(msgspec.Struct):
    """A term of the website, with its own ids; `parent` is 0 at the top."""

    taxonomy: Word
    id: Id
    name: Name
    slug: Slug
    parent: Number = 0
    count: Number = 0


class TermPage(msgspec.Struct):
    """Some of the website's terms. `next`: where the page after this one begins; null: the last."""

    timestamp: Moment
    terms: Annotated[list[SiteTermLine], msgspec.Meta(max_length=MOST_TERMS)]
    next: Number | None = None


Part = Structure | AuthorPage | TermPage


@dataclass(frozen=True)
class Row:
    """A type or taxonomy as it is shown: `total` there, `synced` of them ours. `is_there`: it takes
    part at the website; `is_on`: it is not switched off here."""

    name: str
    label: str
    total: int
    synced: int
    fetch_limit: int
    is_there: bool
    is_on: bool


@dataclass(frozen=True)
class Known:
    """What is known of a website's structure; nothing where it was never told."""

    post_types: list[Row]
    taxonomies: list[Row]
    fetched_at: datetime | None
    is_old: bool
    version: str
    terms: int
    authors: int


def keep(db: Session, system: System, integration: SiteIntegration, told: Structure) -> None:
    """What the website has told now is what is known of it."""
    facts = msgspec.to_builtins(told)
    del facts["authors"], facts["next_author"]
    facts["last_structure_fetch"] = iso(system.clock())
    integration.config_json = {**integration.config_json, TOLD: facts}
    keep_authors(db, integration, AuthorPage(told.timestamp, told.authors, told.next_author))
    system.notices.send(db, integration.account_id, "integration", integration.id)


def keep_authors(db: Session, integration: SiteIntegration, page: AuthorPage) -> int:
    """A page of those who may write there is known; how many there are then."""
    rows = [
        {"external_id": one.id, "name": one.name, "email": one.email, "roles": one.roles}
        for one in page.authors
    ]
    _put(db, SiteAuthor, integration, page.timestamp, rows, ("integration_id", "external_id"))
    if page.next is None:
        _forget(db, SiteAuthor, integration, page.timestamp)
    return _count(db, SiteAuthor, integration.id)


def keep_terms(db: Session, integration: SiteIntegration, page: TermPage) -> int:
    """A page of its terms is known; how many there are then."""
    rows = [
        {
            "taxonomy": one.taxonomy,
            "external_id": one.id,
            "name": one.name,
            "slug": unquote(one.slug),
            "parent_id": one.parent,
            "count": one.count,
        }
        for one in page.terms
    ]
    key = ("integration_id", "taxonomy", "external_id")
    _put(db, SiteTerm, integration, page.timestamp, rows, key)
    if page.next is None:
        _forget(db, SiteTerm, integration, page.timestamp)
    return _count(db, SiteTerm, integration.id)


def _put(
    db: Session,
    model: Any,
    integration: SiteIntegration,
    told_at: datetime,
    rows: list[dict[str, Any]],
    key: tuple[str, ...],
) -> None:
    """Write these rows, whether or not they were there; what was told later stays."""
    if not rows:
        return
    table = cast(sa.Table, model.__table__)
    dialect: Any = sqlite if db.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table)
    changed = [name for name in (*rows[0], "fetched_at") if name not in key]
    kept = insert.on_conflict_do_update(
        index_elements=list(key),
        set_={**{name: insert.excluded[name] for name in changed}, "updated_at": utc_now()},
        where=table.c.fetched_at <= insert.excluded.fetched_at,
    )
    whose = {
        "account_id": integration.account_id,
        "site_id": integration.site_id,
        "integration_id": integration.id,
        "fetched_at": told_at,
    }
    db.execute(kept, [{**whose, **row} for row in rows])


def _forget(db: Session, model: Any, integration: SiteIntegration, told_at: datetime) -> None:
    """What this telling did not name is there no more."""
    of_it = model.integration_id == integration.id
    db.execute(sa.delete(model).where(of_it, model.fetched_at < told_at))


def forget_all(db: Session, integration: SiteIntegration) -> None:
    """It leads to another website now."""
    for model in (SiteTerm, SiteAuthor):
        db.execute(sa.delete(model).where(model.integration_id == integration.id))


def switch(integration: SiteIntegration, on: set[str]) -> list[str]:
    """Types that go out from here: of those that the website has told, these alone. Returns what is
    off now."""
    told = integration.config_json.get(TOLD) or {}
    off = sorted(set(told.get("post_types", {})) - on)
    integration.config_json = {**integration.config_json, OFF: off}
    return off


def types(integration: SiteIntegration) -> dict[str, bool]:
    """The types that the website has told of, and which of them are not switched off here."""
    told = integration.config_json.get(TOLD) or {}
    return {name: not is_off(integration.config_json, name) for name in told.get("post_types", {})}


def is_off(config: dict[str, Any], content_type: str) -> bool:
    """Whether this type is switched off here for the connection."""
    return content_type in config.get(OFF, ())


def fetched_at(integration: Any) -> datetime | None:
    """When the website told its structure last."""
    told = (integration.config_json or {}).get(TOLD)
    if not isinstance(told, dict) or "last_structure_fetch" not in told:
        return None
    return decoders.convert(told["last_structure_fetch"], datetime)


def is_old(integration: Any, now: datetime) -> bool:
    """Whether what is known is no more what one should rely on."""
    at = fetched_at(integration)
    return at is not None and at < now - OLD


def known(db: Session, integration: SiteIntegration, now: datetime) -> Known:
    """What the website told, with how much of it is ours."""
    told = integration.config_json.get(TOLD) or {}
    off = set(integration.config_json.get(OFF, ()))
    placed = _placed(db, integration)
    terms = _synced_terms(db, integration)
    return Known(
        post_types=_rows(told.get("post_types", {}), placed, off),
        taxonomies=_rows(told.get("taxonomies", {}), terms, set()),
        fetched_at=fetched_at(integration),
        is_old=is_old(integration, now),
        version=str(told.get("wordpress_version", "")),
        terms=_count(db, SiteTerm, integration.id),
        authors=_count(db, SiteAuthor, integration.id),
    )


def _rows(kinds: dict[str, Any], synced: dict[str, int], off: set[str]) -> list[Row]:
    found = [(name, decoders.convert(one, Kind)) for name, one in kinds.items()]
    return [
        Row(
            name=name,
            label=one.label,
            total=one.count,
            synced=synced.get(name, 0),
            fetch_limit=one.fetch_limit,
            is_there=one.enabled,
            is_on=name not in off,
        )
        for name, one in sorted(found, key=lambda pair: (not pair[1].enabled, pair[1].label))
    ]


def _placed(db: Session, integration: SiteIntegration) -> dict[str, int]:
    """How many of our pieces stand there, by their type there."""
    rows = db.execute(
        sa.select(Placement.external_type, sa.func.count().label("number"))
        .where(Placement.integration_id == integration.id, Placement.status == "online")
        .group_by(Placement.external_type)
    )
    return {one.external_type: one.number for one in rows}


def _synced_terms(db: Session, integration: SiteIntegration) -> dict[str, int]:
    """How many of our terms the website has, by its name of their kind."""
    found = {}
    for taxonomy, (model, conditions) in _OURS.items():
        there = sa.select(SiteTerm.slug).where(
            SiteTerm.integration_id == integration.id, SiteTerm.taxonomy == taxonomy
        )
        ours = sa.select(sa.func.count()).select_from(model)
        ours = ours.where(model.site_id == integration.site_id, model.slug.in_(there), *conditions)
        found[taxonomy] = db.scalar(ours) or 0
    return found


def _count(db: Session, model: Any, integration_id: int) -> int:
    query = sa.select(sa.func.count()).where(model.integration_id == integration_id)
    return db.scalar(query) or 0
