"""`writer/content/`: pieces, from draft to publication."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.api import listing
from webapp.api.answers import Deleted
from webapp.api.endpoint import Listed, Nothing, delete, get, patch, post
from webapp.api.v1 import idempotency, versions
from webapp.call import Call
from webapp.core import limits
from webapp.core.errors import Invalid
from webapp.publisher.planning import beside, decisions
from webapp.writer import contents, reads, rebasing
from webapp.writer.draft import Change, Draft, wrong_anywhere
from webapp.writer.models import Content
from webapp.writer.reads import ContentLine, ContentWhole

CONTENTS = listing.Listing(
    model=Content,
    columns=reads.COLUMNS,
    joins=reads.JOINS,
    filters={
        "site": Content.site_id,
        "sector": Content.sector_id,
        "cluster": Content.cluster_id,
        "status": Content.status,
        "site_status": Content.site_status,
        "content_type": Content.content_type,
        "content_structure": Content.content_structure,
        "source": Content.source,
        "author_email": Content.author_email,
    },
    search=(Content.title, Content.slug, Content.excerpt),
    orderings={
        "id": Content.id,
        "created_at": Content.created_at,
        "updated_at": Content.updated_at,
        "title": Content.title,
        "status": Content.status,
        "site_status": Content.site_status,
        "word_count": Content.word_count,
        "priority": Content.priority,
    },
)
Comment = Annotated[str, limits.text("review_comments.text")]


class NewContent(Draft, kw_only=True):
    """A new piece. Without `site_id` it belongs to the caller's active site."""

    site_id: int | None = None


class Edit(Change, kw_only=True):
    """What is not given stays. `version` is the one that was read (or send `If-Match`); with
    `merge` it may be an older one."""

    version: int | None = None
    merge: bool = False


class Signing(msgspec.Struct, forbid_unknown_fields=True):
    """Which step is signed, where the site approves in steps."""

    step: int | None = None


class ChangesWanted(msgspec.Struct, forbid_unknown_fields=True):
    """What the writer should change."""

    comment: Comment


@get(
    "/writer/content",
    gives=ContentLine,
    is_list=True,
    errors=(422,),
    parameters=CONTENTS.parameters(),
)
def index(call: Call) -> Listed:
    """List pieces."""
    found = listing.of(call.db, call.request, CONTENTS)
    return Listed(found.count, found.next, found.previous, [reads.line(r) for r in found.results])


@post(
    "/writer/content",
    takes=NewContent,
    names_all=True,
    gives=ContentWhole,
    status=201,
    errors=(409, 422),
    parameters=(idempotency.HEADER,),
)
def create(call: Call, given: NewContent) -> Any:
    """Write a new piece, as a draft."""
    site_id = given.site_id or call.member.site_id
    if site_id is None:
        missing = {"site_id": "Say to which site the piece belongs."}
        raise Invalid(wrong_anywhere(given) | missing)

    def make() -> int:
        return decisions.create(call.db, call.system, site_id, given, by=call.member).id

    content_id = idempotency.once(call, "writer/content", given, make)
    return versions.tagged(call, content_id)


@get("/writer/content/{content_id:int}", gives=ContentWhole, errors=(404,))
def read(call: Call, content_id: FromPath[int]) -> Any:
    """Read a piece, with everything that belongs to it."""
    return versions.tagged(call, content_id)


@patch(
    "/writer/content/{content_id:int}",
    takes=Edit,
    names_all=True,
    gives=ContentWhole,
    errors=(404, 409, 422),
    parameters=(versions.HEADER,),
)
def edit(call: Call, content_id: FromPath[int], given: Edit) -> Any:
    """Change a piece. An approved or published one goes back to review."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    version = versions.of(call.request, given.version)
    if given.merge and version is not None:
        given = rebasing.rebase(call.db, content, given, version)
    else:
        contents.check_version(content, version)
    decisions.edit(call.db, call.system, content, given, by=call.member)
    call.db.flush()
    return versions.tagged(call, content_id)


@delete(
    "/writer/content/{content_id:int}",
    gives=Deleted,
    errors=(404, 409),
    parameters=(versions.HEADER,),
)
def remove(call: Call, content_id: FromPath[int]) -> Deleted:
    """Put a piece into the bin, with its time; refused while it is being published or online."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    decisions.delete(call.db, call.system, content, by=call.member)
    return Deleted(content_id)


@post(
    "/writer/content/{content_id:int}/submit",
    takes=Nothing,
    gives=ContentWhole,
    errors=(404, 409, 422),
)
def submit(call: Call, content_id: FromPath[int]) -> Any:
    """Hand a draft over for review."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    beside.submit(call.db, call.system, content, by=call.member)
    call.db.flush()
    return versions.tagged(call, content_id)


@post(
    "/writer/content/{content_id:int}/approve",
    takes=Signing,
    gives=ContentWhole,
    errors=(404, 409, 422),
    parameters=(versions.HEADER,),
)
def approve(call: Call, content_id: FromPath[int], given: Signing) -> Any:
    """Approve exactly the text that is there; with `If-Match`, only the version that was read."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    decisions.approve(call.db, call.system, content, by=call.member, step=given.step)
    call.db.flush()
    return versions.tagged(call, content_id)


@post(
    "/writer/content/{content_id:int}/request_changes",
    takes=ChangesWanted,
    gives=ContentWhole,
    errors=(404, 409, 422),
)
def request_changes(call: Call, content_id: FromPath[int], given: ChangesWanted) -> Any:
    """Send a piece back to its writer, saying why. What of it waits to go out is withdrawn."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    decisions.request_changes(call.db, call.system, content, given.comment, by=call.member)
    call.db.flush()
    return versions.tagged(call, content_id)


ROUTES = [index, create, read, edit, remove, submit, approve, request_changes]
