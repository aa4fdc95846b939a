"""What a desk does all day, behind the proxy: people look at pages, click Publish, and pieces fall
due. What came of it is judged from the rows: each piece once, none early, none lost."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Self

import httpx
import sqlalchemy as sa

from tests.chaos.house import House
from tests.support import copies, fronts
from webapp.accounts import sessions, setup
from webapp.core.clock import utc_now
from webapp.integrations.models import HeadlessDocument
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer.models import Content

PAGES = ("/review", "/publisher/publishing-queue", "/publisher/content-calendar", "/readyz")
READERS, PATIENCE = 3, 30.0
AHEAD = timedelta(seconds=2)
Asked = tuple[set[int], datetime]


@dataclass
class Page:
    """One page that somebody waited for: when it was asked for, and what came. 0: nothing."""

    at: float
    path: str
    status: int
    seconds: float
    said: str = ""


@dataclass
class Verdict:
    """What is true at the end."""

    pieces: int = 0
    clicked: int = 0
    lost: list[int] = field(default_factory=list)
    twice: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        return not (self.lost or self.twice or self.early)


class Load:
    """Runs while it is entered, whatever becomes of the servers."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._stopping = threading.Event()
        self.pages: list[Page] = []
        self.clicked: set[int] = set()
        desk = house.product.desk
        self._template = desk.approved(title="Falls due")
        with house.product.system.db.write() as db:
            self._token = setup.token_for(db, desk.system, desk.owner.email, "load", [])
        self._session = desk.session_of(desk.owner)
        works = [self._schedule, self._click, *[self._read] * READERS]
        self._threads = [threading.Thread(target=self._go_on, args=(one,)) for one in works]

    def __enter__(self) -> Self:
        for one in self._threads:
            one.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """No more of it; what was asked for is still done."""
        self._stopping.set()
        for one in self._threads:
            one.join()

    def of(self, since: float, until: float) -> list[Page]:
        """The pages that were asked for in that time."""
        return [one for one in list(self.pages) if since <= one.at < until]

    def asked_for(self) -> Asked:
        """What was clicked, and the moment: what has fallen due by then is asked for too."""
        return set(self.clicked), utc_now()

    def waits(self, asked: Asked) -> int:
        """How much of that is not online."""
        return len(self._not_online(asked))

    def told(self, asked: Asked) -> list[str]:
        """How what waits stands."""
        desk = self._house.product.desk
        found = []
        for content_id in self._not_online(asked):
            one, records = desk.content(content_id), desk.records_of(content_id)
            states = [(row.status, row.attempt, row.owner, row.lease_until) for row in records]
            found.append(f"{one.title} {one.site_status} {one.scheduled_publish_at} {states}")
        return found

    def judge(self) -> Verdict:
        """Call it when nothing is on its way."""
        rows = self._house.product.desk.rows
        documents: dict[int, list[HeadlessDocument]] = {}
        for one in rows(HeadlessDocument):
            documents.setdefault(one.content_id, []).append(one)
        twice = [
            content_id
            for content_id, found in documents.items()
            if [(one.sequence, one.result.get("result")) for one in found] != [(1, "created")]
        ]
        begun: dict[int, Any] = {}
        for event in rows(PublishEvent):
            if event.step_number == 1:
                begun[event.record_id] = min(event.at, begun.get(event.record_id, event.at))
        early = [
            record.content_id
            for record in rows(PublishingRecord)
            if record.intended_at and begun.get(record.id, utc_now()) < record.intended_at
        ]
        lost = self._not_online(self.asked_for())
        return Verdict(len(documents), len(self.clicked), lost, twice, early)

    def _not_online(self, asked: Asked) -> list[int]:
        clicked, until = asked
        either = sa.or_(Content.scheduled_publish_at <= until, Content.id.in_(clicked))
        late = sa.select(Content.id).where(either, Content.site_status != "published")
        with self._house.product.system.db.read() as db:
            return list(db.scalars(late.where(Content.id != self._template)))

    def _go_on(self, work: Callable[[httpx.Client], None]) -> None:
        with self._client() as client:
            while not self._stopping.is_set():
                try:
                    work(client)
                except (sa.exc.SQLAlchemyError, httpx.TransportError):
                    time.sleep(0.3)  # the servers are troubled; who works here tries again

    def _read(self, client: httpx.Client) -> None:
        for path in PAGES:
            began = time.monotonic()
            status, said = 0, ""
            try:
                answer = client.get(path, extensions=_NAMED)
                status, said = answer.status_code, answer.text[:200]
            except httpx.TransportError as problem:
                said = repr(problem)
            seconds = time.monotonic() - began
            kept = said if status != 200 else ""
            self.pages.append(Page(began, path, status, seconds, kept))
            self._stopping.wait(0.15)

    def _click(self, client: httpx.Client) -> None:
        content_id = self._house.product.desk.approved(title="Clicked")
        path = f"/api/v1/writer/content/{content_id}/publish/"
        asked = {"Authorization": f"Bearer {self._token}"}
        answer = client.post(path, json={}, headers=asked, extensions=_NAMED)
        if answer.status_code == 202:
            self.clicked.add(content_id)
        self._stopping.wait(0.5)

    def _schedule(self, _client: httpx.Client) -> None:
        db = self._house.product.system.db
        copies.scheduled(db, self._template, 3, utc_now() + AHEAD, 0.3)
        self._stopping.wait(1.0)

    def _client(self) -> httpx.Client:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        cookie = f"{sessions.cookie(self._house.product.config)}={self._session}"
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self._house.port}",
            headers={"Host": fronts.NAME, "Cookie": cookie},
            timeout=PATIENCE,
            verify=trusting,
        )


_NAMED = {"sni_hostname": fronts.NAME}
