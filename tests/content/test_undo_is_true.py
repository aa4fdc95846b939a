"""Undo overturns nothing that somebody did since, and what it puts back holds a minute later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from tests.support.rhythm import choose
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core.errors import Conflict
from webapp.publisher.planning import autopilot, decisions, rezone, schedule, undoing
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.planning.undoing import Undone
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.connect()
    return desk


def at(desk: Desk, days: int) -> datetime:
    return (desk.system.clock() + timedelta(days=days)).replace(second=0, microsecond=0)


def undo(desk: Desk, step: int, by: Member) -> Undone:
    with desk.system.db.write() as db:
        return undoing.undo(db, desk.system, step, by=by)


def act(desk: Desk, verb: Any, content_id: int, by: Member) -> int:
    """The step that this verb of schedule.py is."""
    with desk.changing(content_id) as (db, content):
        step: int = verb(db, desk.system, content, by=by).change_id
        return step


def put(desk: Desk, content_id: int, days: int, by: Member) -> int:
    with desk.changing(content_id) as (db, content):
        choice = Choice(at(desk, days), by, approves=True)
        return schedule.schedule(db, desk.system, content, choice).change_id


def approve(desk: Desk, content_id: int, by: Member) -> int:
    with desk.changing(content_id) as (db, content):
        return decisions.approve(db, desk.system, content, by=by)


def test_a_time_that_somebody_chose_stays_with_the_approval_of_a_pinned_piece(desk: Desk) -> None:
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
        content.pinned = True
    step = approve(desk, content_id, desk.owner)
    put(desk, content_id, 20, desk.teammate)
    with pytest.raises(Conflict, match="acted on again since"):
        undo(desk, step, desk.owner)
    content = desk.content(content_id)
    assert (content.status, content.scheduled_publish_at) == ("approved", at(desk, 20))


def test_the_time_that_the_scheduler_chose_goes_with_letting_it_choose(desk: Desk) -> None:
    choose(desk, auto_publish_enabled=True)
    content_id = desk.approved()
    put(desk, content_id, 9, desk.owner)
    step = act(desk, schedule.release, content_id, desk.owner)
    autopilot.run(desk.system)
    assert desk.content(content_id).scheduled_publish_at != at(desk, 9)
    undo(desk, step, desk.owner)
    content = desk.content(content_id)
    assert (content.scheduled_publish_at, content.pinned) == (at(desk, 9), True)


def test_what_comes_back_after_a_change_of_zone_is_meant_in_the_new_one(desk: Desk) -> None:
    content_id = desk.approved()
    put(desk, content_id, 9, desk.owner)
    step = act(desk, schedule.unschedule, content_id, desk.owner)
    with desk.system.db.write() as db:
        site = db.get_one(Site, desk.site.id)
        rezone.change(db, desk.system, site, "Asia/Tokyo", by=desk.owner)
    undo(desk, step, desk.owner)
    assert desk.content(content_id).scheduled_zone == "Asia/Tokyo"
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).planned_with = "of long ago"
    rezone.refresh(desk.system)
    assert desk.content(content_id).scheduled_publish_at == at(desk, 9)


def test_undoing_a_change_of_zone_leaves_nothing_that_jumps_later(desk: Desk) -> None:
    content_id = desk.approved()
    put(desk, content_id, 9, desk.owner)
    with desk.system.db.write() as db:
        site = db.get_one(Site, desk.site.id)
        step = rezone.change(db, desk.system, site, "Asia/Tokyo", by=desk.owner).change_id
    undo(desk, step, desk.owner)
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).planned_with = "of long ago"
    rezone.refresh(desk.system)
    assert desk.content(content_id).scheduled_publish_at == at(desk, 9)


def test_an_approval_made_by_scheduling_is_its_makers_too(desk: Desk) -> None:
    content_id = desk.write()
    step = put(desk, content_id, 5, desk.owner)
    with pytest.raises(Conflict, match="Somebody else has decided"):
        undo(desk, step, desk.teammate)
    undo(desk, step, desk.owner)
    assert desk.content(content_id).approved_by is None


def test_a_time_stays_where_its_approval_was_decided_anew(desk: Desk) -> None:
    content_id = desk.write()
    step = put(desk, content_id, 5, desk.owner)
    desk.edit(content_id, title="Another title")
    with desk.changing(content_id) as (_db, content):
        content.attention = frozenset({"needs_approval"})
    approve(desk, content_id, desk.teammate)
    with pytest.raises(Conflict, match="decided on again"):
        undo(desk, step, desk.owner)
    content = desk.content(content_id)
    assert (content.approved_by, content.attention) == (desk.teammate.user_id, frozenset())


def test_a_finding_of_a_publication_before_does_not_come_back(desk: Desk) -> None:
    content_id = desk.approved()
    with desk.changing(content_id) as (db, content):
        content.site_status, content.attention = "published", frozenset({"issues"})
        content.external_url = content.external_id = "https://gazette.example/it"
    step = act(desk, schedule.dismiss, content_id, desk.owner)
    desk.publish(content_id, force=True)
    with desk.system.db.write() as db:
        db.execute(sa.update(PublishingRecord).values(status="published", finished_at=_now()))
    with desk.changing(content_id) as (db, content):
        content.site_status = "published"
    with pytest.raises(Conflict, match="published, or was to be, since"):
        undo(desk, step, desk.owner)
    assert desk.content(content_id).attention == frozenset()


def test_somebody_elses_hold_is_not_undone_with_ones_own(desk: Desk) -> None:
    content_id = desk.approved()
    put(desk, content_id, 9, desk.owner)
    step = act(desk, schedule.hold, content_id, desk.owner)
    act(desk, schedule.hold, content_id, desk.teammate)
    with pytest.raises(Conflict, match="acted on again since"):
        undo(desk, step, desk.owner)
    assert "held" in desk.content(content_id).attention


def test_a_way_round_that_ends_where_it_began_was_somebodys(desk: Desk) -> None:
    content_id = desk.approved()
    put(desk, content_id, 4, desk.owner)
    step = put(desk, content_id, 8, desk.owner)
    put(desk, content_id, 9, desk.teammate)
    put(desk, content_id, 8, desk.teammate)
    with pytest.raises(Conflict, match="acted on again since"):
        undo(desk, step, desk.owner)
    assert desk.content(content_id).scheduled_publish_at == at(desk, 8)


def test_steps_are_taken_back_one_after_the_other(desk: Desk) -> None:
    content_id = desk.approved()
    steps = [put(desk, content_id, day, desk.owner) for day in (4, 8, 9)]
    for step, day in zip(reversed(steps), (8, 4, None), strict=True):
        undo(desk, step, desk.owner)
        expected = at(desk, day) if day else None
        assert desk.content(content_id).scheduled_publish_at == expected


def test_what_was_taken_offline_there_was_not_published_since(desk: Desk) -> None:
    content_id = desk.approved()
    with desk.changing(content_id) as (_, content):
        content.site_status, content.attention = "published", frozenset({"issues"})
        content.external_url = content.external_id = "https://gazette.example/it"
    step = act(desk, schedule.dismiss, content_id, desk.owner)
    with desk.changing(content_id) as (_db, content):
        content.attention = frozenset({"edited_there"})
    with pytest.raises(Conflict, match="acted on again since"):
        undo(desk, step, desk.owner)


def _now() -> datetime:
    return datetime.now(UTC)
