"""How many sign-ins one web process works on. No database, no clock.

Everybody else is asked to come again before anything is done for them, so that a flood of sign-ins
takes neither the threads that serve pages nor memory without end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import anyio
import anyio.to_thread

from webapp.core import origins
from webapp.core.errors import TooMany

AT_ONCE = 4
MOST = 32
MOST_OF_ONE = 12
COME_AGAIN = 3
T = TypeVar("T")


class Turns:
    """Whose turn it is. Belongs to the event loop."""

    def __init__(self) -> None:
        self._of: Counter[str] = Counter()
        self._threads = anyio.CapacityLimiter(AT_ONCE)

    async def run(self, address: str, act: Callable[[], T]) -> T:
        """`act` in a thread that serves no pages. Raises TooMany where too many wait already."""
        origin = origins.counted(address)
        if self._of.total() >= MOST or self._of[origin] >= MOST_OF_ONE:
            raise TooMany(
                f"Many are signing in right now. Wait {COME_AGAIN} seconds, then try again.",
                COME_AGAIN,
            )
        self._of[origin] += 1
        try:
            return await anyio.to_thread.run_sync(act, limiter=self._threads)
        finally:
            self._of[origin] -= 1
            if not self._of[origin]:
                del self._of[origin]
