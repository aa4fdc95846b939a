"""What an editor decides about a piece: submit, approve, ask for changes, publish, take offline.

Each is one verb. htmx gets the panel as it stands afterwards, a plain form goes back to its page;
a refusal shows its sentence in the panel, next to the button that caused it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.call import Call, Form, post
from webapp.content import panel
from webapp.core.errors import Problem
from webapp.core.system import System
from webapp.core.web import Toast, id_in
from webapp.publisher.planning import plans
from webapp.publisher.records import approvals, edits, goes, records
from webapp.writer import content as contents
from webapp.writer.models import Content

Verb = Callable[[Content], Any]


@post("/content/{content_id:int}/submission")
def submit(call: Call, content_id: int, data: Form) -> Response[str]:
    """Hand a draft over for review."""
    return _decide(call, content_id, data, announced(call.db, call.system, contents.submit))


@post("/content/{content_id:int}/approval")
def approve(call: Call, content_id: int, data: Form) -> Response[str]:
    """Approve the text that was shown."""
    return _decide(
        call,
        content_id,
        data,
        announced(
            call.db,
            call.system,
            as_read(data, lambda content: contents.approve(call.db, content, by=call.member)),
        ),
    )


@post("/content/{content_id:int}/change-request")
def request_changes(call: Call, content_id: int, data: Form) -> Response[str]:
    """Send the piece back to its writer, saying why."""
    comment = data.get("comment", "")
    return _decide(
        call,
        content_id,
        data,
        lambda content: approvals.send_back(call.db, call.system, content, comment, by=call.member),
    )


@post("/content/{content_id:int}/publication")
def publish(call: Call, content_id: int, data: Form) -> Response[str]:
    """Publish now; the worker does the rest. `over`: what was seen of edits made there."""
    force, over = data.get("force") == "yes", edits.named(data.get("over", ""))
    return _decide(
        call,
        content_id,
        data,
        as_read(
            data,
            as_shown(
                call.db,
                data,
                lambda content: records.publish(
                    call.db, call.system, content, by=call.member, force=force, over=over
                ),
            ),
        ),
    )


@post("/content/{content_id:int}/retraction")
def retract(call: Call, content_id: int, data: Form) -> Response[str]:
    """Take the piece offline at its destination."""
    to = data.get("to", "draft")
    return _decide(
        call,
        content_id,
        data,
        lambda content: records.retract(call.db, call.system, content, by=call.member, to=to),
    )


def as_read(data: dict[str, str], verb: Verb) -> Verb:
    """The verb, refused where the form names another `version` than stands there now."""

    def act(content: Content) -> None:
        contents.check_read(content, id_in(data.get("version", "")))
        verb(content)

    return act


def as_shown(db: Session, data: dict[str, str], verb: Verb) -> Verb:
    """The verb, refused where the form `goes` elsewhere by now than its page showed."""

    def act(content: Content) -> None:
        goes.check_shown(db, content, data.get("goes", ""))
        verb(content)

    return act


def announced(db: Session, system: System, verb: Verb) -> Verb:
    """The verb, and then word of it to the open pages and the scheduler."""

    def act(content: Content) -> None:
        verb(content)
        plans.decided(db, system, content)

    return act


def _decide(call: Call, content_id: int, data: dict[str, str], verb: Verb) -> Response[str]:
    home = data.get("home", "review")
    try:
        verb(access.get_for_update(call.db, call.member, Content, content_id))
        call.db.flush()
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        call.roll_back()
        return _refused(call, content_id, home, data, problem)
    if not call.is_htmx:
        return call.redirect(f"/{home if home in panel.HOMES else 'review'}/{content_id}")
    version = id_in(data.get("version", ""))
    shown = panel.load(call.db, call.system, call.member, content_id, home, version=version)
    return call.fragment("content/_panel.html", panel=shown)


def _refused(
    call: Call, content_id: int, home: str, data: dict[str, str], problem: Problem
) -> Response[str]:
    shown = panel.load(
        call.db,
        call.system,
        call.member,
        content_id,
        home,
        problem=problem,
        comment=data.get("comment", ""),
        version=id_in(data.get("version", "")),
    )
    if call.is_htmx:
        # The calendar shows no panel: a toast says it there.
        toast = Toast(problem.message, kind="problem") if home == "calendar" else None
        return call.fragment("content/_panel.html", status=problem.status, toast=toast, panel=shown)
    return call.page("content/panel.html", status=problem.status, panel=shown)


ROUTES = [submit, approve, request_changes, publish, retract]
