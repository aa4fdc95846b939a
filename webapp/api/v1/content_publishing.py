"""`writer/content/{id}/…`: trying a piece out, putting it online, taking it offline."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.api.answers import Queued
from webapp.api.endpoint import Nothing, get, post
from webapp.api.v1 import versions
from webapp.call import Call
from webapp.publisher.delivery import dry_run
from webapp.publisher.delivery.dry_run import DryRun, Verdict
from webapp.publisher.records import letting_go, records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents
from webapp.writer.models import Content
from webapp.writer.reads import ContentWhole


class Publish(msgspec.Struct, forbid_unknown_fields=True):
    """`force` sends it again though nothing has changed. `over` replaces what was edited there: it
    is `details.over` of the error EDITED_THERE, and anything else there is refused anew.
    `deliver_as` is how it is to stand there; empty: as the piece or its connection has it."""

    force: bool = False
    over: Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$")] = ""
    deliver_as: Literal["", "public", "draft", "private"] = ""


class Retract(msgspec.Struct, forbid_unknown_fields=True):
    """Where the post goes at its destination."""

    to: Literal["draft", "trash", "delete"] = "draft"


@get("/writer/content/{content_id:int}/validate", gives=Verdict, errors=(404,))
def validate(call: Call, content_id: FromPath[int]) -> Verdict:
    """What stands in the way of publishing, as far as it can be known without the network."""
    return dry_run.verdict(call.db, call.system, call.member, content_id)


@post(
    "/writer/content/{content_id:int}/dry-run", takes=Nothing, gives=DryRun, errors=(404, 409, 422)
)
def rehearse(call: Call, content_id: FromPath[int]) -> DryRun:
    """What publishing would create and change, asked of the destination; nothing is written."""
    return dry_run.run(call.system, call.member, content_id)


@post(
    "/writer/content/{content_id:int}/publish",
    takes=Publish,
    gives=Queued,
    status=202,
    errors=(404, 409, 422),
    parameters=(versions.HEADER,),
)
def publish(call: Call, content_id: FromPath[int], given: Publish) -> Queued:
    """Put it online now; with `If-Match`, only the version that was read.

    Again while that is on its way: the same record."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    asked = msgspec.structs.asdict(given)
    record = records.publish(call.db, call.system, content, by=call.member, **asked)
    return queued(record)


@post(
    "/writer/content/{content_id:int}/retract",
    takes=Retract,
    gives=Queued,
    status=202,
    errors=(404, 409, 422),
)
def retract(call: Call, content_id: FromPath[int], given: Retract) -> Queued:
    """Take it offline at its destination."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    return queued(records.retract(call.db, call.system, content, by=call.member, to=given.to))


@post(
    "/writer/content/{content_id:int}/unpublish",
    takes=Nothing,
    gives=ContentWhole,
    errors=(404, 409, 422),
)
def unpublish(call: Call, content_id: FromPath[int]) -> Any:
    """Forget the link only: the post at the destination stays as it is, the piece is a draft."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    letting_go.unpublish(call.db, call.system, content)
    call.db.flush()
    return versions.tagged(call, content_id)


def queued(record: PublishingRecord) -> Queued:
    """The 202 answer about a record."""
    return Queued(record.content_id, record.id, record.id)


ROUTES = [validate, rehearse, publish, retract, unpublish]
