"""Who has a piece open: each tab says so every now and then, and where in the text it is. Who has
just saved something types.

Nobody is locked out by that; it is for people to know of each other.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import User
from webapp.core import limits, upserts
from webapp.core.system import System
from webapp.editor.models import OpenEditor
from webapp.writer.models import Content

# A tab says it every 20 seconds; one that was silent for longer than this has gone.
SEEN_WITHIN = timedelta(seconds=50)
# Whoever types on is saved every 15 seconds.
TYPED_WITHIN = timedelta(seconds=20)
# The row that says when somebody's words were saved last; it is no tab.
TYPED = "typed"
TOPIC = "presence"


class Here(msgspec.Struct):
    """Somebody else who has the piece open; `types`: they have saved something just now."""

    user_id: int
    name: str
    initials: str
    place: str
    types: bool


def seen(
    db: Session, system: System, content: Content, tab: str, place: str, *, by: Member
) -> list[Here]:
    """This tab has the piece open, at that place; who else has. Others are told where that is
    news."""
    now = system.clock()
    tab, place = tab[: limits.of("open_editors.tab")], place[: limits.of("open_editors.place")]
    known = _known(db, content, tab, by)
    key = {"content_id": content.id, "user_id": by.user_id, "tab": tab}
    here = {"account_id": content.account_id, "place": place, "seen_at": now}
    upserts.put(db, OpenEditor, key, here)
    if known is None or known.place != place or now - known.seen_at > SEEN_WITHIN:
        system.notices.send(db, content.account_id, TOPIC, content.id)
    return others(db, system, content, by)


def left(db: Session, system: System, content: Content, tab: str, *, by: Member) -> None:
    """This tab has closed the piece."""
    own = sa.delete(OpenEditor).where(
        OpenEditor.content_id == content.id, OpenEditor.user_id == by.user_id, OpenEditor.tab == tab
    )
    if db.scalars(own.returning(OpenEditor.id)).all():
        system.notices.send(db, content.account_id, TOPIC, content.id)


def typed(db: Session, system: System, content: Content, *, by: Member) -> None:
    """Words that the member has typed were saved just now; whoever hears of the save hears it."""
    key = {"content_id": content.id, "user_id": by.user_id, "tab": TYPED}
    here = {"account_id": content.account_id, "place": "", "seen_at": system.clock()}
    upserts.put(db, OpenEditor, key, here)


def others(db: Session, system: System, content: Content, by: Member) -> list[Here]:
    """Who else has it open, each once, with the place where they were last."""
    rows = db.execute(
        sa.select(OpenEditor.user_id, OpenEditor.place, User.name, User.email)
        .join(User, User.id == OpenEditor.user_id)
        .where(
            OpenEditor.content_id == content.id,
            OpenEditor.user_id != by.user_id,
            OpenEditor.tab != TYPED,
            OpenEditor.seen_at > system.clock() - SEEN_WITHIN,
        )
        .order_by(OpenEditor.seen_at)
    )
    found: dict[int, Any] = {row.user_id: row for row in rows}
    since = system.clock() - TYPED_WITHIN
    lately = sa.select(OpenEditor.user_id).where(
        OpenEditor.content_id == content.id, OpenEditor.tab == TYPED, OpenEditor.seen_at > since
    )
    types = set(db.scalars(lately)) if found else set()
    return [
        _here(row, row.user_id in types)
        for row in sorted(found.values(), key=lambda row: int(row.user_id))
    ]


def prune(db: Session, system: System) -> None:
    """Forget tabs that have gone without a word."""
    db.execute(sa.delete(OpenEditor).where(OpenEditor.seen_at < system.clock() - 10 * SEEN_WITHIN))


def _known(db: Session, content: Content, tab: str, by: Member) -> Any:
    """What this tab said last; None where it says something for the first time."""
    mine = sa.select(OpenEditor.place, OpenEditor.seen_at).where(
        OpenEditor.content_id == content.id, OpenEditor.user_id == by.user_id, OpenEditor.tab == tab
    )
    return db.execute(mine).one_or_none()


def _here(row: Any, types: bool) -> Here:
    name = row.name.strip() or row.email
    letters = [word[0] for word in name.split()]
    initials = letters[0] + (letters[-1] if len(letters) > 1 else "")
    return Here(row.user_id, name, initials.upper(), row.place, types)
