"""Threads of a piece in the order of its text, a page at a time, with what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import User
from webapp.core.paging import Order, cut
from webapp.core.rows import typed
from webapp.threads import saying, states
from webapp.threads.people import Person, named_in
from webapp.writer.models import Content
from webapp.writing.models import Mention, PlacedAnchor, Remark, Thread

PAGE, MOST = 30, 200
# Of a long thread the first remark and so many of the last.
LAST = 4
# The whole piece comes before all that stands in it.
_AT = sa.func.coalesce(PlacedAnchor.first, -1, type_=sa.Integer)
_ORDER = Order((_AT, Thread.id), descends=False)
_settler = aliased(User)
_COLUMNS = (
    Thread.id,
    Thread.anchor_id,
    Thread.user_id,
    User.name,
    User.email,
    Thread.status,
    Thread.shared,
    Thread.base,
    Thread.replacement,
    Thread.model,
    Thread.remarks,
    Thread.created_at,
    Thread.settled_at,
    _settler.name.label("settler"),
    _settler.email.label("settler_email"),
    PlacedAnchor.first,
    PlacedAnchor.behind,
    PlacedAnchor.quotation,
    PlacedAnchor.gone,
    _AT.label("at"),
)


class Line(Protocol):
    """A thread with its anchor, whose columns are None where it is about the whole piece."""

    id: int
    anchor_id: int | None
    user_id: int
    name: str
    email: str
    status: str
    shared: bool
    base: str
    replacement: str | None
    model: str
    remarks: int
    created_at: datetime
    settled_at: datetime | None
    settler: str | None
    settler_email: str | None
    first: int | None
    behind: int | None
    quotation: str | None
    gone: bool | None
    at: int


class Part(NamedTuple):
    """Some of what is said; `names`: it is somebody's name."""

    text: str
    names: bool


class Said(NamedTuple):
    """A remark; `mentions` are the people whom it names, `named` from where to where it does."""

    id: int
    number: int
    user_id: int
    by: str
    at: datetime
    text: str
    mentions: tuple[int, ...]
    named: tuple[tuple[int, int], ...]

    @property
    def parts(self) -> list[Part]:
        """The text, with the names of those who are mentioned set apart."""
        edges = [0, *(edge for at in self.named for edge in at), len(self.text)]
        return [
            Part(self.text[start:end], number % 2 == 1)
            for number, (start, end) in enumerate(pairwise(edges))
            if end > start
        ]


class Counts(NamedTuple):
    """How many threads are open, how many of these are suggestions, and how many are settled."""

    open: int
    suggestions: int
    settled: int


class Mark(NamedTuple):
    """Behind which thread a page begins."""

    at: int
    id: int

    @classmethod
    def read(cls, text: str) -> Mark | None:
        """What `str` has written; None for anything else."""
        at, _, number = text.partition("-")
        is_one = at.isascii() and at.isdigit() and number.isascii() and number.isdigit()
        return cls(int(at) - 1, int(number)) if is_one and len(text) < 24 else None

    def __str__(self) -> str:
        return f"{self.at + 1}-{self.id}"


class Wanted(NamedTuple):
    """Which page of the threads: the open ones, or those that are settled, behind a mark."""

    settled: bool = False
    after: Mark | None = None
    size: int = PAGE


FIRST = Wanted()


def page(
    db: Session, content: Content, wanted: Wanted = FIRST, *, by: Member
) -> tuple[list[Line], bool]:
    """Threads of the piece in the order of its text; and whether there are more."""
    is_open = Thread.status == states.OPEN
    query = _visible(content, by).where(~is_open if wanted.settled else is_open)
    lines = typed(Line, db.execute(_ORDER.page(query, wanted.size, wanted.after or ())))
    return cut(lines, wanted.size)


def one(db: Session, content: Content, thread_id: int, *, by: Member) -> Line:
    """A thread that saying.find has found."""
    return typed(Line, db.execute(_visible(content, by).where(Thread.id == thread_id)))[0]


def _visible(content: Content, by: Member) -> sa.Select[Any]:
    query = access.visible(by, Thread, *_COLUMNS)
    query = (
        query.join(User, User.id == Thread.user_id)
        .outerjoin(PlacedAnchor, PlacedAnchor.id == Thread.anchor_id)
        .outerjoin(_settler, _settler.id == Thread.settled_by)
        .where(Thread.content_id == content.id)
    )
    return query.where(Thread.shared) if saying.is_guest(content, by) else query


def counts(db: Session, content: Content, *, by: Member) -> Counts:
    """How many there are of each kind."""
    is_open = Thread.status == states.OPEN
    is_change = Thread.replacement.is_not(None)
    query = access.visible(
        by,
        Thread,
        sa.func.count().filter(is_open).label("open"),
        sa.func.count().filter(is_open, is_change).label("suggestions"),
        sa.func.count().filter(~is_open).label("settled"),
    ).where(Thread.content_id == content.id)
    if saying.is_guest(content, by):
        query = query.where(Thread.shared)
    return Counts(*db.execute(query).one())


def remarks(
    db: Session, lines: Sequence[Line], *, by: Member, last: int | None = LAST
) -> dict[int, list[Said]]:
    """What is said in these threads: of each the first remark and the last ones, or all."""
    ids = [line.id for line in lines]
    found: dict[int, list[Said]] = {one: [] for one in ids}
    query = access.visible(
        by,
        Remark,
        Remark.id,
        Remark.thread_id,
        Remark.number,
        Remark.user_id,
        Remark.created_at,
        Remark.text,
        User.name,
        User.email,
    )
    query = query.join(User, User.id == Remark.user_id).join(Thread, Thread.id == Remark.thread_id)
    query = query.where(Remark.thread_id.in_(ids))
    if last is not None:
        query = query.where(sa.or_(Remark.number == 1, Remark.number > Thread.remarks - last))
    rows = db.execute(query.order_by(Remark.thread_id, Remark.number)).all()
    named = _mentions(db, [row.id for row in rows if "@" in row.text], by)
    for row in rows:
        said = Said(
            row.id,
            row.number,
            row.user_id,
            row.name or row.email,
            row.created_at,
            row.text,
            tuple(one.user_id for one in named.get(row.id, ())),
            tuple((at, end) for at, end, _ in named_in(row.text, named.get(row.id, []))),
        )
        found[row.thread_id].append(said)
    return found


def _mentions(db: Session, ids: list[int], by: Member) -> dict[int, list[Person]]:
    found: dict[int, list[Person]] = {}
    if not ids:
        return found
    query = access.visible(by, Mention, Mention.remark_id, User.id, User.name, User.email)
    query = query.join(User, User.id == Mention.user_id).where(Mention.remark_id.in_(ids))
    for row in db.execute(query.order_by(Mention.id)):
        person = Person(row.id, row.name or row.email, is_guest=False)
        found.setdefault(row.remark_id, []).append(person)
    return found
