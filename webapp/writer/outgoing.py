"""What leaves the desk of a payload: no field of it runs anywhere, whatever was typed into it.

The body and the excerpt are HTML; title and captions are a line that may carry inline markup;
everything else is plain text. The payload itself, and its hash, stay as they were written.
"""

from __future__ import annotations

import msgspec

from webapp.writer import html as markup
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


def _terms(terms: list[Term]) -> list[Term]:
    return [msgspec.structs.replace(term, name=markup.plain(term.name)) for term in terms]


def _picture(picture: Picture) -> Picture:
    return msgspec.structs.replace(
        picture,
        alt=markup.plain(picture.alt),
        caption=markup.line(picture.caption),
        filename=markup.plain(picture.filename),
    )
