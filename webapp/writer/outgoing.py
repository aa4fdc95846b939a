"""What leaves the desk of a payload: no field of it runs anywhere, whatever was typed into it.

The body and the excerpt are HTML; title and captions are a line that may carry inline markup;
everything else is plain text. The payload itself, and its hash, stay as they were written.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from webapp.writer import allowed, cleaning, edits
from webapp.writer import html as markup
from webapp.writer.allowed import LINE_TAGS
from webapp.writer.edits import Removal
from webapp.writer.html import Facts
from webapp.writer.payload import Payload, Picture, Term


def of(payload: Payload) -> Payload:
    """The payload as it is sent. Twice is the same as once."""
    featured = payload.featured_image
    return msgspec.structs.replace(
        payload,
        title=markup.line(payload.title),
        html=markup.clean(payload.html),
        excerpt=markup.clean(payload.excerpt),
        author_email=markup.plain(payload.author_email),
        canonical_url=markup.plain(payload.canonical_url),
        meta_title=markup.plain(payload.meta_title),
        meta_description=markup.plain(payload.meta_description),
        focus_keywords=[markup.plain(word) for word in payload.focus_keywords],
        categories=_terms(payload.categories),
        tags=_terms(payload.tags),
        sectors=_terms(payload.sectors),
        clusters=_terms(payload.clusters),
        featured_image=_picture(featured) if featured else None,
        gallery=[_picture(one) for one in payload.gallery],
        inline_images=[_picture(one) for one in payload.inline_images],
    )


def left_out(payload: Payload, facts: Facts) -> list[Removal]:
    """What of the payload is not sent, field by field; `facts` are those of its text."""
    found = list(facts.removals)
    excerpt = cleaning.clean(payload.excerpt, allowed.current())
    found += edits.removals(payload.excerpt, excerpt.edits, "excerpt")
    for field, text, tags in _lines(payload):
        if "<" in text:
            done = cleaning.only(text, tags, allowed.current())
            found += edits.removals(text, done.edits, field)
    return found


def _lines(payload: Payload) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every short text with its field, and the tags that it may carry."""
    none: frozenset[str] = frozenset()
    yield "title", payload.title, LINE_TAGS
    yield "meta_title", payload.meta_title, none
    yield "meta_description", payload.meta_description, none
    yield "canonical_url", payload.canonical_url, none
    for word in payload.focus_keywords:
        yield "focus_keywords", word, none
    for term in (*payload.categories, *payload.tags):
        yield "terms", term.name, none
    for picture in payload.pictures():
        yield f"images.{picture.ref}", picture.caption, LINE_TAGS
        yield f"images.{picture.ref}", picture.alt, none


def _terms(terms: list[Term]) -> list[Term]:
    return [
        msgspec.structs.replace(
            term,
            name=markup.plain(term.name),
            parent_name=markup.plain(term.parent_name) if term.parent_name else None,
        )
        for term in terms
    ]


def _picture(picture: Picture) -> Picture:
    return msgspec.structs.replace(
        picture,
        alt=markup.plain(picture.alt),
        caption=markup.line(picture.caption),
        filename=markup.plain(picture.filename),
    )
