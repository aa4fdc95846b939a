"""A service that was away is said to be back, once, with how long it was away."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

log = structlog.get_logger()
# A server that is restarted is away for longer; one that refuses one of many is not away.
BRIEF = 1.0  # seconds


class Absence:
    """Of one service, as this process meets it. Threads share it."""

    def __init__(self, service: str, steady: Callable[[], float] = time.monotonic) -> None:
        """`steady` gives seconds that only grow."""
        self._service, self._steady = service, steady
        self._lock = threading.Lock()
        self._since: float | None = None

    def noticed(self) -> None:
        """It did not answer, as it should."""
        with self._lock:
            if self._since is None:
                self._since = self._steady()

    def over(self) -> None:
        """It has answered."""
        if self._since is None:  # nearly always: nobody waits for the lock then
            return
        with self._lock:
            since, self._since = self._since, None
        away = self._steady() - since if since is not None else 0.0
        if away >= BRIEF:
            log.info(f"{self._service} is back", seconds=round(away, 1))
