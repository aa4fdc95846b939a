"""The sites, and the connections of each: connect, test, new key, default, public pages."""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response
from litestar.enums import RequestEncodingType
from litestar.params import Body
from sqlalchemy.orm import Session

from webapp.accounts import access, audit
from webapp.accounts.access import Member, Role
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.core.errors import Problem
from webapp.core.handlers import get, post
from webapp.core.system import System
from webapp.core.web import fragment, is_htmx, page, redirect
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.integrations.wordpress_plugin import package
from webapp.publisher.delivery import sweep
from webapp.sites import view

Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


@get("/settings/sites")
def index(
    request: Request[Member, str, Any], db: Session, system: System, member: Member
) -> Response[str]:
    """All sites, and where each publishes to."""
    return page(request, db, "sites/index.html", sites=view.sites(db, system, member))


@get("/settings/sites/{site_id:int}")
def show(
    request: Request[Member, str, Any], db: Session, system: System, member: Member, site_id: int
) -> Response[str]:
    """One site with its connections."""
    return _site(request, db, system, member, site_id)


@get("/settings/integrations/{integration_id:int}")
def card(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    integration_id: int,
) -> Response[str]:  # fmt: skip
    """A connection as it stands now."""
    integration = access.get(db, member, SiteIntegration, integration_id)
    if not is_htmx(request):
        return redirect(request, f"/settings/sites/{integration.site_id}")
    return _card(request, db, system, integration)


@post("/settings/sites/{site_id:int}/integrations")
def connect(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    site_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Connect the site; a new key is shown on the page that answers, and never again."""
    site = access.get_for_update(db, member, Site, site_id)
    try:
        integration, key = connections.connect(
            db,
            system,
            site,
            data.get("platform", ""),
            base_url=data.get("base_url", "").strip(),
            default_author=data.get("default_author", "").strip(),
        )
    except Problem as problem:
        db.rollback()
        db.info.clear()
        return _site(request, db, system, member, site_id, problem=problem, given=data)
    audit.note(db, system, Act.CONNECTION_MADE, connections.name_of(integration), by=member)
    return _site(request, db, system, member, site_id, keys={integration.id: key} if key else {})


@post("/settings/integrations/{integration_id:int}/test")
def test(
    request: Request[Member, str, Any], system: System, member: Member, integration_id: int
) -> Response[str]:
    """Ask the destination how it is. No transaction is open while it answers."""
    with system.db.read() as db:
        access.get(db, member, SiteIntegration, integration_id)
    sweep.check_one(system, integration_id)
    with system.db.read() as db:
        integration = access.get(db, member, SiteIntegration, integration_id)
        if is_htmx(request):
            return _card(request, db, system, integration)
    return redirect(request, f"/settings/sites/{integration.site_id}")


@post("/settings/integrations/{integration_id:int}/key")
def rotate_key(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    integration_id: int,
) -> Response[str]:  # fmt: skip
    """A new key, shown once; the old one works for another day."""
    integration = access.get_for_update(db, member, SiteIntegration, integration_id)
    key = connections.rotate_key(db, system, integration)
    audit.note(db, system, Act.KEY_ROTATED, connections.name_of(integration), by=member)
    db.flush()
    return _site(request, db, system, member, integration.site_id, keys={integration.id: key})


@post("/settings/integrations/{integration_id:int}/key/end")
def end_key(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    integration_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """A key that others may know ends at once: the old one, or all."""
    integration = access.get_for_update(db, member, SiteIntegration, integration_id)
    which = "old" if data.get("which") == "old" else "all"
    site_id = integration.site_id
    try:
        connections.end_key(db, system, integration, which)
    except Problem as problem:
        return _site(request, db, system, member, site_id, problem=problem)
    audit.note(db, system, Act.KEY_ENDED, f"{connections.name_of(integration)}: {which}", by=member)
    return redirect(request, f"/settings/sites/{site_id}")


@post("/settings/integrations/{integration_id:int}/changes")
def change(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    integration_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Make it the default, switch it on or off, or use the address that the website leads to."""
    integration = access.get_for_update(db, member, SiteIntegration, integration_id)
    values: dict[str, Any] = {}
    if data.get("is_default") == "yes":
        values["is_default"] = True
    if data.get("is_active") in ("yes", "no"):
        values["is_active"] = data["is_active"] == "yes"
    if data.get("base_url"):
        values["base_url"] = data["base_url"]
    site_id = integration.site_id
    try:
        connections.change(db, system, integration, values)
        told = f"{connections.name_of(integration)}: {', '.join(sorted(values))}"
        audit.note(db, system, Act.CONNECTION_CHANGED, told, by=member)
        db.flush()
    except Problem as problem:
        db.rollback()
        db.info.clear()
        return _site(request, db, system, member, site_id, problem=problem)
    return redirect(request, f"/settings/sites/{site_id}")


@post("/settings/sites/{site_id:int}/public")
def publish_site(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    site_id: int, data: Form,
) -> Response[str]:  # fmt: skip
    """Show the site's own pages to the world, or stop."""
    site = access.get_for_update(db, member, Site, site_id)
    site.is_public = data.get("is_public") == "yes"
    act = Act.SITE_SHOWN if site.is_public else Act.SITE_HIDDEN
    audit.note(db, system, act, site.name, by=member)
    return redirect(request, f"/settings/sites/{site_id}")


@get("/settings/plugin/igny8.zip")
def plugin() -> Response[bytes]:
    """The WordPress plugin."""
    headers = {"Content-Disposition": 'attachment; filename="igny8.zip"'}
    return Response(package.plugin_zip(), media_type="application/zip", headers=headers)


def _site(
    request: Request[Member, str, Any], db: Session, system: System, member: Member, site_id: int,
    *, keys: dict[int, str] | None = None, problem: Problem | None = None,
    given: dict[str, str] | None = None,
) -> Response[str]:  # fmt: skip
    return page(
        request,
        db,
        "sites/show.html",
        status=problem.status if problem else 200,
        site=view.site(db, system, member, site_id),
        app_url=system.config.public_url,
        keys=keys or {},
        problem=problem,
        given={"platform": "", "base_url": "", "default_author": "", **(given or {})},
        may_manage=member.may(Role.ADMIN),
    )


def _card(
    request: Request[Member, str, Any], db: Session, system: System, integration: SiteIntegration
) -> Response[str]:
    shown = view.site(db, system, request.user, integration.site_id)
    return fragment(
        request,
        "sites/_connection.html",
        site=shown,
        one=view.connection(integration, system.clock()),
        may_manage=request.user.may(Role.ADMIN),
    )


ROUTES = [
    index, show, card, connect, test, rotate_key, end_key, change, publish_site, plugin,
]  # fmt: skip
