"""`integrations/{site_id}/…`: messages of destinations, with their integration's key."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from litestar.params import FromPath

from webapp.accounts.access import ConnectedSite
from webapp.api.endpoint import post
from webapp.call import Call
from webapp.core.errors import NotFound
from webapp.publisher.delivery import inbound
from webapp.publisher.delivery.inbound import Told

LONGEST_MESSAGE = 300


class StepBegins(msgspec.Struct):
    """A step of a publication begins at the destination (docs/contract). Fields that only a newer
    plugin knows are ignored."""

    publish_key: Annotated[str, msgspec.Meta(max_length=100)]
    attempt: Annotated[int, msgspec.Meta(ge=1)]
    content_id: Annotated[int, msgspec.Meta(ge=1)]
    step: Literal[
        "validation",
        "connection",
        "media_processing",
        "taxonomies",
        "creating_post",
        "seo_metadata",
        "verification",
    ]
    progress: Annotated[int, msgspec.Meta(ge=0, le=100)]
    message: str
    task_id: int | None = None


class HeardProgress(msgspec.Struct):
    """Whether this said anything about an attempt that is under way."""

    accepted: bool


@post(
    "/integrations/{site_id:int}/publish-progress",
    takes=StepBegins,
    gives=HeardProgress,
    status=202,
    errors=(404, 422, 426),
)
def publish_progress(call: Call, site_id: FromPath[int], given: StepBegins) -> HeardProgress:
    """A destination tells how far it is. What comes late is dropped."""
    site = call.request.user
    if not isinstance(site, ConnectedSite) or site.site_id != site_id:
        raise NotFound
    told = Told(
        given.publish_key,
        given.attempt,
        given.content_id,
        given.step,
        given.message[:LONGEST_MESSAGE],
    )
    accepted = inbound.step_begins(call.db, call.system, site, told)
    return HeardProgress(accepted)


ROUTES = [publish_progress]
