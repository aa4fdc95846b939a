"""What is said about a piece, and saying something."""

from __future__ import annotations

from typing import Any

from litestar import Response

from webapp.accounts import access
from webapp.accounts.rights import Capability
from webapp.call import Call, get
from webapp.content import piece
from webapp.content.pages.acting import on_content
from webapp.content.pages.pieces import zone_of
from webapp.core.errors import Problem
from webapp.forms import Form
from webapp.publisher.planning import decisions
from webapp.writer.models import Content


class CommentForm(Form):
    """What is said."""

    text: str = ""


@get("/content/{content_id:int}/comments")
def comments(call: Call, content_id: int) -> Response[str]:
    """What was said about the piece."""
    return _shown(call, access.get(call.db, call.member, Content, content_id))


def _said(call: Call, content: Content, _: CommentForm, __: object) -> Response[str]:
    if not call.is_htmx:
        return call.redirect(f"/review/{content.id}")
    return _shown(call, content)


def _refused(call: Call, content_id: int, form: CommentForm, problem: Problem) -> Response[str]:
    content = access.get(call.db, call.member, Content, content_id)
    if call.is_htmx:
        return _shown(call, content, form.text, problem)
    shown = _parts(call, content, form.text, problem)
    heading = content.title or "Without a title"
    return call.page("content/comments.html", status=problem.status, heading=heading, **shown)


def _shown(
    call: Call, content: Content, typed: str = "", problem: Problem | None = None
) -> Response[str]:
    status = problem.status if problem else 200
    shown = _parts(call, content, typed, problem)
    return call.fragment("content/_comments.html", status=status, **shown)


def _parts(call: Call, content: Content, typed: str, problem: Problem | None) -> dict[str, Any]:
    return {
        "content_id": content.id,
        "zone": zone_of(call.db, content),
        "comments": piece.comments_of(call.db, content),
        "may_comment": call.member.may(Capability.WRITE, content.site_id),
        "typed": typed,
        "problem": problem,
    }


@on_content("comments", done=_said, refused=_refused)
def comment(call: Call, content: Content, data: CommentForm) -> None:
    """Say something about the text that stands there."""
    decisions.comment(call.db, call.system, content, data.text, by=call.member)


ROUTES = [comments, comment]
