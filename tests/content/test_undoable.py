"""What one did in the last ten minutes, as the list tells it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts.access import Member
from webapp.accounts.rights import Role
from webapp.content import undoable
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import decisions, plans, schedule, undoing
from webapp.publisher.planning.schedule import Choice
from webapp.writer.models import Content

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


def test_each_act_says_what_it_did_and_the_newest_of_a_piece_is_there(desk: Desk) -> None:
    """The one before it can be taken back once that one is."""
    content_id = desk.write(title="Ten olives")

    def act(verb: Any, *given: Any) -> str:
        with desk.changing(content_id) as (db, content):
            verb(db, desk.system, content, *given, by=desk.owner)
        [line] = said(desk)
        return line

    def put(db: Session, system: System, content: Content, *, by: Member) -> None:
        schedule.schedule(db, system, content, Choice(AT, by, approves=True))

    assert act(put) == "“Ten olives” approved and moved to Mon 6 May 2030, 10:30"
    assert act(schedule.hold) == "“Ten olives” put on hold"
    assert act(schedule.dismiss) == "“Ten olives” dismissed"
    assert act(put) == "“Ten olives” moved to Mon 6 May 2030, 10:30"
    assert act(schedule.unschedule) == "“Ten olives” taken off the calendar"
    assert act(schedule.release) == "“Ten olives” left to the scheduler"
    assert act(decisions.request_changes, "Shorter.") == "Changes to “Ten olives” asked for"
    assert act(decisions.approve) == "“Ten olives” approved"
    for expected in ("Changes to “Ten olives” asked for", "“Ten olives” left to the scheduler"):
        with desk.system.db.read() as db:
            [line] = undoable.lines(db, desk.owner, desk.system.clock())
        with desk.system.db.write() as db:
            undoing.undo(db, desk.system, line.step, by=desk.owner)
        assert said(desk) == [expected]


def test_what_cannot_be_taken_back_is_not_listed(desk: Desk) -> None:
    ids = [desk.write(title=f"Number {number}") for number in range(4)]
    for content_id in ids:
        with desk.changing(content_id) as (db, content):
            decisions.approve(db, desk.system, content, by=desk.owner)
    assert len(said(desk)) == 4
    with desk.changing(ids[0]) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.owner)
    desk.publish(ids[1])
    with desk.changing(ids[2]) as (db, content):
        schedule.schedule(db, desk.system, content, Choice(AT, desk.admin))
    assert said(desk) == ["“Number 0” deleted", "“Number 3” approved"]
    as_writer = replace(desk.owner, role=Role.WRITER)
    with desk.system.db.read() as db:
        assert undoable.lines(db, as_writer, desk.system.clock()) == []


def test_of_a_bulk_that_was_undone_in_part_the_rest_is_told_as_it_is(desk: Desk) -> None:
    steps = []
    for title in ("One", "Two"):
        with desk.changing(desk.write(title=title)) as (db, content):
            steps.append(decisions.approve(db, desk.system, content, by=desk.owner))
    with desk.system.db.write() as db:
        undoing.undo(db, desk.system, steps[0], by=desk.owner)
    with desk.system.db.write() as db:
        done = undoing.undo_all(db, desk.system, steps, by=desk.owner)
    assert done.told == "“Two” put back."


def test_a_failed_piece_that_was_dismissed_is_in_the_tray_and_comes_back_as_failed(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, desk.integration().id).is_default = False
    desk.connect_to_website()
    content_id = desk.approved(title="Salt")
    with desk.changing(content_id) as (db, content):
        at = (clock.now + timedelta(hours=1)).replace(second=0, microsecond=0)
        schedule.schedule(db, desk.system, content, Choice(at, desk.owner))
    clock.now = at
    website.fail("publish", "permanent")
    desk.run_worker_once()
    with desk.changing(content_id) as (db, content):
        step = schedule.dismiss(db, desk.system, content, by=desk.owner).change_id
    content = desk.content(content_id)
    assert (content.site_status, content.scheduled_publish_at) == ("not_published", None)
    assert said(desk, minutes=-60) == ["“Salt” dismissed"]
    with desk.system.db.write() as db:
        undoing.undo(db, desk.system, step, by=desk.owner)
    assert desk.content(content_id).attention == {"failed"}


def test_no_undo_is_offered_where_the_time_before_has_passed(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.approved(title="Salt")
    with desk.changing(content_id) as (_, content):
        content.site_status, content.scheduled_publish_at = "scheduled", clock.now
    clock.now += timedelta(minutes=2)
    with desk.changing(content_id) as (db, content):
        assert schedule.unschedule(db, desk.system, content, by=desk.owner).change_id == 0
    assert said(desk) == []


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
