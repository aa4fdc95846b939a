"""A clock that moves when a test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

# A Monday in winter, 09:00 in Berlin.
MONDAY = datetime(2030, 1, 7, 8, 0, tzinfo=UTC)


class FakeClock:
    """Stands still at the moment it was made; takes the place of `System.clock`.

    It begins at the real time, because rows also carry times that the database layer gives them.
    """

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float = 0, *, minutes: float = 0, hours: float = 0) -> datetime:
        """Let time pass; the new moment."""
        self.now += timedelta(seconds=seconds, minutes=minutes, hours=hours)
        return self.now
