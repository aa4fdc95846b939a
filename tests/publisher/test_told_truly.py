"""What is said of an undo that cannot be, of a take-down that failed, and of a time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.errors import Conflict
from webapp.publisher.planning import schedule, undoing
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records import records
from webapp.publisher.records.models import PlanChange


def test_a_take_down_that_failed_lists_what_it_did(desk: Desk, website: Website) -> None:
    desk.connect_to_website()
    content_id = desk.published()
    website.fail("retract", "needs_action")
    record_id = desk.retract(content_id)
    desk.run_worker()
    with desk.browser(desk.owner) as client:
        shown = client.get(f"/content/{content_id}/panel?home=content").text
        steps = client.get(f"/api/v1/publisher/records/{record_id}").json()["data"]["steps"]
    assert "Transfer the images" not in shown
    assert "What was done" in shown
    assert [(one["step"], one["state"]) for one in steps] == [("connection", "failed")]


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("publish", "published"),
        ("hold", "on hold"),
        ("delete", "deleted"),
        ("move", "acted on again"),
    ],
)
def test_undo_says_what_became_of_the_piece(
    desk: Desk, website: Website, what: str, said: str
) -> None:
    desk.connect_to_website()
    content_id = desk.approved()
    at = (desk.system.clock() + timedelta(days=1)).replace(second=0, microsecond=0)
    with desk.changing(content_id) as (db, content):
        schedule.schedule(db, desk.system, content, Choice(at, desk.owner, approves=True))
    step = desk.rows(PlanChange)[-1].id
    with desk.changing(content_id) as (db, content):
        if what == "publish":
            records.publish(db, desk.system, content, by=desk.owner)
        elif what == "hold":
            schedule.hold(db, desk.system, content, by=desk.owner)
        elif what == "delete":
            content.deleted_at = desk.system.clock()
        else:
            later = at + timedelta(hours=1)
            schedule.schedule(db, desk.system, content, Choice(later, desk.owner, approves=True))
    desk.run_worker()
    with desk.system.db.write() as db, pytest.raises(Conflict, match=said) as problem:
        undoing.undo(db, desk.system, step, by=desk.owner)
    assert "omebody" not in problem.value.message


@pytest.mark.parametrize("offset", ["Z", "+05:00", "+00:00"])
def test_a_time_of_another_clock_is_refused_with_a_sentence(desk: Desk, offset: str) -> None:
    desk.connect()
    content_id = desk.approved()
    at = (desk.system.clock() + timedelta(days=2)).strftime("%Y-%m-%dT10:00") + offset
    with desk.browser(desk.owner) as client:
        page = client.post(f"/content/{content_id}/schedule", data={"at": at, "home": "content"})
        judged = client.get(f"/content/{content_id}/schedule/judgement", params={"at": at}).text
    assert page.status_code == 422
    assert "clock shows it" in page.text
    assert "clock shows it" in judged
    assert desk.content(content_id).scheduled_publish_at is None
