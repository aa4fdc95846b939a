"""A website that knows nothing of a piece is no proof that it is offline: its address tells."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.errors import Conflict
from webapp.integrations.models import Placement
from webapp.publisher.delivery import unclear
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content


@dataclass
class Page:
    """An address, and what it answers: a status, a text, or the path to which it sends on."""

    url: str
    shown: bytes = b"Nothing"
    status: int = 200
    leads_to: str = ""


@pytest.fixture
def page() -> Iterator[Page]:
    """The address of a piece."""
    answer = Page("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_led = bool(answer.leads_to) and self.path.startswith("/piece/")
            body = b"" if is_led else answer.shown
            self.send_response(301 if is_led else answer.status)
            if is_led:
                self.send_header("Location", answer.leads_to)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answer.url = f"http://127.0.0.1:{server.server_address[1]}/piece/"
    yield answer
    server.shutdown()
    server.server_close()


def forgotten(desk: Desk, website: Website, page: Page, title: str = "") -> int:
    """A piece that is online at the page's address, and of which its website knows nothing."""
    desk.connect_to_website()
    content_id = desk.published(**({"title": title} if title else {}))
    with desk.system.db.write() as db:
        here = Placement.content_id == content_id
        db.execute(sa.update(Content).where(Content.id == content_id).values(external_url=page.url))
        db.execute(sa.update(Placement).where(here).values(external_url=page.url))
    website.posts.clear()
    return content_id


def take_down(desk: Desk, clock: FakeClock, content_id: int) -> PublishingRecord:
    record_id = desk.retract(content_id)
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    return desk.record(record_id)


def code_of(record: PublishingRecord) -> str:
    return str((record.error or {}).get("code", ""))


@pytest.mark.parametrize("is_shown", [True, False])
@pytest.mark.parametrize("answer", ["gone", "lost"])
def test_what_its_address_still_shows_is_not_offline(
    desk: Desk, website: Website, clock: FakeClock, page: Page, answer: str, is_shown: bool
) -> None:
    content_id = forgotten(desk, website, page)
    page.shown = f"<h1>{desk.content(content_id).title}</h1>".encode() if is_shown else b"Home"
    if answer == "lost":
        website.fail("retract", *["lost"] * 10)
    record = take_down(desk, clock, content_id)
    if is_shown:
        assert (record.status, desk.content(content_id).external_url) == ("failed", page.url)
        assert answer == "lost" or code_of(record) == "STILL_THERE"
    else:
        assert (record.status, desk.content(content_id).external_url) == ("retracted", "")


@pytest.mark.parametrize(
    ("title", "there", "is_shown"),
    [
        ("Ten tips", "<title>Ten tips, too – Example</title><h1>Ten tips, too</h1>", False),
        ("News", "<title>Example – home</title><h1>Example</h1><li>Our company news</li>", False),
        ("News", "<title>News site</title><h1>Welcome</h1>", False),
        ("Ten tips", "<title>Example</title><h1 class='x'>Ten <em>tips</em></h1>", True),
        ("Ten tips", "<title>Ten tips &#8211; Example</title><p>Text</p>", True),
    ],
)  # fmt: skip
def test_an_address_that_leads_elsewhere_shows_what_that_page_is_headed_with(
    desk: Desk, website: Website, clock: FakeClock, page: Page, title: str, there: str,
    is_shown: bool,
) -> None:  # fmt: skip
    content_id = forgotten(desk, website, page, title)
    page.shown, page.leads_to = there.encode(), "/elsewhere/"
    record = take_down(desk, clock, content_id)
    assert record.status == ("failed" if is_shown else "retracted")


def test_what_went_out_is_looked_for_and_not_what_was_written_since(
    desk: Desk, website: Website, clock: FakeClock, page: Page
) -> None:
    content_id = forgotten(desk, website, page, "As it went out")
    page.shown = b"<h1>As it went out</h1>"
    desk.edit(content_id, title="Another title")
    assert code_of(take_down(desk, clock, content_id)) == "STILL_THERE"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_what_cannot_be_seen_is_not_called_offline_until_a_person_says_so(
    desk: Desk, website: Website, clock: FakeClock, page: Page, status: int
) -> None:
    content_id = forgotten(desk, website, page)
    page.status = status
    record = take_down(desk, clock, content_id)
    assert (record.status, code_of(record)) == ("failed", "NOT_SEEN")
    assert f"HTTP {status}" in (record.error or {})["message"]
    assert desk.content(content_id).external_url == page.url
    with desk.browser(desk.owner) as client:
        for path in (f"/content/{content_id}", f"/records/{record.id}"):
            assert "I looked, it is offline" in client.get(path).text, path
        client.post(f"/records/{record.id}/seen-offline", data={"home": "content"})
        told = client.get(f"/records/{record.id}").text
    assert f"{desk.owner.name or desk.owner.email} looked there: it is offline." in told
    content = desk.content(content_id)
    assert (content.site_status, content.external_url) == ("not_published", "")
    assert desk.record(record.id).status == "retracted"
    with desk.changing(content_id) as (db, locked):
        again = db.get_one(PublishingRecord, record.id)
        with pytest.raises(Conflict):
            unclear.seen_offline(db, desk.system, locked, again, by=desk.owner)


def test_a_page_that_answers_again_is_looked_at_by_the_next_try(
    desk: Desk, website: Website, clock: FakeClock, page: Page
) -> None:
    content_id = forgotten(desk, website, page)
    page.status = 503
    record_id = desk.retract(content_id)
    desk.run_worker()
    assert desk.record(record_id).status == "pending"
    page.status = 404
    clock.advance(10)
    desk.run_worker()
    assert desk.record(record_id).status == "retracted"


@pytest.mark.parametrize(("title", "leads_to"), [("🎉", ""), ("A title", "/wp-login.php")])
def test_what_tells_nothing_is_no_proof(
    desk: Desk, website: Website, clock: FakeClock, page: Page, title: str, leads_to: str
) -> None:
    content_id = forgotten(desk, website, page, title)
    page.shown, page.leads_to = b"<h1>Something</h1>", leads_to
    assert code_of(take_down(desk, clock, content_id)) == "NOT_SEEN"
