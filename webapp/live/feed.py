"""Where a web process hears of changes: SQLite's data version, or Redis.

On SQLite a thread watches `PRAGMA data_version`, which moves with every commit of anyone, and
then reads the new notices; ids there are handed out in commit order. With Redis it subscribes.
After a lost connection every tab is told to fetch everything anew, so nothing can be missed.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec
import sqlalchemy as sa
import structlog

from webapp.core import decoders, notices
from webapp.core.notices import Notice
from webapp.core.shared_redis import Rest
from webapp.core.system import System

log = structlog.get_logger()
LOOK_EVERY = 0.05
# A subscription that is silent for so many seconds is asked, and answers within as many.
ALIVE_WITHIN = 3.0
MOST_WAITING = 200
Change = tuple[int, str, int]
Topics = Mapping[str, Collection[int]]


@dataclass(frozen=True)
class Heard:
    """What a tab is told, as ready SSE text, and which objects of which topics it names."""

    text: bytes
    topics: Topics = field(default_factory=dict)

    @classmethod
    def of(cls, topics: Topics) -> Heard:
        return cls(b"".join(_message(topic, ids) for topic, ids in topics.items()), topics)


HELLO = Heard(b"event: hello\ndata: {}\nretry: 1000\n\n")


class Hub:
    """Hands each account's notices to that account's open tabs, as ready SSE text.

    Whoever sees only a part of the account narrows them further (pages.py).
    """

    def __init__(self) -> None:
        self._tabs: dict[int, set[asyncio.Queue[Heard]]] = defaultdict(set)

    @contextmanager
    def listen(self, account_id: int) -> Iterator[asyncio.Queue[Heard]]:
        queue: asyncio.Queue[Heard] = asyncio.Queue(MOST_WAITING)
        self._tabs[account_id].add(queue)
        try:
            yield queue
        finally:
            self._tabs[account_id].discard(queue)

    def deliver(self, changes: Iterable[Change]) -> None:
        """Filter by account first, then write each account's message once for all its tabs."""
        grouped: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for account_id, topic, object_id in changes:
            grouped[account_id][topic].add(object_id)
        for account_id, topics in grouped.items():
            tabs = self._tabs.get(account_id)
            if tabs:
                heard = Heard.of(topics)
                for queue in tabs:
                    _put(queue, heard)

    @property
    def is_heard(self) -> bool:
        """Whether any tab listens."""
        return any(self._tabs.values())

    @property
    def number_of_tabs(self) -> int:
        """How many tabs listen."""
        return sum(len(tabs) for tabs in self._tabs.values())

    def tell_all(self, topic: str) -> None:
        """A change that concerns every account."""
        heard = Heard.of({topic: {0}})
        for tabs in self._tabs.values():
            for queue in tabs:
                _put(queue, heard)

    def refresh_all(self) -> None:
        """Something may have been missed: every tab fetches what it shows."""
        for tabs in self._tabs.values():
            for queue in tabs:
                _put(queue, HELLO)


class Feed(Protocol):
    """Runs while the application does, telling the hub."""

    async def run(self) -> None: ...

    def stop(self) -> None: ...


class DatabaseFeed:
    """Watches the database file."""

    def __init__(self, system: System, hub: Hub) -> None:
        self._system = system
        self._hub = hub
        self._stopping = threading.Event()
        # PostgreSQL comes with Redis (docs/decisions/0008); without it what commits out of order
        # may be passed over.
        newest = sa.select(sa.func.max(Notice.id))
        self._version = sa.text("PRAGMA data_version") if system.db.is_sqlite else newest

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._watch, loop)

    def stop(self) -> None:
        self._stopping.set()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopping.is_set():
            try:
                self._follow(loop)
            except sa.exc.SQLAlchemyError:
                log.exception("the feed of changes stopped; it begins again")
                self._stopping.wait(1)
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._hub.refresh_all)

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        engine = self._system.db.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            version: int | None = -1
            last = connection.scalar(sa.select(sa.func.max(Notice.id))) or 0
            while not self._stopping.wait(LOOK_EVERY):
                now = connection.scalar(self._version)
                if now == version:
                    continue
                version = now
                rows = connection.execute(
                    sa.select(Notice.id, Notice.account_id, Notice.topic, Notice.object_id)
                    .where(Notice.id > last)
                    .order_by(Notice.id)
                ).all()
                if rows:
                    last = rows[-1].id
                    changes = [(row.account_id, row.topic, row.object_id) for row in rows]
                    loop.call_soon_threadsafe(self._hub.deliver, changes)


class RedisFeed:
    """Subscribes to the channel that every process of this installation publishes on.

    A server that stands still keeps the connection: it is asked for a sign of life. While none can
    be had, tabs fetch what they show each time it is tried anew, longer apart each time.
    """

    def __init__(self, system: System, hub: Hub) -> None:
        self._system = system
        self._hub = hub
        self._rest = Rest("the feed of changes")

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except Exception as problem:  # whatever the connection raises: begin again
                pause = self._rest.begin()
                log.warning("the feed of changes was lost", problem=str(problem), rest=pause)
                self._hub.refresh_all()
                await asyncio.sleep(pause)

    async def _follow(self) -> None:
        from redis.asyncio import Redis

        url = self._system.config.queue_url
        name = await asyncio.to_thread(lambda: self._system.db.name)
        redis = Redis.from_url(url, socket_connect_timeout=ALIVE_WITHIN, socket_timeout=None)
        async with redis, redis.pubsub() as channel:
            await asyncio.wait_for(channel.subscribe(notices.channel(name)), ALIVE_WITHIN)
            self._hub.refresh_all()
            async for changes in _read(channel):
                self._rest.end()
                self._hub.deliver(changes)

    def stop(self) -> None:
        """Ended by cancelling the task."""


async def _read(channel: Any) -> AsyncIterator[list[Change]]:
    """Messages in batches, perhaps empty ones: what arrives within a few milliseconds goes out
    together. Raises TimeoutError where the server gives no sign of life."""
    heard = asked = time.monotonic()
    while True:
        message = await channel.get_message(timeout=ALIVE_WITHIN)
        now = time.monotonic()
        if message is None:
            if asked > heard and now - asked >= ALIVE_WITHIN:
                raise TimeoutError("Redis gives no sign of life")
            if asked <= heard:
                await asyncio.wait_for(channel.ping(), ALIVE_WITHIN)
                asked = now
            continue
        heard = now
        batch: list[Change] = []
        until = now + 0.01
        while message is not None:
            if message["type"] == "message":
                batch.append(decoders.decode(message["data"], Change))
            if time.monotonic() > until:
                break
            message = await channel.get_message(timeout=0)
        yield batch


def make_feed(system: System, hub: Hub) -> Feed:
    """The feed that fits this installation's queue."""
    if system.config.queue_url.startswith("sqlite"):
        return DatabaseFeed(system, hub)
    return RedisFeed(system, hub)


def _message(topic: str, ids: Collection[int]) -> bytes:
    data = msgspec.json.encode({"topic": topic, "ids": sorted(ids)})
    return b"event: changed\ndata: " + data + b"\n\n"


def _put(queue: asyncio.Queue[Heard], heard: Heard) -> None:
    """A tab that does not read is told to fetch everything when it does again."""
    if queue.full():
        while not queue.empty():
            queue.get_nowait()
        heard = HELLO
    queue.put_nowait(heard)
