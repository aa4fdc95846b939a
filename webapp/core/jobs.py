"""The job queue: Huey, which wakes and runs.

What must not be lost is a row in the database; a lost wake-up costs a moment until the next look.
That is why enqueueing never fails the request that asked for it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import structlog
from huey import PriorityRedisHuey, SqliteHuey
from huey.api import Huey

log = structlog.get_logger()


def make_huey(url: str) -> Huey:
    """The queue that the URL names; results are not stored, the rows hold the outcome."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteHuey("igny8", filename=str(path), results=False, timeout=10)
    return PriorityRedisHuey("igny8", url=url, results=False)


class Jobs:
    """Enqueues by name. A worker registers what each name does; the web process only names it."""

    def __init__(self, queue_url: str) -> None:
        self.huey = make_huey(queue_url)
        self._work: dict[str, Callable[..., None]] = {}
        # One task class for all: both sides must know it under the same name.
        self._task: Any = self.huey.task(name="job")(self._perform)

    def register(self, name: str, work: Callable[..., None]) -> None:
        """In a worker: what to do when the job `name` arrives; `work` takes the ids it is about."""
        self._work[name] = work

    def enqueue(self, name: str, *ids: int) -> None:
        """Ask a worker to run the job soon, about these ids."""
        try:
            self._task(name, *ids)
        except Exception as problem:  # any queue's own error: the minute's look will find the row
            log.warning("the queue cannot be reached", job=name, problem=str(problem))

    def waiting(self) -> int:
        """Number of jobs that no worker has taken yet; raises what the queue raises."""
        return int(self.huey.pending_count())

    def _perform(self, name: str, *ids: int) -> None:
        work = self._work.get(name)
        if work is None:
            log.error("no such job", job=name)
        else:
            work(*ids)
