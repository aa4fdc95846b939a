"""The published document of a content: what the headless pages and their JSON are made of."""

from __future__ import annotations

import mimetypes
from typing import Any

from webapp.writer import markup, terms
from webapp.writer.payload import Payload, Picture, Term

# What of a document no reader sees.
UNSEEN = ("files",)
LONGEST = 200
RESERVED_SLUGS = frozenset({"feed.xml", "sitemap.xml", "media"})


def build(payload: Payload, slug: str, url: str, media_root: str) -> dict[str, Any]:
    """All of the piece as readers and programs get it; images that we hold get our addresses."""
    addresses = {one.ref: _address(one, media_root) for one in payload.inline_images}
    featured = payload.featured_image
    return {
        "title": payload.title,
        "slug": slug,
        "url": url,
        "html": markup.with_images_at(payload.html, addresses),
        "excerpt": payload.excerpt,
        "author_email": payload.author_email,
        "canonical_url": payload.canonical_url,
        "meta_title": payload.meta_title,
        "meta_description": payload.meta_description,
        "focus_keywords": payload.focus_keywords,
        "categories": [_term(term) for term in payload.categories],
        "tags": [_term(term) for term in payload.tags],
        "sectors": [_term(term) for term in payload.sectors],
        "clusters": [_term(term) for term in payload.clusters],
        "featured_image": _image(featured, media_root) if featured else None,
        "gallery": [_image(one, media_root) for one in payload.gallery],
        "files": sorted({one.sha256 for one in payload.pictures() if one.sha256}),
    }


def _term(term: Term) -> dict[str, str]:
    return {"name": term.name, "slug": term.slug or terms.slugify(term.name)}


def _image(picture: Picture, media_root: str) -> dict[str, str]:
    return {"url": _address(picture, media_root), "alt": picture.alt, "caption": picture.caption}


def _address(picture: Picture, media_root: str) -> str:
    if not picture.sha256:
        return picture.url
    ending = mimetypes.guess_extension(picture.media_type) or ""
    return f"{media_root}/{picture.sha256}{ending}"


def said(value: Any) -> str | None:
    """A value of a document as a plan tells it: lists by their items, a term by its name, a picture
    by what is said of it."""
    if value is None:
        return None
    text = _told(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_told(one) for one in value)
    if isinstance(value, dict):
        return str(value.get("name") or value.get("alt") or value.get("url") or "")
    return str(value)
