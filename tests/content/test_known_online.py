"""Of what is online a page says what was sent and seen there, and when; nothing it has not seen."""

from __future__ import annotations

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord

SEEN, SENT = "This text was sent, and seen online", "This text was sent"


def panel(desk: Desk, content_id: int) -> str:
    with desk.browser(desk.owner) as client:
        text = client.get(f"/content/{content_id}/panel", headers={"HX-Request": "true"}).text
    assert "What is online is" not in text
    return " ".join(text.split())


def test_what_was_sent_and_seen_says_when(desk: Desk, clock: FakeClock) -> None:
    desk.connect()
    with desk.system.db.write() as db:
        db.merge(desk.site).is_public = True
    content_id = desk.published()
    [record] = desk.records_of(content_id)
    checks = [{"name": "post", "ok": True, "at": "2026-11-02T08:30:00Z"}]
    keep(desk, record.id, checks)
    clock.advance(hours=72)
    text = panel(desk, content_id)
    assert f'{SEEN} <time datetime="2026-11-02T08:30:00' in text
    keep(desk, record.id, [{**checks[0], "ok": False, "message": "The page does not open."}])
    text = panel(desk, content_id)
    assert SEEN not in text
    assert f"{SENT} <time" in text
    assert "The page does not open." in text


def test_what_was_edited_back_after_something_else_was_asked_claims_no_look(desk: Desk) -> None:
    desk.connect()
    content_id = desk.published(title="First")
    desk.edit(content_id, title="Second")
    record_id = desk.publish(content_id)
    with desk.changing(content_id) as (db, content):
        records.cancel(db, desk.system, content, db.get_one(PublishingRecord, record_id))
    desk.edit(content_id, title="First")
    text = panel(desk, content_id)
    assert SEEN not in text
    assert "This text was sent last." in text


def keep(desk: Desk, record_id: int, checks: list[dict[str, object]]) -> None:
    """As if that had been found when it was looked at."""
    with desk.system.db.write() as db:
        record = db.get_one(PublishingRecord, record_id)
        record.receipt = {**(record.receipt or {}), "checks": checks}
