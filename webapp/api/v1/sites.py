"""`sites/`: websites and their topical parts; a new one is added."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar.params import FromPath

from webapp.accounts import access, sites
from webapp.accounts.models import Sector, Site
from webapp.api import listing
from webapp.api.endpoint import Listed, get, post
from webapp.api.v1 import idempotency
from webapp.call import Call
from webapp.core import limits


class SiteLine(msgspec.Struct):
    """A website. `timezone` is the IANA zone in which its days begin; `is_public` opts in to the
    public JSON of the headless destination."""

    id: int
    name: str
    slug: str
    url: str
    timezone: str
    is_public: bool
    created_at: datetime
    updated_at: datetime


def _at_most(field: str) -> Any:
    """How long a text may be: told here, and judged by the verb together with all else."""
    return msgspec.Meta(extra_json_schema={"maxLength": limits.of(field)})


class NewSite(msgspec.Struct, forbid_unknown_fields=True):
    """A website to be added; `name`, `url` and `timezone` are needed. `url` is the website's own
    address, `timezone` the IANA zone in which its days begin, `sector` its first topical part."""

    # All that is wrong is named at once, what is missing too: by the verb.
    name: Annotated[str, _at_most("sites.name")] = ""
    url: Annotated[str, _at_most("sites.url")] = ""
    timezone: Annotated[str, _at_most("sites.timezone")] = ""
    sector: Annotated[str, _at_most("sectors.name")] = sites.FIRST_SECTOR


class SectorLine(msgspec.Struct):
    """A topical part of a site."""

    id: int
    site_id: int
    name: str
    slug: str


SITES = listing.Listing(
    model=Site,
    columns=tuple(getattr(Site, name) for name in SiteLine.__struct_fields__),
    search=(Site.name, Site.slug, Site.url),
    orderings={"id": Site.id, "name": Site.name, "created_at": Site.created_at},
)
SECTORS = listing.Listing(
    model=Sector,
    columns=tuple(getattr(Sector, name) for name in SectorLine.__struct_fields__),
    search=(Sector.name,),
    orderings={"id": Sector.id, "name": Sector.name},
)


@get("/sites", gives=SiteLine, is_list=True, errors=(422,), parameters=SITES.parameters())
def index(call: Call) -> Listed:
    """List the account's sites."""
    found = listing.of(call.db, call.request, SITES)
    lines = [SiteLine(*row[:8]) for row in found.results]
    return Listed(found.count, found.next, found.previous, lines)


@post(
    "/sites",
    takes=NewSite,
    gives=SiteLine,
    status=201,
    errors=(409, 422),
    parameters=(idempotency.HEADER,),
)
def create(call: Call, given: NewSite) -> SiteLine:
    """Add a site, with its first sector; then connect it."""
    wanted = sites.NewSite(
        given.name, given.url, given.timezone, given.sector.strip() or sites.FIRST_SECTOR
    )

    def make() -> int:
        return sites.add(call.db, call.system, wanted, by=call.member).id

    site_id = idempotency.once(call, "sites", given, make)
    row = call.db.execute(
        access.visible(call.member, Site, *SITES.columns).where(Site.id == site_id)
    ).one()
    return SiteLine(*row)


@get(
    "/sites/{site_id:int}/sectors",
    gives=SectorLine,
    is_list=True,
    errors=(404, 422),
    parameters=SECTORS.parameters(),
)
def sectors(call: Call, site_id: FromPath[int]) -> Listed:
    """List a site's sectors."""
    access.get(call.db, call.member, Site, site_id)
    found = listing.of(call.db, call.request, SECTORS, Sector.site_id == site_id)
    lines = [SectorLine(*row[:4]) for row in found.results]
    return Listed(found.count, found.next, found.previous, lines)


ROUTES = [index, create, sectors]
