"""The editor itself: the page, what it saves by itself, and its form where no script runs."""

from __future__ import annotations

from typing import Any

from litestar import Response

from webapp.accounts import access
from webapp.api import reading
from webapp.call import Call, get, post
from webapp.content.pages.pieces import zone_of
from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict, Invalid, Problem
from webapp.core.web import PICTURES_FROM_ANYWHERE
from webapp.editor import fields, halves, newlines, restoring, saving, view
from webapp.editor.at import locked
from webapp.editor.saving import Sent, Typed
from webapp.forms import Form
from webapp.publisher.planning import beside
from webapp.writer import readings, working
from webapp.writer.models import Content

NO_STORE = {"Cache-Control": "no-store"}


class WritingForm(Form):
    """All of the editor as a form; the fields' names are those of editor/fields.py. `act` is the
    button that was pressed."""

    version: str = ""
    html: str = ""
    act: str = ""


@get("/content/{content_id:int}/edit")
def show(call: Call, content_id: int, plain: bool = False) -> Response[str]:
    """Write a piece."""
    return _page(call, view.load(call, content_id), is_plain=plain)


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
    sent = reading.body(body, Sent)
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


@post("/content/{content_id:int}/edit")
def save_form(call: Call, content_id: int, data: WritingForm) -> Response[str]:
    """The same with one button, and the act that was asked for along with it. On a refusal all that
    was typed stands there again."""
    at = locked(call, content_id)
    content = at.content
    standing = working.standing(call.db, content)
    shown = fields.shown(standing.values)
    typed = {name: _typed(data, name) for name in shown if name in data.sent or name in _TICKS}
    typed["html"] = newlines.as_opened(standing.html, data.html)
    try:
        if data.version != standing.version:
            raise Conflict(sentence(Code.VERSION_CONFLICT), code=Code.VERSION_CONFLICT)
        changed = {name: Typed(typed[name], shown[name]) for name in shown if name in typed}
        sent = Sent(version=data.version, html=typed["html"], fields=changed, mode="manual")
        saved = saving.save(at, sent)
        if saved.wrong:
            raise Invalid(saved.wrong)
        if data.act == "submit":
            beside.submit(call.db, call.system, content, by=call.member)
    except Problem as problem:
        call.roll_back()
        again = view.load(call, content_id, problem=problem, typed=typed, wrong=problem.fields)
        return _page(call, again, status=problem.status, is_plain=True)
    place = "" if data.act == "submit" else "/edit"
    return call.redirect(f"/content/{content_id}{place}")


# A form says nothing of boxes that are not ticked.
_TICKS = ("keyword_ids",)


def _typed(data: WritingForm, name: str) -> str:
    given = data.sent.get(name, "")
    return "\n".join(map(str, given)) if isinstance(given, list) else str(given)


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


def _page(
    call: Call, shown: view.Editor, *, status: int = 200, is_plain: bool = False
) -> Response[str]:
    return call.page(
        "editor/index.html",
        status=status,
        headers=PICTURES_FROM_ANYWHERE,
        editor=shown,
        is_plain=is_plain,
    )


ROUTES = [show, read, save, save_form, standing, checks, history]
