"""`writer/bin/`: deleted pieces, for thirty days."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath

from webapp.api import listing
from webapp.api.answers import Deleted
from webapp.api.endpoint import Listed, Nothing, delete, get, post
from webapp.api.v1 import versions
from webapp.call import Call
from webapp.publisher.planning import decisions
from webapp.writer import binned, contents
from webapp.writer.models import Content
from webapp.writer.reads import ContentWhole

_COLUMNS = tuple(
    getattr(Content, name)
    for name in (
        "id",
        "site_id",
        "title",
        "content_type",
        "version",
        "deleted_at",
        "deleted_by",
        "external_url",
    )
)
BIN = listing.Listing(
    model=Content,
    columns=_COLUMNS,
    filters={"site": Content.site_id, "content_type": Content.content_type},
    search=(Content.title,),
    orderings={"deleted_at": Content.deleted_at, "id": Content.id},
)


class BinLine(msgspec.Struct, kw_only=True):
    """A deleted piece. What is still online stays beyond `kept_until`."""

    id: int
    site_id: int
    title: str
    content_type: str
    version: int
    deleted_at: datetime
    deleted_by: int | None
    kept_until: datetime
    external_url: str


@get("/writer/bin", gives=BinLine, is_list=True, errors=(422,), parameters=BIN.parameters())
def index(call: Call) -> Listed:
    """List what lies in the bin."""
    among = binned.visible(call.member, *_COLUMNS, now=call.system.clock())
    found = listing.of(call.db, call.request, BIN, among=among)
    return Listed(found.count, found.next, found.previous, [_line(row) for row in found.results])


@post(
    "/writer/bin/{binned_id:int}/restore",
    takes=Nothing,
    gives=ContentWhole,
    errors=(404, 409),
    parameters=(versions.HEADER,),
)
def bring_back(call: Call, binned_id: FromPath[int]) -> Any:
    """Take a piece out of the bin: a draft, without approval and time."""
    content = binned.find(call.db, call.member, binned_id, call.system.clock())
    contents.check_version(content, versions.of(call.request, None))
    decisions.bring_back(call.db, call.system, content, by=call.member)
    call.db.flush()
    return versions.tagged(call, binned_id)


@delete("/writer/bin/{binned_id:int}", gives=Deleted, errors=(404, 409))
def end(call: Call, binned_id: FromPath[int]) -> Deleted:
    """Delete a piece in the bin for good: its text, revisions, comments and own pictures."""
    content = binned.find(call.db, call.member, binned_id, call.system.clock())
    decisions.empty(call.db, call.system, content, by=call.member)
    return Deleted(binned_id)


def _line(row: Any) -> BinLine:
    kept = {name: getattr(row, name) for name in BinLine.__struct_fields__ if name != "kept_until"}
    return BinLine(**kept, kept_until=row.deleted_at + binned.STAYS)


ROUTES = [index, bring_back, end]
