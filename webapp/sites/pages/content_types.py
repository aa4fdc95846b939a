"""What a site's website is made of: types that go out or not, taxonomies, terms and authors."""

from __future__ import annotations

from dataclasses import dataclass

from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.core.errors import Conflict, Problem
from webapp.core.system import System
from webapp.forms import Form, Words
from webapp.integrations import connections, fetching, registry, structure
from webapp.integrations.models import SiteIntegration
from webapp.integrations.structure import Known


class TypesForm(Form):
    """The types that go out; those that are left out do not."""

    type: Words = []


@dataclass(frozen=True)
class Told:
    """A connection, and what its website told."""

    id: int
    title: str
    address: str
    known: Known


@get("/settings/sites/{site_id:int}/content-types")
def show(call: Call, site_id: int) -> Response[str]:
    """The types and taxonomies of the site's websites."""
    return _page(call, access.get(call.db, call.member, Site, site_id))


@post("/settings/integrations/{integration_id:int}/structure")
def fetch(call: Call, integration_id: int) -> Response[str]:
    """Ask the website for it now. No transaction is open while it answers."""
    with call.system.db.read() as db:
        integration = access.get(db, call.member, SiteIntegration, integration_id)
        site_id = integration.site_id
    try:
        fetching.fetch(call.system, integration_id)
    except Conflict as problem:
        return _page(call, access.get(call.db, call.member, Site, site_id), problem)
    return call.redirect(f"/settings/sites/{site_id}/content-types#structure-{integration_id}")


@post("/settings/integrations/{integration_id:int}/types")
def switch(call: Call, integration_id: int, data: TypesForm) -> Response[str]:
    """Switch types on and off: a piece of one that is off does not go out."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    on = {name: name in data.type for name in structure.types(integration)}
    connections.switch_types(call.db, call.system, integration, on, by=call.member)
    home = f"/settings/sites/{integration.site_id}/content-types"
    return call.redirect(f"{home}#structure-{integration_id}")


def _page(call: Call, site: Site, problem: Problem | None = None) -> Response[str]:
    return call.page(
        "sites/content_types.html",
        status=problem.status if problem else 200,
        site=site,
        told=_told(call.db, call.system, call.member, site.id),
        problem=problem,
        now=call.system.clock(),
        may_manage=call.member.may(Capability.MANAGE, site.id),
    )


def _told(db: Session, system: System, member: Member, site_id: int) -> list[Told]:
    """Of the connections that are switched on and can tell it, the default first."""
    query = access.visible(member, SiteIntegration).where(
        SiteIntegration.site_id == site_id,
        SiteIntegration.is_active,
        SiteIntegration.platform.in_(registry.telling()),
    )
    order = (SiteIntegration.is_default.desc(), SiteIntegration.id)
    return [
        Told(
            one.id,
            registry.of(one.platform).title,
            one.base_url,
            structure.known(db, one, system.clock()),
        )
        for one in db.scalars(query.order_by(*order))
    ]


ROUTES = [show, fetch, switch]
