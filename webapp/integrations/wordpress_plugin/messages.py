"""What the plugin answers: the fields that decide, and their reading. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from webapp.core import decoders
from webapp.core.codes import Code
from webapp.core.links import web_address
from webapp.integrations.base import Difference, Published, RetryLater
from webapp.integrations.delivered import DRAFT, PRIVATE, PUBLIC

STANDS_AS = {"publish": PUBLIC, "draft": DRAFT, "private": PRIVATE}


class Stored(msgspec.Struct):
    posts_with_this_id: int
    terms: dict[str, list[dict[str, Any]]]
    featured_image_url: str | None
    permalink: str


class Answer(msgspec.Struct):
    """`data` of publish-content: the fields that decide; the whole answer is kept beside it."""

    post_id: int
    post_url: str
    post_type: str
    result: str
    replayed: bool
    post_date_utc: datetime
    stored_hash: str
    taxonomies_processed: dict[str, dict[str, Any]]
    stored: Stored
    steps: list[dict[str, Any]]
    post_status: str = "publish"
    removed_html: list[str] = []


class Post(msgspec.Struct):
    post_id: int
    post_status: str
    post_url: str
    stored_hash: str
    edited_there: bool
    terms: dict[str, list[dict[str, Any]]]
    featured_image_url: str | None
    is_public: bool | None = None
    differences: list[Difference] = []


class Content(msgspec.Struct):
    posts_with_this_id: int
    post: Post | None


class Retracted(msgspec.Struct):
    result: Literal["retracted", "gone"]
    to: Literal["draft", "trash", "delete"]


class Fenced(msgspec.Struct):
    publish_key: str
    seen_intent: int
    seen_attempt: int


class Intent(msgspec.Struct):
    publish_key: str
    state: str
    result: dict[str, Any] | None


class Became(msgspec.Struct):
    """`data` of content/{id}/ again: what became of the content's last intent."""

    publish: Intent | None


class Seen(msgspec.Struct):
    """`data` of content/{id}/ again: the fence of the content."""

    publish: Fenced | None


class Proven(msgspec.Struct):
    unproven: int


class Whose(msgspec.Struct):
    """`installation` of health: how many pieces there name nobody, and how many another one."""

    unproven: Annotated[int, msgspec.Meta(ge=0)]
    foreign: Annotated[int, msgspec.Meta(ge=0)]


class Website(msgspec.Struct):
    """`site` of health."""

    url: str | None = None
    language: str | None = None
    listed: bool | None = None


class Check(msgspec.Struct):
    ok: bool
    message: str = ""
    ms: float | None = None


class Changes(msgspec.Struct):
    """`changes` of health; an older plugin tells of none."""

    waiting: Annotated[int, msgspec.Meta(ge=0)] = 0


class Healthy(msgspec.Struct):
    """`data` of health: what is read of it; the whole answer is kept beside it."""

    checks: dict[str, Check] = {}
    site: Website | None = None
    installation: Whose | None = None
    changes: Changes = msgspec.field(default_factory=Changes)


class Abandoned(msgspec.Struct):
    state: str
    result: dict[str, Any] | None


def check_health(data: dict[str, Any]) -> None:
    """Raises RetryLater where what is read of the answer has another form."""
    try:
        decoders.convert(data, Healthy)
    except msgspec.ValidationError as problem:
        code = Code.DESTINATION_ANSWER_UNREADABLE
        raise RetryLater(code, "connection", error=str(problem)) from problem


def waiting(data: dict[str, Any]) -> int:
    """Of a health that was checked: how many pieces wait to be told of."""
    return decoders.convert(data, Healthy).changes.waiting


def published(data: dict[str, Any]) -> Published:
    try:
        answer = decoders.convert(data, Answer)
    except msgspec.ValidationError as problem:
        code = Code.DESTINATION_ANSWER_UNREADABLE
        raise RetryLater(code, "creating_post", is_lost=True, error=str(problem)) from problem
    if not web_address(answer.post_url):
        said = f"the post's address is {answer.post_url[:200]!r}"
        code = Code.DESTINATION_ANSWER_UNREADABLE
        raise RetryLater(code, "creating_post", is_lost=True, error=said)
    stands_as = STANDS_AS.get(answer.post_status, PUBLIC)
    is_public = stands_as == PUBLIC
    return Published(
        external_id=str(answer.post_id),
        external_url=answer.post_url if is_public else "",
        stands_as=stands_as,
        later_url="" if is_public else answer.post_url,
        external_type=answer.post_type,
        result=answer.result,
        replayed=answer.replayed,
        published_at=answer.post_date_utc if is_public else None,
        stored_hash=answer.stored_hash,
        featured_image_url=answer.stored.featured_image_url or "",
        terms={
            kind: [str(one) for one in done.get("assigned", [])]
            for kind, done in answer.taxonomies_processed.items()
        },
        created_terms={
            kind: len(done.get("created", [])) for kind, done in answer.taxonomies_processed.items()
        },
        posts_with_this_id=answer.stored.posts_with_this_id,
        steps=answer.steps,
        removed=answer.removed_html,
        report={
            name: data.get(name)
            for name in (
                "taxonomies_processed",
                "seo_plugin",
                "gallery",
                "inline_images",
                "removed_html",
                "post_date_site",
                "site_timezone",
                "date_clamped",
                "sequence",
            )
        },
    )
