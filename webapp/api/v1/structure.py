"""`integration/integrations/{id}/…`: what a connected website is made of, and how it stands."""

from __future__ import annotations

from datetime import datetime

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.api.endpoint import get, post
from webapp.api.v1.integrations import own
from webapp.call import Call
from webapp.core.errors import NotFound
from webapp.integrations import structure
from webapp.integrations.models import SiteIntegration
from webapp.integrations.structure import Row, Structure, TermPage
from webapp.publisher.records import summary
from webapp.publisher.records.summary import Summary


class Kept(msgspec.Struct):
    """It is known now."""

    last_structure_fetch: datetime | None


class KeptTerms(msgspec.Struct):
    """These are known now; `terms` of the website in all."""

    terms: int


class KindLine(msgspec.Struct):
    """A type or a taxonomy of the website. `enabled`: it takes part there and is not switched off
    here."""

    label: str
    count: int
    synced_count: int
    enabled: bool
    fetch_limit: int


class ContentTypes(msgspec.Struct):
    """What the website told last, with how much of it is ours. `is_old`: longer ago than 48
    hours."""

    post_types: dict[str, KindLine]
    taxonomies: dict[str, KindLine]
    last_structure_fetch: datetime | None
    is_old: bool
    terms: int
    authors: int


@post(
    "/integration/integrations/{integration_id:int}/update-structure",
    takes=Structure,
    gives=Kept,
    errors=(404, 409, 422, 426),
)
def update_structure(call: Call, integration_id: FromPath[int], given: Structure) -> Kept:
    """A website tells its types, taxonomies and authors."""
    integration = own(call, integration_id)
    structure.keep(call.db, call.system, integration, given)
    return Kept(structure.fetched_at(integration))


@post(
    "/integration/integrations/{integration_id:int}/terms",
    takes=TermPage,
    gives=KeptTerms,
    errors=(404, 409, 422, 426),
)
def terms(call: Call, integration_id: FromPath[int], given: TermPage) -> KeptTerms:
    """A website tells some of its terms."""
    return KeptTerms(structure.keep_terms(call.db, own(call, integration_id), given))


@get(
    "/integration/integrations/{integration_id:int}/content-types",
    gives=ContentTypes,
    errors=(404, 409, 426),
)
def content_types(call: Call, integration_id: FromPath[int]) -> ContentTypes:
    """What the website is made of, with how much of it is ours."""
    integration = _seen(call, integration_id)
    known = structure.known(call.db, integration, call.system.clock())
    return ContentTypes(
        post_types=_lines(known.post_types),
        taxonomies=_lines(known.taxonomies),
        last_structure_fetch=known.fetched_at,
        is_old=known.is_old,
        terms=known.terms,
        authors=known.authors,
    )


@get(
    "/integration/integrations/{integration_id:int}/summary", gives=Summary, errors=(404, 409, 426)
)
def read_summary(call: Call, integration_id: FromPath[int]) -> Summary:
    """How it stands with what goes to the website."""
    integration = _seen(call, integration_id)
    return summary.of(call.db, call.request.user, integration, call.system.clock())


def _seen(call: Call, integration_id: int) -> SiteIntegration:
    """The connection; with a connection's own key it is that one or NotFound."""
    who = call.request.user
    if isinstance(who, ConnectedSite) and who.integration_id != integration_id:
        raise NotFound
    return access.get(call.db, who, SiteIntegration, integration_id)


def _lines(rows: list[Row]) -> dict[str, KindLine]:
    return {
        one.name: KindLine(
            one.label, one.total, one.synced, one.is_there and one.is_on, one.fetch_limit
        )
        for one in rows
    }


ROUTES = [update_structure, terms, content_types, read_summary]
