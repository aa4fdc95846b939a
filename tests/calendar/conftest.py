"""A calendar of the desk's site: its page read as a tree."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from lxml import html as lxml_html

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.publisher.planning import schedule
from webapp.publisher.planning.schedule import Choice
from webapp.writer.models import Content

PATH = "/publisher/content-calendar"
ENTRY = "//a[contains(@class, 'entry ')]"
BERLIN = ZoneInfo("Europe/Berlin")
# A Monday: 1 February 2027 begins a month of exactly four weeks.
MONDAY = date(2027, 2, 1)


class Calendar:
    """What the page shows to a signed-in client."""

    def __init__(self, desk: Desk, client: TestClient[Litestar]) -> None:
        self.desk = desk
        self.client = client

    def put(self, content_id: int, day: date, at: time = time(9, 30)) -> datetime:
        """Give the piece a wall time of the desk's site, as a person does; the instant."""
        with self.desk.changing(content_id) as (db, content):
            wall = datetime.combine(day, at)
            member = self.desk.owner
            if content.account_id != member.account_id:
                member = self.desk.stranger
            moved = schedule.schedule(
                db, self.desk.system, content, Choice(wall, member, approves=True)
            )
            assert moved.at is not None
            return moved.at

    def piece(self, title: str, day: date, at: time = time(9, 30), **fields: Any) -> int:
        content_id = self.desk.approved(title=title, **fields)
        self.put(content_id, day, at)
        return content_id

    def tree(self, **query: Any) -> Any:
        """The page, or with `path` a part of it."""
        path = query.pop("path", "")
        answer = self.client.get(f"{PATH}{path}", params=query)
        assert answer.status_code == 200, answer.text[:600]
        return lxml_html.fromstring(answer.text)

    def days(self, **query: Any) -> dict[str, list[str]]:
        """Of each day with pieces, their times and titles as they stand on the page."""
        tree = self.tree(**query)
        found = {day.get("data-day"): _cards(day) for day in tree.xpath("//li[@data-day]")}
        return {day: cards for day, cards in found.items() if cards}

    def tray(self, **query: Any) -> list[str]:
        return [_text(card)[1] for card in self.tree(**query).xpath(f"//aside[@id='tray']{ENTRY}")]

    def move(self, content_id: int, day: date | str | None, **given: Any) -> Any:
        """Drop it; the answer. `seen` is what its card says unless given."""
        if "seen" not in given:
            at = self.desk.content(content_id).scheduled_publish_at
            given["seen"] = at.isoformat() if at else ""
        data = {"id": content_id, "day": str(day) if day else "", **given}
        query = given.pop("query", {"date": str(MONDAY)})
        return self.client.post(
            f"{PATH}/moves", params=query, data=data, headers={"HX-Request": "true"}
        )

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements that the database is asked meanwhile."""
        engine = self.desk.system.db.engine
        said: list[str] = []

        def hear(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA")):
                said.append(statement)

        sa.event.listen(engine, "before_cursor_execute", hear)
        try:
            yield said
        finally:
            sa.event.remove(engine, "before_cursor_execute", hear)

    def went_out(self, content_id: int, at: datetime) -> None:
        """Let it have gone online at that moment."""
        with self.desk.changing(content_id) as (_, content):
            content.first_published_at = at
            content.site_status, content.status = "published", "published"
            content.external_url = "https://gazette.example/it"

    def content(self, content_id: int) -> Content:
        return self.desk.content(content_id)


def _cards(day: Any) -> list[str]:
    return [" ".join(_text(card)) for card in day.xpath(f".{ENTRY}")]


def _text(card: Any) -> tuple[str, str]:
    times = card.xpath(".//time")
    title = card.xpath(".//span[@class='entry-title']")[0].text_content()
    return times[0].text if times else "", title


@pytest.fixture
def clock() -> FakeClock:
    """Thursday, 14 January 2027, noon UTC."""
    made = FakeClock()
    made.now = datetime(2027, 1, 14, 12, 0, tzinfo=UTC)
    return made


@pytest.fixture
def calendar(desk: Desk, client: TestClient[Litestar]) -> Calendar:
    desk.connect()
    return Calendar(desk, client)


def days_after(number: int) -> date:
    return MONDAY + timedelta(days=number)
