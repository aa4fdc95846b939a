"""How many heavy requests of one kind one web process works on. No database, no clock.

Everybody else is asked to come again before anything is done for them, so that a flood of them
takes neither the threads that serve pages nor memory without end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import TypeVar

import anyio
import anyio.to_thread

from webapp.core.errors import TooMany

COME_AGAIN = 3
MOST_SIGN_INS = 32
T = TypeVar("T")


class Turns:
    """Whose turn it is. Belongs to the event loop."""

    def __init__(self, doing: str, *, at_once: int, most: int, most_of_one: int) -> None:
        self._doing = doing
        self._most, self._most_of_one = most, most_of_one
        self._of: Counter[Hashable] = Counter()
        self._threads = anyio.CapacityLimiter(at_once)

    async def run(self, who: Hashable, act: Callable[[], T]) -> T:
        """`act` in a thread that serves no pages. Raises TooMany where too many wait already."""
        if self._of.total() >= self._most or self._of[who] >= self._most_of_one:
            raise TooMany(
                f"Many are {self._doing} right now. Wait {COME_AGAIN} seconds, then try again.",
                COME_AGAIN,
            )
        self._of[who] += 1
        try:
            return await anyio.to_thread.run_sync(act, limiter=self._threads)
        finally:
            self._of[who] -= 1
            if not self._of[who]:
                del self._of[who]


def of_sign_ins() -> Turns:
    return Turns("signing in", at_once=4, most=MOST_SIGN_INS, most_of_one=12)


def of_pictures() -> Turns:
    """Each that waits holds its bytes."""
    return Turns("sending pictures", at_once=2, most=24, most_of_one=12)
