"""What time the servers that we call have, by the Date of their answers.

A Date says the second in which an answer was made, or a copy of it was kept: never later than when
it comes. So of several the one that is furthest ahead is nearest to that server's clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from webapp.core.clock import utc_now

KEPT = timedelta(minutes=10)
MOST = 200


class ToldTimes:
    """By how much each host is ahead of the clock that this process goes by."""

    def __init__(self, own: str = "", clock: Callable[[], datetime] = utc_now) -> None:
        """`own` is this installation's host, which goes by the same clock and tells nothing."""
        self._own, self._clock = own, clock
        self._told: dict[str, tuple[datetime, timedelta]] = {}
        self._lock = threading.Lock()

    def note(self, host: str, headers: Mapping[str, str]) -> None:
        """An answer came just now. One with an Age was made before."""
        told = _read(headers.get("date", ""))
        if told is None or "age" in headers or host == self._own:
            return
        now = self._clock()
        with self._lock:
            since, known = self._told.pop(host, (now, told - now))
            if not timedelta() <= now - since <= KEPT:
                since, known = now, told - now
            self._told[host] = since, max(known, told - now)
            if len(self._told) > MOST:
                self._told.pop(next(iter(self._told)))

    def ahead(self, host: str) -> timedelta | None:
        """By how much that host is ahead of us, to a second; None where it has not said."""
        since, known = self._told.get(host, (None, timedelta()))
        return known if since is not None and abs(self._clock() - since) <= 2 * KEPT else None


def _read(date: str) -> datetime | None:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
