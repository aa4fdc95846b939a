"""The passage that somebody means, as an anchor of the piece's text."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.core import limits
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.writer import keeping, working
from webapp.writer.models import Content
from webapp.writing import anchors, visible
from webapp.writing.anchors import Anchor, Gone
from webapp.writing.visible import Place, Visible

NOT_THERE = "These words do not stand in the text. Copy them as they stand there."
NO_PICTURE = "There is no such picture in the text."
NO_RANGE = "Give `start` and `end` of a range that lies in the text."
SEVERAL = "These words stand there {} times. Take some more of what is beside them along."


class About(NamedTuple):
    """What is meant: words as they are seen, with what is seen around them; a picture by its
    address; a range of the source; without any of these the whole piece. `version` is the one that
    was read, 0 for the present one."""

    words: str = ""
    before: str = ""
    after: str = ""
    picture: str = ""
    start: int | None = None
    end: int | None = None
    version: int = 0


class Meant(NamedTuple):
    """`is_beside`: it stands only in what lies beside the piece, and is not in its text yet."""

    anchor: Anchor
    is_beside: bool = False


def meant(db: Session, content: Content, about: About) -> Meant | None:
    """The passage; None where the whole piece is meant. Raises Invalid where there is no such
    passage, and Conflict where it was changed since `version`."""
    if about.start is None and not about.picture and not about.words.strip():
        return None
    html = _read(db, content, about.version)
    place = _place(html, about)
    if place is None and working.goes_beside(content):
        beside = working.standing(db, content).html
        place = _place(beside, about)
        if place is not None:
            return Meant(_checked(beside, place), is_beside=True)
    if place is None:
        raise Invalid({"picture": NO_PICTURE} if about.picture else {"words": NOT_THERE})
    anchor = _checked(html, place)
    now = anchors.move(anchor, html, content.html)
    if isinstance(now, Gone):
        raise Conflict.of(Code.VERSION_CONFLICT, version=content.version)
    return Meant(now)


def _read(db: Session, content: Content, version: int) -> str:
    """The text of the version that was read."""
    if version in (0, content.version):
        return content.html
    kept = keeping.of_version(db, content, version)
    if kept is None:
        raise Conflict.of(Code.VERSION_CONFLICT, version=content.version)
    return kept.html


def _place(html: str, about: About) -> Place | None:
    if about.start is not None:
        end = about.start if about.end is None else about.end
        if not 0 <= about.start < end <= len(html):
            raise Invalid({"start": NO_RANGE})
        return Place(about.start, end, 0)
    if about.picture:
        return visible.picture(html, about.picture)
    return Visible(html).find(about.words, about.before, about.after)


def _checked(html: str, place: Place) -> Anchor:
    if place.same:
        raise Invalid({"words": SEVERAL.format(place.same + 1)})
    wrong = limits.wrong("anchors", {"quotation": html[place.start : place.end]})
    if wrong:
        raise Invalid({"words": wrong["quotation"]})
    return anchors.of(html, place.start, place.end)
