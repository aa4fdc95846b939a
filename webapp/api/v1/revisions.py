"""`writer/content/{id}/revisions/`: what a piece has been, compared and restored."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.api import listing, reading
from webapp.api.endpoint import Listed, Nothing, Parameter, get, post
from webapp.api.v1 import versions
from webapp.call import Call
from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import NotFound
from webapp.history import comparing, fields
from webapp.history import reading as history
from webapp.publisher.planning import beside
from webapp.publisher.records.marks import Mark
from webapp.writer import contents, keeping, reads, restoring
from webapp.writer.models import Content
from webapp.writer.reads import ContentWhole
from webapp.writing import revisions
from webapp.writing.models import Revision
from webapp.writing.reading import Run
from webapp.writing.revisions import Entry

REVISIONS = listing.Listing(
    model=Revision,
    columns=revisions.COLUMNS,
    filters={"why": Revision.why, "source": Revision.source},
    orderings={"version": Revision.version},
)
WITH = Parameter(
    "with",
    "The version that it became; without it the one that stands there now.",
    {"type": "integer", "minimum": 1},
)


class RevisionMark(msgspec.Struct, kw_only=True):
    """What became of a revision."""

    kind: str
    who: str
    at: datetime
    url: str


class RevisionLine(msgspec.Struct, kw_only=True):
    """A revision in a list: the last of what somebody saved in a row."""

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
    marks: list[RevisionMark]


class RevisionWhole(msgspec.Struct, kw_only=True):
    """What the piece was in a version."""

    version: int
    html: str
    fields: dict[str, Any]


class ChangedRun(msgspec.Struct, kw_only=True):
    """Words of one fate, with the formats that they have, and had."""

    kind: str
    text: str
    formats: list[str]
    was: list[str]


class ChangedField(msgspec.Struct, kw_only=True):
    """A field whose value differs, word by word."""

    field: str
    name: str
    runs: list[ChangedRun]


class ChangedBlock(msgspec.Struct, kw_only=True):
    """A block of the text that differs, where it stands in the new one."""

    kind: str
    what: list[str]
    name: str
    old_html: str | None
    new_html: str | None
    runs: list[ChangedRun]
    words_added: int
    words_removed: int


class Changes(msgspec.Struct, kw_only=True):
    """What changed between two versions; blocks that are the same are counted."""

    old: int
    new: int
    fields: list[ChangedField]
    blocks: list[ChangedBlock]
    same: int


class RestoredPiece(msgspec.Struct, kw_only=True):
    """The piece as it stands after a revision was restored."""

    content: ContentWhole
    lost: list[str]


_PATH = "/writer/content/{content_id:int}/revisions"


@get(_PATH, gives=RevisionLine, is_list=True, errors=(404, 422), parameters=REVISIONS.parameters())
def list_revisions(call: Call, content_id: FromPath[int]) -> Listed:
    """List what a piece has been."""
    content = access.get(call.db, call.member, Content, content_id)
    of_piece = Revision.content_id == content_id
    found = listing.of(call.db, call.request, REVISIONS, of_piece, ~Revision.folded)
    lines = revisions.entries(call.db, found.results)
    marked = history.marked(call.db, content, lines)
    results = [_line(line, marks) for line, marks in zip(lines, marked, strict=True)]
    return Listed(found.count, found.next, found.previous, results)


@get(f"{_PATH}/{{revision:int}}", gives=RevisionWhole, errors=(404,))
def read_revision(call: Call, content_id: FromPath[int], revision: FromPath[int]) -> RevisionWhole:
    """Read what the piece was in a version, with all that belonged to it."""
    content = access.get(call.db, call.member, Content, content_id)
    kept = keeping.of_version(call.db, content, revision)
    if kept is None:
        raise NotFound(restoring.GONE)
    return RevisionWhole(version=revision, html=kept.html, fields=kept.fields)


@get(f"{_PATH}/{{revision:int}}/changes", gives=Changes, errors=(404, 422), parameters=(WITH,))
def compare_revisions(call: Call, content_id: FromPath[int], revision: FromPath[int]) -> Changes:
    """Compare a version with a later one, or with any other."""
    content = access.get(call.db, call.member, Content, content_id)
    asked = call.query("with", str(content.version))
    new = reading.integer("with", asked, 1, LARGEST_INTEGER)
    found = history.compared(call.db, content, revision, new)
    if found is None:
        raise NotFound(restoring.GONE)
    return Changes(
        old=revision,
        new=new,
        fields=[_field(one) for one in found.fields],
        blocks=[_block(one) for one in found.texts if not one.is_same],
        same=found.same,
    )


@post(
    f"{_PATH}/{{revision:int}}/restore",
    takes=Nothing,
    gives=RestoredPiece,
    errors=(404, 409),
    parameters=(versions.HEADER,),
)
def restore_revision(call: Call, content_id: FromPath[int], revision: FromPath[int]) -> Any:
    """Make the piece what it was in a version: an edit like any other."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    lost = beside.restore(call.db, call.system, content, revision, by=call.member)
    call.db.flush()
    whole = reads.whole(call.db, call.member, content_id)
    return versions.with_tag(RestoredPiece(content=whole, lost=lost), whole.version)


def _line(line: Entry, marks: list[Mark]) -> RevisionLine:
    told = [RevisionMark(**mark._asdict()) for mark in marks]
    return RevisionLine(**line._asdict(), marks=told)


def _field(change: fields.FieldChange) -> ChangedField:
    return ChangedField(field=change.field, name=change.name, runs=_runs(change.runs))


def _block(shown: comparing.Shown) -> ChangedBlock:
    change = shown.change
    return ChangedBlock(
        kind=change.kind,
        what=sorted(change.what),
        name=shown.name,
        old_html=change.old.source if change.old else None,
        new_html=change.new.source if change.new else None,
        runs=_runs(shown.runs),
        words_added=change.words_added,
        words_removed=change.words_removed,
    )


def _runs(runs: list[Run]) -> list[ChangedRun]:
    return [
        ChangedRun(kind=one.kind, text=one.text, formats=sorted(one.formats), was=sorted(one.was))
        for one in runs
    ]


ROUTES = [list_revisions, read_revision, compare_revisions, restore_revision]
