"""Saying something about a piece: beginning a thread, replying, and settling it.

`content` is locked by the caller (access.get_for_update). Each verb tells the open pages.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.core import limits
from webapp.core.clock import utc_now
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.system import System
from webapp.threads import passages, people, states
from webapp.threads.passages import About
from webapp.threads.suggesting import Suggested, suggested
from webapp.writer import keeping
from webapp.writer.models import Content
from webapp.writing import placed
from webapp.writing.models import Mention, PlacedAnchor, Remark, Thread

TOPIC = "threads"
MOST_THREADS, MOST_REMARKS = 2_000, 500
NOTHING_SAID = "Write something first."
TOO_MANY = "There are {:,} threads about this piece already. Settle some of them first."
TOO_LONG = "This thread has {:,} remarks. Begin another one."


class Opening(NamedTuple):
    """What a thread begins with. `is_shared`: clients see it. `suggested` makes a suggestion of
    it, which needs no words."""

    text: str
    about: About = About()
    is_shared: bool = False
    suggested: Suggested | None = None


def begin(db: Session, system: System, content: Content, opening: Opening, *, by: Member) -> Thread:
    """Begin a thread. Raises Invalid for each wrong field, Conflict where there are too many, or
    where the passage was changed since it was read."""
    by.must(Capability.DISCUSS, content.site_id)
    words = _words(opening.text, is_needed=opening.suggested is None)
    there = sa.select(sa.func.count()).where(
        Thread.content_id == content.id, Thread.status == states.OPEN
    )
    if (db.scalar(there) or 0) >= MOST_THREADS:
        raise Conflict(TOO_MANY.format(MOST_THREADS))
    meant = passages.meant(db, content, opening.about)
    change = suggested(opening.suggested, meant) if opening.suggested else None
    keeping.keep_first(db, content)
    anchor = placed.place(db, content, meant.anchor, gone=meant.is_beside) if meant else None
    thread = Thread(
        account_id=content.account_id,
        content_id=content.id,
        anchor_id=anchor.id if anchor else None,
        user_id=by.user_id,
        status=states.OPEN,
        shared=opening.is_shared or is_guest(content, by),
        version=content.version,
        base=meant.anchor.quotation if meant and change is not None else "",
        base_at=meant.anchor.start if meant else 0,
        replacement=change,
        model=opening.suggested.model if opening.suggested else "",
    )
    db.add(thread)
    db.flush()
    if words:
        _say(db, content, thread, words, by=by)
    tell(db, system, content)
    return thread


def reply(
    db: Session, system: System, content: Content, thread: Thread, text: str, *, by: Member
) -> Remark:
    """Say something more in a thread. Raises Invalid for no words, or too many."""
    by.must(Capability.DISCUSS, content.site_id)
    if thread.remarks >= MOST_REMARKS:
        raise Conflict(TOO_LONG.format(MOST_REMARKS))
    remark = _say(db, content, thread, _words(text, is_needed=True), by=by)
    tell(db, system, content)
    return remark


def settle(
    db: Session, system: System, content: Content, thread: Thread, act: str, *, by: Member
) -> None:
    """Resolve, refuse or reopen it. Raises Conflict where it is in no state for that."""
    by.must(Capability.WRITE, content.site_id)
    is_suggestion = thread.replacement is not None
    become(db, content, thread, states.after(thread.status, act, is_suggestion=is_suggestion), by)
    tell(db, system, content)


def become(db: Session, content: Content, thread: Thread, status: str, by: Member) -> None:
    """Its next status; the anchor of what is settled stays behind."""
    is_open = status == states.OPEN
    thread.status = status
    thread.settled_by, thread.settled_at = (None, None) if is_open else (by.user_id, utc_now())
    anchor = access.get(db, by, PlacedAnchor, thread.anchor_id) if thread.anchor_id else None
    if anchor is not None and is_open:
        placed.find_again(content, anchor)
    elif anchor is not None:
        anchor.moving = False
    db.flush()


def find(db: Session, content: Content, thread_id: int, *, by: Member) -> Thread:
    """A thread of the piece that `by` may see, or NotFound."""
    thread = access.get(db, by, Thread, thread_id)
    if thread.content_id != content.id or (is_guest(content, by) and not thread.shared):
        raise NotFound
    return thread


def is_guest(content: Content, by: Member) -> bool:
    """Whether `by` sees only what is shared with clients."""
    return not by.may(Capability.FOLLOW, content.site_id)


def _words(text: str, *, is_needed: bool) -> str:
    words = text.strip()
    if is_needed and not words:
        raise Invalid({"text": NOTHING_SAID})
    too_long = limits.wrong("remarks", {"text": words})
    if too_long:
        raise Invalid(too_long)
    return words


def _say(db: Session, content: Content, thread: Thread, words: str, *, by: Member) -> Remark:
    whose = {"account_id": content.account_id, "content_id": content.id}
    thread.remarks += 1
    remark = Remark(
        **whose, thread_id=thread.id, number=thread.remarks, user_id=by.user_id, text=words
    )
    db.add(remark)
    db.flush()
    if "@" in words:
        able = people.who_see(db, content, by=by)
        able = [one for one in able if thread.shared or not one.is_guest]
        named = {one.user_id for _, _, one in people.named_in(words, able)}
        db.add_all(Mention(**whose, remark_id=remark.id, user_id=one) for one in sorted(named))
    return remark


def tell(db: Session, system: System, content: Content) -> None:
    """Something was said about the piece, or settled: the open pages fetch it."""
    system.notices.send(db, content.account_id, TOPIC, content.id)
