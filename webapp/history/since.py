"""What became of a text since it was approved, in a line."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.history import reading
from webapp.history.comparing import ChangeLine
from webapp.writer import contents
from webapp.writer.models import Content
from webapp.writing import revisions

# A longer text, in characters, is compared on its own page only.
LONGEST = 100_000
_NAMED = 2


class Since(NamedTuple):
    """What changed between two versions, such as "paragraph 2, 3 words; and 4 more changes"."""

    words: str
    old: int
    new: int


def approved(db: Session, content: Content) -> Since | None:
    """What was changed since somebody approved the piece; None where nothing was, nobody did, or
    where that version is not kept."""
    if not content.approved_hash or contents.is_approved(content):
        return None
    old = revisions.version_of_hash(db, content.id, content.approved_hash)
    if old is None or old == content.version:
        return None
    found = None
    if len(content.html) <= LONGEST:
        found = reading.compared(db, content, old, content.version)
    return Since(_told(found.lines if found is not None else []), old, content.version)


def _told(lines: list[ChangeLine]) -> str:
    named = [f"{one.name[:1].lower()}{one.name[1:]}, {one.said}" for one in lines[:_NAMED]]
    more = len(lines) - _NAMED
    if more > 0:
        named.append(f"and {more} more {'change' if more == 1 else 'changes'}")
    return "; ".join(named)
