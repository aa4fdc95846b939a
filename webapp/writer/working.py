"""The working change of a piece: what is written beside a text that is approved or online.

What goes out is the text that was approved, also while somebody types. So an edit in the desk lies
beside it, in a row of its own, until it is handed in as an edit, or thrown away; nothing that
sends, schedules or approves a piece knows of it.

Each value lies there with what it was when it was typed. So a change that was made to the piece
meanwhile, through the API or by another edit, is told from what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import decoders
from webapp.writer import images, payload, statuses
from webapp.writer.draft import COLUMNS, Change, Draft
from webapp.writer.models import Content, WorkingChange

TERMS = ("categories", "tags")
PICTURES = "pictures"
FIELDS = (*(one for one in COLUMNS if one not in ("html", "priority")), *TERMS, "keyword_ids")


@dataclass(frozen=True)
class Standing:
    """What the editor of a piece shows: its text and fields, by the names of writer.draft.Draft,
    with the change that lies beside them. `version` names exactly that; `stale` are fields that
    were changed in the piece itself since the change was typed."""

    version: str
    html: str
    values: dict[str, Any]
    change: WorkingChange | None = None
    stale: list[str] = field(default_factory=list)


def goes_beside(content: Content) -> bool:
    """Whether what is typed lies beside the piece: its text may go out, or is online."""
    return content.status in statuses.MAY_GO_OUT


def find(db: Session, content: Content) -> WorkingChange | None:
    """The change beside the piece, if there is one."""
    query = sa.select(WorkingChange).where(WorkingChange.content_id == content.id)
    return db.scalars(query).one_or_none()


def standing(db: Session, content: Content) -> Standing:
    """The piece as its writer sees it."""
    values, change = values_of(db, content), find(db, content)
    if change is None:
        return Standing(str(content.version), content.html, values)
    # No change has the id of one that was thrown away: the name never names another text.
    version = f"{content.version}+{change.id}.{change.number}"
    stale = [name for name, (_, was) in change.fields.items() if was != values[name]]
    if change.base_html not in (None, content.html):
        stale.append("html")
    changed = {name: to for name, (to, _) in change.fields.items()}
    html = content.html if change.html is None else change.html
    return Standing(version, html, values | changed, change, stale)


def values_of(db: Session, content: Content) -> dict[str, Any]:
    """The fields of the piece itself, as JSON would give them."""
    written = payload.build(db, content)
    values = {name: getattr(content, name) for name in COLUMNS if name in FIELDS}
    values["focus_keywords"] = list(content.focus_keywords)
    for kind in TERMS:
        values[kind] = msgspec.to_builtins(getattr(written, kind))
    return values | {"keyword_ids": written.keyword_ids, PICTURES: images.listed(db, content)}


Pictures = list[dict[str, str]]


def keep(
    db: Session, content: Content, draft: Draft, *, by: Member, pictures: Pictures | None = None
) -> WorkingChange | None:
    """Let what the draft says, and these pictures, lie beside the piece; what is the piece's own
    again lies there no more. None where nothing is left. The draft is checked by the caller."""
    own, change = values_of(db, content), find(db, content)
    if change is None:
        change = WorkingChange(account_id=content.account_id, content_id=content.id)
        change.number, change.fields = 0, {}
        db.add(change)
    change.user_id = by.user_id
    fields = dict(change.fields)
    given = {name: getattr(draft, name) for name in FIELDS}
    given[PICTURES] = UNSET if pictures is None else pictures
    for name, value in given.items():
        if value is not UNSET:
            was = fields[name][1] if name in fields else own[name]
            fields[name] = [msgspec.to_builtins(value), was]
    change.fields = {name: pair for name, pair in fields.items() if pair[0] != own[name]}
    if draft.html is not UNSET:
        base = content.html if change.base_html is None else change.base_html
        is_own = draft.html == content.html
        change.html, change.base_html = (None, None) if is_own else (draft.html, base)
    change.number += 1
    db.flush()
    if not change.fields and change.html is None:
        db.delete(change)
        db.flush()
        return None
    return change


def as_edit(change: WorkingChange, *, keep_approved: bool) -> Change:
    """The change as an edit of the piece, but for its pictures."""
    given = {name: to for name, (to, _) in change.fields.items() if name != PICTURES}
    text = {} if change.html is None else {"html": change.html}
    return decoders.convert({**given, **text, "keep_approved": keep_approved}, Change)


def pictures_of(change: WorkingChange) -> Pictures | None:
    """The pictures that the piece is to have; None where they stay."""
    found: Pictures | None = change.fields.get(PICTURES, [None])[0]
    return found


def discard(db: Session, content: Content) -> None:
    """Throw the change away."""
    db.execute(sa.delete(WorkingChange).where(WorkingChange.content_id == content.id))
    db.flush()
