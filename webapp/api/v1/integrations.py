"""`integration/integrations/`: the connections of sites with platforms."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from webapp.accounts import access, audit
from webapp.accounts.access import ConnectedSite
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.api import listing
from webapp.api.endpoint import Listed, Nothing, get, patch, post
from webapp.call import Call
from webapp.core import limits
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.integrations import connections, keys, reads, registry
from webapp.integrations.delivered import DeliverAs
from webapp.integrations.from_website import FromWebsite
from webapp.integrations.models import SiteIntegration
from webapp.integrations.reads import HealthLine, IntegrationLine
from webapp.publisher.delivery import reconcile

Address = Annotated[str, limits.text("site_integrations.base_url")]
Kind = Annotated[str, msgspec.Meta(extra_json_schema={"enum": list(registry.PLATFORMS)})]
Secret = Annotated[str, msgspec.Meta(max_length=limits.PASSWORD)]
Author = Annotated[str, limits.text("site_integrations.default_author")]
INTEGRATIONS = listing.Listing(
    model=SiteIntegration,
    columns=reads.COLUMNS,
    joins=reads.JOINS,
    filters={
        "site": SiteIntegration.site_id,
        "platform": SiteIntegration.platform,
        "is_active": SiteIntegration.is_active,
        "is_default": SiteIntegration.is_default,
        "health": SiteIntegration.health,
    },
    search=(SiteIntegration.base_url, Site.name),
    orderings={
        "id": SiteIntegration.id,
        "created_at": SiteIntegration.created_at,
        "updated_at": SiteIntegration.updated_at,
    },
)


class NewIntegration(msgspec.Struct, forbid_unknown_fields=True):
    """`base_url` is the website's address; our own pages have none. `credentials` are the keys that
    you got at the platform, by the names of its fields, where it gives them."""

    site_id: int
    platform: Kind
    base_url: Address = ""
    default_author: Author = ""
    credentials: dict[str, Secret] = {}


class IntegrationChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is not given stays. `is_default` can be given, not taken away."""

    base_url: Address | UnsetType = UNSET
    default_author: Author | UnsetType = UNSET
    from_website: FromWebsite | UnsetType = UNSET
    deliver_as: DeliverAs | UnsetType = UNSET
    is_active: bool | UnsetType = UNSET
    is_default: Literal[True] | UnsetType = UNSET


class Connected(msgspec.Struct):
    """A new connection. `api_key` is the one that we made for it, shown this once; "" where we make
    none."""

    integration: IntegrationLine
    api_key: str


class NewKey(msgspec.Struct):
    """A new key, shown this once. The old one works until `previous_key_until`."""

    integration_id: int
    api_key: str
    previous_key_until: datetime | None


class EndedKey(msgspec.Struct, forbid_unknown_fields=True):
    """`old`: the one that a rotation left for a day. `all`: the connection has no key then."""

    which: Literal["old", "all"] = "all"


@get(
    "/integration/integrations",
    gives=IntegrationLine,
    is_list=True,
    errors=(422,),
    parameters=INTEGRATIONS.parameters(),
)
def index(call: Call) -> Listed:
    """List connections; with an integration's own key, that one."""
    found = listing.of(call.db, call.request, INTEGRATIONS)
    return Listed(found.count, found.next, found.previous, [reads.line(r) for r in found.results])


@post(
    "/integration/integrations",
    takes=NewIntegration,
    names_all=True,
    gives=Connected,
    status=201,
    errors=(409, 422),
)
def connect(call: Call, given: NewIntegration) -> Connected:
    """Connect a site with a platform."""
    access.check_ids(call.db, call.member, Site, "site_id", [given.site_id])
    site = access.get_for_update(call.db, call.member, Site, given.site_id)
    made, key = connections.connect(
        call.db,
        call.system,
        site,
        given.platform,
        **{**_credentials(given), "base_url": given.base_url},
        default_author=given.default_author,
    )
    audit.note(call.db, call.system, Act.CONNECTION_MADE, connections.name_of(made), by=call.member)
    return Connected(reads.one(call.db, call.member, made.id), key)


def _credentials(given: NewIntegration) -> dict[str, str]:
    """Raises Invalid where the platform has no such secret."""
    kind = registry.PLATFORMS.get(given.platform)
    known = {one.name for one in kind.secrets} if kind is not None else set()
    strange = set(given.credentials) - known
    if kind is not None and strange:
        raise Invalid(dict.fromkeys(sorted(strange), connections.NO_SUCH_FIELD))
    return given.credentials


@get("/integration/integrations/{integration_id:int}", gives=IntegrationLine, errors=(404,))
def read(call: Call, integration_id: FromPath[int]) -> IntegrationLine:
    """Read a connection, with its counters."""
    return reads.one(call.db, call.member, integration_id)


@patch(
    "/integration/integrations/{integration_id:int}",
    takes=IntegrationChange,
    names_all=True,
    gives=IntegrationLine,
    errors=(404, 409, 422),
)
def change(call: Call, integration_id: FromPath[int], given: IntegrationChange) -> IntegrationLine:
    """Change a connection, switch it off, or make it the site's default."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    values = {k: v for k, v in msgspec.structs.asdict(given).items() if v is not UNSET}
    connections.change(call.db, call.system, integration, values)
    told = f"{connections.name_of(integration)}: {', '.join(sorted(values))}"
    audit.note(call.db, call.system, Act.CONNECTION_CHANGED, told, by=call.member)
    call.db.flush()
    return reads.one(call.db, call.member, integration_id)


@post(
    "/integration/integrations/{integration_id:int}/test",
    takes=Nothing,
    gives=HealthLine,
    errors=(404, 422),
)
def test(call: Call, integration_id: FromPath[int]) -> HealthLine:
    """Ask the destination now whether publishing would work."""
    with call.system.db.read() as db:
        access.get(db, call.member, SiteIntegration, integration_id)
    reconcile.check_one(call.system, integration_id)
    with call.system.db.read() as db:
        return reads.health(db, call.member, integration_id)


@get("/integration/integrations/{integration_id:int}/health", gives=HealthLine, errors=(404,))
def health(call: Call, integration_id: FromPath[int]) -> HealthLine:
    """What the last check found; destinations are asked every five minutes."""
    return reads.health(call.db, call.member, integration_id)


@post(
    "/integration/integrations/{integration_id:int}/rotate-key",
    takes=Nothing,
    gives=NewKey,
    errors=(404, 409, 422),
)
def rotate_key(call: Call, integration_id: FromPath[int]) -> NewKey:
    """Make a new key; for a day the old one is taken too."""
    integration = own(call, integration_id)
    if getattr(call.request.user, "is_late", False):
        raise Forbidden("A newer key was made, and only that one makes the next.")
    key = keys.rotate(call.db, call.system, integration)
    _note(call, Act.KEY_ROTATED, connections.name_of(integration))
    call.db.flush()
    return NewKey(integration_id, key, integration.previous_key_until)


@post(
    "/integration/integrations/{integration_id:int}/end-key",
    takes=EndedKey,
    gives=IntegrationLine,
    errors=(404, 409, 422),
)
def end_key(call: Call, integration_id: FromPath[int], given: EndedKey) -> IntegrationLine:
    """End a key at once, in both directions: one that others may know."""
    integration = own(call, integration_id)
    keys.end(call.db, call.system, integration, given.which)
    _note(call, Act.KEY_ENDED, f"{connections.name_of(integration)}: {given.which}")
    call.db.flush()
    return reads.one(call.db, call.request.user, integration_id)


def own(call: Call, integration_id: int) -> SiteIntegration:
    """The connection, locked; with a connection's own key it is that one or NotFound."""
    who = call.request.user
    if isinstance(who, ConnectedSite) and who.integration_id != integration_id:
        raise NotFound
    return access.get_for_update(call.db, who, SiteIntegration, integration_id)


def _note(call: Call, act: Act, about: str) -> None:
    who = call.request.user
    if isinstance(who, ConnectedSite):
        audit.note_of_website(call.db, call.system, act, about, who)
    else:
        audit.note(call.db, call.system, act, about, by=who)


ROUTES = [index, connect, read, change, test, health, rotate_key, end_key]
