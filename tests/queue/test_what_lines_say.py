"""What a line of the queue says of a piece that is online."""

from __future__ import annotations

import re

from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents

QUEUE = "/publisher/publishing-queue"
Client = TestClient[Litestar]


def line(client: Client, content_id: int, tab: str) -> str:
    """Its words, on one line."""
    text = client.get(f"{QUEUE}/rows/{content_id}?tab={tab}").text
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def test_what_is_online_is_published_though_its_text_is_in_review_again(
    desk: Desk, client: Client
) -> None:
    desk.connect()
    content_id = desk.published()
    assert "Its text here" not in line(client, content_id, "published")
    desk.edit(content_id, title="Another title")
    with desk.changing(content_id) as (db, content):
        if content.status == "draft":
            contents.submit(db, content)
    told = line(client, content_id, "published")
    assert "Its text here is in review again" in told
    assert " Published " in told
    assert "In review" not in told


def test_what_the_look_afterwards_found_is_named(desk: Desk, client: Client) -> None:
    desk.connect()
    content_id = desk.published()
    checks = [
        {"name": "title", "ok": True, "at": "2027-01-01T09:00:00Z", "message": ""},
        {"name": "description", "ok": False, "at": "2027-01-01T09:00:00Z", "message": "No words."},
    ]
    with desk.changing(content_id) as (db, content):
        content.attention = frozenset({"issues"})
        [record] = db.query(PublishingRecord).filter_by(content_id=content_id)
        record.receipt = {**(record.receipt or {}), "checks": checks}
    for tab in ("attention", "published"):
        told = line(client, content_id, tab)
        assert "No words." in told
        assert "the check afterwards found something" not in told
