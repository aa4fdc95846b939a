"""`integration/integrations/{id}/…`: what a connected website is made of, and how it stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import FromPath

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.api.endpoint import get, patch, post
from webapp.api.v1.integrations import own
from webapp.call import Call
from webapp.core.errors import NotFound
from webapp.integrations import connections, structure
from webapp.integrations.models import SiteIntegration
from webapp.integrations.structure import MOST_KINDS, AuthorPage, Row, Structure, TermPage
from webapp.publisher.records import summary
from webapp.publisher.records.summary import Summary


class Kept(msgspec.Struct):
    """It is known now."""

    last_structure_fetch: datetime | None


class KeptAuthors(msgspec.Struct):
    """These are known now; `authors` of the website in all."""

    authors: int


class KeptTerms(msgspec.Struct):
    """These are known now; `terms` of the website in all."""

    terms: int


class KindLine(msgspec.Struct):
    """A type or a taxonomy of the website. `enabled`: it takes part there and is not switched off
    here; `is_on` is the switch here."""

    label: str
    count: int
    synced_count: int
    enabled: bool
    is_on: bool
    fetch_limit: int


class Switches(msgspec.Struct, forbid_unknown_fields=True):
    """Which types go out from here, by the website's names of them; those that are not named stay
    as they are."""

    post_types: Annotated[dict[str, bool], msgspec.Meta(max_length=MOST_KINDS)]


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


@post(
    "/integration/integrations/{integration_id:int}/authors",
    takes=AuthorPage,
    gives=KeptAuthors,
    errors=(404, 409, 422, 426),
)
def authors(call: Call, integration_id: FromPath[int], given: AuthorPage) -> KeptAuthors:
    """A website tells more of those who may write there."""
    return KeptAuthors(structure.keep_authors(call.db, own(call, integration_id), given))


@get(
    "/integration/integrations/{integration_id:int}/content-types",
    gives=ContentTypes,
    errors=(404, 409, 426),
)
def content_types(call: Call, integration_id: FromPath[int]) -> ContentTypes:
    """What the website is made of, with how much of it is ours."""
    return _types(call, _seen(call, integration_id))


@patch(
    "/integration/integrations/{integration_id:int}/content-types",
    takes=Switches,
    gives=ContentTypes,
    errors=(404, 422),
)
def switch_types(call: Call, integration_id: FromPath[int], given: Switches) -> ContentTypes:
    """Switch types of the website on and off: a piece of one that is off does not go out."""
    integration = access.get_for_update(call.db, call.member, SiteIntegration, integration_id)
    connections.switch_types(call.db, call.system, integration, given.post_types, by=call.member)
    return _types(call, integration)


def _types(call: Call, integration: SiteIntegration) -> ContentTypes:
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
            one.label, one.total, one.synced, one.is_there and one.is_on, one.is_on, one.fetch_limit
        )
        for one in rows
    }


ROUTES = [update_structure, authors, terms, content_types, switch_types, read_summary]
