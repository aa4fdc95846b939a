"""What was changed at a website comes back, with its integration's key."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from webapp.accounts import access
from webapp.accounts.access import ConnectedSite
from webapp.api.endpoint import post, put
from webapp.call import Call
from webapp.core.errors import NotFound
from webapp.publisher.delivery import following, hearing, inbound
from webapp.publisher.delivery.told import (
    MOST,
    Heard,
    Number,
    Refused,
    RelationsThere,
    TermsThere,
    TermThere,
    Told,
    User,
)
from webapp.writer.models import Content

Terms = Annotated[list[TermThere | Number], MOST]
NOT_KNOWN = "No term of this number is known here: name it."


class Waiting(msgspec.Struct):
    """Pieces were changed at the website, and wait there to be asked for."""

    waiting: Annotated[int, msgspec.Meta(ge=0)] = 0
    oldest_seconds: Annotated[int, msgspec.Meta(ge=0)] = 0


class Noted(msgspec.Struct):
    """The website is asked within half a minute."""

    noted: bool = True


class TermsOfPiece(msgspec.Struct):
    """The terms of a piece as they are there, of each kind that is named; a term can be named by
    its number alone where it is known here."""

    updated_by: User
    updated_at: datetime
    sequence: Number
    categories: Terms | UnsetType = UNSET
    tags: Terms | UnsetType = UNSET
    sectors: Annotated[list[TermThere], MOST] | UnsetType = UNSET
    clusters: Annotated[list[TermThere], MOST] | UnsetType = UNSET


class RelationsOfPiece(RelationsThere, kw_only=True, frozen=True):
    """What a piece belongs to by what stands there, of what is named."""

    updated_by: User
    updated_at: datetime
    sequence: Number


@post(
    "/integrations/{site_id:int}/dirty",
    takes=Waiting,
    gives=Noted,
    status=202,
    errors=(404, 422, 426),
)
def dirty(call: Call, site_id: FromPath[int], given: Waiting) -> Noted:  # noqa: ARG001
    """A website says that something was changed there; it is asked for it soon."""
    inbound.changes_wait(call.db, call.system, _site(call, site_id))
    return Noted()


@post("/integrations/{site_id:int}/changes", takes=Told, gives=Heard, errors=(404, 422, 426))
def changes(call: Call, site_id: FromPath[int], given: Told) -> Heard:
    """A website tells how a piece stands that was changed there."""
    return hearing.hear(call.db, call.system, _site(call, site_id), given)


@put(
    "/writer/content/{content_id:int}/taxonomies",
    takes=TermsOfPiece,
    gives=Heard,
    errors=(404, 422, 426),
)
def taxonomies(call: Call, content_id: FromPath[int], given: TermsOfPiece) -> Heard:
    """A website tells the terms of a piece that were changed there."""
    site = _site(call)
    content = access.get(call.db, site, Content, content_id)
    refused: list[Refused] = []
    told = Told(
        content_id=content_id,
        sequence=given.sequence,
        updated_by=given.updated_by,
        updated_at=given.updated_at,
        taxonomies=TermsThere(
            categories=_named(call, site, content, "categories", given.categories, refused),
            tags=_named(call, site, content, "tags", given.tags, refused),
            sectors=given.sectors,
            clusters=given.clusters,
        ),
    )
    heard = hearing.hear(call.db, call.system, site, told)
    return msgspec.structs.replace(heard, refused=[*heard.refused, *refused])


@put(
    "/writer/content/{content_id:int}/relationships",
    takes=RelationsOfPiece,
    gives=Heard,
    errors=(404, 422, 426),
)
def relationships(call: Call, content_id: FromPath[int], given: RelationsOfPiece) -> Heard:
    """A website tells what a piece belongs to that was changed there."""
    site = _site(call)
    access.get(call.db, site, Content, content_id)
    names = RelationsThere.__struct_fields__
    told = Told(
        content_id=content_id,
        sequence=given.sequence,
        updated_by=given.updated_by,
        updated_at=given.updated_at,
        relationships=RelationsThere(**{name: getattr(given, name) for name in names}),
    )
    return hearing.hear(call.db, call.system, site, told)


def _site(call: Call, site_id: int | None = None) -> ConnectedSite:
    """Who calls, for the site that it names; NotFound for any other."""
    site = call.request.user
    if not isinstance(site, ConnectedSite) or site_id not in (None, site.site_id):
        raise NotFound
    return site


def _named(
    call: Call,
    site: ConnectedSite,
    content: Content,
    field: str,
    given: list[TermThere | int] | UnsetType,
    refused: list[Refused],
) -> list[TermThere] | UnsetType:
    """The terms by name, in the order in which they were given."""
    if given is UNSET:
        return UNSET
    numbers = [one for one in given if isinstance(one, int)]
    kind = following.KINDS[field]
    known, unknown = following.resolved(call.db, site, content, kind, numbers)
    by_number = {one.id: one for one in known}
    refused.extend(Refused(field, str(one), NOT_KNOWN) for one in unknown)
    found = (by_number.get(one) if isinstance(one, int) else one for one in given)
    return [one for one in found if one is not None]


ROUTES = [dirty, changes, taxonomies, relationships]
