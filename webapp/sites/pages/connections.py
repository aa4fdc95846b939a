"""The sites, and the connections of each: connect, test, new key, default, public pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Response

from webapp.accounts import access, audit
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.core.errors import Problem
from webapp.forms import Form, Tick, one_of
from webapp.integrations import connections, from_website, keys
from webapp.integrations.delivered import DELIVERED_AS
from webapp.integrations.models import SiteIntegration
from webapp.integrations.wordpress_plugin import package
from webapp.publisher.delivery import reconcile
from webapp.sites import first_steps, view

_WHICH = one_of("old", "all")
_ACTIVE = one_of("yes", "no", "")


class ConnectForm(Form):
    """A platform; its own fields are in `sent`."""

    platform: str = ""


class KeyForm(Form):
    """`which` of the keys ends: "old", or all of them."""

    which: Annotated[str, _WHICH]


class ChangeForm(Form):
    """What shall be otherwise; a platform's own fields are in `sent`. `ends_key`: that the key ends
    by it was seen."""

    is_default: Tick = False
    is_active: Annotated[str, _ACTIVE] = ""
    ends_key: Tick = False
    deliver_as: Annotated[str, one_of("", *DELIVERED_AS)] = ""


class FromWebsiteForm(Form):
    """What becomes of what is changed at the website."""

    terms: Annotated[str, one_of(*from_website.ANYTHING)]
    relations: Annotated[str, one_of(*from_website.ANYTHING)]
    texts: Annotated[str, one_of(*from_website.ANYTHING)]
    status: Annotated[str, one_of(from_website.SHOW, from_website.IGNORE)]


class PublicForm(Form):
    """Whether the site's own pages are shown to the world."""

    is_public: Tick


@dataclass(frozen=True)
class Asks:
    """That the key of a connection ends at another address is said before it does."""

    id: int
    address: str


@dataclass(frozen=True)
class Grantable:
    """The page of a connection's website on which a person lets us in."""

    id: int
    page: str


@get("/settings/sites")
def index(call: Call) -> Response[str]:
    """All sites, and where each publishes to."""
    sites = view.sites(call.db, call.system, call.member)
    behind = view.behind(sites)
    if call.is_htmx:
        return call.fragment("sites/_list.html", sites=sites, behind=behind)
    return call.page("sites/index.html", sites=sites, behind=behind)


@get("/settings/sites/{site_id:int}")
def show(call: Call, site_id: int) -> Response[str]:
    """One site with its connections."""
    return site_page(call, site_id)


@get("/settings/integrations/{integration_id:int}")
def card(call: Call, integration_id: int) -> Response[str]:
    """A connection as it stands now."""
    integration = access.get(call.db, call.member, SiteIntegration, integration_id)
    if not call.is_htmx:
        return call.redirect(f"/settings/sites/{integration.site_id}")
    return _card(call, integration)


@post("/settings/sites/{site_id:int}/integrations")
def connect(call: Call, site_id: int, data: ConnectForm) -> Response[str]:
    """Connect the site; a new key is shown on the page that answers, and never again."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    try:
        asked = {name: data.text_of(name) for name in connections.fields_of(data.platform)}
        integration, key = connections.connect(call.db, call.system, site, data.platform, **asked)
    except Problem as problem:
        call.roll_back()
        return site_page(call, site_id, problem=problem, given=data.sent)
    audit.note(
        call.db, call.system, Act.CONNECTION_MADE, connections.name_of(integration), by=call.member
    )
    return site_page(call, site_id, keys={integration.id: key} if key else {})


@post("/settings/integrations/{integration_id:int}/test")
def test(call: Call, integration_id: int) -> Response[str]:
    """Ask the destination how it is. No transaction is open while it answers."""
    with call.system.db.read() as db:
        access.get(db, call.member, SiteIntegration, integration_id)
    reconcile.check_one(call.system, integration_id)
    with call.system.db.read() as db:
        integration = access.get(db, call.member, SiteIntegration, integration_id)
        if call.is_htmx:
            return _card(call, integration)
    return call.redirect(f"/settings/sites/{integration.site_id}")


@post("/settings/integrations/{integration_id:int}/key")
def rotate_key(call: Call, integration_id: int) -> Response[str]:
    """A new key, shown once; the old one works for another day."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    key = keys.rotate(call.db, call.system, integration)
    audit.note(
        call.db, call.system, Act.KEY_ROTATED, connections.name_of(integration), by=call.member
    )
    call.db.flush()
    return site_page(call, integration.site_id, keys={integration.id: key})


@post("/settings/integrations/{integration_id:int}/key/end")
def end_key(call: Call, integration_id: int, data: KeyForm) -> Response[str]:
    """A key that others may know ends at once: the old one, or all."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    which = data.which
    site_id = integration.site_id
    try:
        keys.end(call.db, call.system, integration, which)
    except Problem as problem:
        return site_page(call, site_id, problem=problem)
    audit.note(
        call.db,
        call.system,
        Act.KEY_ENDED,
        f"{connections.name_of(integration)}: {which}",
        by=call.member,
    )
    return call.redirect(f"/settings/sites/{site_id}")


@post("/settings/integrations/{integration_id:int}/changes")
def change(call: Call, integration_id: int, data: ChangeForm) -> Response[str]:
    """Make it the default, switch it on or off, use the address that the website leads to, or say
    how pieces are delivered."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    names = connections.fields_of(integration.platform)
    values: dict[str, Any] = {name: typed for name in names if (typed := data.text_of(name))}
    if data.is_default:
        values["is_default"] = True
    if data.is_active in ("yes", "no"):
        values["is_active"] = data.is_active == "yes"
    if data.deliver_as:
        values["deliver_as"] = data.deliver_as
    site_id, was_default = integration.site_id, integration.is_default
    had_key = bool(integration.credentials)
    try:
        connections.change(call.db, call.system, integration, values)
        told = f"{connections.name_of(integration)}: {', '.join(sorted(values))}"
        audit.note(call.db, call.system, Act.CONNECTION_CHANGED, told, by=call.member)
        call.db.flush()
    except Problem as problem:
        call.roll_back()
        return site_page(call, site_id, problem=problem)
    if had_key and not integration.credentials and not data.ends_key:
        asks = Asks(integration_id, integration.base_url)
        call.roll_back()
        return site_page(call, site_id, asks=asks)
    became = integration.is_default and not was_default
    return call.redirect(f"/settings/sites/{site_id}{'?default=new' if became else ''}")


@post("/settings/sites/{site_id:int}/public")
def publish_site(call: Call, site_id: int, data: PublicForm) -> Response[str]:
    """Show the site's own pages to the world, or stop."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    site.is_public = data.is_public
    act = Act.SITE_SHOWN if site.is_public else Act.SITE_HIDDEN
    audit.note(call.db, call.system, act, site.name, by=call.member)
    return call.redirect(f"/settings/sites/{site_id}")


@get(package.PATH)
def plugin() -> Response[bytes]:
    """The WordPress plugin, for people and for the plugins that are to become it."""
    headers = {"Content-Disposition": 'attachment; filename="igny8.zip"'}
    return Response(package.plugin_zip(), media_type="application/zip", headers=headers)


def site_page(
    call: Call,
    site_id: int,
    *,
    keys: dict[int, str] | None = None,
    problem: Problem | None = None,
    asks: Asks | None = None,
    grantable: Grantable | None = None,
    given: dict[str, Any] | None = None,
) -> Response[str]:
    """A site with its connections, and what came of an act."""
    secret = connections.secret_fields()
    site = view.site(call.db, call.system, call.member, site_id)
    return call.page(
        "sites/show.html",
        status=problem.status if problem else 200,
        site=site,
        steps=first_steps.of(call.db, call.member, site),
        # The page stands in the place of the one on which somebody acted: the focus goes on there.
        is_answer=call.request.method == "POST" and not (keys or problem or asks or grantable),
        app_url=call.system.config.public_url,
        keys=keys or {},
        is_default_new=call.query("default") == "new",
        problem=problem,
        asks=asks,
        grantable=grantable,
        given={name: value for name, value in (given or {}).items() if name not in secret},
        may_manage=call.member.may(Capability.MANAGE, site_id),
    )


def _card(call: Call, integration: SiteIntegration) -> Response[str]:
    shown = view.site(call.db, call.system, call.request.user, integration.site_id)
    return call.fragment(
        "sites/_connection.html",
        site=shown,
        asks=None,
        grantable=None,
        one=view.connection(integration, call.system.clock()),
        may_manage=call.request.user.may(Capability.MANAGE, integration.site_id),
    )


@post("/settings/integrations/{integration_id:int}/from-website")
def choose_from_website(call: Call, integration_id: int, data: FromWebsiteForm) -> Response[str]:
    """What becomes of what people change at the website."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    chosen = {name: getattr(data, name) for name in from_website.FIELDS}
    values = {"from_website": from_website.of_config({from_website.KEPT: chosen})}
    connections.change(call.db, call.system, integration, values)
    told = f"{connections.name_of(integration)}: from_website"
    audit.note(call.db, call.system, Act.CONNECTION_CHANGED, told, by=call.member)
    return call.redirect(f"/settings/sites/{integration.site_id}#chosen-{integration_id}")


ROUTES = [
    index,
    show,
    card,
    connect,
    test,
    rotate_key,
    end_key,
    change,
    choose_from_website,
    publish_site,
    plugin,
]
