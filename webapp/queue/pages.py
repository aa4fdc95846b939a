"""The publishing queue: what waits, goes out, went wrong and is online, and what to do about it."""

from __future__ import annotations

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.content.outcome import Outcome
from webapp.core.errors import NotFound
from webapp.forms import Form, Pieces
from webapp.publisher.records import counters
from webapp.queue import acts, listing
from webapp.queue.acts import ACTS
from webapp.queue.filters import PATH, TABS, FilterForm, Filters


class ActForm(Form, rename={"ticked": "id"}):
    """The row whose button was pressed, else the rows that are ticked."""

    only: Pieces = {}
    ticked: Pieces = {}


@get(PATH)
def index(call: Call) -> Response[str]:
    """A tab of the queue, a page at a time."""
    return _queue(call)


@get(PATH + "/tabs")
def tabs(call: Call) -> Response[str]:
    """The tabs with their counts."""
    chosen = _filters(call)
    counts = counters.counts(call.db, call.member, chosen.site_id)
    return call.fragment("queue/_tabs.html", filters=chosen, tabs=TABS, counts=counts)


@get(PATH + "/rows/{content_id:int}")
def row(call: Call, content_id: int) -> Response[str]:
    """One row as it stands now; marked where it has left the tab meanwhile."""
    chosen = Filters(call.asked(FilterForm).known_tab)
    found = listing.one(call.db, call.system, call.member, chosen.tab, content_id)
    if found is None:
        raise NotFound
    shown, belongs = found
    return call.fragment(
        "queue/_row.html",
        row=shown,
        filters=chosen,
        has_left=not belongs,
        acts=ACTS,
        may_decide=call.member.may_publish,
        now=call.system.clock(),
    )


def _act(noun: str) -> HTTPRouteHandler:
    """`POST …/<noun>`: the row whose button was pressed (`only`), or all that are ticked."""

    @post(f"{PATH}/{noun}")
    def act(call: Call, data: ActForm) -> Response[str]:
        ticked = data.only if data.sent.get("only") else data.ticked
        return _queue(call, acts.do(call.db, call.system, call.member, noun, ticked))

    return act


def _filters(call: Call) -> Filters:
    return call.asked(FilterForm).filters(call.member.site_id)


def _queue(call: Call, outcome: Outcome | None = None) -> Response[str]:
    block = ("whole" if outcome else "queue") if call.is_htmx else None
    chosen = _filters(call)
    member = call.member.looking(Capability.FOLLOW)  # also where an act is answered
    shown = listing.load(call.db, call.system, member, chosen)
    return call.page(
        "queue/index.html",
        block=block,
        filters=chosen,
        tabs=TABS,
        queue=shown,
        now=shown.now,
        acts=ACTS,
        outcome=outcome,
        may_decide=call.member.may_publish,
        may_pause=[one.id for one in shown.sites if call.member.may(Capability.PUBLISH, one.id)],
        has_left=False,
    )


ROUTES = [index, tabs, row, *(_act(noun) for noun in ACTS)]
