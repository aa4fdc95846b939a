"""How often one token may ask, counted for all web processes together.

By `limits`: in Redis where that is the queue, else in the memory of the one web process. Its
sliding window takes a quarter of a minute's requests at once, and lets more in as time goes on.
"""

from __future__ import annotations

import time
from math import ceil

import structlog
from limits import RateLimitItemPerSecond
from limits.aio.storage import MemoryStorage, RedisStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter
from limits.errors import StorageError

from webapp.core.errors import TooMany

log = structlog.get_logger()
# What may come at once is a quarter of what may come in a minute.
BURST = 4
MOST_KEPT = 10_000
# Seconds for Redis to answer; where it does not, nobody is held up, and it is left alone so long.
PATIENCE, REST = 0.5, 5.0


class Throttle:
    """Lets each token ask `per_minute` times a minute; 0: no limit.

    Not for use by several threads: it belongs to the event loop.
    """

    def __init__(self, per_minute: int, queue_url: str = "", name: str = "") -> None:
        """`name` is the installation's, among those which share a Redis."""
        self._per_minute = per_minute
        at_once = max(1, per_minute // BURST)
        self._limit = RateLimitItemPerSecond(at_once, ceil(60 * at_once / max(1, per_minute)))
        self._limiter = SlidingWindowCounterRateLimiter(_storage(queue_url, name))
        self._refused: dict[str, float] = {}
        self._rests_until = 0.0

    def check(self, token: str) -> None:
        """Raise TooMany where the token was refused just now. Asks nobody, and counts nothing."""
        if (until := self._refused.get(token)) is None:
            return
        if (seconds := ceil(until - time.time())) > 0:
            self._refuse(seconds)
        del self._refused[token]

    async def take(self, token: str) -> None:
        """Count one request of a token that is known to be good. Raises TooMany."""
        if not self._per_minute or time.time() < self._rests_until:
            return
        try:
            if await self._limiter.hit(self._limit, token):
                return
            reset, _ = await self._limiter.get_window_stats(self._limit, token)
        except StorageError as problem:
            self._rests_until = time.time() + REST
            log.warning("requests cannot be counted", problem=str(problem))
            return
        if len(self._refused) >= MOST_KEPT:
            now = time.time()
            self._refused = {one: until for one, until in self._refused.items() if until > now}
        # In the moment in which a window ends it still counts whole.
        self._refused[token] = reset + 0.1
        self.check(token)

    def _refuse(self, seconds: int) -> None:
        raise TooMany(
            f"This token may ask {self._per_minute} times a minute. Wait {seconds} s, then go on.",
            seconds,
            per_minute=self._per_minute,
        )


def _storage(queue_url: str, name: str) -> MemoryStorage | RedisStorage:
    if not queue_url.startswith("redis"):
        return MemoryStorage()
    return RedisStorage(
        f"async+{queue_url}",
        wrap_exceptions=True,
        implementation="redispy",
        key_prefix=f"igny8:{name}:limits",
        socket_timeout=PATIENCE,
        socket_connect_timeout=PATIENCE,
        max_connections=MOST_KEPT,  # a pool that is used up would count as no answer
    )
