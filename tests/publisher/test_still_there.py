"""A website that knows nothing of a piece is no proof that it is offline: its address tells."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.publisher.records.models import Placement
from webapp.writer.models import Content


@pytest.fixture
def page() -> Iterator[tuple[str, list[bytes]]]:
    """An address, and what it answers with last."""
    shown: list[bytes] = [b"Nothing"]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(shown[-1])))
            self.end_headers()
            self.wfile.write(shown[-1])

        def log_message(self, format: str, *args: object) -> None:
            """Keep the tests' output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/piece/", shown
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("is_shown", [True, False])
@pytest.mark.parametrize("answer", ["gone", "lost"])
def test_what_its_address_still_shows_is_not_offline(
    desk: Desk,
    website: Website,
    clock: FakeClock,
    page: tuple[str, list[bytes]],
    answer: str,
    is_shown: bool,
) -> None:
    desk.connect_to_website()
    content_id = desk.published()
    url, shown = page
    shown.append(f"<h1>{desk.content(content_id).title}</h1>".encode() if is_shown else b"Home")
    with desk.system.db.write() as db:
        db.execute(sa.update(Content).where(Content.id == content_id).values(external_url=url))
        here = Placement.content_id == content_id
        db.execute(sa.update(Placement).where(here).values(external_url=url))
    website.posts.clear()
    if answer == "lost":
        website.fail("retract", *["lost"] * 10)
    record_id = desk.retract(content_id)
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    content, record = desk.content(content_id), desk.record(record_id)
    if is_shown:
        assert (record.status, content.external_url) == ("failed", url)
        assert answer == "lost" or (record.error or {})["code"] == "STILL_THERE"
    else:
        assert (record.status, content.external_url) == ("retracted", "")
