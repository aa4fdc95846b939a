"""The text of a piece as it will appear, cleaned as it is when it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup
from sqlalchemy.orm import Session

from webapp.content.piece import image_address
from webapp.writer import markup
from webapp.writer import payload as payloads
from webapp.writer.models import Content
from webapp.writer.payload import Picture


@dataclass(frozen=True)
class Shown:
    """An image with the address at which the preview finds it."""

    address: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Preview:
    """`html` is clean: it may be put into a page as it is."""

    title: str
    html: Markup
    featured: Shown | None
    gallery: list[Shown]


def of(db: Session, content: Content) -> Preview:
    """The preview of the working copy."""
    payload = payloads.build(db, content)
    ours = {one.ref: image_address(content.id, one.ref) for one in payload.inline_images}
    clean = markup.with_images_at(markup.shown(content.html), ours)
    featured = payload.featured_image
    return Preview(
        title=payload.title,
        # Cleaned above, and what is added is escaped.
        html=Markup(clean),  # noqa: S704
        featured=_shown(content.id, featured) if featured else None,
        gallery=[_shown(content.id, one) for one in payload.gallery],
    )


def _shown(content_id: int, picture: Picture) -> Shown:
    address = image_address(content_id, picture.ref) if picture.sha256 else picture.url
    return Shown(address, picture.alt, markup.readable(picture.caption))
