"""`sites/`: websites and their topical parts."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.accounts.models import Sector, Site
from webapp.api import listing
from webapp.api.endpoint import Listed, get
from webapp.call import Call


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


ROUTES = [index, sectors]
