"""How a process uses Redis: under names of its own installation, never waiting long, and leaving it
alone for a while where it does not answer.

What goes through Redis are wake-ups and notices. Losing one costs a moment, waiting for one would
hold up a click: so nothing is sent twice, a click makes one journey at most, and of a Redis that is
away one click in a few seconds finds that out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.orm import Session

from webapp.core.absences import Absence
from webapp.core.db import after_commit
from webapp.core.errors import Conflict

log = structlog.get_logger()
LOST = "Redis was not told; workers find the work by themselves, and pages show it later"
UNREADABLE = (
    "IGNY8_QUEUE_URL is no address of Redis that can be read. In a password write / as %2F, "
    "@ as %40, : as %3A, ? as %3F and # as %23."
)
PATIENCE = 0.3  # seconds
# A worker asks for the next job by a question that Redis answers after a second at the latest.
QUESTION = 1.0
# Rests after failures that follow each other, in seconds.
RESTS = (1.0, 2.0, 4.0, 8.0)


def pool(url: str, patience: float = PATIENCE) -> Any:
    """Connections that wait no longer than that. A connection that Redis has closed meanwhile, as
    after its restart, is replaced at once."""
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    try:
        return redis.ConnectionPool.from_url(
            url,
            socket_timeout=patience,
            socket_connect_timeout=PATIENCE,
            retry=Retry(NoBackoff(), 1, (redis.ConnectionError,)),
            # A connection begins to work at once, and does not introduce itself in three journeys.
            protocol=2,
            driver_info=None,
        )
    except ValueError:  # it quotes a part of the address, such as the password
        raise Conflict(UNREADABLE) from None


class Rest:
    """Whether Redis is left alone: longer after each failure, no more after the next success."""

    def __init__(self, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`service` is what it is called in the log when it is back."""
        self._clock = clock
        self._absence = Absence(service, clock)
        self._failures = 0
        self._until = 0.0

    def tried(self, act: Callable[[], Any], said: str) -> bool:
        """Whether `act` was done. It is not even tried during a rest; what it raises is logged with
        what that means."""
        if self._clock() < self._until:
            return False
        try:
            act()
        except Exception as problem:  # whatever a connection or a server that refuses raises
            self.begin()
            log.warning(said, problem=str(problem), rest=round(self._until - self._clock(), 1))
            return False
        self._failures = 0
        self._absence.over()
        return True

    def begin(self) -> float:
        """It has failed; how long the rest is."""
        self._absence.noticed()
        rest = RESTS[min(self._failures, len(RESTS) - 1)]
        self._failures += 1
        self._until = self._clock() + rest
        return rest

    def end(self) -> None:
        """It works."""
        self._failures, self._until = 0, 0.0
        self._absence.over()


class Post:
    """What transactions send through Redis: after the commit, all of one transaction together."""

    def __init__(self, url: str, rest: Rest) -> None:
        import redis

        self._redis = redis.Redis(connection_pool=pool(url))
        self._rest = rest

    def leave(self, db: Session, write: Callable[[Any], None]) -> None:
        """When this transaction has committed, `write` puts its commands into a pipeline."""
        left: list[Callable[[Any], None]] = db.info.setdefault("post", [])
        if not left:
            after_commit(db, lambda: self._send(left))
        left.append(write)

    def _send(self, left: list[Callable[[Any], None]]) -> None:
        def send() -> None:
            pipeline = self._redis.pipeline(transaction=False)
            for write in left:
                write(pipeline)
            pipeline.execute()

        self._rest.tried(send, LOST)
