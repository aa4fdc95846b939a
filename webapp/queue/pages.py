"""The publishing queue: what waits, goes out, went wrong and is online, and what to do about it."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from sqlalchemy.orm import Session

from webapp.accounts.access import Member, Role
from webapp.core.errors import NotFound
from webapp.core.handlers import get, post
from webapp.core.system import System
from webapp.core.web import fragment, id_in, is_htmx, page, ticked_in
from webapp.publisher.records import tallies
from webapp.queue import acts, filters, listing
from webapp.queue.acts import ACTS, Outcome
from webapp.queue.filters import PATH, TABS, Filters

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get(PATH)
def index(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    tab: str = "attention", q: str = "", type: str = "", site: str = "", after: str = "",
) -> Response[str]:  # fmt: skip
    """A tab of the queue, a page at a time."""
    chosen = filters.read(member.site_id, tab, q, type, id_in(site), after)
    return _queue(request, db, system, member, chosen)


@get(PATH + "/tabs")
def tabs(
    request: Request[Member, str, Any], db: Session, member: Member,
    tab: str = "attention", q: str = "", type: str = "", site: str = "",
) -> Response[str]:  # fmt: skip
    """The tabs with their counts."""
    chosen = filters.read(member.site_id, tab, q, type, id_in(site), "")
    counts = tallies.counts(db, member, chosen.site_id)
    return fragment(request, "queue/_tabs.html", filters=chosen, tabs=TABS, counts=counts)


@get(PATH + "/rows/{content_id:int}")
def row(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    content_id: int, tab: str = "attention",
) -> Response[str]:  # fmt: skip
    """One row as it stands now; marked where it has left the tab meanwhile."""
    chosen = filters.read(member.site_id, tab, "", "", None, "")
    found = listing.one(db, system, member, chosen.tab, content_id)
    if found is None:
        raise NotFound
    shown, belongs = found
    return fragment(
        request, "queue/_row.html", row=shown, filters=chosen, has_left=not belongs, acts=ACTS,
        may_decide=member.may(Role.EDITOR), now=system.clock(),
    )  # fmt: skip


@post(PATH + "/undo")
def undo(
    request: Request[Member, str, Any], db: Session, system: System, member: Member, data: Form,
    tab: str = "attention", q: str = "", type: str = "", site: str = "", after: str = "",
) -> Response[str]:  # fmt: skip
    """Take back what was done last."""
    chosen = filters.read(member.site_id, tab, q, type, id_in(site), after)
    outcome = acts.undo(db, system, member, ids_in(data.get("step", [])))
    return _queue(request, db, system, member, chosen, outcome)


def _act(noun: str) -> HTTPRouteHandler:
    """`POST …/<noun>`: the row whose button was pressed (`only`), or all that are ticked."""

    @post(f"{PATH}/{noun}")
    def act(
        request: Request[Member, str, Any], db: Session, system: System, member: Member,
        data: Form, tab: str = "attention", q: str = "", type: str = "", site: str = "",
        after: str = "",
    ) -> Response[str]:  # fmt: skip
        chosen = filters.read(member.site_id, tab, q, type, id_in(site), after)
        ticked = ticked_in(data.get("only") or data.get("id", []), acts.MOST_AT_ONCE)
        outcome = acts.do(db, system, member, noun, ticked)
        return _queue(request, db, system, member, chosen, outcome)

    return act


def ids_in(given: Any) -> list[int]:
    """The ids that a form names, as many as are taken at once."""
    values = given if isinstance(given, list) else [given]
    found = [id_in(str(one)) for one in values[: acts.MOST_AT_ONCE]]
    return [one for one in found if one is not None]


def _queue(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    chosen: Filters, outcome: Outcome | None = None,
) -> Response[str]:  # fmt: skip
    block = ("whole" if outcome else "queue") if is_htmx(request) else None
    shown = listing.load(db, system, member, chosen)
    return page(
        request, db, "queue/index.html", block=block, filters=chosen, tabs=TABS, queue=shown,
        now=shown.now, acts=ACTS, outcome=outcome, may_decide=member.may(Role.EDITOR),
        has_left=False,
    )  # fmt: skip


ROUTES = [index, tabs, row, undo, *(_act(noun) for noun in ACTS)]
