"""Saving what somebody writes: one verb for every autosave, with what others did merged in.

Whatever can be saved is: a wrong field keeps neither the text nor another field from it. Nothing is
written over that its writer has not seen: what both have changed is a clash, and it is asked about.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, NamedTuple

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System
from webapp.core.web import id_in
from webapp.editor import clashes, fields, newlines, presence
from webapp.editor.at import At
from webapp.editor.clashes import Clash, Hands
from webapp.history import looks
from webapp.publisher.planning import beside, decisions
from webapp.writer import keeping, readings, working
from webapp.writer.draft import Change, Draft
from webapp.writer.models import Content
from webapp.writer.working import Standing
from webapp.writing import later, merge, revisions, texts
from webapp.writing.revisions import Why

WORDS_A_MINUTE = 220
PURPOSE = "unsaved text"
UNKNOWN_FIELD = "The editor has no such field. Reload the page."
Mode = Literal["autosave", "manual", "paste", "restored"]


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """A field: what it is to be, and what it was when that was typed."""

    to: str
    was: str


class SaveRequest(msgspec.Struct, forbid_unknown_fields=True):
    """What a page sends. `version` is the one that it began with; `base` is the text of that one,
    which the page sends along where the server has asked for it. `settled` are the fields, or
    "html", of which nothing is to be chosen any more: what stands there now stays. `lost_` is what
    the page sent since that version and had no answer to, texts by their SHA-256: what of it was
    saved is the page's own."""

    version: Annotated[str, msgspec.Meta(max_length=30)]
    html: str | UnsetType = UNSET
    base: str | UnsetType = UNSET
    fields: Annotated[dict[str, Typed], msgspec.Meta(max_length=30)] = {}
    settled: Annotated[list[str], msgspec.Meta(max_length=30)] = []
    lost_texts: Annotated[list[str], msgspec.Meta(max_length=30)] = []
    lost_fields: Annotated[dict[str, list[str]], msgspec.Meta(max_length=30)] = {}
    mode: Mode = "autosave"


class Begun(NamedTuple):
    """What a page began with: the text, and the fields as texts."""

    html: str
    fields: dict[str, str]


class Saved(msgspec.Struct, kw_only=True):
    """What became of it. `html` and `fields` where they stand otherwise than they were sent;
    `mended` names what had half a character in it."""

    version: str
    status: str
    beside: bool
    saved: bool
    html: str | None
    fields: dict[str, str]
    clashes: list[Clash]
    wrong: dict[str, str]
    mended: list[str]
    words: int
    minutes: int
    at: datetime


class Opened(Saved, kw_only=True):
    """The piece as a page begins with it. `key` is the person's own: what a browser keeps of what
    they type is locked with it."""

    key: str


def load(db: Session, system: System, content: Content, *, by: Member) -> Opened:
    """The piece as the editor opens it, every byte of it."""
    standing = working.standing(db, content)
    shown = fields.shown(standing.values)
    asked = clashes.in_change(db, content, standing, by)
    saved = _answer(content, standing, html=standing.html, shown=shown, asked=asked)
    key = system.secrets.sign(PURPOSE, f"{by.account_id} {by.user_id}")
    return Opened(**msgspec.structs.asdict(saved), key=key)


def begun(db: Session, content: Content, version: str) -> Begun | None:
    """What the editor showed in that version; None where nobody keeps it any more."""
    standing = working.standing(db, content)
    if version == standing.version:
        return Begun(standing.html, fields.shown(standing.values))
    number = id_in(version)
    kept = keeping.of_version(db, content, number) if number is not None else None
    if kept is None:
        return None
    known = {name: value for name, value in kept.fields.items() if name in working.FIELDS}
    return Begun(kept.html, {name: fields.shown_one(name, one) for name, one in known.items()})


def save(at: At, sent: SaveRequest, mended: frozenset[str] = frozenset()) -> Saved:
    """Write what was sent, merged with what stands there by now; `mended` of it came otherwise.
    Raises Conflict where the text of the version that the page began with is not known here, and
    was not sent along."""
    db, content = at.db, at.content
    before = working.standing(db, content)
    if before.change is not None and not working.goes_beside(content) and not before.stale:
        beside.hand_in(db, at.system, content, by=at.by)
    now = working.standing(db, content)
    is_known = sent.version == before.version
    hands = Hands() if is_known else clashes.hands(db, content, before, sent.version, at.by)
    asked: list[Clash] = []
    wanted = _fields(now, sent, hands, asked)
    html = _text(at, before, now, sent, hands, asked)
    if html is not None and html != now.html:
        wanted["html"] = html
    wanted |= _settled(now, sent, wanted)
    wrong = {name: UNKNOWN_FIELD for name in sent.fields if name not in working.FIELDS}
    kind = revisions.PASTED if sent.mode == "paste" else revisions.TYPED
    is_merged = html is not None and html != sent.html
    why = Why(revisions.MERGED if is_merged else kind)
    told_again = wanted.keys() - set(sent.settled)
    asked += [one for one in clashes.in_change(db, content, now, at.by) if one.field in told_again]
    wrong |= _write(at, wanted, why)
    if wanted:
        presence.typed(db, at.system, content, by=at.by)
    after = working.standing(db, content)
    shown = fields.shown(after.values)
    told = {
        name: text
        for name, text in shown.items()
        if name not in wrong
        and (sent.fields[name].to != text if name in sent.fields else not is_known)
    }
    told |= {name: shown[name] for name in mended & shown.keys() - wrong.keys()}
    is_as_sent = (is_known and sent.html is UNSET) or after.html == sent.html or "html" in wrong
    is_as_sent = is_as_sent and "html" not in mended - wrong.keys()
    return _answer(
        content,
        after,
        html=None if is_as_sent else after.html,
        shown=told,
        asked=asked,
        wrong=wrong,
        mended=sorted(mended - wrong.keys()),
        saved_at=at.system.clock() if wanted else None,
    )


def _answer(
    content: Content,
    standing: Standing,
    *,
    html: str | None,
    shown: dict[str, str],
    saved_at: datetime | None = None,
    asked: list[Clash] | None = None,
    wrong: dict[str, str] | None = None,
    mended: list[str] | None = None,
) -> Saved:
    words = readings.of(standing.html).words
    return Saved(
        version=standing.version,
        status=content.status,
        beside=standing.change is not None,
        saved=saved_at is not None,
        html=html,
        fields=shown,
        clashes=asked or [],
        wrong=wrong or {},
        mended=mended or [],
        words=words,
        minutes=max(1, round(words / WORDS_A_MINUTE)),
        at=saved_at or (standing.change or content).updated_at,
    )


def _fields(now: Standing, sent: SaveRequest, hands: Hands, asked: list[Clash]) -> dict[str, str]:
    """The fields to be written: those that nobody else has changed since."""
    shown = fields.shown(now.values)
    wanted = {}
    for name, typed in sent.fields.items():
        if name not in shown or typed.to == shown[name]:
            continue
        if shown[name] in (typed.was, *sent.lost_fields.get(name, ())):
            wanted[name] = newlines.as_opened(shown[name], typed.to)
        else:
            asked.append(clashes.of_field(name, typed.was, shown[name], typed.to, hands))
    return wanted


def _text(
    at: At, before: Standing, now: Standing, sent: SaveRequest, hands: Hands, asked: list[Clash]
) -> str | None:
    """The text to be written; None where none was sent."""
    if sent.html is UNSET or sent.html == now.html:
        return None
    base = before.html if sent.version == before.version else _base(at.db, at.content, now, sent)
    if base is None:
        raise Conflict.of(Code.VERSION_CONFLICT, version=now.version)
    merged = merge.merge(base, now.html, sent.html)
    asked.extend(clashes.of_text(merged.text, one, hands) for one in merged.clashes)
    return merged.text


def _saved_unheard(db: Session, content: Content, now: Standing, sent: SaveRequest) -> str | None:
    """What was saved of that which the page had no answer to."""
    if texts.sha256(now.html) in sent.lost_texts:
        return now.html
    since = id_in(sent.version.partition("+")[0]) or 0
    return later.text_since(db, content, since, sent.lost_texts)


def _settled(now: Standing, sent: SaveRequest, wanted: dict[str, str]) -> dict[str, str]:
    """What is to stay as it stands, of that which both the piece and the change have changed."""
    stands = {**fields.shown(now.values), "html": now.html}
    names = set(sent.settled) & set(now.stale) - wanted.keys()
    return {name: stands[name] for name in names}


def _base(db: Session, content: Content, now: Standing, sent: SaveRequest) -> str | None:
    """The text that the page began with: what it sent last, where that was saved; as it says
    itself; or as it is kept for a day."""
    lost = _saved_unheard(db, content, now, sent) if sent.lost_texts else None
    if lost is not None:
        return lost
    if sent.base is not UNSET:
        return sent.base
    version = id_in(sent.version)
    kept = keeping.of_version(db, content, version) if version is not None else None
    return kept.html if kept is not None else None


def _write(at: At, wanted: dict[str, str], why: Why) -> dict[str, str]:
    """Write what can be written; a sentence for each field that cannot."""
    if not wanted:
        return {}
    draft, unread = fields.read(at.db, at.content, at.by, wanted)
    try:
        _keep(at, draft, why)
        return unread
    except Invalid as problem:
        rest = {k: v for k, v in wanted.items() if k not in problem.fields and k not in unread}
        if len(rest) == len(wanted):
            raise
        return {**problem.fields, **unread, **_write(at, rest, why)}


def _keep(at: At, draft: Draft, why: Why) -> None:
    """In the piece itself, or beside it where its text may go out."""
    if working.goes_beside(at.content) or working.find(at.db, at.content) is not None:
        beside.keep(at.db, at.system, at.content, draft, by=at.by)
    else:
        values = {name: getattr(draft, name) for name in draft.__struct_fields__}
        was = at.content.version
        decisions.edit(at.db, at.system, at.content, Change(**values), by=at.by, why=why)
        looks.wrote(at.db, at.system, at.content, was, by=at.by)
