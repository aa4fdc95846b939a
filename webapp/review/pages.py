"""The review page: what waits on the left, the piece itself on the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Response

from webapp.accounts import access
from webapp.call import Call, get, post
from webapp.content import approval, panel, piece, waiting
from webapp.content.outcome import Outcome
from webapp.content.panel import PanelForm
from webapp.core.errors import Forbidden, NotFound, Problem
from webapp.core.savepoints import savepoint
from webapp.forms import Form, Pieces, Ticked
from webapp.publisher.planning import autopilot, decisions
from webapp.threads import view as threads
from webapp.writer import contents
from webapp.writer.models import Content


class ApprovalsForm(Form, rename={"ticked": "id"}):
    """The pieces that are ticked."""

    ticked: Pieces = {}


@get("/review")
def index(call: Call, keep: list[int] | None = None) -> Response[str]:
    """The list; beside it, where there is room, its first piece."""
    filters = _filters(call)
    if call.is_htmx:
        return _list(call, filters, keep=keep or [])
    found = waiting.listing(call.db, call.member, filters)
    first = found.rows[0].id if found.rows else None
    return _whole(call, filters, found, first, is_open=False)


@get("/review/{content_id:int}")
def show(call: Call, content_id: int) -> Response[str]:
    """One piece to read and decide on."""
    filters = _filters(call)
    if call.is_htmx:
        context = _pane(call, content_id)
        title = context["piece"].content.title or "Without a title"
        return call.page("review/index.html", block="pane", title=title, filters=filters, **context)
    found = waiting.listing(call.db, call.member, filters)
    return _whole(call, filters, found, content_id, is_open=True)


@get("/review/rows/{content_id:int}")
def row(call: Call, content_id: int) -> Response[str]:
    """One row of the list, as it stands now."""
    found = waiting.one(call.db, call.member, content_id)
    if found is None:
        raise NotFound
    filters = _filters(call)
    return call.fragment("review/_row.html", row=found, filters=filters, selected=None)


@post("/review/approvals")
def approve_many(call: Call, data: ApprovalsForm) -> Response[str]:
    """Approve what is ticked; each on its own, and the rest is told with its reason."""
    filters = _filters(call)
    outcome = _approve(call, data.ticked)
    if call.is_htmx:
        return _list(call, filters, outcome, list(data.ticked))
    found = waiting.listing(call.db, call.member, filters)
    first = found.rows[0].id if found.rows else None
    return _whole(call, filters, found, first, is_open=False, outcome=outcome)


def _filters(call: Call) -> waiting.Filters:
    return call.asked(waiting.FilterForm).filters("waiting", call.member.site_id)


def _list(
    call: Call, filters: waiting.Filters, outcome: Outcome | None = None, keep: Sequence[int] = ()
) -> Response[str]:
    found = waiting.listing(call.db, call.member, filters, keep)
    return call.fragment(
        "review/_list.html",
        filters=filters,
        listing=found,
        selected=None,
        statuses=waiting.STATUSES,
        outcome=outcome,
    )


def _whole(
    call: Call,
    filters: waiting.Filters,
    found: waiting.Listing,
    selected: int | None,
    *,
    is_open: bool,
    outcome: Outcome | None = None,
) -> Response[str]:
    pane = _pane(call, selected) if selected else {"piece": None}
    return call.page(
        "review/index.html",
        filters=filters,
        listing=found,
        selected=selected,
        is_open=is_open,
        statuses=waiting.STATUSES,
        outcome=outcome,
        **pane,
    )


def _pane(call: Call, content_id: int) -> dict[str, Any]:
    shown = piece.load(call.db, call.system, call.member, content_id)
    blocks = [check for check in shown.checks if check.verdict == "block"]
    return {
        "piece": shown,
        "panel": panel.load(call, content_id, PanelForm(), blocking=blocks),
        "threads": threads.load(call, shown.content),
    }


def _approve(call: Call, ticked: dict[int, Ticked]) -> Outcome:
    outcome, approved = Outcome(), []
    for content_id, shown in sorted(ticked.items()):
        try:
            content = access.get_for_update(call.db, call.member, Content, content_id)
        except NotFound:
            continue
        except Forbidden as problem:
            outcome.refused.append((f"Piece {content_id}", problem.message))
            continue
        try:
            with savepoint(call.db):
                contents.check_read(content, shown.version)
                step = decisions.approve(call.db, call.system, content, by=call.member)
        except Problem as problem:
            outcome.refused.append((content.title, problem.message))
        else:
            outcome.done += 1
            outcome.steps += [step] if step else []
            if contents.is_approved(content):
                approved.append(content_id)
            else:
                outcome.signed += 1
    call.db.flush()
    follows = autopilot.times_follow(call.db, call.member, approved)
    outcome.text = f"{approval.told_of_many(len(approved), outcome.signed)} {follows}".strip()
    return outcome


ROUTES = [index, show, row, approve_many]
