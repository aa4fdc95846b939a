"""Who may call what: every route of the product with the capability it needs, in one table.

A route that is not here stops the start of the web process, so none can be forgotten. `PUBLIC`
routes need no sign-in; `CONNECTED` ones take an integration's key; the others need a member with
that capability (rights.py: which role has which), and a token also the scope.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from webapp.accounts import rights
from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.rights import Capability
from webapp.core.errors import Forbidden, NotSignedIn


class Door(Enum):
    PUBLIC = "public"
    CONNECTED = "connected"


@dataclass(frozen=True)
class Needs:
    """What a member must be able to do (None: nothing, whoever is signed in), and the scope that a
    token must have."""

    capability: Capability | None
    scope: str


VIEW = Needs(Capability.READ, "read")
FOLLOW = Needs(Capability.FOLLOW, "read")
SITES = Needs(Capability.SEE_SITES, "read")
EDIT = Needs(Capability.WRITE, "write")
SEND_BACK = Needs(Capability.APPROVE, "write")
APPROVE = Needs(Capability.APPROVE, "publish")
PUBLISH = Needs(Capability.PUBLISH, "publish")
MANAGE = Needs(Capability.MANAGE, "admin")
ADMINISTER = Needs(Capability.ADMINISTER, "admin")
# What concerns one's own account: everybody's, but of a token only that which may do all.
OWN = Needs(None, "admin")
BROWSER = Needs(None, "read")

ROUTES: dict[str, Door | Needs | tuple[Door, Needs]] = {
    # the process itself
    "GET /healthz": Door.PUBLIC,
    "GET /readyz": Door.PUBLIC,
    "GET /metrics": Door.PUBLIC,
    # JSON API
    "GET /api/schema": Door.PUBLIC,
    "GET /api/schema/openapi.json": Door.PUBLIC,
    "POST /api/v1/auth/login": Door.PUBLIC,
    "POST /api/v1/auth/refresh": Door.PUBLIC,
    "POST /api/v1/auth/logout": Door.PUBLIC,
    "GET /api/v1/auth/me": (Door.CONNECTED, VIEW),
    "GET /api/v1/audit": ADMINISTER,
    "GET /api/v1/writer/content": VIEW,
    "POST /api/v1/writer/content": EDIT,
    "GET /api/v1/writer/content/{content_id:int}": VIEW,
    "PATCH /api/v1/writer/content/{content_id:int}": EDIT,
    "DELETE /api/v1/writer/content/{content_id:int}": EDIT,
    "GET /api/v1/writer/content/{content_id:int}/revisions": FOLLOW,
    "GET /api/v1/writer/content/{content_id:int}/revisions/{revision:int}": FOLLOW,
    "GET /api/v1/writer/content/{content_id:int}/revisions/{revision:int}/changes": FOLLOW,
    "POST /api/v1/writer/content/{content_id:int}/revisions/{revision:int}/restore": EDIT,
    "GET /api/v1/writer/bin": EDIT,
    "POST /api/v1/writer/bin/{binned_id:int}/restore": EDIT,
    "DELETE /api/v1/writer/bin/{binned_id:int}": PUBLISH,
    "POST /api/v1/writer/content/{content_id:int}/submit": EDIT,
    "POST /api/v1/writer/content/{content_id:int}/approve": APPROVE,
    "POST /api/v1/writer/content/{content_id:int}/request_changes": SEND_BACK,
    "GET /api/v1/writer/content/{content_id:int}/validate": VIEW,
    "POST /api/v1/writer/content/{content_id:int}/images": EDIT,
    "PUT /api/v1/writer/content/{content_id:int}/images/order": EDIT,
    "PATCH /api/v1/writer/content/{content_id:int}/images/{image_id:int}": EDIT,
    "DELETE /api/v1/writer/content/{content_id:int}/images/{image_id:int}": EDIT,
    "POST /api/v1/writer/content/{content_id:int}/publish": PUBLISH,
    "POST /api/v1/writer/content/{content_id:int}/dry-run": PUBLISH,
    "POST /api/v1/writer/content/{content_id:int}/retract": PUBLISH,
    "POST /api/v1/writer/content/{content_id:int}/unpublish": PUBLISH,
    "GET /api/v1/publisher/records": FOLLOW,
    "GET /api/v1/publisher/records/{record_id:int}": FOLLOW,
    "GET /api/v1/publisher/records/{record_id:int}/events": FOLLOW,
    "POST /api/v1/publisher/records/{record_id:int}/retry": PUBLISH,
    "POST /api/v1/publisher/records/{record_id:int}/cancel": PUBLISH,
    "POST /api/v1/publisher/records/{record_id:int}/not-done": PUBLISH,
    "POST /api/v1/publisher/records/{record_id:int}/seen-offline": PUBLISH,
    "GET /api/v1/publisher/deployments": FOLLOW,
    "POST /api/v1/publisher/deployments": PUBLISH,
    "GET /api/v1/publisher/deployments/{deployment_id:int}": FOLLOW,
    "GET /api/v1/publisher/deployments/{deployment_id:int}/items": FOLLOW,
    "POST /api/v1/publisher/deployments/{deployment_id:int}/cancel": PUBLISH,
    "GET /api/v1/sites": VIEW,
    "POST /api/v1/sites": ADMINISTER,
    "GET /api/v1/sites/{site_id:int}/sectors": VIEW,
    "GET /api/v1/sites/{site_id:int}/publishing-settings": SITES,
    "PUT /api/v1/sites/{site_id:int}/publishing-settings": MANAGE,
    "POST /api/v1/sites/{site_id:int}/publishing-settings/preview": SITES,
    "POST /api/v1/sites/{site_id:int}/replan/preview": SITES,
    "POST /api/v1/sites/{site_id:int}/replan": PUBLISH,
    "POST /api/v1/sites/{site_id:int}/replan/undo": PUBLISH,
    "POST /api/v1/sites/{site_id:int}/forecast": SITES,
    "GET /api/v1/content/{content_id:int}/schedule": SITES,
    "POST /api/v1/content/{content_id:int}/schedule": PUBLISH,
    "POST /api/v1/content/{content_id:int}/unschedule": PUBLISH,
    "POST /api/v1/content/{content_id:int}/hold": PUBLISH,
    "GET /api/v1/integration/integrations": (Door.CONNECTED, SITES),
    "POST /api/v1/integration/integrations": MANAGE,
    "GET /api/v1/integration/integrations/{integration_id:int}": SITES,
    "PATCH /api/v1/integration/integrations/{integration_id:int}": MANAGE,
    "POST /api/v1/integration/integrations/{integration_id:int}/test": MANAGE,
    "GET /api/v1/integration/integrations/{integration_id:int}/health": SITES,
    "POST /api/v1/integration/integrations/{integration_id:int}/rotate-key": (
        Door.CONNECTED,
        MANAGE,
    ),
    "POST /api/v1/integration/integrations/{integration_id:int}/end-key": (Door.CONNECTED, MANAGE),
    "POST /api/v1/integration/integrations/{integration_id:int}/update-structure": Door.CONNECTED,
    "POST /api/v1/integration/integrations/{integration_id:int}/terms": Door.CONNECTED,
    "GET /api/v1/integration/integrations/{integration_id:int}/content-types": (
        Door.CONNECTED,
        SITES,
    ),
    "POST /api/v1/integrations/{site_id:int}/publish-progress": Door.CONNECTED,
    "POST /api/v1/integrations/{site_id:int}/dirty": Door.CONNECTED,
    "POST /api/v1/integrations/{site_id:int}/changes": Door.CONNECTED,
    "PUT /api/v1/writer/content/{content_id:int}/taxonomies": Door.CONNECTED,
    "PUT /api/v1/writer/content/{content_id:int}/relationships": Door.CONNECTED,
    "GET /api/v1/plugin/release": (Door.CONNECTED, SITES),
    # the headless destination: what the world reads
    "GET /api/v1/publisher/site-definition": Door.PUBLIC,
    "GET /api/v1/publisher/site-definition/{site_slug:str}": Door.PUBLIC,
    "GET /api/v1/publisher/site-definition/{site_slug:str}/contents": Door.PUBLIC,
    "GET /api/v1/publisher/site-definition/{site_slug:str}/contents/{slug:str}": Door.PUBLIC,
    "GET /sites/{site_slug:str}": Door.PUBLIC,
    "GET /sites/{site_slug:str}/feed.xml": Door.PUBLIC,
    "GET /sites/{site_slug:str}/sitemap.xml": Door.PUBLIC,
    "GET /sites/{site_slug:str}/media/{name:str}": Door.PUBLIC,
    "GET /sites/{site_slug:str}/{slug:str}": Door.PUBLIC,
    # live
    "GET /events": VIEW,
    # pages
    "GET /": Door.PUBLIC,
    "GET /favicon.ico": Door.PUBLIC,
    "GET /sign-in": Door.PUBLIC,
    "POST /sign-in": Door.PUBLIC,
    "GET /session": BROWSER,
    "POST /sign-out": BROWSER,
    "POST /theme": BROWSER,
    "POST /active-site": VIEW,
    "GET /account": OWN,
    "POST /account/password": OWN,
    "POST /account/timezone": OWN,
    "POST /account/keys": OWN,
    "POST /account/sessions/removal": OWN,
    "POST /account/sessions/{session_id:int}/removal": OWN,
    "POST /account/tokens/{token_id:int}/removal": OWN,
    "GET /settings/security-log": ADMINISTER,
    "GET /layout/count": VIEW,
    "GET /layout/attention": VIEW,
    "GET /layout/line": VIEW,
    "GET /review": VIEW,
    "GET /review/{content_id:int}": VIEW,
    "GET /review/rows/{content_id:int}": VIEW,
    "POST /review/approvals": APPROVE,
    "GET /content": VIEW,
    "GET /content/bin": EDIT,
    "POST /content/bin/{binned_id:int}/return": EDIT,
    "POST /content/bin/{binned_id:int}/end": PUBLISH,
    "GET /content/rows/{content_id:int}": VIEW,
    "GET /content/{content_id:int}": VIEW,
    "GET /content/{content_id:int}/records": FOLLOW,
    "GET /content/{content_id:int}/revisions": FOLLOW,
    "POST /content/{content_id:int}/revisions/{revision:int}/restoration": EDIT,
    "POST /content/{content_id:int}/look": VIEW,
    "GET /content/{content_id:int}/comments": FOLLOW,
    "POST /content/{content_id:int}/comments": EDIT,
    "GET /content/{content_id:int}/panel": VIEW,
    "GET /content/{content_id:int}/preview": VIEW,
    "GET /content/{content_id:int}/images/{ref:str}": VIEW,
    "GET /content/new": EDIT,
    "POST /content/new": EDIT,
    "POST /content/{content_id:int}/duplicate": EDIT,
    "POST /content/{content_id:int}/deletion": EDIT,
    "GET /content/{content_id:int}/edit": EDIT,
    "POST /content/{content_id:int}/edit": EDIT,
    "GET /content/{content_id:int}/draft": EDIT,
    "POST /content/{content_id:int}/draft": EDIT,
    "GET /content/{content_id:int}/edit/standing": EDIT,
    "GET /content/{content_id:int}/edit/checks": EDIT,
    "GET /content/{content_id:int}/edit/history": EDIT,
    "POST /content/{content_id:int}/edit/handing-in": EDIT,
    "POST /content/{content_id:int}/edit/update": PUBLISH,
    "POST /content/{content_id:int}/edit/discard": EDIT,
    "POST /content/{content_id:int}/presence": EDIT,
    "GET /content/{content_id:int}/links": EDIT,
    "GET /content/{content_id:int}/pictures": EDIT,
    "POST /content/{content_id:int}/pictures": EDIT,
    "GET /content/{content_id:int}/pictures/{ref:str}": EDIT,
    "POST /content/{content_id:int}/picture-files": EDIT,
    "POST /content/{content_id:int}/submission": EDIT,
    "POST /content/{content_id:int}/approval": APPROVE,
    "POST /content/{content_id:int}/change-request": SEND_BACK,
    "POST /content/{content_id:int}/publication": PUBLISH,
    "POST /content/{content_id:int}/retraction": PUBLISH,
    "POST /content/{content_id:int}/rehearsal": PUBLISH,
    "GET /content/{content_id:int}/schedule": SITES,
    "GET /content/{content_id:int}/schedule/judgement": SITES,
    "POST /content/{content_id:int}/schedule": PUBLISH,
    "POST /content/{content_id:int}/schedule/removal": PUBLISH,
    "POST /content/{content_id:int}/schedule/hold": PUBLISH,
    "POST /content/{content_id:int}/schedule/release": PUBLISH,
    "GET /publisher/undo": FOLLOW,
    "POST /publisher/undo": EDIT,
    "GET /records/{record_id:int}": FOLLOW,
    "POST /records/{record_id:int}/retry": PUBLISH,
    "POST /records/{record_id:int}/cancellation": PUBLISH,
    "POST /records/{record_id:int}/not-done": PUBLISH,
    "POST /records/{record_id:int}/seen-offline": PUBLISH,
    "GET /publisher/content-calendar": VIEW,
    "GET /publisher/content-calendar/days": VIEW,
    "GET /publisher/content-calendar/days/{day:str}": VIEW,
    "GET /publisher/content-calendar/pieces/{content_id:int}": VIEW,
    "POST /publisher/content-calendar/moves": PUBLISH,
    "GET /publisher/content-calendar/insertion": PUBLISH,
    "GET /publisher/content-calendar/views": VIEW,
    "POST /publisher/content-calendar/views": VIEW,
    "POST /publisher/content-calendar/views/{view_id:int}/removal": VIEW,
    "GET /publisher/content-calendar/feeds": VIEW,
    "POST /publisher/content-calendar/feeds": VIEW,
    "GET /publisher/content-calendar/feeds/{token:str}": Door.PUBLIC,
    "GET /publisher/publishing-queue": FOLLOW,
    "GET /publisher/publishing-queue/tabs": FOLLOW,
    "GET /publisher/publishing-queue/rows/{content_id:int}": FOLLOW,
    "POST /publisher/publishing-queue/approvals": APPROVE,
    "POST /publisher/publishing-queue/retries": PUBLISH,
    "POST /publisher/publishing-queue/publications": PUBLISH,
    "POST /publisher/publishing-queue/times": PUBLISH,
    "POST /publisher/publishing-queue/withdrawals": PUBLISH,
    "POST /publisher/publishing-queue/holds": PUBLISH,
    "POST /publisher/publishing-queue/dismissals": PUBLISH,
    "POST /publisher/publishing-queue/retractions": PUBLISH,
    "GET /settings/sites": SITES,
    "POST /settings/sites": ADMINISTER,
    "GET /settings/sites/new": ADMINISTER,
    "GET /settings/sites/{site_id:int}": SITES,
    "GET /settings/sites/{site_id:int}/steps": SITES,
    "GET /settings/sites/{site_id:int}/look": MANAGE,
    "GET /settings/sites/{site_id:int}/content-types": SITES,
    "GET /settings/sites/{site_id:int}/publishing": SITES,
    "POST /settings/sites/{site_id:int}/publishing": MANAGE,
    "POST /settings/sites/{site_id:int}/publishing/outlook": SITES,
    "GET /settings/sites/{site_id:int}/publishing/replan": SITES,
    "POST /settings/sites/{site_id:int}/publishing/replan": PUBLISH,
    "GET /settings/sites/{site_id:int}/deployments": SITES,
    "POST /settings/sites/{site_id:int}/deployments": PUBLISH,
    "GET /settings/deployments/{deployment_id:int}": SITES,
    "POST /settings/deployments/{deployment_id:int}/cancellation": PUBLISH,
    "POST /settings/sites/{site_id:int}/pause": PUBLISH,
    "POST /settings/sites/{site_id:int}/resumption": PUBLISH,
    "POST /settings/sites/{site_id:int}/integrations": MANAGE,
    "POST /settings/sites/{site_id:int}/public": MANAGE,
    "GET /settings/integrations/{integration_id:int}": SITES,
    "POST /settings/integrations/{integration_id:int}/test": MANAGE,
    "POST /settings/integrations/{integration_id:int}/key": MANAGE,
    "POST /settings/integrations/{integration_id:int}/key/end": MANAGE,
    "POST /settings/integrations/{integration_id:int}/changes": MANAGE,
    "POST /settings/integrations/{integration_id:int}/from-website": MANAGE,
    "POST /settings/integrations/{integration_id:int}/authorisation": MANAGE,
    "GET /settings/integrations/{integration_id:int}/handover": MANAGE,
    "POST /settings/integrations/{integration_id:int}/structure": MANAGE,
    "POST /settings/integrations/{integration_id:int}/types": MANAGE,
    "GET /settings/plugin/igny8.zip": (Door.CONNECTED, SITES),
}

# A request names its route's template without the parameters' types.
_RULES = {re.sub(r":\w+}", "}", route): rule for route, rule in ROUTES.items()}

# What can be looked at below the desk's own addresses.
_PAGES = [
    re.compile(re.sub(r"{\w+:int}", "[0-9]+", path))
    for path in (route.removeprefix("GET ") for route in ROUTES if route.startswith("GET "))
    if not path.startswith("/api") and ":str" not in path
]

Caller = Member | ConnectedSite | None


def page_above(path: str) -> str:
    """The nearest page above an address to which only forms are sent."""
    while path := path.rpartition("/")[0]:
        if any(one.fullmatch(path) for one in _PAGES):
            return path
    return "/review"


def is_public(route: str) -> bool:
    """Whether nobody needs to sign in for it."""
    return _RULES[route] is Door.PUBLIC


def check(route: str, caller: Caller) -> Needs | None:
    """Raise NotSignedIn or Forbidden unless the caller may use the route; what a member needs for
    it, None where nobody is asked."""
    rule = _RULES[route]
    rules = rule if isinstance(rule, tuple) else (rule,)
    if Door.PUBLIC in rules or (Door.CONNECTED in rules and isinstance(caller, ConnectedSite)):
        return None
    if caller is None:
        raise NotSignedIn("Sign in first.")
    needs = next((one for one in rules if isinstance(one, Needs)), None)
    if needs is None or not isinstance(caller, Member):
        raise Forbidden("This key or session does not open this.")
    if needs.capability is not None and not caller.may_somewhere(needs.capability):
        role = None if caller.at_sites else caller.role
        raise Forbidden(rights.refusal(role, needs.capability))
    if caller.scopes is not None and needs.scope not in caller.scopes:
        raise Forbidden(f"This token lacks the scope “{needs.scope}”.")
    return needs
