"""Connecting through the website's own page: a person lets us in there, and the key is brought."""

from __future__ import annotations

from litestar import Response

from webapp.accounts import access, audit
from webapp.accounts.audit import Act
from webapp.call import Call, get, post
from webapp.core.errors import Conflict
from webapp.integrations import connections, handover
from webapp.integrations.models import SiteIntegration
from webapp.integrations.platform import Grant
from webapp.publisher.delivery import reconcile
from webapp.sites.pages.connections import Grantable, site_page


@post("/settings/integrations/{integration_id:int}/authorisation")
def ask(call: Call, integration_id: int) -> Response[str]:
    """Where at the website one lets us in. No transaction is open while it is asked."""
    with call.system.db.read() as db:
        integration = access.get(db, call.member, SiteIntegration, integration_id)
    try:
        page = handover.begin(call.system, integration, call.member.user_id)
    except Conflict as problem:
        return site_page(call, integration.site_id, problem=problem)
    return site_page(call, integration.site_id, grantable=Grantable(integration_id, page))


@get("/settings/integrations/{integration_id:int}/handover")
def receive(call: Call, integration_id: int) -> Response[str]:
    """The website leads back to here, with what lets us in; the page that follows names none of
    it. What may be done here was begun here, by the same person."""
    with call.system.db.read() as db:
        integration = access.get(db, call.member, SiteIntegration, integration_id)
    home = f"/settings/sites/{integration.site_id}"
    try:
        handover.check(call.system, integration_id, call.member.user_id, call.query("state"))
    except Conflict as problem:
        return site_page(call, integration.site_id, problem=problem)
    grant = Grant(call.query("user_login"), call.query("password"))
    is_refused = call.query("success") == "false" or not grant.password
    if not is_refused:
        told = f"{connections.name_of(integration)}: handed over by {integration.base_url}"
        call.system.commits.run(
            lambda db: audit.note(db, call.system, Act.CONNECTION_CHANGED, told, by=call.member)
        )
    handover.finish(call.system, integration_id, None if is_refused else grant)
    reconcile.check_one(call.system, integration_id)
    return call.redirect(f"{home}#integration-{integration_id}")


ROUTES = [ask, receive]
