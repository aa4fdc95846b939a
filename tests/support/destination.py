"""A destination of the tests' own: an adapter and its website, with failures on demand.

It gives the guarantee of the WordPress plugin (one post per content, fenced by intent and attempt,
a done key answered again) and keeps a log of all that was written, so that a test can tell what
the pipeline asked for from what the destination made of it. Its pages are really served.

    destination.fail("publish", "lost")     # the next call does its work, and its answer is lost
"""

from __future__ import annotations

import hashlib
import html
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import msgspec
from psycopg.errors import AdminShutdown
from sqlalchemy.exc import OperationalError

from tests.support.misbehaving import Exchange, Misbehaving, Reply
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import (
    Fence,
    NeedsAction,
    Offer,
    Permanent,
    Problem,
    Publication,
    Published,
    Remote,
    Report,
    RetryLater,
    Superseded,
    Target,
)
from webapp.integrations.from_website import Collected
from webapp.integrations.health import Health
from webapp.integrations.journal import Journal
from webapp.writer.payload import Payload

PLATFORM = "test"


class WorkerKilled(BaseException):
    """The worker ends here as by kill -9: nothing after this line of it happens."""


def _raise(problem: BaseException) -> None:
    raise problem


FAULTS: dict[str, Callable[[], None]] = {
    "permanent": lambda: _raise(Permanent(Code.CONTENT_INVALID, "creating_post")),
    "needs_action": lambda: _raise(NeedsAction(Code.INVALID_CREDENTIALS, "connection")),
    "later": lambda: _raise(RetryLater(Code.DESTINATION_ERROR, "creating_post")),
    "busy": lambda: _raise(RetryLater(Code.DESTINATION_BUSY, "connection", after=30)),
    "waiting": lambda: _raise(RetryLater(Code.IN_PROGRESS, "connection", after=2, is_waiting=True)),
    "lost": lambda: _raise(
        RetryLater(Code.DESTINATION_ANSWER_UNREADABLE, "connection", is_lost=True)
    ),
    "hangs": lambda: _raise(RetryLater(Code.DESTINATION_TIMEOUT, "connection", is_lost=True)),
    "unheard": lambda: _raise(RetryLater(Code.DESTINATION_BUSY, "connection")),
    "lost_before": lambda: _raise(
        RetryLater(Code.DESTINATION_ANSWER_UNREADABLE, "connection", is_lost=True)
    ),
    "bug": lambda: _raise(RuntimeError("a bug of an adapter")),
    "database_away": lambda: _raise(OperationalError("SELECT 1", {}, AdminShutdown("stopped"))),
    "killed": lambda: _raise(WorkerKilled()),
    "killed_after": lambda: _raise(WorkerKilled()),
}
AFTER_THE_WORK = ("lost", "hangs", "unheard", "killed_after")


@dataclass
class Post:
    """What the website has of one content."""

    number: int
    status: str
    fence: Fence
    payload: Payload | None = None
    content_hash: str = ""
    result: Published | None = None
    is_abandoned: bool = False
    edits: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Write:
    """One change of the website."""

    act: str
    content_id: int
    fence: Fence
    content_hash: str = ""


@dataclass
class Website:
    """The destination's side; adapters come and go, it stays."""

    url: str
    posts: dict[int, Post] = field(default_factory=dict)
    writes: list[Write] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    before: dict[str, Callable[[], None]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    removes: list[str] = field(default_factory=list)
    adds: str = ""
    changed_at: datetime = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def fail(self, method: str, *faults: str) -> None:
        """The next calls of that method end so, one after the other; then all is well again."""
        self.faults[method] += faults

    @contextmanager
    def fault(self, method: str) -> Iterator[None]:
        """Around a method's work: the fault that is next, before or after it."""
        if method in self.before:
            self.before[method]()
        queue = self.faults[method]
        fault = queue.pop(0) if queue else ""
        if fault and fault not in AFTER_THE_WORK:
            FAULTS[fault]()
        yield
        if fault:
            FAULTS[fault]()

    def edit(self, content_id: int, **fields: str) -> None:
        """Somebody there changes fields of a post."""
        self.posts[content_id].edits |= fields

    def online(self) -> dict[int, Post]:
        """The posts that readers see, by content id."""
        return {number: post for number, post in self.posts.items() if post.status == "publish"}

    def serve(self, exchange: Exchange) -> None:
        """The public page of a post."""
        content_id = int(exchange.hit.path.rsplit("/", 1)[1])
        post = self.posts.get(content_id)
        if post is None or post.status != "publish" or post.payload is None:
            exchange.send(Reply(404))
            return
        sent = post.payload
        shown = {
            "meta_title": f"<title>{html.escape(sent.meta_title)} – Website</title>",
            "description": html.escape(sent.meta_description),
            "title": f"<h1>{html.escape(sent.title)}</h1>",
            "text": sent.html,
        }
        texts = [text for name, text in shown.items() if name not in self.hidden]
        if post.payload.canonical_url and "canonical" not in self.hidden:
            address = html.escape(post.payload.canonical_url)
            texts.append(f'<link rel="canonical" href="{address}">')
        texts.append(self.adds)
        exchange.send(Reply(200, " ".join(texts).encode(), {"Content-Type": "text/html"}))


class TestAdapter:
    """See webapp.integrations.base.Adapter."""

    __test__ = False

    def __init__(self, website: Website, system: System, target: Target) -> None:
        self.target = target
        self._system = system
        self._site = website

    def check(self, payload: Payload) -> list[Problem]:
        if payload.content_type == "forbidden":
            return [Problem(code=Code.TYPE_DISABLED, message="No.", field="content_type")]
        return []

    def publish(self, publication: Publication, report: Report, _: Journal) -> Published:
        with self._site.fault("publish"), self._site.lock:
            for step in ("media_processing", "taxonomies", "creating_post", "seo_metadata"):
                report(step)
            return self._publish(publication)

    def dry_run(self, publication: Publication) -> dict[str, Any]:
        return {"result": "updated" if self.lookup(publication.payload.content_id) else "created"}

    def lookup(self, content_id: int) -> Remote | None:
        with self._site.fault("lookup"), self._site.lock:
            post = self._site.posts.get(content_id)
            if post is None or post.status in ("deleted", "none"):
                return None
            return Remote(
                external_id=str(post.number),
                external_url=self._url(content_id),
                status=post.status,
                posts_with_this_id=1,
                stored_hash=post.content_hash,
            )

    def seen(self, content_id: int) -> Fence | None:
        with self._site.fault("seen"), self._site.lock:
            post = self._site.posts.get(content_id)
            return post.fence if post is not None else None

    def result_of(self, fence: Fence, content_id: int, _: Journal) -> Published | None:
        with self._site.fault("result_of"), self._site.lock:
            post = self._site.posts.get(content_id)
            is_it = post is not None and post.fence.publish_key == fence.publish_key
            return post.result if post is not None and is_it else None

    def retract(self, fence: Fence, content_id: int, to: str) -> str:
        with self._site.fault("retract"), self._site.lock:
            post = self._fenced(fence, content_id)
            if post is not None and post.edits and to == "delete":
                to = "trash"
            if post is not None:
                post.status = "deleted" if to == "delete" else to
                post.result, post.fence = None, fence
                self._site.writes.append(Write("retract", content_id, fence))
            return to if post is not None else ""

    def abandon(
        self, fence: Fence, content_id: int, staged: list[str], _: Journal
    ) -> Published | None:
        with self._site.fault("abandon"), self._site.lock:
            post = self._fenced(fence, content_id)
            if post is not None and post.fence.publish_key == fence.publish_key and post.result:
                return post.result
            if post is None:
                post = self._site.posts[content_id] = Post(0, "none", fence)
            post.fence, post.is_abandoned = fence, True
            return None

    def prove(self, offers: list[Offer]) -> int:
        return 0

    def collect_changes(self) -> Collected:
        return Collected()

    def health(self) -> Health:
        is_down = bool(self._site.faults["health"]) and self._site.faults["health"].pop(0)
        return Health(status="down" if is_down else "healthy")

    def _publish(self, publication: Publication) -> Published:
        content_id, fence = publication.payload.content_id, publication.fence
        post = self._fenced(fence, content_id)
        if post is not None and post.fence.publish_key == fence.publish_key:
            if post.is_abandoned:
                raise Superseded("this intent was given up")
            if post.result is not None:
                post.fence = fence
                return msgspec.structs.replace(post.result, replayed=True)
        if post is not None and post.edits and publication.over != hash_of(post.edits):
            raise edited_there(post)
        was_online = post is not None and post.status == "publish"
        is_same = was_online and post is not None and post.content_hash == publication.content_hash
        now = self._system.clock()
        at = min(publication.published_at or now, now)
        if was_online and post is not None and post.result and post.result.published_at:
            at = post.result.published_at
        done = Published(
            external_id=str(content_id),
            external_url=self._url(content_id),
            external_type=publication.payload.content_type,
            result=_result(was_online, is_same and not publication.force),
            published_at=at,
            stored_hash=publication.content_hash,
            removed=self._site.removes,
            created_terms={"tags": len(publication.payload.tags)} if not was_online else {},
        )
        self._site.posts[content_id] = Post(
            content_id, "publish", fence, publication.payload, publication.content_hash, done
        )
        self._site.writes.append(Write("publish", content_id, fence, publication.content_hash))
        return done

    def _fenced(self, fence: Fence, content_id: int) -> Post | None:
        post = self._site.posts.get(content_id)
        if post is not None:
            seen = (post.fence.intent, post.fence.attempt)
            if (fence.intent, fence.attempt) < seen:
                raise Superseded(f"{fence} after {seen}")
        return post

    def _url(self, content_id: int) -> str:
        return f"{self._site.url}/posts/{content_id}"


def hash_of(edits: dict[str, str]) -> str:
    """What names a state that differs from what we left."""
    return hashlib.sha256(repr(sorted(edits.items())).encode()).hexdigest()


def edited_there(post: Post) -> NeedsAction:
    differences = [
        {"field": name, "left": "ours", "there": value, "shortened": False}
        for name, value in post.edits.items()
    ]
    over = hash_of(post.edits)
    return NeedsAction(Code.EDITED_THERE, "connection", differences=differences, over=over)


def _result(was_online: bool, is_same: bool) -> str:
    return "skipped" if is_same else "updated" if was_online else "created"


def open_website(pages: Misbehaving) -> Website:
    """A website whose pages that server serves."""
    website = Website(pages.url)
    pages.on("*", "/posts/*", website.serve)
    return website
