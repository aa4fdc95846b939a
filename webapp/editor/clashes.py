"""Places that two have changed, as they are asked about: what each wrote, as source and as it is
read, who wrote it and when, and where that is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from webapp.accounts import members
from webapp.accounts.access import Member
from webapp.core.labels import listed
from webapp.core.web import id_in
from webapp.editor import fields
from webapp.writer import working
from webapp.writer.models import Content
from webapp.writer.working import Standing
from webapp.writing import later, merge, passages, revisions, structure

AROUND = 80  # characters
_ENDS_AS_WORDS = re.compile(r"[^\s>](?:</?(?:a|b|em|i|span|strong)\b[^>]*>)*\Z")
_BEGINS_AS_WORDS = re.compile(r"(?:</?(?:a|b|em|i|span|strong)\b[^>]*>)*[^\s<]")
# Of scripts that write no space between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uffef"
    "\U00020000-\U0003ffff]"
)
YOURSELF = "you, in another tab or browser"


class Clash(msgspec.Struct):
    """A place that both have changed. `theirs` stands there now; `ours` is the page's, and stands
    nowhere yet. `before` and `after` are what is around it in the text; the readings are of the
    whole block. `joined` is both, theirs first; "" where both cannot stand there. `ours_by` is ""
    where it is the person's own."""

    field: str
    base: str
    theirs: str
    ours: str
    joined: str = ""
    before: str = ""
    after: str = ""
    place: str = ""
    theirs_read: str = ""
    ours_read: str = ""
    by: str = ""
    at: datetime | None = None
    ours_by: str = ""


@dataclass(frozen=True)
class Hands:
    """Who wrote what stands there by now, and when; and who wrote the other."""

    by: str = ""
    at: datetime | None = None
    ours_by: str = ""


def of_field(name: str, base: str, theirs: str, ours: str, hands: Hands) -> Clash:
    """A field, which is taken as a whole."""
    return _with(Clash(name, base, theirs, ours, theirs_read=theirs, ours_read=ours), hands)


def of_text(text: str, one: merge.Clash, hands: Hands) -> Clash:
    """A place of the merged text, with what is around it there, by which it is found again."""
    end = one.at + len(one.theirs)
    within = passages.around(text, one.at, end)
    theirs, ours = (
        passages.read(within.head + source + within.tail) for source in (one.theirs, one.ours)
    )
    found = Clash(
        "html",
        one.base,
        one.theirs,
        one.ours,
        joined=_joined(one.theirs, one.ours),
        before=text[max(one.at - AROUND, 0) : one.at],
        after=text[end : end + AROUND],
        place=within.place,
        theirs_read=theirs,
        ours_read=ours,
    )
    return _with(found, hands)


def _joined(theirs: str, ours: str) -> str:
    """Both, with a space between what are words on both sides, where a script has one there."""
    if not structure.are_whole(theirs, ours):
        return ""
    end, begin = _ENDS_AS_WORDS.search(theirs[-AROUND:]), _BEGINS_AS_WORDS.match(ours[:AROUND])
    if end is None or begin is None:
        return theirs + ours
    is_apart = not (_UNSPACED.match(end[0]) and _UNSPACED.match(begin[0][-1]))
    return f"{theirs} {ours}" if is_apart else theirs + ours


def in_change(db: Session, content: Content, now: Standing, who: Member) -> list[Clash]:
    """What the change beside the piece and the piece itself have both changed."""
    if now.change is None or not now.stale:
        return []
    hands = _of_change(db, content, now, who)
    own = fields.shown(now.values)
    pairs = {name: pair for name, pair in now.change.fields.items() if name in now.stale}
    typed, was = (fields.shown(now.values | {n: p[at] for n, p in pairs.items()}) for at in (0, 1))
    return [
        *(of_field(name, was[name], own[name], typed[name], hands) for name in pairs),
        *(of_text(now.html, one, hands) for one in now.clashes),
    ]


def hands(db: Session, content: Content, now: Standing, version: str, who: Member) -> Hands:
    """Whose is what came to the piece since the version that the page began with."""
    piece = version.partition("+")[0]
    if now.change is not None and piece == str(content.version):
        return Hands(_names(db, working.people(now.change), who), now.change.updated_at)
    return _of_piece(db, content, id_in(piece) or 0, who)


def _of_change(db: Session, content: Content, now: Standing, who: Member) -> Hands:
    assert now.change is not None
    people = working.people(now.change)
    there = _of_piece(db, content, 0, who)
    ours_by = "" if people == [who.user_id] else _names(db, people, who)
    return Hands(there.by, there.at, ours_by)


def _of_piece(db: Session, content: Content, since: int, who: Member) -> Hands:
    hand = later.newest_hand(db, content, since, who.user_id)
    if hand is None:
        return Hands()
    name = _names(db, hand.people, who)
    if hand.source == revisions.SOURCES[revisions.API]:
        name = "a program of yours" if name == YOURSELF else f"a program of {name}"
    return Hands(name, hand.at)


def _names(db: Session, people: Iterable[int], who: Member) -> str:
    """As they are called, but for oneself."""
    ids = list(people)
    if ids == [who.user_id]:
        return YOURSELF
    names = members.called(db, ids)
    return listed([name for user_id, name in names.items() if user_id != who.user_id])


def _with(found: Clash, hands: Hands) -> Clash:
    return msgspec.structs.replace(found, by=hands.by, at=hands.at, ours_by=hands.ours_by)
