"""Taking suggestions into the text: an edit like any other, with who suggested and who accepted it.

`content` is locked by the caller (access.get_for_update).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from webapp.accounts import access, members
from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.core import labels
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.publisher.planning import decisions
from webapp.threads import saying, states, suggesting
from webapp.writer import keeping
from webapp.writer.draft import Change
from webapp.writer.models import Content
from webapp.writing import anchors, merge
from webapp.writing.models import PlacedAnchor, Thread
from webapp.writing.revisions import PROPOSED, SUGGESTED, Why

GONE = (
    "The words that this would change are not in the text any more, so it was not taken. "
    "Put the text right by hand, or refuse it."
)
NONE = "There is no open suggestion."


class Taken(NamedTuple):
    """How many suggestions were taken, and how many were left because the text below them is
    another now."""

    accepted: int
    left: int


def accept(db: Session, system: System, content: Content, thread: Thread, *, by: Member) -> None:
    """Let the text say what was suggested. Raises Conflict where it is settled, where its words are
    gone, or where they were changed to something else since."""
    by.must(Capability.WRITE, content.site_id)
    is_suggestion = thread.replacement is not None
    after = states.after(thread.status, "accept", is_suggestion=is_suggestion)
    anchor = access.get(db, by, PlacedAnchor, thread.anchor_id or 0)
    html = _merged(db, content, thread, anchor)
    saying.become(db, content, thread, after, by)
    why = _why(db, [thread], by)
    decisions.edit(db, system, content, Change(html=html), by=by, why=why)
    saying.tell(db, system, content)


def accept_all(db: Session, system: System, content: Content, *, by: Member) -> Taken:
    """Take all suggestions whose words still stand there as they were: one edit. Raises Conflict
    where there is none."""
    by.must(Capability.WRITE, content.site_id)
    query = access.visible(by, Thread, Thread, PlacedAnchor)
    query = query.join(PlacedAnchor, PlacedAnchor.id == Thread.anchor_id).where(
        Thread.content_id == content.id,
        Thread.status == states.OPEN,
        Thread.replacement.is_not(None),
    )
    if saying.is_guest(content, by):
        query = query.where(Thread.shared)
    rows = db.execute(query.order_by(PlacedAnchor.first.desc(), Thread.id)).all()
    if not rows:
        raise Conflict(NONE)
    html, taken = _spliced(content.html, rows)
    for thread in taken:
        saying.become(db, content, thread, states.ACCEPTED, by)
    if taken:
        why = _why(db, taken, by)
        decisions.edit(db, system, content, Change(html=html), by=by, why=why)
        saying.tell(db, system, content)
    return Taken(len(taken), len(rows) - len(taken))


def _merged(db: Session, content: Content, thread: Thread, anchor: PlacedAnchor) -> str:
    """The text with the suggestion in it. Where its words stand as they did, they give way wherever
    they stand; where they were changed, it is merged with what was changed."""
    if anchor.gone:
        raise Conflict(GONE)
    replacement = thread.replacement or ""
    if anchor.quotation == thread.base:
        now = anchors.of(content.html, anchor.first, anchor.behind)
        return suggesting.applied(content.html, now, replacement)
    then = keeping.of_version(db, content, thread.version)
    if then is None:
        raise Conflict(GONE)
    was = anchors.of(then.html, thread.base_at, thread.base_at + len(thread.base))
    ours = suggesting.applied(then.html, was, replacement)
    return suggesting.must_fit(merge.merge(then.html, content.html, ours))


def _spliced(html: str, rows: Sequence[Any]) -> tuple[str, list[Thread]]:
    """The text with all of them from the last to the first, so that what comes before one stays
    where it is; those that fit."""
    taken, upto = [], len(html)
    for thread, anchor in rows:
        is_same = not anchor.gone and anchor.quotation == thread.base
        if is_same and anchor.behind <= upto:
            html = html[: anchor.first] + (thread.replacement or "") + html[anchor.behind :]
            upto = anchor.first
            taken.append(thread)
    return html, taken


def _why(db: Session, taken: list[Thread], by: Member) -> Why:
    """Whose words they are, and who accepted them."""
    people = list(dict.fromkeys(one.user_id for one in taken if not one.model))
    names = members.called(db, people)
    models = list(dict.fromkeys(one.model for one in taken if one.model))
    whose = labels.listed([*(names[one] for one in people), *models])
    what = "suggestion" if len(taken) == 1 else f"{len(taken)} suggestions"
    note = f"{what} by {whose}, accepted by {by.name or by.email}"
    return Why(PROPOSED if models else SUGGESTED, note, tuple(people))
