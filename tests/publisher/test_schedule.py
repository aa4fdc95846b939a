"""A person gives a piece its time, moves it, takes it: each one step that can be undone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.support.clock import MONDAY, FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.core import zones
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.system import System
from webapp.publisher.planning import schedule, settings, undoing
from webapp.publisher.planning.schedule import Choice, Moved
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("monday")]
BERLIN = zones.zone("Europe/Berlin")


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    desk.connect_to_website()
    return desk


def act(desk: Desk, verb: Any, content_id: int, *args: Any, **named: Any) -> Any:
    """Call a verb of publisher/planning/schedule.py on the piece, as a teammate."""
    by = named.pop("by", desk.teammate)
    with desk.changing(content_id, by) as (db, content):
        if "seen" in named:
            schedule.check_seen(content, named["seen"])
        if verb is schedule.schedule:
            return verb(db, desk.system, content, Choice(args[0], by, approves=True))
        return verb(db, desk.system, content, *args, by=by)


def undo(desk: Desk, done: Moved, by: Member | None = None) -> undoing.Undone:
    with desk.system.db.write() as db:
        return undoing.undo(db, desk.system, done.change_id, by=by or desk.teammate)


def refused(code: Code) -> pytest.RaisesExc[Conflict]:
    return pytest.raises(Conflict, check=lambda problem: problem.code == code)


def berlin(day: int, hour: int, minute: int = 0, month: int = 1) -> datetime:
    return datetime(2030, month, day, hour, minute, tzinfo=BERLIN).astimezone(UTC)


def test_a_chosen_time_is_pinned_and_kept_with_its_wall_time(desk: Desk) -> None:
    content_id = desk.approved()
    done = act(desk, schedule.schedule, content_id, berlin(8, 10), seen=None)
    content = desk.content(content_id)
    assert (content.scheduled_publish_at, content.pinned) == (berlin(8, 10), True)
    assert content.scheduled_wall_time == "2030-01-08T10:00"
    assert content.scheduled_zone == "Europe/Berlin"
    assert content.site_status == "scheduled"
    assert content.plan_trace == {"chosen_by": "Teammate"}
    assert (done.before, done.at, done.warnings) == (None, berlin(8, 10), [])


def test_scheduling_approves_too(desk: Desk) -> None:
    content_id = desk.write()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    assert desk.content(content_id).approved_by == desk.teammate.user_id


def test_another_day_keeps_the_time_of_day(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 9, 45))
    act(desk, schedule.move_to_day, content_id, date(2030, 7, 4))
    assert desk.content(content_id).scheduled_wall_time == "2030-07-04T09:45"
    assert desk.content(content_id).scheduled_publish_at == berlin(4, 9, 45, month=7)


def test_a_time_in_the_gap_runs_after_it_and_says_so(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, datetime.fromisoformat("2030-03-30T02:30"))
    done = act(desk, schedule.move_to_day, content_id, date(2030, 3, 31))
    assert done.note == "gap 2030-03-31T02:30"
    assert desk.content(content_id).scheduled_wall_time == "2030-03-31T03:00"


def test_from_the_tray_it_takes_the_first_free_slot_of_the_day(desk: Desk) -> None:
    first, second = desk.approved(), desk.approved()
    act(desk, schedule.move_to_day, first, date(2030, 1, 9))
    act(desk, schedule.move_to_day, second, date(2030, 1, 9))
    assert desk.content(first).scheduled_wall_time == "2030-01-09T09:00"
    assert desk.content(second).scheduled_wall_time == "2030-01-09T11:40"


def test_from_the_tray_to_a_day_without_slots_there_is_a_warning(desk: Desk) -> None:
    content_id = desk.approved()
    done = act(desk, schedule.move_to_day, content_id, date(2030, 1, 12))
    assert desk.content(content_id).scheduled_wall_time == "2030-01-12T09:00"
    assert done.warnings == ["Sat 12 Jan 2030 is no publishing day of the site."]


def test_today_after_hours_takes_the_next_minutes(desk: Desk, clock: FakeClock) -> None:
    clock.now = berlin(7, 18, 2)
    content_id = desk.approved()
    act(desk, schedule.move_to_day, content_id, date(2030, 1, 7))
    assert desk.content(content_id).scheduled_wall_time == "2030-01-07T18:15"
    clock.now = berlin(7, 23, 52)
    other = desk.approved()
    with refused(Code.NO_TIME_LEFT):
        act(desk, schedule.move_to_day, other, date(2030, 1, 7))


def test_over_the_limit_is_a_warning_and_no_refusal(desk: Desk) -> None:
    ids = [desk.approved() for _ in range(4)]
    done = [act(desk, schedule.schedule, one, berlin(8, 9 + n)) for n, one in enumerate(ids)]
    assert [one.warnings for one in done] == [[], [], [], ["That is 4 of 3 for that day."]]


@pytest.mark.parametrize(
    ("at", "code"), [(MONDAY, Code.IN_THE_PAST), (MONDAY - timedelta(days=1), Code.IN_THE_PAST)]
)
def test_the_past_is_refused(desk: Desk, at: datetime, code: Code) -> None:
    content_id = desk.approved()
    with refused(code):
        act(desk, schedule.schedule, content_id, at)
    assert desk.content(content_id).site_status == "not_published"


@pytest.mark.parametrize("at", [MONDAY + timedelta(seconds=90), MONDAY + timedelta(days=3000)])
def test_times_that_make_no_sense_are_refused(desk: Desk, at: datetime) -> None:
    content_id = desk.approved()
    with pytest.raises(Invalid):
        act(desk, schedule.schedule, content_id, at)


@pytest.mark.parametrize("day", [date(1, 1, 1), date(2030, 1, 6), date(9999, 12, 31)])
def test_days_that_cannot_be_are_refused(desk: Desk, day: date) -> None:
    waiting, planned = desk.approved(), desk.approved()
    act(desk, schedule.schedule, planned, berlin(8, 10))
    for content_id in (waiting, planned):
        with pytest.raises((Conflict, Invalid)):
            act(desk, schedule.move_to_day, content_id, day)


def test_of_two_people_the_second_is_told(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10), seen=None)
    act(desk, schedule.schedule, content_id, berlin(9, 10), seen=berlin(8, 10))
    with refused(Code.MOVED_MEANWHILE):
        act(desk, schedule.schedule, content_id, berlin(10, 10), seen=berlin(8, 10))
    with refused(Code.MOVED_MEANWHILE):
        act(desk, schedule.unschedule, content_id, seen=None)
    assert desk.content(content_id).scheduled_publish_at == berlin(9, 10)


def test_what_began_publishing_is_not_moved(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    desk.publish(content_id)
    for verb, args in (
        (schedule.schedule, [berlin(9, 10)]),
        (schedule.move_to_day, [date(2030, 1, 9)]),
        (schedule.unschedule, []),
        (schedule.hold, []),
    ):
        with refused(Code.IN_FLIGHT):
            act(desk, verb, content_id, *args)


def test_what_is_online_as_it_stands_gets_no_time(desk: Desk) -> None:
    content_id = desk.published()
    with refused(Code.ALREADY_PUBLISHED):
        act(desk, schedule.schedule, content_id, berlin(8, 10))
    desk.edit(content_id, title="Another title")
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    assert desk.content(content_id).site_status == "scheduled"


def test_a_site_without_destination_is_told_at_once(desk: Desk) -> None:
    content_id = desk.approved(site=desk.other_site)
    with refused(Code.INTEGRATION_MISSING):
        act(desk, schedule.schedule, content_id, berlin(8, 10), by=desk.stranger)


def test_back_to_the_tray_and_on_hold(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    act(desk, schedule.unschedule, content_id, seen=berlin(8, 10))
    content = desk.content(content_id)
    assert (content.scheduled_publish_at, content.scheduled_wall_time) == (None, None)
    assert (content.site_status, content.attention) == ("not_published", frozenset())
    assert content.pinned, "the scheduler would give it a time again"
    act(desk, schedule.hold, content_id)
    assert desk.content(content_id).attention == {"held"}
    act(desk, schedule.schedule, content_id, berlin(9, 10))
    assert desk.content(content_id).attention == frozenset()


def test_what_failed_says_so_in_the_tray_too(
    desk: Desk, clock: FakeClock, website: Website
) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    clock.now = berlin(8, 10)
    website.fail("publish", "permanent")
    desk.run_worker_once()
    assert desk.content(content_id).attention == {"failed"}
    act(desk, schedule.unschedule, content_id)
    content = desk.content(content_id)
    assert (content.site_status, content.attention) == ("not_published", frozenset({"failed"}))
    (record,) = desk.records_of(content_id)
    with desk.changing(content_id) as (db, piece):
        old = db.get_one(PublishingRecord, record.id)
        newer = records.retry(db, desk.system, piece, old, by=desk.owner)
    desk.run_worker()
    assert desk.record(newer.id).status == "published"
    assert desk.content(content_id).attention == frozenset()


def test_a_piece_that_waits_for_its_next_try_is_called_back_first(
    desk: Desk, clock: FakeClock, website: Website
) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    clock.now = berlin(8, 10)
    website.fail("publish", "later")
    desk.run_worker_once()
    (record,) = desk.records_of(content_id)
    assert (record.status, desk.content(content_id).site_status) == ("pending", "scheduled")
    act(desk, schedule.schedule, content_id, berlin(9, 10))
    assert desk.record(record.id).status == "cancelled"
    assert desk.content(content_id).scheduled_publish_at == berlin(9, 10)


def test_undo_puts_it_back_once(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    done = act(desk, schedule.schedule, content_id, berlin(9, 11))
    assert undo(desk, done).restored == [content_id]
    content = desk.content(content_id)
    assert (content.scheduled_publish_at, content.scheduled_wall_time) == (
        berlin(8, 10),
        "2030-01-08T10:00",
    )
    with refused(Code.ALREADY_UNDONE):
        undo(desk, done)


def test_undo_of_hold_of_tray_and_of_dismissal(desk: Desk) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    held = act(desk, schedule.hold, content_id)
    dismissed = act(desk, schedule.dismiss, content_id)
    assert desk.content(content_id).attention == frozenset()
    undo(desk, dismissed)
    assert desk.content(content_id).attention == {"held"}
    undo(desk, held)
    content = desk.content(content_id)
    assert (content.site_status, content.scheduled_publish_at) == ("scheduled", berlin(8, 10))
    assert content.attention == frozenset()


def test_undo_is_refused_where_others_have_moved_it_or_its_time_has_passed(
    desk: Desk, clock: FakeClock
) -> None:
    content_id = desk.approved()
    act(desk, schedule.schedule, content_id, berlin(8, 10))
    first = act(desk, schedule.schedule, content_id, berlin(9, 10))
    second = act(desk, schedule.schedule, content_id, berlin(10, 10))
    with refused(Code.MOVED_MEANWHILE):
        undo(desk, first)
    clock.now = berlin(9, 12)
    with refused(Code.ALREADY_UNDONE):
        undo(desk, second)
    assert desk.content(content_id).scheduled_publish_at == berlin(10, 10)


def test_a_strangers_step_is_not_there(desk: Desk) -> None:
    content_id = desk.approved()
    done = act(desk, schedule.schedule, content_id, berlin(8, 10))
    with pytest.raises(NotFound):
        undo(desk, done, by=desk.stranger)


def test_taken_offline_it_waits_for_a_person(desk: Desk, system: System) -> None:
    content_id = desk.published()
    desk.retract(content_id)
    desk.run_worker()
    with system.db.write() as db:
        content = access.get_for_update(db, desk.owner, Content, content_id)
        assert content.pinned
        assert settings.of(db, desk.site).daily_publish_limit == 3
