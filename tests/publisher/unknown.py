"""What must always hold of publications whose answer was lost."""

from __future__ import annotations

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.publisher.delivery import unclear
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.models import Content


def what_failed_is_not_online(desk: Desk, website: Website) -> None:
    """At no moment, whatever was lost on the way; but people who looked may be wrong."""
    done = {one.fence.publish_key for one in website.writes if one.act == "publish"}
    for record in desk.rows(PublishingRecord):
        is_word_of_person = "looked" in (record.error or {}).get("details", {})
        if record.status == states.FAILED and not is_word_of_person:
            assert record.publish_key not in done, "failed, and it is online"


def what_is_unclear_is_asked(desk: Desk) -> None:
    """Again and again, at the time that is stated; and the piece says so."""
    asked = {undo.record_id: undo.next_try_at for undo in desk.rows(UndoAction)}
    pieces = {content.id: content.attention for content in desk.rows(Content)}
    unclear = set()
    for record in desk.rows(PublishingRecord):
        if states.is_unclear(record):
            unclear.add(record.content_id)
            assert asked[record.id] == record.next_attempt_at
    assert unclear == {one for one, marks in pieces.items() if "unclear" in marks}


def look_there(desk: Desk, website: Website, piece: int) -> None:
    """A person does, and ends what is not there."""
    post = website.posts.get(piece)
    for one in desk.records_of(piece):
        is_there = post is not None and post.fence.publish_key == one.publish_key and post.result
        if states.is_unclear(one) and not is_there:
            with desk.changing(piece) as (db, content):
                record = db.get_one(PublishingRecord, one.id)
                unclear.not_done(db, desk.system, content, record, by=desk.owner)
