"""How many contents a site let out, and will, by its own days, ISO weeks and months. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from webapp.core.zones import local
from webapp.publisher.planning.slots import Rules

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
    """The day, ISO week and month of a date, as numbers that grow with time."""

    day: int
    week: int
    month: int

    @classmethod
    def of(cls, day: date) -> Periods:
        number = day.toordinal()
        return cls(number, (number - 1) // 7, day.year * 12 + day.month)


class Place(NamedTuple):
    """A period's limit and the contents that count in the period."""

    period: str
    limit: int
    held: set[int]

    def is_full(self, content_id: int) -> bool:
        """Whether with this content it would hold more than its limit."""
        return first_full((self,), content_id) != ""


class Used:
    """The distinct contents in each period: first publications that happened or are to happen."""

    def __init__(self, zone: ZoneInfo, publications: Iterable[Counted] = ()) -> None:
        self._held: dict[tuple[str, int], set[int]] = {}
        for one in publications:
            if one.kind == FIRST:
                self.add(one.id, local(one.at, zone).date())

    def add(self, content_id: int, day: date) -> None:
        """Count a content in its day, week and month."""
        for key in zip(PERIODS, Periods.of(day), strict=True):
            self._held.setdefault(key, set()).add(content_id)

    def day(self, day: date) -> int:
        """How many on this date of the site."""
        return len(self._held.get((DAY, Periods.of(day).day), ()))

    def week(self, day: date) -> int:
        """How many in the ISO week of this date."""
        return len(self._held.get((WEEK, Periods.of(day).week), ()))

    def month(self, day: date) -> int:
        """How many in the month of this date."""
        return len(self._held.get((MONTH, Periods.of(day).month), ()))

    def places(self, day: date, limits: Limits) -> list[Place]:
        """The periods of a date that have a limit. What is counted later shows in them too."""
        return [
            Place(period, limit, self._held.setdefault((period, number), set()))
            for period, number, limit in zip(PERIODS, Periods.of(day), limits, strict=True)
            if limit is not None
        ]


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


def first_full(places: Iterable[Place], content_id: int) -> str:
    """The first period that has no place for the content; "" if all have."""
    for period, limit, held in places:
        # Most periods are far from full, so that who is in them need not be asked.
        if len(held) >= limit and len(held) + (content_id not in held) > limit:
            return period
    return ""
