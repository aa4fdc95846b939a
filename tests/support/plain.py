"""A destination of the tests' own that is not atomic and keeps no fence, as most platforms are.

Each call makes something new, whatever was called before; whoever calls late is heard; a lost
answer says nothing. What keeps it to one post is the journal, and a mark that can be searched for.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import html
import itertools
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, TypeVar

from tests.support.destination import WorkerKilled
from tests.support.misbehaving import Exchange, Misbehaving, Reply
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import (
    Fence,
    Offer,
    Permanent,
    Problem,
    Publication,
    Published,
    Remote,
    Report,
    RetryLater,
    Target,
)
from webapp.integrations.from_website import Collected
from webapp.integrations.health import Health
from webapp.integrations.journal import DID, Entry, Journal
from webapp.integrations.platform import Field, Key, Platform
from webapp.writer.payload import Payload

PLATFORM = "plain"
SETTLING = 60.0
# In a title: somebody there has taken the post up.
BY_A_PERSON = "by a person"
T = TypeVar("T")


@dataclass
class Post:
    """A post of that website, and the mark by which its writer finds it."""

    number: int
    mark: str
    status: str = "draft"
    title: str = ""
    html: str = ""
    image: int = 0
    terms: list[int] = field(default_factory=list)


@dataclass
class Plain:
    """The website. `calls` are the acts that reached it, in their order."""

    url: str
    posts: dict[int, Post] = field(default_factory=dict)
    images: dict[int, str] = field(default_factory=dict)
    terms: dict[int, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    late: list[Callable[[], object]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    def act(self, name: str, work: Callable[[], T]) -> T:
        """One call. The fault of its number (the first call is 0) happens before or after it, or it
        is carried out later, when nobody expects it (`arrive`)."""
        with self.lock:
            fault = self.faults.pop(len(self.calls), "")
            self.calls.append(name)
            if fault == "killed":
                raise WorkerKilled
            if fault == "error":
                raise RetryLater(Code.DESTINATION_ERROR, "creating_post")
            if fault == "refused":
                raise Permanent(Code.CONTENT_INVALID, "creating_post")
            if fault == "late":
                self.late.append(work)
                raise RetryLater(Code.DESTINATION_TIMEOUT, "creating_post", is_lost=True)
            done = work()
            if fault == "killed_after":
                raise WorkerKilled
            if fault == "lost":
                raise RetryLater(Code.DESTINATION_ANSWER_UNREADABLE, "creating_post", is_lost=True)
            return done

    def arrive(self) -> None:
        """What was on its way arrives."""
        with self.lock:
            for work in self.late:
                work()
            self.late.clear()

    def online(self) -> list[Post]:
        """What readers see."""
        return [one for one in self.posts.values() if one.status == "publish"]

    def serve(self, exchange: Exchange) -> None:
        """The public page of a post."""
        post = self.posts.get(int(exchange.hit.path.rsplit("/", 1)[1]))
        if post is None or post.status != "publish":
            exchange.send(Reply(404))
            return
        title = html.escape(post.title)
        page = f"<title>{title} – Plain</title><h1>{title}</h1>{post.html}"
        exchange.send(Reply(200, page.encode(), {"Content-Type": "text/html"}))


class PlainAdapter:
    """See webapp.integrations.base.Adapter."""

    def __init__(self, site: Plain, system: System, target: Target) -> None:
        self.target = target
        self._system = system
        self._site = site

    def check(self, _: Payload) -> list[Problem]:
        return []

    def publish(self, publication: Publication, report: Report, journal: Journal) -> Published:
        journal.wait_for_others()
        payload = publication.payload
        known = self._done(payload, journal)
        if known is not None:
            return known
        report("media_processing")
        image = self._image(publication, journal)
        report("taxonomies")
        terms = [self._term(term.name, journal) for term in payload.tags]
        report("creating_post")
        there = self._posts(payload.content_id)
        is_new = journal.find("draft") is not None or not there
        number = self._draft(payload.content_id, journal) if is_new else there[0].number
        wanted = {"title": payload.title, "html": payload.html, "image": image, "terms": terms}
        if there and not is_new and not publication.force and _is(there[0], wanted):
            return self._published(there[0], "skipped")
        self._update(number, wanted, journal)
        report("seo_metadata")
        self._go_public(number, journal)
        self._drop_others(payload.content_id, number)
        return self._published(self._site.posts[number], "created" if is_new else "updated")

    def dry_run(self, publication: Publication) -> dict[str, Any]:
        return {"result": "updated" if self.lookup(publication.payload.content_id) else "created"}

    def lookup(self, content_id: int) -> Remote | None:
        posts = self._posts(content_id)
        if not posts:
            return None
        return Remote(
            external_id=str(posts[0].number),
            external_url=self._url(posts[0]),
            status=posts[0].status,
            posts_with_this_id=len(posts),
        )

    def seen(self, _: int) -> Fence | None:
        return None

    def result_of(self, _: Fence, content_id: int, journal: Journal) -> Published | None:
        went = journal.find("public")
        there = self._posts(content_id)
        if went is None or not there or there[0].status != "publish":
            return None
        return self._published(there[0], _result(journal), replayed=True)

    def retract(self, _: Fence, content_id: int, to: str) -> str:
        for post in self._posts(content_id):
            if to == "delete":
                self._site.act("delete", functools.partial(self._site.posts.pop, post.number, None))
            else:
                self._site.act("status", functools.partial(setattr, post, "status", to))
            return to
        return ""

    def abandon(
        self, fence: Fence, content_id: int, _: list[str], journal: Journal
    ) -> Published | None:
        done = self.result_of(fence, content_id, journal)
        if done is None:
            journal.take_back(functools.partial(self._undo, content_id))
        return done

    def prove(self, _: list[Offer]) -> int:
        return 0

    def collect_changes(self) -> Collected:
        return Collected()

    def health(self) -> Health:
        return Health(status="healthy")

    def _done(self, payload: Payload, journal: Journal) -> Published | None:
        went = journal.find("public")
        if went is None or went.state != DID:
            return None
        return self._published(self._posts(payload.content_id)[0], _result(journal), replayed=True)

    def _image(self, publication: Publication, journal: Journal) -> int:
        featured = publication.payload.featured_image
        sha256 = featured.sha256 if featured is not None else ""
        if not sha256:
            return 0

        def upload() -> str:
            publication.read_image(sha256)
            return self._make("image", self._site.images, sha256)

        return int(
            journal.make(
                "image", {"sha256": sha256}, upload, lambda: _key(self._site.images, sha256)
            )
        )

    def _term(self, name: str, journal: Journal) -> int:
        known = _key(self._site.terms, name)
        if known is not None and journal.find("term", {"name": name}) is None:
            return int(known)
        return int(
            journal.make(
                "term",
                {"name": name},
                lambda: self._make("term", self._site.terms, name),
                lambda: _key(self._site.terms, name),
            )
        )

    def _draft(self, content_id: int, journal: Journal) -> int:
        def create() -> str:
            number = next(self._site.numbers)
            post = Post(number, _mark(content_id))
            self._site.act("draft", lambda: self._site.posts.update({number: post}))
            return str(number)

        def find() -> str | None:
            drafts = self._posts(content_id)
            return str(drafts[0].number) if drafts else None

        return int(journal.make("draft", {"mark": _mark(content_id)}, create, find))

    def _update(self, number: int, wanted: dict[str, Any], journal: Journal) -> None:
        post = self._site.posts[number]

        def before() -> dict[str, Any]:
            return {name: value for name, value in asdict(post).items() if name in wanted}

        def do() -> None:
            self._site.act("update", lambda: post.__dict__.update(wanted))

        journal.change("update", str(number), before, do)

    def _go_public(self, number: int, journal: Journal) -> None:
        post = self._site.posts[number]
        journal.change(
            "public",
            str(number),
            lambda: {"status": post.status},
            lambda: self._site.act("status", lambda: setattr(post, "status", "publish")),
        )

    def _drop_others(self, content_id: int, number: int) -> None:
        """A draft whose request arrived late."""
        for post in self._posts(content_id):
            if post.number != number and post.status == "draft":
                self._site.posts.pop(post.number)

    def _undo(self, content_id: int, entry: Entry) -> bool:
        """Take one act back; False where somebody has changed what it made."""
        site, made = self._site, entry.arguments
        if entry.kind in ("image", "term"):
            name = str(made.get("sha256") or made.get("name"))
            _remove_unused(site, site.images if entry.kind == "image" else site.terms, name)
            return True
        posts = self._posts(content_id)
        if any(BY_A_PERSON in one.title for one in posts):
            return False
        for post in posts:
            if entry.kind == "draft":
                site.posts.pop(post.number)
            elif str(post.number) == made["id"]:
                post.__dict__.update(entry.before or {})
        return True

    def _make(self, kind: str, things: dict[int, str], name: str) -> str:
        number = next(self._site.numbers)
        self._site.act(kind, lambda: things.update({number: name}))
        return str(number)

    def _posts(self, content_id: int) -> list[Post]:
        """The posts of a content: the public one first, then the oldest."""
        with self._site.lock:
            marked = [one for one in self._site.posts.values() if one.mark == _mark(content_id)]
        return sorted(marked, key=lambda one: (one.status != "publish", one.number))

    def _published(self, post: Post, result: str, *, replayed: bool = False) -> Published:
        text = f"{post.title}\n{post.html}"
        return Published(
            external_id=str(post.number),
            external_url=self._url(post),
            external_type="post",
            result=result,
            replayed=replayed,
            stored_hash=hashlib.sha256(text.encode()).hexdigest(),
            posts_with_this_id=len(self._posts(int(post.mark))),
        )

    def _url(self, post: Post) -> str:
        return f"{self._site.url}/plain/{post.number}"


def _result(journal: Journal) -> str:
    return "created" if journal.find("draft") is not None else "updated"


def _is(post: Post, wanted: dict[str, Any]) -> bool:
    return all(getattr(post, name) == value for name, value in wanted.items())


def _mark(content_id: int) -> str:
    return str(content_id)


def _remove_unused(site: Plain, things: dict[int, str], name: str) -> None:
    key = int(_key(things, name) or 0)
    if not any(key in (post.image, *post.terms) for post in site.posts.values()):
        things.pop(key, None)


def _key(things: dict[int, str], name: str) -> str | None:
    return next((str(number) for number, one in sorted(things.items()) if one == name), None)


def open_plain(pages: Misbehaving) -> tuple[Plain, Platform]:
    """The website, served, and its kind of destination."""
    site = Plain(pages.url)
    pages.on("*", "/plain/*", site.serve)
    return site, Platform(
        name=PLATFORM,
        title="Plain",
        summary="A website without a fence",
        icon="plug",
        transport="rest",
        adapter=functools.partial(PlainAdapter, site),
        fields=(Field("base_url", "Address", kind="url"),),
        keeps_fence=False,
        settling=SETTLING,
    )


def with_token(platform: Platform) -> Platform:
    """The same, but it asks for a key that a person gets there."""
    token = Field("token", "Token", kind="password", is_secret=True, check=_check_token)
    return dataclasses.replace(
        platform, key=Key.GIVEN, key_place="at Plain under Tokens", fields=(*platform.fields, token)
    )


def _check_token(_: System, value: str) -> str:
    return "" if value.startswith("plain-") else "A token of Plain begins with plain-."
