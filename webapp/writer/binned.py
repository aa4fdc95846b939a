"""The bin: a deleted piece lies there for thirty days, whole; then only its title is left.

The row stays, for what was sent of the piece is still told. These verbs only write; people's are in
publisher/planning/decisions.py.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member, Scoped
from webapp.accounts.rights import Capability
from webapp.core.codes import Code
from webapp.core.errors import Conflict, NotFound
from webapp.core.system import System
from webapp.writer import contents, media, statuses, working
from webapp.writer.models import (
    Content,
    ContentKeyword,
    ContentShare,
    ContentTaxonomyRelation,
    Image,
    ReviewComment,
    TextFacts,
)
from webapp.writing import forgetting, placed
from webapp.writing.models import Revision

STAYS = timedelta(days=30)
IS_IN = sa.and_(Content.deleted_at.is_not(None), Content.emptied_at.is_(None))
NOT_THERE = "This piece is not in the bin: it was brought back, or deleted for good."
_AT_ONCE = 50
# What of a piece is emptied; its title, and what it was at its destinations, is still told.
_EMPTIED = ("html", "excerpt", "meta_title", "meta_description", "canonical_url", "author_email")
_OF_PIECE = (ContentKeyword, ContentShare, ContentTaxonomyRelation, ReviewComment, TextFacts)


class Deletable(Protocol):
    """A Content, or a row with these of its columns."""

    status: str
    approved_hash: str
    scheduled_publish_at: datetime | None


def needed(content: Deletable) -> Capability:
    """What somebody must be able to do who deletes the piece: what may go out, or has its time, was
    decided on."""
    is_draft = content.status in (statuses.DRAFT, statuses.REVIEW) and not content.approved_hash
    is_own = is_draft and content.scheduled_publish_at is None
    return Capability.WRITE if is_own else Capability.PUBLISH


def put_away(content: Content, *, by: Member, now: datetime) -> None:
    """Put a piece into the bin. Refused while it is being published, or is online; its time, and
    what of it waits, are taken back before."""
    if content.site_status in ("publishing", "scheduled"):
        raise Conflict.of(Code.IN_FLIGHT)
    check_offline(content)
    content.deleted_at, content.deleted_by = now, by.user_id


def check_offline(content: Content) -> None:
    """Raise Conflict where it stands at a website: nobody would find it here."""
    if content.external_id and not content.external_url:
        raise Conflict(
            "It stands at its website, where readers do not see it. Take it away there first, or "
            "forget the link."
        )
    if content.external_url:
        raise Conflict(
            f"It is online at {content.external_url}. Take it offline first, or forget the link."
        )


def find(db: Session, who: Scoped, content_id: int, now: datetime) -> Content:
    """The piece in the bin, locked. Raises NotFound for one that is not there, or has been for
    longer than the bin keeps anything."""
    content = access.get_for_update(db, who, Content, content_id, also_deleted=True)
    if content.deleted_at is None or content.emptied_at is not None or is_over(content, now):
        raise NotFound(NOT_THERE)
    return content


def is_over(content: Content, now: datetime) -> bool:
    """Whether its thirty days are over. What is online stays until it is not."""
    is_old = content.deleted_at is not None and content.deleted_at < now - STAYS
    return is_old and not content.external_url


def bring_back(content: Content) -> None:
    """Take a piece out of the bin, as the draft that somebody approves anew."""
    content.deleted_at, content.deleted_by, content.status = None, None, statuses.DRAFT
    contents.forget_approval(content)


def visible(who: Scoped, *columns: Any, now: datetime) -> sa.Select[Any]:
    """A select of the pieces in the bin."""
    is_kept = sa.or_(Content.deleted_at >= now - STAYS, Content.external_url != "")
    return access.visible(who, Content, *columns, also_deleted=True).where(IS_IN, is_kept)


def empty(db: Session, content: Content, now: datetime) -> None:
    """Nothing of the piece is left but its title: its text, what it has been, what lies beside it,
    what was said of it, and its pictures, unless another piece has them."""
    check_offline(content)
    pictures = _pictures_of(db, content)
    working.discard(db, content)
    forgetting.forget(db, content.id)
    placed.forget(db, content.id)
    for model in (*_OF_PIECE, Image):
        db.execute(sa.delete(model).where(model.content_id == content.id))
    for name in _EMPTIED:
        setattr(content, name, "")
    content.focus_keywords, content.attention, content.word_count = [], frozenset(), 0
    content.content_hash, content.plan_trace, content.emptied_at = "", None, now
    contents.forget_approval(content)
    db.flush()
    media.forget(db, content.account_id, pictures)


def prune(db: Session, system: System) -> None:
    """Empty what has been in the bin for thirty days and is not online."""
    now = system.clock()
    old = sa.select(Content).where(
        IS_IN, Content.deleted_at < now - STAYS, Content.external_url == ""
    )
    for content in db.scalars(old.limit(_AT_ONCE).with_for_update(skip_locked=True)):
        empty(db, content, now)


def _pictures_of(db: Session, content: Content) -> set[str]:
    """The pictures that the piece has, has had, or was to have, by SHA-256."""
    kept = db.scalars(sa.select(Revision.fields).where(Revision.content_id == content.id))
    listed = [one for fields in kept for one in fields["images"]]
    listed += working.standing(db, content).values[working.PICTURES]
    had = db.scalars(sa.select(Image.sha256).where(Image.content_id == content.id))
    return {*had, *(one["sha256"] for one in listed)} - {""}
