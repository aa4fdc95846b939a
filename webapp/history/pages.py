"""The revisions of a piece: the list, any two compared, and one restored."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.content.piece import image_address
from webapp.core.errors import Problem
from webapp.core.web import PICTURES_FROM_ANYWHERE, Toast
from webapp.forms import Form, Number
from webapp.history import looks, reading, words
from webapp.history.reading import CompareForm
from webapp.publisher.planning import beside
from webapp.writer import contents, working
from webapp.writer.allowed import OWN_SCHEME, scheme_of
from webapp.writer.models import Content


class RestoreForm(Form):
    """The version that stood there when it was decided."""

    version: Number = None


@get("/content/{content_id:int}/revisions")
def show(call: Call, content_id: int) -> Response[str]:
    """What the piece has been, and what changed between two of its revisions."""
    return _page(call, content_id)


@post("/content/{content_id:int}/revisions/{revision:int}/restoration")
def restore(call: Call, content_id: int, revision: int, data: RestoreForm) -> Response[str]:
    """Make the piece what it was: a new revision."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    try:
        contents.check_read(content, data.version)
        lost = beside.restore(call.db, call.system, content, revision, by=call.member)
    except Problem as problem:
        if problem.is_of_page:
            raise
        call.roll_back()
        return _page(call, content_id, status=problem.status, problem=problem)
    call.db.flush()
    if not lost:
        is_beside = working.find(call.db, content) is not None
        return call.redirect(f"/content/{content_id}/{'edit' if is_beside else 'revisions'}")
    return _page(call, content_id, lost=lost)


@post("/content/{content_id:int}/look")
def look(call: Call, content_id: int) -> Response[str]:
    """The member has the piece before them."""
    content = access.get(call.db, call.member, Content, content_id)
    looks.remember(call.db, call.system, content, by=call.member)
    return Response("", status_code=204)


def _page(
    call: Call,
    content_id: int,
    *,
    status: int = 200,
    problem: Problem | None = None,
    lost: list[str] | None = None,
) -> Response[str]:
    asked = call.asked(CompareForm)
    found = reading.load(call.db, call.system, call.member, content_id, asked)
    toast = Toast("It is what it was, but for what is said here.") if lost else None
    return call.page(
        "history/index.html",
        status=status,
        toast=toast,
        headers=PICTURES_FROM_ANYWHERE,
        history=found,
        may_restore=call.member.may(Capability.WRITE, found.content.site_id),
        problem=problem,
        lost=lost or [],
        format_note=words.format_note,
        picture_at=_picture_at,
    )


def _picture_at(content_id: int, src: str) -> str:
    """Where the page finds a picture of the text; "" where it is none of the web."""
    own = src.removeprefix(f"{OWN_SCHEME}:")
    if own != src:
        return image_address(content_id, own)
    return src if scheme_of(src) in ("http", "https") else ""


ROUTES = [show, restore, look]
