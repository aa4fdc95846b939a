"""The review page: what waits on the left, the piece itself on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.params import Body
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.content import panel, piece, waiting
from webapp.core.errors import NotFound, Problem
from webapp.core.handlers import get, post
from webapp.core.system import System
from webapp.core.web import fragment, is_htmx, page, ticked_in
from webapp.publisher.planning import plans
from webapp.writer import content as contents
from webapp.writer.models import Content

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class Outcome:
    """What a bulk approval did: how many, and why not the others."""

    approved: int
    refused: list[tuple[str, str]]


@get("/review")
def index(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    status: str = "waiting", q: str = "", type: str = "", author: str = "",
    after: int | None = None, keep: list[int] | None = None,
) -> Response[str]:  # fmt: skip
    """The list; beside it, where there is room, its first piece."""
    filters = _filters(member, status, q, type, author, after)
    if is_htmx(request):
        return _list(request, db, member, filters, keep=keep or [])
    found = waiting.listing(db, member, filters)
    first = found.rows[0].id if found.rows else None
    return _whole(request, db, system, member, filters, found, first, is_open=False)


@get("/review/{content_id:int}")
def show(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, status: str = "waiting", q: str = "", type: str = "",
    author: str = "", after: int | None = None,
) -> Response[str]:  # fmt: skip
    """One piece to read and decide on."""
    filters = _filters(member, status, q, type, author, after)
    if is_htmx(request):
        context = _pane(db, system, member, content_id)
        title = context["piece"].content.title or "Without a title"
        return page(request, db, "review/index.html", block="pane", title=title,
                    filters=filters, **context)  # fmt: skip
    found = waiting.listing(db, member, filters)
    return _whole(request, db, system, member, filters, found, content_id, is_open=True)


@get("/review/rows/{content_id:int}")
def row(
    request: Request[Member, str, Any], db: Session, member: Member, content_id: int,
    status: str = "waiting", q: str = "", type: str = "", author: str = "",
    after: int | None = None,
) -> Response[str]:  # fmt: skip
    """One row of the list, as it stands now."""
    found = waiting.one(db, member, content_id)
    if found is None:
        raise NotFound
    filters = _filters(member, status, q, type, author, after)
    return fragment(request, "review/_row.html", row=found, filters=filters, selected=None)


@post("/review/approvals")
def approve_many(
    request: Request[Member, str, Any], db: Session, system: System, member: Member, data: Form,
    status: str = "waiting", q: str = "", type: str = "", author: str = "",
    after: int | None = None,
) -> Response[str]:  # fmt: skip
    """Approve what is ticked; each on its own, and the rest is told with its reason."""
    filters = _filters(member, status, q, type, author, after)
    ticked = ticked_in(data.get("id", []), MOST_AT_ONCE)
    outcome = _approve(db, system, member, ticked)
    if is_htmx(request):
        return _list(request, db, member, filters, outcome, list(ticked))
    found = waiting.listing(db, member, filters)
    first = found.rows[0].id if found.rows else None
    return _whole(request, db, system, member, filters, found, first, is_open=False,
                  outcome=outcome)  # fmt: skip


def _filters(
    member: Member, status: str, q: str, content_type: str, author: str, after: int | None
) -> waiting.Filters:
    known = status if status in waiting.STATUSES else "waiting"
    return waiting.Filters(known, q.strip(), content_type, author, member.site_id, after)


def _list(
    request: Request[Member, str, Any], db: Session, member: Member, filters: waiting.Filters,
    outcome: Outcome | None = None, keep: Sequence[int] = (),
) -> Response[str]:  # fmt: skip
    found = waiting.listing(db, member, filters, keep)
    return fragment(
        request, "review/_list.html", filters=filters, listing=found, selected=None,
        statuses=waiting.STATUSES, outcome=outcome,
    )  # fmt: skip


def _whole(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    filters: waiting.Filters, found: waiting.Listing, selected: int | None, *, is_open: bool,
    outcome: Outcome | None = None,
) -> Response[str]:  # fmt: skip
    pane = _pane(db, system, member, selected) if selected else {"piece": None}
    return page(
        request, db, "review/index.html", filters=filters, listing=found, selected=selected,
        is_open=is_open, statuses=waiting.STATUSES, outcome=outcome, **pane,
    )  # fmt: skip


def _pane(db: Session, system: System, member: Member, content_id: int) -> dict[str, Any]:
    shown = piece.load(db, system, member, content_id)
    blocks = [check for check in shown.checks if check.verdict == "block"]
    return {
        "piece": shown,
        "panel": panel.load(db, system, member, content_id, "review", blocking=blocks),
    }


def _approve(db: Session, system: System, member: Member, ticked: dict[int, int | None]) -> Outcome:
    approved, refused = 0, []
    for content_id, version in ticked.items():
        try:
            content = access.get_for_update(db, member, Content, content_id)
        except NotFound:
            continue
        try:
            contents.check_read(content, version)
            contents.approve(db, content, by=member)
        except Problem as problem:
            refused.append((content.title, problem.message))
        else:
            plans.decided(db, system, content)
            approved += 1
    db.flush()
    return Outcome(approved, refused)


ROUTES = [index, show, row, approve_many]
