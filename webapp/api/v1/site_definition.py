"""`publisher/site-definition/`: what a site that opted in has published, for programs. Public."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from litestar.params import FromPath

from webapp.accounts.models import Site
from webapp.api import listing
from webapp.api.endpoint import Listed, Tagged, get
from webapp.call import Call
from webapp.core import decoders, slugs
from webapp.core.errors import Moved, NotFound
from webapp.integrations import headless
from webapp.integrations.headless import public_sites
from webapp.integrations.headless.public_sites import HeadlessSite
from webapp.integrations.models import HeadlessDocument, SiteIntegration
from webapp.writer import markup

# Front ends of other origins read this; there is nothing here that a cookie would open.
OPEN = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=60"}


class PublicSite(msgspec.Struct):
    """A site that opted in."""

    name: str
    slug: str
    url: str
    timezone: str
    definition_url: str
    contents_url: str


class PublicTerm(msgspec.Struct):
    """`documents`: how many published ones carry it."""

    name: str
    slug: str
    documents: int


class Taxonomy(msgspec.Struct):
    """`type` is categories, tags, sectors or clusters."""

    type: str
    terms: list[PublicTerm]


class ContentType(msgspec.Struct):
    name: str
    documents: int


class UrlStructure(msgspec.Struct):
    """Addresses, with `{slug}` and `{sha256}` to be filled in."""

    index: str
    document: str
    feed: str
    sitemap: str
    media: str
    contents: str
    content: str


class SiteDefinition(msgspec.Struct):
    """All that a front end needs to know of a site before it asks for contents."""

    site: PublicSite
    taxonomies: list[Taxonomy]
    content_types: list[ContentType]
    url_structure: UrlStructure


class PublicLine(msgspec.Struct, kw_only=True):
    """A published document in a list."""

    id: int
    slug: str
    title: str
    content_type: str
    excerpt: str
    url: str
    published_at: datetime
    updated_at: datetime


class TermName(msgspec.Struct):
    name: str
    slug: str


class PublicImage(msgspec.Struct):
    url: str
    alt: str
    caption: str


class PublicContent(PublicLine, kw_only=True):
    """A published document, whole. `html` is clean: nothing in it runs."""

    html: str
    meta_title: str
    meta_description: str
    canonical_url: str
    focus_keywords: list[str]
    categories: list[TermName]
    tags: list[TermName]
    sectors: list[TermName]
    clusters: list[TermName]
    featured_image: PublicImage | None
    gallery: list[PublicImage]


SITES = listing.Listing(
    model=Site,
    columns=(Site.name, Site.slug, Site.url, Site.timezone),
    orderings={"id": Site.id, "name": Site.name},
)
CONTENTS = listing.Listing(
    model=HeadlessDocument,
    columns=(
        HeadlessDocument.id,
        HeadlessDocument.slug,
        HeadlessDocument.title,
        HeadlessDocument.content_type,
        HeadlessDocument.document["excerpt"].as_string().label("excerpt"),
        HeadlessDocument.document["url"].as_string().label("url"),
        HeadlessDocument.published_at,
        HeadlessDocument.updated_at,
    ),
    filters={"content_type": HeadlessDocument.content_type, "slug": HeadlessDocument.slug},
    search=(HeadlessDocument.title,),
    orderings={
        "published_at": HeadlessDocument.published_at,
        "updated_at": HeadlessDocument.updated_at,
        "id": HeadlessDocument.id,
        "title": HeadlessDocument.title,
    },
)
_HOW = {"title": markup.line, "caption": markup.line, "html": markup.clean, "excerpt": markup.clean}
_SLUG = "/publisher/site-definition/{site_slug:str}"


@get(
    "/publisher/site-definition",
    gives=PublicSite,
    is_list=True,
    errors=(422,),
    public=True,
    parameters=SITES.parameters(),
)
def index(call: Call) -> Tagged:
    """List the sites that opted in."""
    connected = sa.exists().where(
        SiteIntegration.site_id == Site.id, SiteIntegration.platform == headless.PLATFORM.name
    )
    among = sa.select(*SITES.columns).where(Site.is_public, connected)
    found = listing.of(call.db, call.request, SITES, among=among)
    root = call.system.config.public_url
    lines = [_site(root, row.name, row.slug, row.url, row.timezone) for row in found.results]
    return Tagged(Listed(found.count, found.next, found.previous, lines), OPEN)


@get(_SLUG, gives=SiteDefinition, errors=(404,), public=True)
def read(call: Call, site_slug: FromPath[str]) -> Tagged:
    """A site's metadata, taxonomies, content types and URL structure."""
    public_site = public_sites.opted_in(call.db, site_slug)
    root = call.system.config.public_url
    terms = public_sites.terms(call.db, public_site)
    types = public_sites.content_types(call.db, public_site)
    definition = SiteDefinition(
        site=_site(root, public_site.name, public_site.slug, public_site.url, public_site.timezone),
        taxonomies=[
            Taxonomy(kind, [PublicTerm(name, slug, count) for slug, name, count in found])
            for kind, found in terms.items()
        ],
        content_types=[ContentType(name, count) for name, count in sorted(types.items())],
        url_structure=_urls(root, public_site),
    )
    return Tagged(definition, OPEN)


@get(
    f"{_SLUG}/contents",
    gives=PublicLine,
    is_list=True,
    errors=(404, 422),
    public=True,
    parameters=CONTENTS.parameters(),
)
def contents(call: Call, site_slug: FromPath[str]) -> Tagged:
    """List what is published, the newest first."""
    public_site = public_sites.opted_in(call.db, site_slug)
    among = public_sites.published(public_site, *CONTENTS.columns)
    found = listing.of(call.db, call.request, CONTENTS, among=among)
    lines = [PublicLine(**_clean(dict(r._mapping))) for r in found.results]
    return Tagged(Listed(found.count, found.next, found.previous, lines), OPEN)


@get(f"{_SLUG}/contents/{{slug:str}}", gives=PublicContent, errors=(301, 404), public=True)
def content(call: Call, site_slug: FromPath[str], slug: FromPath[str]) -> Any:
    """Read a published document; at a slug that it had before, the way to it."""
    public_site = public_sites.opted_in(call.db, site_slug)
    try:
        row = public_sites.document(call.db, public_site, slug)
    except NotFound:
        now = slugs.encoded(public_sites.moved_to(call.db, public_site, slug))
        own = _own(call.system.config.public_url, public_site.slug)
        raise Moved(f"{own}/contents/{now}/", OPEN) from None
    given = {
        **_clean(row.document),
        "id": row.id,
        "content_type": row.content_type,
        "published_at": row.published_at,
        "updated_at": row.updated_at,
    }
    return Tagged(decoders.convert(given, PublicContent), OPEN)


def _clean(given: Any, name: str = "") -> Any:
    """Whatever of a document is text, once more as it is when it is published today: an older
    version may have stored it."""
    if isinstance(given, dict):
        return {key: _clean(value, key) for key, value in given.items()}
    if isinstance(given, list):
        return [_clean(one, name) for one in given]
    return _HOW.get(name, markup.plain)(given) if isinstance(given, str) else given


def _site(root: str, name: str, slug: str, url: str, timezone: str) -> PublicSite:
    own = _own(root, slug)
    return PublicSite(markup.plain(name), slug, url, timezone, f"{own}/", f"{own}/contents/")


def _own(root: str, slug: str) -> str:
    return f"{root}/api/v1/publisher/site-definition/{slugs.encoded(slug)}"


def _urls(root: str, public_site: HeadlessSite) -> UrlStructure:
    pages = f"{root}/sites/{slugs.encoded(public_site.slug)}"
    api = f"{_own(root, public_site.slug)}/contents/"
    return UrlStructure(
        index=pages,
        document=f"{pages}/{{slug}}",
        feed=f"{pages}/feed.xml",
        sitemap=f"{pages}/sitemap.xml",
        media=f"{pages}/media/{{sha256}}",
        contents=api,
        content=f"{api}{{slug}}/",
    )


ROUTES = [index, read, contents, content]
