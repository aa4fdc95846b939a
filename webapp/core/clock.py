"""The wall clock, in one place so that a process can be given another one.

On PostgreSQL all processes go by the database's clock, so that none of them begins what is not due
for the others, or takes a lease that still runs: `DatabaseClock`. On SQLite there is one machine,
and its clock is everybody's.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import structlog

log = structlog.get_logger()
Clock = Callable[[], datetime]
MEASURED_EVERY = 30.0  # seconds
SAMPLES = 5
# A clock that differs by less is right.
OFF = timedelta(seconds=1)


def utc_now() -> datetime:
    """This moment, timezone-aware, in UTC, by the clock that this process goes by."""
    return _used[0]()


def use(clock: Clock) -> None:
    """From now on this process goes by that clock."""
    _used[0] = clock


def host() -> datetime:
    """What this machine's clock shows."""
    return datetime.now(UTC)


_used: list[Clock] = [host]


class DatabaseClock:
    """What the database's clock shows, without asking it each time.

    It is asked at first, then every 30 seconds at most; between that this machine's steady clock
    goes on, which nobody sets and which a stopped process does not stop. Of several answers the one
    that came quickest counts, and as of the moment at which it was here: so this clock is behind by
    that journey, and never ahead. While the database is away the last answer holds.
    """

    def __init__(
        self, ask: Callable[[], datetime], steady: Callable[[], float] | None = None
    ) -> None:
        """`ask` gives the database's time now; raises whatever a database raises."""
        self._ask = ask
        self._steady = steady or _steady
        self._measuring = threading.Lock()
        self._anchor: tuple[float, datetime] | None = None  # steady seconds, and the time then
        self._measured_at = 0.0

    def __call__(self) -> datetime:
        anchor = self._anchor
        if anchor is None:
            with self._measuring:
                anchor = self._anchor or self._measure()
        elif self._steady() - self._measured_at > MEASURED_EVERY:
            self._measure_again()
        since, then = anchor
        return then + timedelta(seconds=self._steady() - since)

    @property
    def offset(self) -> timedelta:
        """By how much this machine's clock is ahead of the database's; negative where behind."""
        return host() - self()

    def _measure_again(self) -> None:
        """In a thread of its own: nobody waits for it."""
        if self._measuring.acquire(blocking=False):
            self._measured_at = self._steady()
            threading.Thread(target=self._measured, name="clock", daemon=True).start()

    def _measured(self) -> None:
        try:
            self._measure()
        except Exception as problem:  # it is away; everything else says so
            log.info("the database did not say what time it is", problem=type(problem).__name__)
        finally:
            self._measuring.release()

    def _measure(self) -> tuple[float, datetime]:
        best: tuple[float, float, datetime] | None = None  # journey, steady at its end, time
        for _ in range(SAMPLES):
            began = self._steady()
            told = self._ask()
            ended = self._steady()
            if best is None or ended - began < best[0]:
                best = (ended - began, ended, told)
        assert best is not None
        self._measured_at = best[1]
        self._anchor = (best[1], best[2])
        return self._anchor


def _steady() -> float:
    """Seconds that nobody sets and that go on while the machine sleeps, where it knows of such."""
    known = getattr(time, "CLOCK_BOOTTIME", None)
    return time.clock_gettime(known) if known is not None else time.monotonic()


def iso(moment: datetime) -> str:
    """RFC 3339 in UTC with a Z and whole seconds: 2026-11-29T10:15:30Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
