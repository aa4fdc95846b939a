"""The working change of a piece: what is written beside a text that is approved or online.

What goes out is the text that was approved, also while somebody types. So an edit in the desk lies
beside it, in a row of its own, until it is handed in as an edit, or thrown away; nothing that
sends, schedules or approves a piece knows of it.

Each value lies there with what it was when it was typed. So a change that was made to the piece
meanwhile, through the API or by another edit, is told from what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa
from msgspec import UNSET
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import decoders, limits
from webapp.core.errors import Invalid
from webapp.writer import images, payload, statuses
from webapp.writer.draft import COLUMNS, OF_THE_PLAN, Change, Draft
from webapp.writer.models import Content, WorkingChange
from webapp.writing import merge
from webapp.writing.merge import Clash

TERMS = ("categories", "tags")
PICTURES = "pictures"
# Less than the database takes, which counts in its own way.
MOST = limits.of("working_changes.fields") * 9 // 10
TOO_MUCH = (
    "This was not saved: no more fits beside a text that may go out. Hand in the change that lies "
    "there, or send the piece back; then this can be written into the piece itself."
)
Pictures = list[dict[str, str]]
FIELDS = (*(one for one in COLUMNS if one not in ("html", *OF_THE_PLAN)), *TERMS, "keyword_ids")


@dataclass(frozen=True)
class Standing:
    """What the editor of a piece shows: its text and fields, by the names of writer.draft.Draft,
    with the change that lies beside them. `version` names exactly that. What was changed in the
    piece itself since the change was typed has come in; `stale` are fields that both have changed,
    which stand here as in the piece, and `clashes` the places of the text."""

    version: str
    html: str
    values: dict[str, Any]
    change: WorkingChange | None = None
    stale: list[str] = field(default_factory=list)
    clashes: tuple[Clash, ...] = ()


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
    own = {name: values[name] for name in change.fields}
    was = {name: before for name, (_, before) in change.fields.items()}
    typed = {name: to for name, (to, _) in change.fields.items()}
    fields, stale = merge.merge_fields(was, own, typed)
    if PICTURES in typed:
        listed = (was[PICTURES], own[PICTURES], typed[PICTURES])
        fields[PICTURES] = images.merged(*listed)
        stale = [name for name in stale if name != PICTURES]
    if change.html is None or change.base_html is None:
        return Standing(version, content.html, values | fields, change, stale)
    text = merge.merge(change.base_html, content.html, change.html)
    stale += ["html"] if text.clashes else []
    return Standing(version, text.text, values | fields, change, stale, text.clashes)


def values_of(db: Session, content: Content) -> dict[str, Any]:
    """The fields of the piece itself, as JSON would give them."""
    written = payload.build(db, content)
    values = {name: getattr(content, name) for name in COLUMNS if name in FIELDS}
    values["focus_keywords"] = list(content.focus_keywords)
    for kind in TERMS:
        values[kind] = msgspec.to_builtins(getattr(written, kind))
    return values | {"keyword_ids": written.keyword_ids, PICTURES: images.listed(db, content)}


def keep(
    db: Session, content: Content, draft: Draft, *, by: Member, pictures: Pictures | None = None
) -> WorkingChange | None:
    """Let what the draft says, and these pictures, lie beside the piece; what is the piece's own
    again lies there no more. None where nothing is left. The draft is checked by the caller. Raises
    Invalid where that is too much."""
    now = standing(db, content)
    fields = _fields(db, content, now, draft, pictures)
    change = now.change
    if change is None:
        change = WorkingChange(account_id=content.account_id, content_id=content.id, number=0)
        db.add(change)
    credit(change, [by.user_id, *(people(change) if change.user_id else [])])
    change.fields = fields
    if draft.html is not UNSET or (change.html is not None and "html" not in now.stale):
        html = now.html if draft.html is UNSET else draft.html
        is_own = html == content.html
        change.html, change.base_html = (None, None) if is_own else (html, content.html)
    change.number += 1
    db.flush()
    if not change.fields and change.html is None:
        db.delete(change)
        db.flush()
        return None
    return change


def people(change: WorkingChange) -> list[int]:
    """All who worked on it, who saved last first."""
    return [change.user_id, *change.others]


def credit(change: WorkingChange, all_of_them: Iterable[int]) -> None:
    """Name these as those who worked on it."""
    change.user_id, *change.others = dict.fromkeys(all_of_them)


def _fields(
    db: Session, content: Content, now: Standing, draft: Draft, pictures: Pictures | None
) -> dict[str, Any]:
    """What is to lie beside the piece, by field: each with what it was. Raises Invalid where that
    is too much."""
    own = values_of(db, content)
    # What waits for somebody's choice lies there as it was typed until that is made.
    fields = {
        name: pair if name in now.stale else [now.values[name], own[name]]
        for name, pair in (now.change.fields if now.change else {}).items()
    }
    given = {name: getattr(draft, name) for name in FIELDS}
    given[PICTURES] = UNSET if pictures is None else pictures
    new = {name: value for name, value in given.items() if value is not UNSET}
    fields |= {name: [msgspec.to_builtins(value), own[name]] for name, value in new.items()}
    fields = {name: pair for name, pair in fields.items() if pair[0] != own[name]}
    if new and len(msgspec.json.encode(fields)) > MOST:
        raise Invalid(dict.fromkeys(new, TOO_MUCH))
    return fields


def as_edit(now: Standing, *, keep_approved: bool) -> Change:
    """The change as an edit of the piece, but for its pictures."""
    assert now.change is not None
    given = {name: now.values[name] for name in now.change.fields if name != PICTURES}
    text = {} if now.change.html is None else {"html": now.html}
    return decoders.convert({**given, **text, "keep_approved": keep_approved}, Change)


def pictures_of(now: Standing) -> Pictures | None:
    """The pictures that the piece is to have; None where they stay."""
    is_changed = now.change is not None and PICTURES in now.change.fields
    return now.values[PICTURES] if is_changed else None


def typed_of(now: Standing) -> tuple[str, dict[str, Any]]:
    """The text and the fields as they were typed beside the piece, also where they are stale."""
    assert now.change is not None
    stale = {name: now.change.fields[name][0] for name in now.stale if name != "html"}
    html = now.change.html if "html" in now.stale and now.change.html else now.html
    return html, {name: now.values[name] for name in now.change.fields} | stale


def discard(db: Session, content: Content) -> None:
    """Throw the change away."""
    db.execute(sa.delete(WorkingChange).where(WorkingChange.content_id == content.id))
    db.flush()
