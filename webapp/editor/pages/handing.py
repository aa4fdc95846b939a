"""What becomes of the change that lies beside a piece: an edit, one that goes out, or nothing."""

from __future__ import annotations

import functools

from litestar import Response

from webapp.call import Call
from webapp.content.pages.acting import on_content
from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict, Problem
from webapp.editor import view
from webapp.forms import Form
from webapp.publisher.planning import beside
from webapp.writer import working
from webapp.writer.models import Content


class HandingForm(Form):
    """`version`: what its writer saw of piece and change."""

    version: str = ""


def _done(call: Call, content: Content, _: HandingForm, __: object) -> Response[str]:
    return call.redirect(f"/content/{content.id}")


def _stays(call: Call, content: Content, _: HandingForm, kept: int) -> Response[str]:
    return call.redirect(f"/content/{content.id}/edit?discarded={kept}")


def _refused(call: Call, content_id: int, _: HandingForm, problem: Problem) -> Response[str]:
    shown = view.load(call, content_id, problem=problem)
    return view.page(call, shown, status=problem.status)


def _check_seen(call: Call, content: Content, form: HandingForm) -> None:
    if form.version != working.standing(call.db, content).version:
        raise Conflict(sentence(Code.VERSION_CONFLICT), code=Code.VERSION_CONFLICT)


handed = functools.partial(on_content, done=_done, refused=_refused)


@handed("edit/handing-in")
def hand_in(call: Call, content: Content, data: HandingForm) -> None:
    """The change becomes an edit: the piece goes back to review with it."""
    _check_seen(call, content, data)
    beside.hand_in(call.db, call.system, content, by=call.member)


@handed("edit/update")
def update(call: Call, content: Content, data: HandingForm) -> None:
    """The change is approved by whoever hands it in, and what is online is sent again."""
    _check_seen(call, content, data)
    beside.update(call.db, call.system, content, by=call.member)


@on_content("edit/discard", done=_stays, refused=_refused)
def discard(call: Call, content: Content, data: HandingForm) -> int:
    """The change is thrown away; the piece is as it was."""
    _check_seen(call, content, data)
    return beside.discard(call.db, call.system, content, by=call.member)


ROUTES = [hand_in, update, discard]
