"""How often one token may ask. Pure: no database, no clock.

Counted in the memory of each web process, because a count that all processes share would cost every
request a write. With several web processes a token may ask that many times more.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil

from webapp.core.errors import TooMany

# What may come at once is a quarter of what may come in a minute.
BURST = 4
MOST_KEPT = 10_000


class Throttle:
    """Each token has a stock of requests that refills steadily. `per_minute` 0: no limit.

    Not for use by several threads: it belongs to the event loop.
    """

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._per_second = per_minute / 60
        self._full = max(1.0, per_minute / BURST)
        self._stocks: dict[str, tuple[float, datetime]] = {}

    def check(self, token: str, now: datetime) -> None:
        """Raise TooMany where the token's stock is used up. Takes nothing from it."""
        if not self._per_minute or (left := self._left(token, now)) >= 1:
            return
        seconds = ceil((1 - left) / self._per_second)
        raise TooMany(
            f"This token may ask {self._per_minute} times a minute. Wait {seconds} s, then go on.",
            seconds,
            per_minute=self._per_minute,
        )

    def take(self, token: str, now: datetime) -> None:
        """One request of a token that is known to be good. Raises TooMany."""
        self.check(token, now)
        if not self._per_minute:
            return
        if token not in self._stocks and len(self._stocks) >= MOST_KEPT:
            self._forget_full(now)
        self._stocks[token] = (self._left(token, now) - 1, now)

    def _left(self, token: str, now: datetime) -> float:
        left, at = self._stocks.get(token, (self._full, now))
        refilled = max(0.0, (now - at).total_seconds()) * self._per_second
        return min(self._full, left + refilled)

    def _forget_full(self, now: datetime) -> None:
        """A token that has not asked for a while is as good as one that never did."""
        kept = {
            one: stock for one, stock in self._stocks.items() if self._left(one, now) < self._full
        }
        self._stocks = kept
