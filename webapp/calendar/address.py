"""What a calendar's address says: view, date and filters. Pure, so that it can be shared."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from webapp.core import dates

PATH = "/publisher/content-calendar"
WEEKS, MONTH, WEEK, LIST = "weeks", "month", "week", "list"
VIEWS = {WEEKS: "Weeks", MONTH: "Month", WEEK: "Week", LIST: "List"}
STATUSES = {
    "": "All statuses",
    "scheduled": "Scheduled",
    "publishing": "Publishing",
    "published": "Published",
    "failed": "Failed",
}
ALL_SITES = "all"
LIST_DAYS = 31
ROLLING = 6  # weeks that are seen at once
_DAY = timedelta(days=1)
_FIRST, _LAST = date(1990, 1, 1), date(2190, 1, 1)


@dataclass(frozen=True)
class Address:
    """Where somebody looks. `site` is an id, "all", or "" for what the site switcher says.

    `skip` leaves out that many pieces of a list's first day, which stood on the page before.
    """

    view: str
    day: date
    site: str = ""
    status: str = ""
    content_type: str = ""
    author: str = ""
    cluster: int | None = None
    skip: int = 0

    @property
    def is_grid(self) -> bool:
        """Whether weeks stand one below the other."""
        return self.view in (WEEKS, MONTH)

    @property
    def narrowed(self) -> int:
        """How many filters there are, beside the site."""
        return sum(map(bool, (self.status, self.content_type, self.author, self.cluster)))

    def days(self) -> list[date]:
        """The days that the view shows, in order: a month in whole weeks, from Monday on, and
        rolling weeks from the one of the date on."""
        if self.view == WEEKS:
            return _run(_monday(self.day), ROLLING * 7)
        if self.view == WEEK:
            return _run(_monday(self.day), 7)
        if self.view == LIST:
            return _run(self.day, LIST_DAYS)
        first = self.day.replace(day=1)
        start = _monday(first)
        length = monthrange(first.year, first.month)[1]
        weeks = -(-(first.weekday() + length) // 7)
        return _run(start, weeks * 7)

    def step(self, by: int) -> date:
        """The date of the view that comes `by` (1 or -1) after this one."""
        if self.view in (WEEK, WEEKS):
            return self.day + by * len(self.days()) * _DAY
        if self.view == LIST:
            return self.day + by * LIST_DAYS * _DAY
        month = self.day.month - 1 + by
        return date(self.day.year + month // 12, month % 12 + 1, 1)

    @property
    def title(self) -> str:
        """The period in words: "November 2026", "From Sat 21 Nov 2026"."""
        if self.view == MONTH:
            return f"{self.day:%B %Y}"
        if self.view == LIST:
            return f"From {dates.day(self.day)}"
        shown = self.days()
        return dates.span(shown[0], shown[-1])

    def query(self, **changes: Any) -> str:
        """As a query string, without what is not set; `changes` replace single values."""
        values = {
            "view": self.view,
            "date": self.day,
            "site": self.site,
            "status": self.status,
            "type": self.content_type,
            "author": self.author,
            "cluster": self.cluster,
            "skip": self.skip,
            **changes,
        }
        return urlencode({name: str(value) for name, value in values.items() if value})

    def href(self, **changes: Any) -> str:
        return f"{PATH}?{self.query(**{'skip': 0, **changes})}"


def parse_day(text: str, default: date) -> date:
    """The day that "2026-11-21" names; the default for what names none that we show."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return default
    return day if _FIRST <= day <= _LAST else default


def parse_days(text: str, among: Sequence[date]) -> list[date]:
    """The days in "2026-11-21,2026-11-22" that are among those shown, in their order."""
    named = set(text.split(","))
    return [day for day in among if day.isoformat() in named]


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _run(start: date, length: int) -> list[date]:
    return [start + number * _DAY for number in range(length)]
