"""How many contents a site let out, and will, by its own days, ISO weeks and months. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from webapp.publisher.slots import Rules, local

FIRST, UPDATE = "first", "update"
DAY, WEEK, MONTH = PERIODS = ("day", "week", "month")


class Counted(Protocol):
    """One publication of a content at an instant; only the first ones count."""

    @property
    def id(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...


class Periods(NamedTuple):
    """The day, ISO week and month of a date, as numbers that differ from one to the next."""

    day: int
    week: int
    month: int

    @classmethod
    def of(cls, day: date) -> Periods:
        number = day.toordinal()
        return cls(number, (number - 1) // 7, day.year * 12 + day.month)


class Limits(NamedTuple):
    """The limits of a day, a week and a month; None is none."""

    day: int | None
    week: int | None
    month: int | None

    @classmethod
    def of(cls, rules: Rules) -> Limits:
        return cls(
            rules.daily_publish_limit, rules.weekly_publish_limit, rules.monthly_publish_limit
        )


class Used:
    """The distinct contents in each period: first publications that happened or are to happen."""

    def __init__(self, zone: ZoneInfo, publications: Iterable[Counted] = ()) -> None:
        self._held: dict[str, dict[int, set[int]]] = {period: {} for period in PERIODS}
        for one in publications:
            if one.kind == FIRST:
                self.add(one.id, Periods.of(local(one.at, zone)))

    def add(self, content_id: int, periods: Periods) -> None:
        """Count a content in its day, week and month."""
        for held, key in zip(self._held.values(), periods, strict=True):
            held.setdefault(key, set()).add(content_id)

    def day(self, day: date) -> int:
        """How many on this date of the site."""
        return self.counts(Periods.of(day))[0]

    def week(self, day: date) -> int:
        """How many in the ISO week of this date."""
        return self.counts(Periods.of(day))[1]

    def month(self, day: date) -> int:
        """How many in the month of this date."""
        return self.counts(Periods.of(day))[2]

    def counts(self, periods: Periods) -> tuple[int, int, int]:
        """How many in the day, the week and the month."""
        day, week, month = (
            len(held.get(key, ())) for held, key in zip(self._held.values(), periods, strict=True)
        )
        return day, week, month

    def holds(self, content_id: int, periods: Periods) -> bool:
        """Whether the content is counted in one of the periods."""
        return any(
            content_id in held.get(key, ())
            for held, key in zip(self._held.values(), periods, strict=True)
        )

    def full(self, content_id: int, periods: Periods, limits: Limits) -> str:
        """The first period that would hold more than its limit with this content; "" if none."""
        for period, key, limit in zip(PERIODS, periods, limits, strict=True):
            if limit is None:
                continue
            held = self._held[period].get(key, ())
            if len(held) + (content_id not in held) > limit:
                return period
        return ""
