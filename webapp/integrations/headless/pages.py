"""The headless destination as the world reads it: pages, feed, sitemap and images of a site.

These are served from the desk's own origin, so every answer carries a sandbox: whatever a tenant
wrote, it runs nowhere and reaches no session.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Any

import litestar
from litestar import Request, Response, Router
from litestar.params import FromPath
from markupsafe import Markup

from webapp.call import Call, in_transaction
from webapp.core import slugs, web, zones
from webapp.core.clock import iso
from webapp.core.errors import NotFound
from webapp.core.system import System
from webapp.integrations.headless import public_sites
from webapp.integrations.headless.public_sites import HeadlessSite
from webapp.writer import markup

ON_A_PAGE = 20
IN_THE_FEED = 20
IN_THE_SITEMAP = 50_000
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'none'; img-src * data:; media-src *; "
        "style-src 'self' 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        "sandbox allow-popups allow-popups-to-escape-sandbox"
    ),
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
HTML, RSS, XML = "text/html", "application/rss+xml; charset=utf-8", "application/xml"
_FILE = re.compile(r"([0-9a-f]{64})(?:\.[a-z]{3,4})?")
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

AnyRequest = Request[Any, Any, Any]
Page = Callable[..., Response[Any]]


def _public(path: str) -> Callable[[Page], Any]:
    """A route that anyone may read, with GET or HEAD; what is not there is a page that says so."""

    def decorate(function: Page) -> Any:
        whole = in_transaction(function, writes=False, path=path)
        return litestar.route(
            path, http_method=["GET", "HEAD"], sync_to_thread=True, include_in_schema=False
        )(whole)

    return decorate


@_public("/{site_slug:str}")
def index(call: Call, site_slug: FromPath[str]) -> Any:
    """The site's documents, newest first."""
    public_site = public_sites.of_site(call.db, site_slug)
    text = call.request.query_params.get("before", "")
    before = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    rows, more = public_sites.newest(call.db, public_site, ON_A_PAGE, before)
    html = _render(
        "index.html",
        call.system,
        public_site,
        rows=rows,
        older=rows[-1].id if more else None,
        is_first=before is None,
    )
    return _answer(call.request, html.encode(), HTML)


@_public("/{site_slug:str}/feed.xml")
def feed(call: Call, site_slug: FromPath[str]) -> Any:
    """RSS 2.0 of the newest documents."""
    public_site = public_sites.of_site(call.db, site_slug)
    rows, _ = public_sites.newest(call.db, public_site, IN_THE_FEED)
    return _answer(
        call.request, _xml(_render("feed.xml", call.system, public_site, rows=rows)), RSS
    )


@_public("/{site_slug:str}/sitemap.xml")
def sitemap(call: Call, site_slug: FromPath[str]) -> Any:
    """Every published address."""
    public_site = public_sites.of_site(call.db, site_slug)
    rows = public_sites.addresses(call.db, public_site, IN_THE_SITEMAP)
    return _answer(
        call.request, _xml(_render("sitemap.xml", call.system, public_site, rows=rows)), XML
    )


@_public("/{site_slug:str}/media/{name:str}")
def media(call: Call, site_slug: FromPath[str], name: FromPath[str]) -> Any:
    """An image that a published document shows."""
    found = _FILE.fullmatch(name)
    if found is None:
        raise NotFound
    media_type, data = public_sites.media(
        call.db, public_sites.of_site(call.db, site_slug), found[1]
    )
    headers = {"Cache-Control": "public, max-age=3600"}
    return _answer(call.request, data, media_type, tag=found[1], headers=headers)


@_public("/{site_slug:str}/{slug:str}")
def document(call: Call, site_slug: FromPath[str], slug: FromPath[str]) -> Any:
    """One published document; at an address that it had before, the way to it."""
    public_site = public_sites.of_site(call.db, site_slug)
    try:
        row = public_sites.document(call.db, public_site, slug)
    except NotFound:
        return _moved(
            _address(call.system, public_site, public_sites.moved_to(call.db, public_site, slug))
        )
    stored = row.document
    canonical = str(stored.get("canonical_url", ""))
    html = _render(
        "document.html",
        call.system,
        public_site,
        doc=stored,
        # Cleaned when it was published and once more here, for what was stored by older versions.
        text=Markup(markup.shown(stored.get("html", ""))),  # noqa: S704
        published_at=row.published_at,
        updated_at=row.updated_at,
        canonical=canonical if canonical.startswith(("http://", "https://")) else stored["url"],
        description=markup.readable(stored.get("meta_description") or stored.get("excerpt") or ""),
    )
    return _answer(call.request, html.encode(), HTML)


def _render(template: str, system: System, public_site: HeadlessSite, **context: Any) -> str:
    def day(moment: datetime) -> str:
        local = zones.local(moment, zones.zone(public_site.timezone))
        return f"{local.day} {local:%B %Y}"

    root = _root(system, public_site)
    shown = web.templates().get_template(f"headless/{template}")
    return shown.render(
        site=public_site,
        root=root,
        day=day,
        iso=iso,
        rfc822=format_datetime,
        plain=markup.plain,
        readable=markup.readable,
        **context,
    )


def _root(system: System, public_site: HeadlessSite) -> str:
    return f"{system.config.public_url}/sites/{slugs.encoded(public_site.slug)}"


def _address(system: System, public_site: HeadlessSite, slug: str) -> str:
    return f"{_root(system, public_site)}/{slugs.encoded(slug)}"


def _moved(address: str) -> Response[bytes]:
    return Response(b"", status_code=301, headers={**HEADERS, "Location": address})


def _xml(text: str) -> bytes:
    """Without the control characters that XML cannot hold."""
    return _NOT_XML.sub("", text).encode()


def _answer(
    request: AnyRequest,
    body: bytes,
    media_type: str,
    *,
    tag: str = "",
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> Response[bytes]:
    """The body, or 304 where the reader has exactly that already."""
    etag = f'W/"{tag or hashlib.sha256(body).hexdigest()[:32]}"'
    all_headers = {**HEADERS, **(headers or {}), "ETag": etag}
    known = {one.strip() for one in request.headers.get("if-none-match", "").split(",")}
    if status == 200 and (etag in known or etag.removeprefix("W/") in known):
        return Response(b"", status_code=304, headers=all_headers, media_type=media_type)
    return Response(body, status_code=status, headers=all_headers, media_type=media_type)


def _nothing_here(request: AnyRequest, _problem: NotFound) -> Response[bytes]:
    html = web.templates().get_template("headless/nothing.html").render()
    return _answer(request, html.encode(), HTML, status=404)


# In one router: paths with several methods belong to one.
ROUTES = [
    Router(
        "/sites",
        route_handlers=[index, feed, sitemap, media, document],
        exception_handlers={NotFound: _nothing_here},
    )
]
