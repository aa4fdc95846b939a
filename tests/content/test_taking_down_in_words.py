"""A piece that could not be taken offline: every page calls that by its name, and no button puts
"Try again" where readers would lose the post."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.rhythm import alive

Client = TestClient[Litestar]


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def queue_row(client: Client, content_id: int, tab: str) -> str:
    page = client.get(f"/publisher/publishing-queue?tab={tab}").text
    found = re.search(rf'<li class="queue-row[^"]*" id="q-{content_id}".*?</li>', page, re.S)
    return found[0] if found else ""


@pytest.fixture
def content_id(desk: Desk, website: Website) -> int:
    """A piece that is online, at a website that refuses to take it down."""
    desk.connect_to_website()
    made = desk.published()
    website.fail("retract", "later", "permanent")
    return made


def test_while_it_waits_for_its_next_try(
    desk: Desk, website: Website, client: Client, content_id: int
) -> None:
    record_id = desk.retract(content_id)
    desk.run_worker()
    alive(desk.system)
    assert desk.record(record_id).status == "pending"
    panel = words(client.get(f"/content/{content_id}/panel?home=content").text)
    assert "Taking offline" in panel
    assert "Taking it offline failed. Trying again at" in panel
    row = queue_row(client, content_id, "publishing")
    assert "Taking it offline failed" in row
    assert "Take offline" in row
    assert "Try again" not in row
    assert "Publishing</span>" not in row


def test_when_it_has_failed(
    desk: Desk, website: Website, client: Client, clock: FakeClock, content_id: int
) -> None:
    record_id = desk.retract(content_id)
    desk.run_worker()
    clock.advance(10)
    desk.run_worker()
    assert desk.record(record_id).status == "failed"
    row = queue_row(client, content_id, "attention")
    assert "Taking it offline failed" in row
    assert 'formaction="/publisher/publishing-queue/retractions' in row
    assert "Try again" not in row
    assert "It stopped at the step" not in row
    for path in (f"/content/{content_id}", f"/records/{record_id}"):
        page = words(client.get(path).text)
        assert "It was not taken offline" in page, path
        assert "Stopped at step" not in page, path
    history = words(client.get(f"/content/{content_id}/records").text)
    assert "Take offline · manual" in history
    assert "Taken offline" not in history


def test_while_nobody_knows(
    desk: Desk, website: Website, client: Client, clock: FakeClock, content_id: int
) -> None:
    website.faults.clear()
    website.fail("retract", *["lost"] * 4)
    website.fail("lookup", *["later"] * 20)
    record_id = desk.retract(content_id)
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    row = queue_row(client, content_id, "attention")
    assert "whether it is offline" in row
    assert "whether it is online" not in row
    page = client.get(f"/records/{record_id}").text
    assert "I looked, it is offline" in page
    assert "is-running" not in page, "nothing is being done"
