"""What a piece has been: rows of its versions (writer/keeping.py says what of a piece they hold).

Saves of one person within ten minutes are one revision. Each of them stays for a day, so that a
page that was opened then can be merged with what was written since.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member, Scoped
from webapp.accounts.models import User
from webapp.core.clock import utc_now
from webapp.core.paging import Order, cut
from webapp.core.rows import typed
from webapp.writing import texts
from webapp.writing.diff import words_changed
from webapp.writing.models import Revision

# Why a version came to be, and where its words are from.
TYPED, PASTED, MERGED, RESTORED = "typed", "pasted", "merged", "restored"
DISCARDED = "discarded"  # typed beside the piece, and thrown away: the piece never was that
API, IMPORTED, GENERATED, ACCEPTED = "api", "imported", "generated", "accepted"
# Suggested by a person, or by a model, and accepted by somebody.
SUGGESTED, PROPOSED = "suggested", "proposed"
HERE = "igny8"
SOURCES = {
    API: "api",
    IMPORTED: "import",
    GENERATED: "model",
    PROPOSED: "model",
    ACCEPTED: "website",
}
# What the editor saves by itself, time and again.
_RUNS = (TYPED, MERGED)
ONE_RUN = timedelta(minutes=10)
PAGE = 50
# Of longer texts nobody waits to be told how many words have changed.
_COUNTED = 300_000


class Why(NamedTuple):
    """Why something is saved: one of the words above, and a note for the list; who wrote it too,
    besides the one who saves it."""

    kind: str = ""
    note: str = ""
    people: tuple[int, ...] = ()


UNSAID = Why()


class Version(NamedTuple):
    """What a piece was: its text, and all the rest of it by name."""

    html: str
    fields: dict[str, Any]


class Entry(NamedTuple):
    """A revision in a list."""

    version: int
    people: list[str]
    why: str
    source: str
    note: str
    begun_at: datetime
    saved_at: datetime
    content_hash: str
    words: int
    words_added: int | None
    words_removed: int | None


COLUMNS = (
    Revision.version,
    Revision.user_id,
    Revision.others,
    Revision.why,
    Revision.source,
    Revision.note,
    Revision.begun_at,
    Revision.created_at,
    Revision.content_hash,
    Revision.words,
    Revision.words_added,
    Revision.words_removed,
)


class Piece(Protocol):
    """A content, as far as its revisions ask."""

    id: int
    account_id: int
    version: int
    html: str
    word_count: int
    content_hash: str
    approved_hash: str
    published_hash: str


class _Last(Protocol):
    id: int
    version: int
    user_id: int | None
    others: list[int]
    why: str
    begun_at: datetime
    content_hash: str


def keep(
    db: Session,
    piece: Piece,
    fields: dict[str, Any],
    *,
    by: Member | None,
    why: Why = UNSAID,
    is_spoken_of: Callable[[str], bool] = lambda _: False,
) -> None:
    """Keep the piece as it stands; `fields` are all of it but its text. Where nobody says `why`,
    what came with a token is a program's, and anything else was typed. `is_spoken_of` says of a
    hash whether somebody said something about just that."""
    kind = why.kind or (API if by is not None and by.scopes is not None else TYPED)
    last = _last(db, piece.id)
    goes_on = last is not None and _goes_on(piece, last, by, kind)
    who = by.user_id if by else None
    revision = _revision(db, piece, Version(piece.html, fields), why=kind)
    revision.content_hash, revision.words = piece.content_hash, piece.word_count
    revision.note = why.note
    revision.user_id, revision.others = who, [one for one in why.people if one != who]
    if last is not None and goes_on and not is_spoken_of(last.content_hash):
        _join(revision, last)
        db.execute(sa.update(Revision).where(Revision.id == last.id).values(folded=True))
    revision.words_added, revision.words_removed = _counted(db, piece)
    db.add(revision)
    db.flush()


def keep_discarded(
    db: Session, piece: Piece, thrown: Version, *, by: Member, authors: Sequence[int]
) -> None:
    """Keep, as the piece's version, what `authors` typed beside it and `by` threw away."""
    counted = max(len(piece.html), len(thrown.html)) <= _COUNTED
    added, removed = words_changed(piece.html, thrown.html) if counted else (None, None)
    revision = _revision(db, piece, thrown, why=DISCARDED)
    revision.user_id, *revision.others = dict.fromkeys([*authors, by.user_id])
    revision.words = piece.word_count + (added or 0) - (removed or 0)
    revision.words_added, revision.words_removed = added, removed
    db.add(revision)
    db.flush()


def _revision(db: Session, piece: Piece, version: Version, *, why: str) -> Revision:
    """A row for the piece's version, which holds just that."""
    return Revision(
        account_id=piece.account_id,
        content_id=piece.id,
        version=piece.version,
        why=why,
        source=SOURCES.get(why, HERE),
        text_id=texts.store(db, piece.account_id, version.html),
        content_hash="",
        fields=version.fields,
        begun_at=utc_now(),
    )


def why_of(db: Session, content_id: int, version: int) -> str:
    """How that version came to be; "" where nobody keeps it."""
    query = sa.select(Revision.why).where(
        Revision.content_id == content_id, Revision.version == version
    )
    return db.scalar(query) or ""


def is_any(db: Session, content_id: int) -> bool:
    """Whether anything is kept of what the piece has been."""
    kept = sa.select(Revision.id).where(Revision.content_id == content_id).limit(1)
    return db.scalar(kept) is not None


def kept(db: Session, content_id: int, version: int) -> Version | None:
    """What is kept as that version; None where nothing is any more."""
    row = db.execute(
        sa.select(Revision.text_id, Revision.fields).where(
            Revision.content_id == content_id, Revision.version == version
        )
    ).one_or_none()
    return Version(texts.read(db, row.text_id), row.fields) if row else None


def version_of_hash(db: Session, content_id: int, content_hash: str) -> int | None:
    """The newest version that was exactly that; None where nobody keeps it."""
    query = sa.select(Revision.version).where(
        Revision.content_id == content_id, Revision.content_hash == content_hash, ~Revision.folded
    )
    return db.scalar(query.order_by(Revision.version.desc()).limit(1))


def listed(
    db: Session, who: Scoped, content_id: int, after: int | None = None, size: int = PAGE
) -> tuple[list[Entry], bool]:
    """The revisions of a piece, the newest first, behind the version `after`; and whether there
    are more. Reads no text."""
    query = access.visible(who, Revision, *COLUMNS).where(
        Revision.content_id == content_id, ~Revision.folded
    )
    order = Order((Revision.version,))
    rows = db.execute(order.page(query, size, () if after is None else (after,))).all()
    page, more = cut(rows, size)
    return entries(db, page), more


def entries(db: Session, rows: Sequence[Any]) -> list[Entry]:
    """Rows of COLUMNS, with the names of who wrote them."""
    people = {one for row in rows for one in (row.user_id, *row.others) if one is not None}
    called = names(db, people)
    return [_entry(row, called) for row in rows]


def names(db: Session, people: Iterable[int]) -> dict[int, str]:
    """What these people are called, by their ids."""
    found = db.execute(sa.select(User.id, User.name).where(User.id.in_(people)))
    return {row.id: row.name for row in found}


def people_of(db: Session, content_id: int, version: int) -> list[int]:
    """Who had a hand in that version, first who wrote it."""
    query = sa.select(Revision.user_id, Revision.others).where(
        Revision.content_id == content_id, Revision.version == version
    )
    row = db.execute(query).one()
    return [one for one in (row.user_id, *row.others) if one is not None]


def _last(db: Session, content_id: int) -> _Last | None:
    columns = (
        Revision.id,
        Revision.version,
        Revision.user_id,
        Revision.others,
        Revision.why,
        Revision.begun_at,
        Revision.content_hash,
    )
    query = sa.select(*columns).where(Revision.content_id == content_id, ~Revision.folded)
    rows = typed(_Last, db.execute(query.order_by(Revision.version.desc()).limit(1)))
    return rows[0] if rows else None


def _goes_on(piece: Piece, last: _Last, by: Member | None, why: str) -> bool:
    """Whether the save belongs to the revision before: the same person writes on, or merges what
    another has just written. What was approved or is online stays by itself."""
    is_run = why in _RUNS and last.why in _RUNS and by is not None
    if not is_run or utc_now() - last.begun_at > ONE_RUN:
        return False
    if last.user_id != (by.user_id if by else None) and why != MERGED:
        return False
    return last.content_hash not in (piece.approved_hash, piece.published_hash)


def _join(revision: Revision, last: _Last) -> None:
    """Let the revision go on with the run that `last` ended so far."""
    people = dict.fromkeys([last.user_id, *last.others, revision.user_id, *revision.others])
    revision.user_id = last.user_id
    revision.others = [one for one in people if one is not None and one != last.user_id]
    revision.begun_at = last.begun_at
    revision.why = MERGED if MERGED in (last.why, revision.why) else revision.why


def _counted(db: Session, piece: Piece) -> tuple[int | None, int | None]:
    """Words added and removed since the revision before."""
    query = sa.select(Revision.text_id).where(Revision.content_id == piece.id, ~Revision.folded)
    before = db.scalar(query.order_by(Revision.version.desc()).limit(1))
    if before is None:
        return piece.word_count, 0
    if len(piece.html) > _COUNTED:
        return None, None
    old = texts.read(db, before)
    return words_changed(old, piece.html) if len(old) <= _COUNTED else (None, None)


def _entry(row: Any, called: dict[int, str]) -> Entry:
    people = [called[one] for one in (row.user_id, *row.others) if one in called]
    return Entry(
        row.version,
        people,
        row.why,
        row.source,
        row.note,
        row.begun_at,
        row.created_at,
        row.content_hash,
        row.words,
        row.words_added,
        row.words_removed,
    )
