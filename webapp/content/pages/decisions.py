"""What an editor decides about a piece: submit, approve, ask for changes, publish, take offline.

Each is one verb. htmx gets the panel as it stands afterwards, a plain form goes back to its page;
a refusal shows its sentence in the panel, next to the button that caused it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.params import Body
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.content import panel
from webapp.core.errors import Problem
from webapp.core.handlers import post
from webapp.core.system import System
from webapp.core.web import Toast, fragment, id_in, is_htmx, page, redirect
from webapp.publisher.planning import plans
from webapp.publisher.records import approvals, edits, records
from webapp.writer import content as contents
from webapp.writer.models import Content

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]
Verb = Callable[[Content], Any]


@post("/content/{content_id:int}/submission")
def submit(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Hand a draft over for review."""
    return _decide(request, db, system, member, content_id, data, announced(
        db, system, contents.submit))  # fmt: skip


@post("/content/{content_id:int}/approval")
def approve(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Approve the text that was shown."""
    return _decide(request, db, system, member, content_id, data, announced(
        db, system, as_read(data, lambda content: contents.approve(db, content, by=member)),
    ))  # fmt: skip


@post("/content/{content_id:int}/change-request")
def request_changes(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Send the piece back to its writer, saying why."""
    comment = data.get("comment", "")
    return _decide(
        request, db, system, member, content_id, data,
        lambda content: approvals.send_back(db, system, content, comment, by=member),
    )  # fmt: skip


@post("/content/{content_id:int}/publication")
def publish(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Publish now; the worker does the rest. `over`: what was seen of edits made there."""
    force, over = data.get("force") == "yes", edits.named(data.get("over", ""))
    return _decide(
        request, db, system, member, content_id, data,
        as_read(data, lambda content: records.publish(
            db, system, content, by=member, force=force, over=over)),
    )  # fmt: skip


@post("/content/{content_id:int}/retraction")
def retract(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Take the piece offline at its destination."""
    to = data.get("to", "draft")
    return _decide(
        request, db, system, member, content_id, data,
        lambda content: records.retract(db, system, content, by=member, to=to),
    )  # fmt: skip


def as_read(data: dict[str, str], verb: Verb) -> Verb:
    """The verb, refused where the form names another `version` than stands there now."""

    def act(content: Content) -> None:
        contents.check_read(content, id_in(data.get("version", "")))
        verb(content)

    return act


def announced(db: Session, system: System, verb: Verb) -> Verb:
    """The verb, and then word of it to the open pages and the scheduler."""

    def act(content: Content) -> None:
        verb(content)
        plans.decided(db, system, content)

    return act


def _decide(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, data: dict[str, str], verb: Verb,
) -> Response[str]:  # fmt: skip
    home = data.get("home", "review")
    try:
        verb(access.get_for_update(db, member, Content, content_id))
        db.flush()
    except Problem as problem:
        if problem.status in (401, 403, 404):
            raise
        db.rollback()
        db.info.clear()
        return _refused(request, db, system, member, content_id, home, data, problem)
    if not is_htmx(request):
        return redirect(request, f"/{home if home in panel.HOMES else 'review'}/{content_id}")
    version = id_in(data.get("version", ""))
    shown = panel.load(db, system, member, content_id, home, version=version)
    return fragment(request, "content/_panel.html", panel=shown)


def _refused(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, home: str, data: dict[str, str], problem: Problem,
) -> Response[str]:  # fmt: skip
    shown = panel.load(
        db, system, member, content_id, home, problem=problem, comment=data.get("comment", ""),
        version=id_in(data.get("version", "")),
    )  # fmt: skip
    if is_htmx(request):
        # The calendar shows no panel: a toast says it there.
        toast = Toast(problem.message, kind="problem") if home == "calendar" else None
        return fragment(
            request, "content/_panel.html", status=problem.status, toast=toast, panel=shown
        )
    return page(request, db, "content/panel.html", status=problem.status, panel=shown)


ROUTES = [submit, approve, request_changes, publish, retract]
