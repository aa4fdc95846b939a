"""Taking over what was changed in a piece at a website: an edit that nobody here has made.

What a piece belongs to, and its terms, are no text that somebody signed: the approval goes along.
A text that is taken over is signed by who wrote it there, so where pieces are approved it goes to
review, and stays online meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy.orm import Session

from webapp.core.clock import utc_now
from webapp.writer import contents, keeping, statuses
from webapp.writer.models import Content
from webapp.writing.revisions import ACCEPTED, Why


class Scope(NamedTuple):
    """Whose change it is, in words, and whether words of the piece itself are among it."""

    who: str
    is_text: bool


@contextmanager
def taking_over(db: Session, content: Content, scope: Scope) -> Iterator[None]:
    """What is written within came from a website: a version, kept with who made it there. The
    piece is locked by the caller."""
    before, was_approved = content.content_hash, contents.is_approved(content)
    keeping.keep_first(db, content)
    yield
    built = contents.changed(db, content)
    if content.content_hash == before:
        return
    content.version += 1
    keeping.keep(db, content, built, by=None, why=Why(ACCEPTED, scope.who))
    if was_approved and not scope.is_text:
        content.approved_hash = content.content_hash
        return
    is_approved = bool(content.approved_hash) and content.approved_hash == content.content_hash
    after = statuses.CONTENT.after(
        content.status,
        "edit",
        is_as_approved=is_approved,
        is_as_online=is_approved and content.published_hash == content.content_hash,
    )
    if after == statuses.REVIEW and content.status != statuses.REVIEW:
        content.in_review_since = utc_now()
    content.status = after
