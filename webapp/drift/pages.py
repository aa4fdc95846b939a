"""Changed on the website: the list, and a piece with what differs and the ways out.

No transaction is open while a website answers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from litestar import Response

from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.core.errors import Problem
from webapp.core.wake import wake
from webapp.core.web import id_in
from webapp.drift import reading
from webapp.forms import Form, Id, Tick, one_of
from webapp.history import words
from webapp.publisher.delivery import ways_out
from webapp.publisher.records import drifts, edits, taking


class LookForm(Form):
    site: Id = None


class SeenForm(Form):
    """`over`: the state that was shown."""

    over: str = ""

    @property
    def seen(self) -> str:
        return edits.named(self.over)


class AcceptanceForm(SeenForm):
    """`everything`: all of theirs, whatever is chosen; else `take_` and the field's name."""

    everything: Tick = False

    @property
    def takes(self) -> dict[str, str] | None:
        if self.everything:
            return None
        read = one_of(*taking.TAKES, "")
        return {name: read(self.text_of(f"take_{name}")) for name in taking.FIELDS}


class RelinkForm(Form):
    """`post`: its number or address."""

    post: Annotated[str, str] = ""


@get("/publisher/drift")
def index(call: Call) -> Response[str]:
    """The pieces that stand on their websites otherwise than they were left."""
    return _list(call)


@post("/publisher/drift/look")
def look_everywhere(call: Call, data: LookForm) -> Response[str]:
    """Have a worker look now; what it finds appears in the list."""
    found = reading.connections(call.db, call.member, data.site)
    if found:
        wake(call.db, call.system, "look", *found)
    return call.redirect("/publisher/drift?looking=yes")


@get("/content/{content_id:int}/drift")
def show(call: Call, content_id: int) -> Response[str]:
    """What differs of a piece."""
    return _piece(call, content_id)


@post("/content/{content_id:int}/drift/look")
def look(call: Call, content_id: int, data: Form) -> Response[str]:  # noqa: ARG001
    """Look at it now."""
    return _act(call, content_id, lambda: ways_out.look(call.system, call.member, content_id))


@post("/content/{content_id:int}/drift/acceptance")
def accept(call: Call, content_id: int, data: AcceptanceForm) -> Response[str]:
    """Take over what stands there, or of each field what was chosen."""
    return _act(
        call,
        content_id,
        lambda: ways_out.accept(call.system, call.member, content_id, data.seen, data.takes),
    )


@post("/content/{content_id:int}/drift/overwriting")
def overwrite(call: Call, content_id: int, data: SeenForm) -> Response[str]:
    """Publish over what was shown."""
    return _act(
        call,
        content_id,
        lambda: ways_out.overwrite(call.system, call.member, content_id, data.seen),
    )


@post("/content/{content_id:int}/drift/relinking")
def relink(call: Call, content_id: int, data: RelinkForm) -> Response[str]:
    """Another post is this piece."""
    return _act(
        call,
        content_id,
        lambda: ways_out.relink(call.system, call.member, content_id, data.post),
        data.post,
    )


def _act(call: Call, content_id: int, act: Callable[[], Any], typed: str = "") -> Response[str]:
    try:
        made = act()
    except Problem as problem:
        if problem.is_of_page:
            raise
        return _piece(call, content_id, problem=problem, typed=typed)
    where = "" if made is not None else "/drift"
    return call.redirect(f"/content/{content_id}{where}")


def _list(call: Call) -> Response[str]:
    site_id = id_in(call.query("site")) or call.member.site_id
    before, kind = id_in(call.query("before")), call.query("kind")
    rows, more = reading.listed(call.db, call.member, kind=kind, site_id=site_id, before=before)
    shown: dict[str, Any] = {
        "rows": rows,
        "older": rows[-1].id if more else None,
        "kind": kind if kind in drifts.KINDS else "",
        "kinds": drifts.KINDS,
        "site_id": site_id,
        "is_first": before is None,
        "is_looking": call.query("looking") == "yes",
        "may_look": call.member.may_somewhere(Capability.PUBLISH),
    }
    if call.is_htmx:
        return call.fragment("drift/_list.html", **shown)
    return call.page("drift/index.html", **shown)


def _piece(
    call: Call, content_id: int, *, problem: Problem | None = None, typed: str = ""
) -> Response[str]:
    with call.system.db.read() as db:
        site_id = reading.site_of(db, call.member, content_id)
        may = call.member.may(Capability.PUBLISH, site_id)
        found = reading.piece(db, call.system, call.member, content_id, may=may)
    return call.page(
        "drift/piece.html",
        status=problem.status if problem else 200,
        piece=found,
        problem=problem,
        typed=typed,
        format_note=words.format_note,
    )


ROUTES = [index, look_everywhere, show, look, accept, overwrite, relink]
