"""The editor itself: the page, and what it saves by itself."""

from __future__ import annotations

from typing import Any

from litestar import Response

from webapp.accounts import access
from webapp.api import reading
from webapp.call import Call, get, post
from webapp.content.pages.pieces import zone_of
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.editor import as_form, halves, restoring, saving, view
from webapp.editor.at import locked
from webapp.editor.saving import SaveRequest
from webapp.writer import readings, working
from webapp.writer.models import Content
from webapp.writing import revisions

NO_STORE = {"Cache-Control": "no-store"}


@get("/content/{content_id:int}/edit")
def show(
    call: Call, content_id: int, plain: bool = False, discarded: int | None = None
) -> Response[str]:
    """Write a piece. `discarded`: the version as which a change is kept that was just thrown
    away."""
    why = revisions.why_of(call.db, content_id, discarded) if discarded else ""
    kept = discarded if why == revisions.DISCARDED else None
    shown = as_form.load(call, content_id) if plain else view.load(call, content_id)
    return view.page(call, shown, is_plain=plain, discarded=kept)


@get("/content/{content_id:int}/draft")
def read(call: Call, content_id: int) -> Response[Any]:
    """What a page begins with: the source byte for byte, which no form field keeps."""
    content = access.get(call.db, call.member, Content, content_id)
    return Response(saving.load(call.db, call.system, content, by=call.member), headers=NO_STORE)


@post("/content/{content_id:int}/draft", status_code=200)
def save(call: Call, content_id: int, body: bytes) -> Response[Any]:
    """Save what was typed; what is wrong of it is named, and the rest is saved all the same."""
    with call.system.db.read() as db:  # before anything is made of the text
        access.get(db, call.member, Content, content_id)
    body, mended = halves.mended(body)
    sent = reading.body(body, SaveRequest)
    if isinstance(sent.html, str):
        readings.prepare(sent.html)  # before the transaction begins: it may take a while
    at = locked(call, content_id)
    if sent.mode == "restored":
        sent = restoring.unknown(call.db, at.content, sent)
    try:
        saved = saving.save(at, sent, mended)
    except Conflict as problem:
        if problem.code != Code.VERSION_CONFLICT:
            raise
        call.roll_back()
        return Response(problem.as_dict(), status_code=409, headers=NO_STORE)
    return Response(saved, headers=NO_STORE)


@get("/content/{content_id:int}/edit/standing")
def standing(call: Call, content_id: int) -> Response[str]:
    """The state of the piece, when it goes out, and what can be done with it now."""
    return call.fragment("editor/_standing.html", shown=view.standings(call, content_id))


@get("/content/{content_id:int}/edit/checks")
def checks(call: Call, content_id: int) -> Response[str]:
    """What is to be put right in what stands there now."""
    content = access.get(call.db, call.member, Content, content_id)
    found = view.checks(call, content, working.standing(call.db, content))
    return call.fragment("editor/_checks.html", checks=found, content=content)


@get("/content/{content_id:int}/edit/history")
def history(call: Call, content_id: int) -> Response[str]:
    """What the piece has been."""
    content = access.get(call.db, call.member, Content, content_id)
    found = view.history(call.db, call.member, content, working.standing(call.db, content))
    zone = zone_of(call.db, content)
    return call.fragment("editor/_history.html", history=found, content=content, zone=zone)


ROUTES = [show, read, save, standing, checks, history]
