"""A new site: the form for it, and the three steps that lead from it to a first piece."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access, sites
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.accounts.sites import NewSite
from webapp.call import Call, get, post
from webapp.core import zones
from webapp.core.errors import Problem
from webapp.core.web import id_in
from webapp.forms import Form
from webapp.sites import first_steps, look, view


class SiteForm(Form):
    """A site as it was typed."""

    name: str = ""
    url: str = ""
    timezone: str = ""


@get("/settings/sites/new")
def form(call: Call) -> Response[str]:
    """The form, with the person's own zone."""
    return _page(call, SiteForm(timezone=call.member.timezone))


@post("/settings/sites")
def add(call: Call, data: SiteForm) -> Response[str]:
    """Add the site, and go on to connecting it."""
    wanted = NewSite(data.name, data.url, data.timezone)
    try:
        made = sites.add(call.db, call.system, wanted, by=call.member)
    except Problem as problem:
        call.roll_back()
        return _page(call, data, problem)
    return call.redirect(f"/settings/sites/{made.id}#first-steps")


@get("/settings/sites/{site_id:int}/steps")
def steps(call: Call, site_id: int) -> Response[str]:
    """The steps as they stand now."""
    site = view.site(call.db, call.system, call.member, site_id)
    if not call.is_htmx:
        return call.redirect(f"/settings/sites/{site_id}")
    return call.fragment(
        "sites/_first_steps.html",
        site=site,
        steps=first_steps.of(call.db, call.member, site),
        problem=None,
        given={},
        is_answer=False,
        may_manage=call.member.may(Capability.MANAGE, site_id),
    )


@get("/settings/sites/{site_id:int}/look")
def look_there(call: Call, site_id: int) -> Response[str]:
    """What answers at the site's address. No transaction is open while it does."""
    with call.system.db.read() as db:
        url = access.get(db, call.member, Site, site_id).url
    if not call.is_htmx:
        return call.redirect(f"/settings/sites/{site_id}")
    return call.fragment("sites/_looked.html", said=look.at(call.system.http, url))


def _page(call: Call, typed: SiteForm, problem: Problem | None = None) -> Response[str]:
    taken = id_in(str(problem.details.get("site_id", ""))) if problem else None
    return call.page(
        "sites/new.html",
        status=problem.status if problem else 200,
        typed=typed,
        problems=problem.fields if problem else {},
        taken=taken,
        zones=zones.names(),
    )


ROUTES = [form, add, steps, look_there]
