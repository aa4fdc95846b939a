"""What the queue is narrowed to, as it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

from webapp.forms import Form, Id

TABS = {
    "attention": "Needs attention",
    "publishing": "Publishing",
    "scheduled": "Scheduled",
    "published": "Published",
}
PATH = "/publisher/publishing-queue"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class Cursor:
    """The last row of a page: its part of the tab, its moment, its id. The next page begins there.

    `seen` is how many rows stand before that page.
    """

    part: int
    at: datetime
    content_id: int
    seen: int

    def __str__(self) -> str:
        microseconds = (self.at - _EPOCH) // _MICROSECOND
        return f"{self.part}.{microseconds}.{self.content_id}.{self.seen}"

    @classmethod
    def read(cls, text: str) -> Cursor | None:
        """The cursor in an address; None for what is none, so that the list begins anew."""
        parts = text.split(".")
        if len(parts) != 4 or not all(part.isascii() and part.isdigit() for part in parts):
            return None
        part, microseconds, content_id, seen = (int(one[:18]) for one in parts)
        if max(part, content_id, seen) > 2**31 - 1:
            return None
        try:
            return cls(part, _EPOCH + microseconds * _MICROSECOND, content_id, seen)
        except OverflowError:
            return None


@dataclass(frozen=True)
class Filters:
    """`site_id` is the one chosen here, else the one that the whole desk is switched to."""

    tab: str = "attention"
    q: str = ""
    content_type: str = ""
    site: int | None = None
    switched_to: int | None = None
    after: Cursor | None = None

    @property
    def site_id(self) -> int | None:
        return self.site or self.switched_to

    @property
    def are_set(self) -> bool:
        """Whether the list is narrowed by more than tab and site: then it has to be counted."""
        return bool(self.q or self.content_type)

    def query(self, **changes: Any) -> str:
        """As a query string, without what is not set; `changes` replace single values."""
        values = {
            "tab": "" if self.tab == "attention" else self.tab,
            "q": self.q,
            "type": self.content_type,
            "site": self.site,
            "after": self.after,
            **changes,
        }
        return urlencode({name: value for name, value in values.items() if value})

    def address(self, **changes: Any) -> str:
        """The page with these filters."""
        query = self.query(**changes)
        return f"{PATH}?{query}" if query else PATH


class FilterForm(Form, rename={"content_type": "type"}):
    """The filters as an address says them."""

    tab: str = "attention"
    q: str = ""
    content_type: str = ""
    site: Id = None
    after: Annotated[Cursor | None, Cursor.read] = None

    @property
    def known_tab(self) -> str:
        return self.tab if self.tab in TABS else "attention"

    def filters(self, switched_to: int | None) -> Filters:
        """With the site that the desk works on."""
        return Filters(
            self.known_tab, self.q.strip(), self.content_type, self.site, switched_to, self.after
        )
