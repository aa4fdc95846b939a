"""What a piece has been: each save is kept, by whichever door it came (writer/contents.py).

Saves of one person within ten minutes are one revision. Each of them stays for a day, so that a
page that was opened then can be merged with what was written since.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member, Scoped
from webapp.accounts.models import User
from webapp.core.clock import utc_now
from webapp.core.paging import Order, cut
from webapp.core.rows import typed
from webapp.core.system import System
from webapp.writer import images, payload
from webapp.writer.models import Content, ReviewComment
from webapp.writer.payload import Payload
from webapp.writing import texts
from webapp.writing.diff import words_changed
from webapp.writing.models import Look, Revision

# Why a version came to be, and where its words are from.
TYPED, PASTED, MERGED, RESTORED = "typed", "pasted", "merged", "restored"
API, IMPORTED, GENERATED, ACCEPTED = "api", "imported", "generated", "accepted"
HERE = "igny8"
SOURCES = {API: "api", IMPORTED: "import", GENERATED: "model", ACCEPTED: "website"}
# What the editor saves by itself, time and again.
_RUNS = (TYPED, MERGED)
ONE_RUN = timedelta(minutes=10)
BASES_STAY = timedelta(days=1)
BIN_STAYS = timedelta(days=30)
PAGE = 50
# Of longer texts nobody waits to be told how many words have changed.
_COUNTED = 300_000
_AT_ONCE = 5_000
_LEFT_OUT = (
    "content_id",
    "html",
    "featured_image",
    "gallery",
    "inline_images",
    "sectors",
    "clusters",
)


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


class Line(NamedTuple):
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


class _Last(Protocol):
    id: int
    version: int
    user_id: int | None
    others: list[int]
    why: str
    begun_at: datetime
    content_hash: str


def keep(
    db: Session, content: Content, built: Payload, *, by: Member | None, why: Why = UNSAID
) -> None:
    """Keep the piece as it stands, which `built` is the payload of. Where nobody says `why`, what
    came with a token is a program's, and anything else was typed."""
    kind = why.kind or (API if by is not None and by.scopes is not None else TYPED)
    last = _last(db, content.id)
    goes_on = last is not None and _goes_on(db, content, last, by, kind)
    who = by.user_id if by else None
    revision = Revision(
        account_id=content.account_id,
        content_id=content.id,
        version=content.version,
        user_id=who,
        others=[one for one in why.people if one != who],
        why=kind,
        source=SOURCES.get(kind, HERE),
        note=why.note,
        text_id=texts.store(db, content.account_id, content.html),
        content_hash=content.content_hash,
        fields=fields(db, content, built),
        words=content.word_count,
        begun_at=utc_now(),
    )
    if last is not None and goes_on:
        _join(revision, last)
        db.execute(sa.update(Revision).where(Revision.id == last.id).values(folded=True))
    revision.words_added, revision.words_removed = _counted(db, content)
    db.add(revision)
    db.flush()


def keep_first(db: Session, content: Content) -> None:
    """Before a first edit: keep what was written when nobody kept revisions yet."""
    kept = sa.select(Revision.id).where(Revision.content_id == content.id).limit(1)
    if db.scalar(kept) is None and content.content_hash:
        keep(db, content, payload.build(db, content), by=None)


def fields(db: Session, content: Content, built: Payload | None = None) -> dict[str, Any]:
    """All of a piece but its text, as it stands now."""
    sent = msgspec.to_builtins(built or payload.build(db, content))
    return {name: value for name, value in sent.items() if name not in _LEFT_OUT} | {
        "content_structure": content.content_structure,
        "images": images.listed(db, content),
    }


def of_version(db: Session, content: Content, version: int) -> Version | None:
    """What the piece was in that version; None where nobody keeps it any more."""
    if version == content.version:
        return Version(content.html, fields(db, content))
    row = db.execute(
        sa.select(Revision.text_id, Revision.fields).where(
            Revision.content_id == content.id, Revision.version == version
        )
    ).one_or_none()
    return Version(texts.read(db, row.text_id), row.fields) if row else None


def version_of_hash(db: Session, content_id: int, content_hash: str) -> int | None:
    """The newest version that was exactly that; None where nobody keeps it."""
    query = sa.select(Revision.version).where(
        Revision.content_id == content_id, Revision.content_hash == content_hash, ~Revision.folded
    )
    return db.scalar(query.order_by(Revision.version.desc()).limit(1))


def history(
    db: Session, who: Scoped, content_id: int, after: int | None = None, size: int = PAGE
) -> tuple[list[Line], bool]:
    """The revisions of a piece, the newest first, behind the version `after`; and whether there
    are more. Reads no text."""
    columns = (
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
    query = access.visible(who, Revision, *columns).where(
        Revision.content_id == content_id, ~Revision.folded
    )
    order = Order((Revision.version,))
    rows = db.execute(order.page(query, size, () if after is None else (after,))).all()
    page, more = cut(rows, size)
    people = {one for row in page for one in (row.user_id, *row.others) if one is not None}
    found = db.execute(sa.select(User.id, User.name).where(User.id.in_(people)))
    names = {row.id: row.name for row in found}
    return [_line(row, names) for row in page], more


def prune(db: Session, system: System) -> None:
    """Forget bases of merges after a day, but for those that somebody saw last, and what the pieces
    were that lie in the bin for longer than it keeps them."""
    now = system.clock()
    is_seen = sa.exists().where(
        Look.content_id == Revision.content_id, Revision.version.in_([Look.version, Look.before])
    )
    is_old = Revision.folded & (Revision.created_at < now - BASES_STAY)
    old = sa.select(Revision.id).where(is_old, ~is_seen)
    binned = (
        sa.select(Revision.id)
        .join(Content, Content.id == Revision.content_id)
        .where(Content.deleted_at < now - BIN_STAYS)
    )
    for query in (old, binned):
        gone = db.execute(
            sa.delete(Revision)
            .where(Revision.id.in_(query.limit(_AT_ONCE)))
            .returning(Revision.text_id)
        )
        texts.forget(db, set(gone.scalars()))


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


def _goes_on(db: Session, content: Content, last: _Last, by: Member | None, why: str) -> bool:
    """Whether the save belongs to the revision before: the same person writes on, or merges what
    another has just written. What was approved, is online or was spoken of stays by itself."""
    is_run = why in _RUNS and last.why in _RUNS and by is not None
    if not is_run or utc_now() - last.begun_at > ONE_RUN:
        return False
    if last.user_id != (by.user_id if by else None) and why != MERGED:
        return False
    if last.content_hash in (content.approved_hash, content.published_hash):
        return False
    said = sa.select(ReviewComment.id).where(
        ReviewComment.content_id == content.id, ReviewComment.content_hash == last.content_hash
    )
    return db.scalar(said.limit(1)) is None


def _join(revision: Revision, last: _Last) -> None:
    """Let the revision go on with the run that `last` ended so far."""
    people = dict.fromkeys([last.user_id, *last.others, revision.user_id, *revision.others])
    revision.user_id = last.user_id
    revision.others = [one for one in people if one is not None and one != last.user_id]
    revision.begun_at = last.begun_at
    revision.why = MERGED if MERGED in (last.why, revision.why) else revision.why


def _counted(db: Session, content: Content) -> tuple[int | None, int | None]:
    """Words added and removed since the revision before."""
    query = sa.select(Revision.text_id).where(Revision.content_id == content.id, ~Revision.folded)
    before = db.scalar(query.order_by(Revision.version.desc()).limit(1))
    if before is None:
        return content.word_count, 0
    if len(content.html) > _COUNTED:
        return None, None
    old = texts.read(db, before)
    return words_changed(old, content.html) if len(old) <= _COUNTED else (None, None)


def _line(row: Any, names: dict[int, str]) -> Line:
    people = [names[one] for one in (row.user_id, *row.others) if one in names]
    return Line(
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
