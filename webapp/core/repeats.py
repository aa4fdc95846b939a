"""What repeats is said once a minute. Pure but for the steady clock that it is given."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

EVERY = 60.0  # seconds
MOST = 1000  # kinds of lines that are remembered


class Repeats:
    """Remembers when each kind of line was said last, and how many were held back since."""

    def __init__(self, steady: Callable[[], float]) -> None:
        """`steady` gives seconds that only grow."""
        self._steady = steady
        self._lock = threading.Lock()
        self._said: dict[Hashable, tuple[float, int]] = {}

    def since(self, kind: Hashable) -> int | None:
        """How many of the kind were held back since the last one that was said, where this one is
        to be said; None where it is held back too."""
        now = self._steady()
        with self._lock:
            said, held = self._said.get(kind, (now - EVERY, 0))
            if now - said < EVERY:
                self._said[kind] = said, held + 1
                return None
            self._said.pop(kind, None)  # so that the oldest stands first
            self._said[kind] = now, 0
            if len(self._said) > MOST:
                self._said.pop(next(iter(self._said)))
            return held
