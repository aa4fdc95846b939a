"""The tests' own kind of destination: it publishes (destination.py), and tells what was changed."""

from __future__ import annotations

import functools
from collections.abc import Sequence

import msgspec

from tests.support.destination import PLATFORM, TestAdapter, Website, edited_there, hash_of
from webapp.core.system import System
from webapp.integrations.base import Difference, Target
from webapp.integrations.platform import Field, Platform
from webapp.integrations.theirs import Editor, Linked, PostState, There


class TestWatch:
    """See webapp.integrations.theirs.Watch: edits of fields are told, and taken over."""

    __test__ = False

    def __init__(self, website: Website, system: System, target: Target) -> None:
        self._site = website

    def states(self, content_ids: Sequence[int]) -> list[PostState]:
        with self._site.fault("states"), self._site.lock:
            return [self._state(one) for one in content_ids]

    def _state(self, content_id: int) -> PostState:
        post = self._site.posts.get(content_id)
        if post is None or post.status in ("deleted", "none"):
            return PostState(content_id=content_id, is_there=False)
        is_public = post.status == "publish"
        over = hash_of(post.edits) if post.edits or not is_public else ""
        by = Editor(id=5, name="Katrin") if post.edits else None
        return PostState(
            content_id=content_id,
            is_there=True,
            status=post.status,
            is_public=is_public,
            over=over,
            changed_at=self._site.changed_at if post.edits else None,
            by=by,
        )

    def there(self, content_id: int) -> There | None:
        post = self._site.posts.get(content_id)
        if post is None or post.payload is None or post.status in ("deleted", "none"):
            return None
        sent = post.payload
        words = {
            name: post.edits.get(name, getattr(sent, name))
            for name in ("title", "excerpt", "slug", "author_email", "meta_title")
        }
        return There(
            **words,
            hash=hash_of(post.edits),
            status=post.status,
            is_public=post.status == "publish",
            stored_hash=post.content_hash,
            external_type="post",
            html=post.edits.get("content", sent.html),
            categories=[],
            tags=[],
            meta_description=sent.meta_description,
            canonical_url=sent.canonical_url,
            focus_keywords=sent.focus_keywords,
            featured_image_url="",
            differences=[
                Difference(field=name, left="ours", there=value)
                for name, value in post.edits.items()
            ],
            own={"is_sticky": True},
        )

    def accept(self, content_id: int, state: str, content_hash: str) -> int:
        with self._site.fault("accept"), self._site.lock:
            post = self._site.posts[content_id]
            if hash_of(post.edits) != state:
                raise edited_there(post)
            assert post.payload is not None
            edits = {"html" if name == "content" else name: v for name, v in post.edits.items()}
            post.payload = msgspec.structs.replace(post.payload, **edits)
            post.edits, post.content_hash = {}, content_hash
            return 0

    def forget(self, content_id: int, sequence: int) -> None:
        """It keeps no numbers."""

    def relink(self, content_id: int, publish_key: str, to: str) -> Linked:
        post = self._site.posts[content_id]
        post.edits = {"title": f"Post {to}"}
        return Linked(
            external_id=to,
            external_url=f"{self._site.url}/posts/{content_id}",
            external_type="post",
        )


def platform_of(website: Website) -> Platform:
    """The tests' own kind of destination, at this website."""
    return Platform(
        name=PLATFORM,
        title="The tests’ own",
        summary="For tests",
        icon="plug",
        transport="test",
        adapter=functools.partial(TestAdapter, website),
        watch=functools.partial(TestWatch, website),
        fields=(Field("base_url", "Address", kind="url"),),
    )
