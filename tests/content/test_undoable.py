"""What one did in the last ten minutes, as the list tells it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.support.desk import Desk
from webapp.content import undoable
from webapp.publisher.planning import decisions, plans, schedule, undoing
from webapp.publisher.planning.schedule import Choice

pytestmark = pytest.mark.both_databases
AT = datetime(2030, 5, 6, 8, 30, tzinfo=UTC)


def said(desk: Desk, *, minutes: int = 0) -> list[str]:
    with desk.system.db.read() as db:
        now = desk.system.clock() + timedelta(minutes=minutes)
        return [line.said for line in undoable.lines(db, desk.owner, now)]


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.connect()
    return desk


def test_each_act_says_what_it_did_the_newest_first(desk: Desk) -> None:
    first, second = desk.write(title="Ten olives"), desk.approved(title="Salt")
    with desk.changing(first) as (db, content):
        decisions.approve(db, desk.system, content, by=desk.owner)
    with desk.changing(second) as (db, content):
        decisions.request_changes(db, desk.system, content, "Shorter.", by=desk.owner)
    with desk.changing(first) as (db, content):
        schedule.schedule(db, desk.system, content, Choice(AT, desk.owner))
    with desk.changing(first) as (db, content):
        schedule.unschedule(db, desk.system, content, by=desk.owner)
    with desk.changing(first) as (db, content):
        schedule.hold(db, desk.system, content, by=desk.owner)
    with desk.changing(first) as (db, content):
        schedule.release(db, desk.system, content, by=desk.owner)
    assert said(desk) == [
        "“Ten olives” left to the scheduler",
        "“Ten olives” put on hold",
        "“Ten olives” taken off the calendar",
        "“Ten olives” moved to Mon 6 May 2030, 10:30",
        "Changes to “Salt” asked for",
        "“Ten olives” approved",
    ]


def test_what_is_undone_or_ten_minutes_old_is_not_listed(desk: Desk) -> None:
    content_id = desk.write(title="Ten olives")
    with desk.changing(content_id) as (db, content):
        step = decisions.approve(db, desk.system, content, by=desk.owner)
    assert said(desk, minutes=11) == []
    with desk.system.db.write() as db:
        undoing.undo(db, desk.system, step, by=desk.owner)
    assert said(desk) == []


def test_of_many_pieces_their_number_is_told(desk: Desk) -> None:
    for title in ("One", "Two"):
        content_id = desk.approved(title=title)
        with desk.changing(content_id) as (_, content):
            content.scheduled_publish_at, content.site_status = AT, "scheduled"
    with desk.system.db.write() as db:
        plans.replan(db, desk.system, desk.site, by=desk.owner)
    assert said(desk)[0] == "2 pieces of Gazette planned anew"
