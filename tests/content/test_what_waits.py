"""What a row of Review says of a piece, and what its checks name."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.content import piece, waiting
from webapp.core.system import System
from webapp.writer import contents


def row(desk: Desk, content_id: int) -> waiting.Row:
    with desk.system.db.read() as db:
        found = waiting.one(db, desk.owner, content_id)
    assert found is not None
    return found


@pytest.mark.both_databases
def test_it_waits_since_it_was_submitted_last(desk: Desk) -> None:
    content_id = desk.write()
    before = datetime.now(UTC)
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
    since = row(desk, content_id).since
    assert since >= before
    desk.edit(content_id, title="Edited while it waits")
    assert row(desk, content_id).since == since
    desk.approve(content_id)
    with desk.changing(content_id) as (db, content):
        approved_at = content.approved_at
    assert row(desk, content_id).since == approved_at
    desk.edit(content_id, title="Edited after approval")
    assert row(desk, content_id).since > since


def test_where_nothing_waits_it_is_said_once(desk: Desk, client: TestClient[Litestar]) -> None:
    page = client.get("/review", headers={"Accept": "text/html"}).text
    assert page.count("Nothing waits") == 1
    assert "Choose a piece" not in page


def test_author_and_day_stand_in_the_row(desk: Desk, client: TestClient[Litestar]) -> None:
    content_id = desk.write(author_email="mia@example.com")
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
        content.in_review_since = datetime(2026, 1, 3, 23, 30, tzinfo=UTC)  # 00:30 in Berlin
    page = client.get("/review", headers={"HX-Request": "true"}).text
    assert re.search(r"· mia\b", page)
    assert "since 4 Jan" in page


def test_only_what_can_be_approved_has_a_box(desk: Desk, client: TestClient[Litestar]) -> None:
    desk.connect()
    waits, approved = desk.write(), desk.approved()
    with desk.changing(waits) as (db, content):
        contents.submit(db, content)
    page = client.get("/review", headers={"HX-Request": "true"}).text
    assert f'id="row-{approved}"' in page
    assert re.findall(r'id="tick-(\d+)"', page) == [str(waits)]


def test_publish_is_not_the_first_thing_to_do_with_what_has_its_time(
    desk: Desk, client: TestClient[Litestar]
) -> None:
    desk.connect()
    content_id = desk.approved()
    button = re.compile(r"<button[^>]*data-publish[^>]*>")
    [before] = button.findall(client.get(f"/content/{content_id}/panel").text)
    desk.schedule(content_id, 86400)
    [after] = button.findall(client.get(f"/content/{content_id}/panel").text)
    assert ('data-variant="outline"' in before, 'data-variant="outline"' in after) == (False, True)


def test_pictures_without_a_text_are_named(desk: Desk, system: System) -> None:
    inside = "<p>Text <img src='https://example.com/inside.png'></p>"
    content_id = desk.write(html=inside)
    desk.add_image(content_id, url="https://example.com/c09.png", image_type="gallery")
    desk.add_image(content_id, url="https://example.com/c10.png", image_type="gallery")
    with desk.system.db.read() as db:
        shown = piece.load(db, system, desk.owner, content_id)
    texts = [one.text for one in shown.checks]
    assert "Without alternative text: “c09.png”, “c10.png” and 1 image in the text." in texts
    assert any(text.startswith("Only 1 word:") for text in texts)
