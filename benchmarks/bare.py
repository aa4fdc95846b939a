"""The requests of a publication without the publisher: the least that it could cost.

The requests are those that the publisher really sent for a piece, seen at its gate; only what
must differ from piece to piece is replaced.
"""

from __future__ import annotations

import queue
import threading
import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from tests.support.desk import Desk
from webapp.core.http import CONNECTIONS_PER_SITE, Answer, OutboundHttp

FIRST_ID = 1_000_000


@dataclass(frozen=True)
class Sent:
    """One request as the publisher sent it."""

    method: str
    url: str
    headers: dict[str, str]
    content: bytes | None


class _Watching(OutboundHttp):
    """A gate that also keeps what passes through."""

    def __init__(self, desk: Desk) -> None:
        config = desk.system.config
        super().__init__(allow_private=config.allow_private_destinations, own_url=config.public_url)
        self.sent: list[Sent] = []

    def fetch(self, method: str, url: str, **options: Any) -> Answer:
        self.sent.append(Sent(method, url, options.get("headers") or {}, options.get("content")))
        return super().fetch(method, url, **options)


def requests_of(desk: Desk, content_id: int) -> list[Sent]:
    """Publish the piece and tell what was sent for it."""
    usual, watching = desk.system.http, _Watching(desk)
    desk.system.http = watching
    try:
        desk.publish(content_id)
        desk.run_worker()
    finally:
        desk.system.http = usual
        watching.close()
    return watching.sent


class Bare:
    """Sends the same requests with a plain client that has as many connections as the gate."""

    def __init__(self, requests: list[Sent]) -> None:
        post, lookup, page = requests
        assert (post.method, lookup.method, page.method) == ("POST", "GET", "GET")
        self._post, self._lookup, self._page = post, lookup, page
        self._body: dict[str, Any] = msgspec.json.decode(post.content or b"")
        self._next = FIRST_ID
        self._client = httpx.Client(
            limits=httpx.Limits(
                max_connections=CONNECTIONS_PER_SITE,
                max_keepalive_connections=CONNECTIONS_PER_SITE,
                keepalive_expiry=15,
            ),
            timeout=60,
            trust_env=False,
        )

    def close(self) -> None:
        self._client.close()

    def bodies(self, count: int) -> list[tuple[int, bytes]]:
        """Bodies for so many new pieces, each with its content id."""
        made = []
        for _ in range(count):
            self._next += 1
            changed = {
                "content_id": self._next,
                "intent": self._next,
                "publish_key": str(uuid.uuid4()),
                "title": f"Bare piece {self._next}",
                "slug": None,
            }
            made.append((self._next, msgspec.json.encode({**self._body, **changed})))
        return made

    def run(self, bodies: list[tuple[int, bytes]], threads: int) -> float:
        """Send them all, so many at once; seconds."""
        waiting: queue.SimpleQueue[tuple[int, bytes]] = queue.SimpleQueue()
        for body in bodies:
            waiting.put(body)
        problems: list[Exception] = []
        workers = [
            threading.Thread(target=self._work, args=(waiting, problems)) for _ in range(threads)
        ]
        began = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        spent = time.perf_counter() - began
        if problems:
            raise problems[0]
        return spent

    def _work(
        self, waiting: queue.SimpleQueue[tuple[int, bytes]], problems: list[Exception]
    ) -> None:
        while not problems:
            try:
                content_id, body = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                self._one(content_id, body)
            except Exception as problem:  # ends the run, which raises it
                problems.append(problem)

    def _one(self, content_id: int, body: bytes) -> None:
        answer = self._client.post(self._post.url, headers=self._post.headers, content=body)
        if answer.status_code >= 300:
            raise RuntimeError(f"{answer.status_code}: {answer.text[:500]}")
        url = msgspec.json.decode(answer.content)["data"]["post_url"]
        number = self._lookup.url.rstrip("/").rpartition("/")[2]
        lookup = self._lookup.url.replace(f"/content/{number}/", f"/content/{content_id}/")
        self._client.get(lookup, headers=self._lookup.headers).raise_for_status()
        self._client.get(url).raise_for_status()
