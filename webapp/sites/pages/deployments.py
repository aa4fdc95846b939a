"""Many pieces of a site at once: what would be sent, how far it is, what became of each piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.core import paging
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Problem
from webapp.core.paging import Order
from webapp.forms import Form, Id, Number, one_of
from webapp.publisher.planning import deployment_reads, deployments, settings
from webapp.publisher.planning.deployment_reads import STATES, DeploymentItemLine, DeploymentLine
from webapp.publisher.planning.limits import Limits
from webapp.publisher.records.models import DeploymentItem, DeploymentRecord
from webapp.sites import view
from webapp.sites.view import Shown

_TYPE = one_of(*deployments.TYPES)
LISTED, PAGE = 20, 50
_ORDER = Order((DeploymentItem.id,), descends=False)


class DeploymentForm(Form):
    """Which pieces, and how many the page said they were."""

    deployment_type: Annotated[str, _TYPE]
    shown: Number = None


class ItemsQuery(Form):
    """Which pieces are listed: those in a state, behind one."""

    state: Annotated[str, one_of("", *STATES)] = ""
    after: Id = None


@dataclass(frozen=True)
class Items:
    """A page of a deployment's pieces. `state` is the chosen one, "" for all; `after` is where the
    next page begins, None on the last."""

    lines: list[DeploymentItemLine]
    state: str
    after: int | None
    is_first: bool


@get("/settings/sites/{site_id:int}/deployments")
def index(call: Call, site_id: int) -> Response[str]:
    """What could be sent, and what was."""
    return _index(call, site_id)


@post("/settings/sites/{site_id:int}/deployments")
def create(call: Call, site_id: int, data: DeploymentForm) -> Response[str]:
    """Send as many as the page said; a worker begins at once."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    kind = data.deployment_type
    try:
        _check_shown(call.db, site, data)
        made = deployments.create(call.db, call.system, site, kind, by=call.member)
    except Problem as problem:
        call.roll_back()
        return _index(call, site_id, problem)
    return call.redirect(f"/settings/deployments/{made.id}")


@get("/settings/deployments/{deployment_id:int}")
def show(call: Call, deployment_id: int) -> Response[str]:
    """How far it is; htmx gets only the part that moves."""
    return _show(call, deployment_id)


@post("/settings/deployments/{deployment_id:int}/cancellation")
def cancel(call: Call, deployment_id: int) -> Response[str]:
    """Withdraw what has not begun."""
    found = access.get_for_update(call.db, call.member, DeploymentRecord, deployment_id)
    try:
        deployments.cancel(call.db, call.system, found)
    except Conflict:  # it has ended meanwhile, as the page now shows
        call.roll_back()
    return call.redirect(f"/settings/deployments/{deployment_id}")


def _check_shown(db: Session, site: Site, data: DeploymentForm) -> None:
    now = deployments.counts(db, site.id)[data.deployment_type]
    if data.shown is not None and now and data.shown != now:
        raise Conflict.of(Code.DEPLOYMENT_CHANGED)


def _index(call: Call, site_id: int, problem: Problem | None = None) -> Response[str]:
    site = access.get(call.db, call.member, Site, site_id)
    limits = Limits.of(settings.rules(settings.of(call.db, site)))
    found = deployment_reads.newest(call.db, call.member, site_id, LISTED)
    return call.page(
        "sites/deployments.html",
        status=problem.status if problem else 200,
        problem=problem,
        counts=deployments.counts(call.db, site_id),
        deployments=found,
        running=next((one for one in found if one.is_running), None),
        limits_said=_said(limits),
        **_of_site(call, site_id),
    )


def _show(call: Call, deployment_id: int) -> Response[str]:
    found = deployment_reads.one(call.db, call.member, deployment_id)
    items = _items(call, found, call.asked(ItemsQuery))
    context: dict[str, Any] = {"deployment": found, "items": items, **_of_site(call, found.site_id)}
    if call.is_htmx:
        return call.fragment("sites/_deployment.html", **context)
    return call.page("sites/deployment.html", **context)


def _items(call: Call, found: DeploymentLine, asked: ItemsQuery) -> Items:
    query = deployment_reads.items(call.member, found.id)
    if asked.state:
        query = query.where(deployment_reads.STATE.in_([asked.state]))
    behind = (asked.after,) if asked.after else ()
    rows, has_more = paging.cut(call.db.execute(_ORDER.page(query, PAGE, behind)).all(), PAGE)
    lines = [deployment_reads.item_line(row) for row in rows]
    after = lines[-1].id if has_more else None
    return Items(lines, asked.state, after, is_first=not behind)


def _of_site(call: Call, site_id: int) -> dict[str, Any]:
    site: Shown = view.site(call.db, call.system, call.member, site_id)
    return {
        "site": site,
        "now": call.system.clock(),
        "may_decide": call.member.may(Capability.PUBLISH, site_id),
    }


def _said(limits: Limits) -> str:
    """The site's limits, which a person's act does not keep, in words; "" for none."""
    named = ((limits.day, "a day"), (limits.week, "a week"), (limits.month, "a month"))
    return ", ".join(f"{most} {period}" for most, period in named if most is not None)


ROUTES = [index, create, show, cancel]
