"""What threads keep from happening by itself."""

from __future__ import annotations

from tests.support.desk import Desk
from tests.support.rhythm import choose
from webapp.publisher.planning import autopilot, decisions
from webapp.threads import saying
from webapp.threads.saying import Opening
from webapp.writing.models import Thread


def test_an_open_thread_is_waited_for(desk: Desk) -> None:
    desk.connect()
    choose(desk, auto_approval_enabled=True)
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        decisions.submit(db, desk.system, content)
    with desk.changing(content_id) as (db, content):
        thread = saying.begin(db, desk.system, content, Opening("Sure?"), by=desk.teammate)
        thread_id = thread.id
    autopilot.run(desk.system)
    assert desk.content(content_id).status == "review"
    with desk.changing(content_id) as (db, content):
        thread = db.get_one(Thread, thread_id)
        saying.settle(db, desk.system, content, thread, "resolve", by=desk.teammate)
    autopilot.run(desk.system)
    assert desk.content(content_id).status == "approved"
