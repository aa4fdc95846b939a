"""`writer/content/{id}/drift/…`: what was changed of a piece on its website, and the ways out."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromPath

from webapp.api import listing
from webapp.api.answers import Queued
from webapp.api.endpoint import Listed, Nothing, get, post
from webapp.api.v1.content_publishing import queued
from webapp.call import Call
from webapp.core import limits
from webapp.integrations.base import Difference
from webapp.integrations.models import Placement
from webapp.publisher.delivery import ways_out
from webapp.publisher.records import drifts
from webapp.publisher.records.models import Drift

Kind = Literal["gone", "unpublished_there", "edited_there"]
Seen = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")]
Side = Literal["there", "here", "both"]


class DriftLine(msgspec.Struct, kw_only=True):
    """A piece that stands on its website otherwise than it was left."""

    content_id: int
    site_id: int
    kind: Kind
    status_there: str
    over: str
    changed_by: str
    changed_at: datetime | None
    found_at: datetime
    external_url: str


class DriftWhole(DriftLine, kw_only=True):
    """The same with what differs."""

    differences: list[Difference]
    own: dict[str, Any]


class Looked(msgspec.Struct, kw_only=True):
    """What a look has found."""

    content_id: int
    found: DriftWhole | None


class Accept(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`over` is the state that you have seen. Without `take` all of it is taken over."""

    over: Seen = ""
    take: dict[str, Side] | None = None


class Accepted(msgspec.Struct, kw_only=True):
    """What became of it."""

    content_id: int
    record_id: int | None


class Overwrite(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`over` is the state that you have seen; empty where there is no post any more."""

    over: Seen = ""


class Relink(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which post it is."""

    post: Annotated[str, msgspec.Meta(max_length=limits.ADDRESS)] = ""


DRIFTS = listing.Listing(
    model=Drift,
    columns=(
        *(getattr(Drift, name) for name in DriftLine.__struct_fields__ if name != "external_url"),
        Placement.external_url,
    ),
    joins=((Placement, drifts.IS_ABOUT),),
    filters={"site": Drift.site_id, "content": Drift.content_id, "kind": Drift.kind},
    orderings={"id": Drift.id},
)


@get(
    "/publisher/drift", gives=DriftLine, is_list=True, errors=(422,), parameters=DRIFTS.parameters()
)
def index(call: Call) -> Listed:
    """List the pieces that stand on their websites otherwise than they were left."""
    found = listing.of(call.db, call.request, DRIFTS)
    names = DriftLine.__struct_fields__
    lines = [DriftLine(**{name: getattr(row, name) for name in names}) for row in found.results]
    return Listed(found.count, found.next, found.previous, lines)


@get("/writer/content/{content_id:int}/drift", gives=Looked, errors=(404,))
def read_drift(call: Call, content_id: FromPath[int]) -> Looked:
    """Read what was found of a piece last."""
    return _found(call, content_id)


@post("/writer/content/{content_id:int}/drift/look", takes=Nothing, gives=Looked, errors=(404, 409))
def look(call: Call, content_id: FromPath[int]) -> Looked:
    """Look at the website now."""
    ways_out.look(call.system, call.member, content_id)
    return _found(call, content_id)


@post(
    "/writer/content/{content_id:int}/drift/accept",
    takes=Accept,
    gives=Accepted,
    errors=(404, 409, 422),
)
def accept(call: Call, content_id: FromPath[int], given: Accept) -> Accepted:
    """Take over what stands there: it becomes a revision. What you take from here goes out."""
    record = ways_out.accept(call.system, call.member, content_id, given.over, given.take)
    return Accepted(content_id=content_id, record_id=record.id if record else None)


@post(
    "/writer/content/{content_id:int}/drift/overwrite",
    takes=Overwrite,
    gives=Queued,
    status=202,
    errors=(404, 409, 422),
)
def overwrite(call: Call, content_id: FromPath[int], given: Overwrite) -> Queued:
    """Publish over what stands there; what is replaced is kept as a revision."""
    return queued(ways_out.overwrite(call.system, call.member, content_id, given.over))


@post(
    "/writer/content/{content_id:int}/drift/relink",
    takes=Relink,
    gives=Looked,
    errors=(404, 409, 422),
)
def relink(call: Call, content_id: FromPath[int], given: Relink) -> Looked:
    """Say which existing post the piece is; what differs is told then."""
    ways_out.relink(call.system, call.member, content_id, given.post)
    return _found(call, content_id)


def _found(call: Call, content_id: int) -> Looked:
    with call.system.db.read() as db:
        found = drifts.seen_by(db, call.member, content_id)
    if found is None:
        return Looked(content_id=content_id, found=None)
    drift, there = found.drift, found.there
    names = [name for name in DriftLine.__struct_fields__ if name != "external_url"]
    whole = DriftWhole(
        **{name: getattr(drift, name) for name in names},
        external_url=found.placement.external_url,
        differences=there.differences if there is not None else [],
        own=there.own if there is not None else {},
    )
    return Looked(content_id=content_id, found=whole)


ROUTES = [index, read_drift, look, accept, overwrite, relink]
