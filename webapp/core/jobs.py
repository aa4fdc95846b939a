"""The job queue: Huey, which wakes and runs.

What must not be lost is a row in the database; a lost wake-up costs a moment until the next look.
That is why enqueueing never fails the request that asked for it, and never holds it up.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from copy import copy
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import msgspec
import structlog
from huey import PriorityRedisHuey, SqliteHuey
from huey.api import Huey
from huey.consumer import Consumer
from huey.registry import Message
from huey.serializer import Serializer
from sqlalchemy.orm import Session

from webapp.core import away, decoders, shared_redis
from webapp.core.absences import Absence
from webapp.core.db import after_commit
from webapp.core.shared_redis import Post, Rest

log = structlog.get_logger()
TASK = "job"
LOST = "the queue could not be reached; workers find the work by themselves"


class Sent(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """A job as it lies in the queue: [id of the message, name, ids]."""

    id: Annotated[str, msgspec.Meta(max_length=100)]
    name: Annotated[str, msgspec.Meta(max_length=100)]
    ids: Annotated[
        list[Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]], msgspec.Meta(max_length=10_000)
    ]


class AsJson(Serializer):  # type: ignore[misc]
    """Jobs as JSON. Huey's own way is pickle, by which whoever can write to the queue would run
    what they like in a worker."""

    def _serialize(self, data: Message) -> bytes:
        name, *ids = data.args
        return msgspec.json.encode(Sent(data.id, name, ids))

    def _deserialize(self, data: bytes) -> Message:
        """Raises msgspec.DecodeError; then the message is gone, and workers find the work by
        themselves."""
        sent = decoders.decode(data, Sent)
        return Message(sent.id, f"{__name__}.{TASK}", args=(sent.name, *sent.ids), kwargs={})


class _Asked(Huey):  # type: ignore[misc]
    """A queue of which a worker says that it is back."""

    def dequeue(self) -> Any:
        try:
            found = super().dequeue()
        except Exception as problem:
            if away.is_away(problem):
                self._absence.noticed()
            raise
        self._absence.over()
        return found

    @cached_property
    def _absence(self) -> Absence:
        return Absence("the queue of jobs")


class _OfFile(_Asked, SqliteHuey):  # type: ignore[misc]
    """In a file of SQLite."""


class _OfRedis(_Asked, PriorityRedisHuey):  # type: ignore[misc]
    """In Redis."""


def make_huey(url: str, name: str, patience: float) -> Huey:
    """The queue that the URL names, for the installation of that name; results are not stored, the
    rows hold the outcome."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return _OfFile("igny8", filename=str(path), results=False, timeout=10, serializer=AsJson())
    pool = shared_redis.pool(url, patience)
    return _OfRedis(
        f"igny8{name}",
        connection_pool=pool,
        results=False,
        read_timeout=shared_redis.QUESTION,
        serializer=AsJson(),
    )


class Jobs:
    """Enqueues by name. A worker registers what each name does; the web process only names it."""

    def __init__(
        self,
        queue_url: str,
        name: Callable[[], str],
        rest: Rest,
        post: Post | None,
        *,
        takes: bool = False,
    ) -> None:
        """`name` asks the database which installation this is; `post` is of an installation on
        Redis; a process that `takes` jobs waits for them."""
        self._url, self._name, self._rest, self._post = queue_url, name, rest, post
        self._patience = shared_redis.PATIENCE + (shared_redis.QUESTION if takes else 0)
        self._work: dict[str, Callable[..., None]] = {}
        self._made: tuple[Huey, Any] | None = None
        self._making = threading.Lock()

    @property
    def huey(self) -> Huey:
        return self._queue()[0]

    def register(self, name: str, work: Callable[..., None]) -> None:
        """In a worker: what to do when the job `name` arrives; `work` takes the ids it is about."""
        self._work[name] = work

    def enqueue(self, name: str, *ids: int) -> None:
        """Ask a worker to run the job soon, about these ids."""
        self._rest.tried(lambda: self._queue()[1](name, *ids), LOST)

    def enqueue_after(self, db: Session, name: str, ids: Callable[[], list[int]]) -> None:
        """The same when the transaction has committed, about the ids that there are by then."""
        if self._post is None:
            after_commit(db, lambda: self.enqueue(name, *ids()))
        else:
            self._post.leave(db, lambda pipeline: self._put(pipeline, name, ids()))

    def waiting(self) -> int:
        """Number of jobs that no worker has taken yet. Raises what the queue raises, also where it
        can be read and refuses to be written."""
        storage = self.huey.storage
        if self._url.startswith("sqlite"):
            return int(storage.queue_size())
        pipeline = storage.conn.pipeline(transaction=False)
        asked = _through(pipeline, storage)
        asked.put_data("looked", b"1")
        asked.queue_size()
        return int(pipeline.execute()[-1])

    def consumer(self) -> Consumer:
        """What takes jobs, until it is told to stop. After a failure it rests, longer each time:
        meanwhile workers find their work by themselves."""
        is_file = self._url.startswith("sqlite")
        return self.huey.create_consumer(
            workers=2,
            periodic=False,
            initial_delay=0.05,
            backoff=1.15 if is_file else 2.0,
            max_delay=0.2 if is_file else shared_redis.RESTS[-1],
            check_worker_health=True,
            graceful_signal="TERM",
        )

    def _put(self, pipeline: Any, name: str, ids: list[int]) -> None:
        huey, task = self._queue()
        asked = task.s(name, *ids)
        _through(pipeline, huey.storage).enqueue(huey.serialize_task(asked), asked.priority)

    def _queue(self) -> tuple[Huey, Any]:
        """The queue and its one task, for all jobs: both sides must know it under the same name."""
        if self._made is None:
            with self._making:
                if self._made is None:
                    huey = make_huey(self._url, self._name(), self._patience)
                    self._made = huey, huey.task(name=TASK)(self._perform)
        return self._made

    def _perform(self, name: str, *ids: int) -> None:
        work = self._work.get(name)
        if work is None:
            log.error("no such job", job=name)
        else:
            work(*ids)


def _through(pipeline: Any, storage: Any) -> Any:
    """Huey's queue on Redis, whose commands wait in a pipeline: they are one journey."""
    waiting = copy(storage)
    waiting.conn = pipeline
    return waiting
