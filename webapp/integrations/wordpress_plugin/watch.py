"""What people change in WordPress, asked of the plugin: see webapp.integrations.theirs.Watch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from webapp.core.codes import Code
from webapp.core.links import web_address
from webapp.core.system import System
from webapp.integrations.base import Difference, NeedsAction, Permanent, Target
from webapp.integrations.theirs import Editor, Linked, PostState, There
from webapp.integrations.wordpress_plugin.client import Client, client_of

STEP = "verification"
LONGEST_ID = 18
TOO_OLD = "The website’s IGNY8 plugin does not tell what is changed there. Update the plugin."


class _Post(msgspec.Struct):
    post_status: str
    is_public: bool
    modified_utc: datetime
    over: str | None
    by: Editor | None
    post_url: str = ""
    sequence: int = 0
    known: int = 0


class _State(msgspec.Struct):
    content_id: int
    is_busy: bool
    post: _Post | None


class _States(msgspec.Struct):
    contents: list[_State]


class _Words(msgspec.Struct):
    """`seo` of there."""

    title: str
    description: str
    canonical: str
    keywords: list[str]


class _There(msgspec.Struct):
    hash: str
    stored_hash: str
    post_status: str
    post_type: str
    is_public: bool
    is_busy: bool
    title: str
    content_html: str
    excerpt: str
    slug: str
    author_email: str
    terms: dict[str, list[dict[str, Any]]]
    featured_image_url: str | None
    seo: _Words
    own: dict[str, Any]
    differences: list[Difference]
    sequence: int = 0


class _Accepted(msgspec.Struct):
    sequence: int = 0


class _Forgot(msgspec.Struct):
    forgot: bool


class _Linked(msgspec.Struct):
    post_id: int
    post_url: str
    post_type: str
    sequence: int = 0


class PluginWatch:
    """One website by its plugin."""

    def __init__(self, system: System, target: Target) -> None:
        self._client: Client = client_of(system, target)

    def states(self, content_ids: Sequence[int]) -> list[PostState]:
        ids = ",".join(map(str, content_ids))
        try:
            found = self._client.get(f"content?content_ids={ids}", STEP, _States)
        except NeedsAction as problem:
            if problem.failure.code != Code.PLUGIN_MISSING:
                raise
            raise NeedsAction(Code.PROTOCOL_UNSUPPORTED, STEP, TOO_OLD) from problem
        return [_state(one) for one in found.contents]

    def there(self, content_id: int) -> There | None:
        try:
            found = self._client.get(f"content/{content_id}/there/", STEP, _There)
        except Permanent as problem:
            if problem.failure.code != Code.NOT_FOUND:
                raise
            return None
        return There(
            hash=found.hash,
            status=found.post_status,
            is_public=found.is_public,
            is_busy=found.is_busy,
            stored_hash=found.stored_hash,
            external_type=found.post_type,
            title=found.title,
            html=found.content_html,
            excerpt=found.excerpt,
            slug=found.slug,
            author_email=found.author_email,
            categories=_terms(found.terms, "categories"),
            tags=_terms(found.terms, "tags"),
            meta_title=found.seo.title,
            meta_description=found.seo.description,
            canonical_url=found.seo.canonical,
            focus_keywords=found.seo.keywords,
            featured_image_url=found.featured_image_url or "",
            differences=found.differences,
            sequence=found.sequence,
            own=found.own,
        )

    def accept(self, content_id: int, state: str, content_hash: str) -> int:
        body = {"over": state, "content_hash": content_hash}
        return self._client.post(f"content/{content_id}/accept/", STEP, body, _Accepted).sequence

    def forget(self, content_id: int, sequence: int) -> None:
        body = {"sequence": sequence} if sequence else {}
        self._client.post(f"content/{content_id}/forget/", STEP, body, _Forgot)

    def relink(self, content_id: int, publish_key: str, to: str) -> Linked:
        is_number = to.isascii() and to.isdecimal() and len(to) <= LONGEST_ID
        which = {"post_id": int(to)} if is_number else {"url": to}
        body = {"publish_key": publish_key, **which}
        done = self._client.post(f"content/{content_id}/relink/", STEP, body, _Linked)
        return Linked(
            external_id=str(done.post_id),
            external_url=web_address(done.post_url),
            external_type=done.post_type,
            sequence=done.sequence,
        )


def _state(one: _State) -> PostState:
    if one.post is None:
        return PostState(content_id=one.content_id, is_there=False, is_busy=one.is_busy)
    return PostState(
        content_id=one.content_id,
        is_there=True,
        is_busy=one.is_busy,
        status=one.post.post_status,
        is_public=one.post.is_public,
        over=one.post.over or "",
        changed_at=one.post.modified_utc,
        by=one.post.by,
        sequence=one.post.sequence,
        known=one.post.known,
        url=one.post.post_url,
    )


def _terms(terms: dict[str, list[dict[str, Any]]], kind: str) -> list[dict[str, str]]:
    return [{"name": str(one["name"]), "slug": str(one["slug"])} for one in terms.get(kind, [])]
