"""What the page of a piece's revisions shows: the list with its marks, and two of them compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import labels, zones
from webapp.core.system import System
from webapp.forms import Form, Number
from webapp.history import comparing, looks, names
from webapp.history.comparing import Comparison
from webapp.publisher.records import marks
from webapp.publisher.records.marks import Mark
from webapp.writer import keeping
from webapp.writer.models import Content
from webapp.writing import revisions
from webapp.writing.revisions import Entry

BY_WORD, BY_BLOCK = "word", "block"


class CompareForm(Form):
    """Which two, and how they are shown; `after`: the list goes on behind that version."""

    old: Number = None
    new: Number = None
    by: str = BY_WORD
    after: Number = None


@dataclass(frozen=True)
class Row:
    """A revision in the list."""

    line: Entry
    marks: list[Mark]
    time: str

    @property
    def who(self) -> str:
        return " and ".join(self.line.people) or "Nobody by name"

    @property
    def how(self) -> str:
        words = labels.saved_how(self.line.why)
        return f"{words}, {self.line.note}" if self.line.note else words


@dataclass(frozen=True)
class History:
    """`days` are the rows by day, in the site's zone. `comparison` is None where one of the two is
    not kept; `old` and `new` are their versions. `since` is the version that the member saw last,
    `online` the one that is online, None where nobody keeps it."""

    content: Content
    zone: str
    days: list[tuple[date, list[Row]]]
    more: int | None
    old: int
    new: int
    by: str
    comparison: Comparison | None
    since: int | None
    online: int | None

    @property
    def is_by_block(self) -> bool:
        return self.by == BY_BLOCK

    @property
    def is_alone(self) -> bool:
        """Whether there is nothing to compare it with."""
        return self.old == self.new

    def row(self, version: int) -> Row | None:
        """The revision of that version, where the list shows it."""
        rows = (row for _, rows in self.days for row in rows)
        return next((row for row in rows if row.line.version == version), None)


def load(
    db: Session, system: System, member: Member, content_id: int, asked: CompareForm
) -> History:
    """The history of a piece, or NotFound."""
    content = access.get(db, member, Content, content_id)
    zone = db.scalars(sa.select(Site.timezone).where(Site.id == content.site_id)).one()
    lines, has_more = revisions.listed(db, member, content.id, asked.after)
    there = zones.zone(zone)
    rows = [
        Row(line, found, f"{line.saved_at.astimezone(there):%H:%M}")
        for line, found in zip(lines, marked(db, content, lines), strict=True)
    ]
    new = asked.new or content.version
    old = asked.old or _before(lines, new)
    return History(
        content=content,
        zone=zone,
        days=_by_day(rows, zone),
        more=lines[-1].version if has_more else None,
        old=old,
        new=new,
        by=BY_BLOCK if asked.by == BY_BLOCK else BY_WORD,
        comparison=compared(db, content, old, new),
        since=looks.since(db, system, content, by=member),
        online=_online(db, content),
    )


def marked(db: Session, content: Content, lines: Sequence[Entry]) -> list[list[Mark]]:
    """The marks of each of the revisions, the newest of which comes first."""
    found = marks.of(db, content)
    newer = [None, *lines]
    return [
        _of_line(found.get(line.content_hash, []), line, newer[number])
        for number, line in enumerate(lines)
    ]


def _of_line(found: list[Mark], line: Entry, newer: Entry | None) -> list[Mark]:
    """The marks of a revision: an approval is that of the one which stood there then, and none of
    another with the same words."""
    return [
        mark
        for mark in found
        if mark.kind != marks.APPROVED
        or (line.begun_at <= mark.at and (newer is None or mark.at < newer.saved_at))
    ]


def _before(lines: list[Entry], version: int) -> int:
    return next((line.version for line in lines if line.version < version), version)


def compared(db: Session, content: Content, old: int, new: int) -> Comparison | None:
    """What changed between the two versions; None where one of them is not kept."""
    was = keeping.of_version(db, content, old)
    now = keeping.of_version(db, content, new)
    if was is None or now is None:
        return None
    return comparing.of(*names.named(db, content, was, now))


def _online(db: Session, content: Content) -> int | None:
    if not content.external_url or not content.published_hash:
        return None
    if content.published_hash == content.content_hash:
        return content.version
    return revisions.version_of_hash(db, content.id, content.published_hash)


def _by_day(rows: Iterable[Row], zone: str) -> list[tuple[date, list[Row]]]:
    there = zones.zone(zone)
    groups = groupby(rows, key=lambda row: row.line.saved_at.astimezone(there).date())
    return [(day, list(group)) for day, group in groups]
