"""A site's plan: waiting pieces find times, a person replans, makes room, changes the zone."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.core import zones
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.notices import Notice
from webapp.publisher.planning import (
    changes,
    explanation,
    plans,
    rezone,
    schedule,
    settings,
    undoing,
)
from webapp.publisher.planning.schedule import Choice
from webapp.writer.models import Content

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("monday")]
BERLIN = zones.zone("Europe/Berlin")


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    desk.connect_to_website()
    rhythm(desk, auto_publish_enabled=True)
    return desk


def rhythm(desk: Desk, **given: Any) -> None:
    """Set the site's publishing settings."""
    with desk.system.db.write() as db:
        held = settings.for_update(db, db.get_one(Site, desk.site.id))
        settings.change(db, desk.system, held, given)


def assign(desk: Desk) -> int:
    with desk.system.db.write() as db:
        return plans.assign(db, desk.system, desk.site.id)


def with_site(desk: Desk, verb: Callable[..., Any], *args: Any, **named: Any) -> Any:
    with desk.system.db.write() as db:
        return verb(db, desk.system, db.get_one(Site, desk.site.id), *args, **named)


def with_piece(desk: Desk, verb: Callable[..., Any], content_id: int, *args: Any) -> Any:
    with desk.changing(content_id) as (db, content):
        if verb is schedule.schedule:
            return verb(db, desk.system, content, Choice(args[0], desk.owner, approves=True))
        return verb(db, desk.system, content, *args, by=desk.owner)


def undo(desk: Desk, change_id: int) -> undoing.Undone:
    with desk.system.db.write() as db:
        return undoing.undo(db, desk.system, change_id, by=desk.owner)


def walls(desk: Desk, ids: list[int]) -> list[str | None]:
    return [desk.content(one).scheduled_wall_time for one in ids]


def test_waiting_pieces_get_their_times_with_the_reason(desk: Desk) -> None:
    ids = [desk.approved() for _ in range(4)]
    assert assign(desk) == 4
    assert walls(desk, ids) == [
        "2030-01-07T11:40",
        "2030-01-07T14:20",
        "2030-01-08T09:00",
        "2030-01-08T11:40",
    ]
    content = desk.content(ids[0])
    assert content.scheduled_publish_at == datetime(2030, 1, 7, 10, 40, tzinfo=UTC)
    assert (content.site_status, content.pinned) == ("scheduled", False)
    assert "1 of 3" in explanation.sentence(content.plan_trace)
    assert assign(desk) == 0, "what has a time was assigned again"


def test_priority_goes_before_approval(desk: Desk) -> None:
    first = desk.approved()
    urgent = desk.approved(priority=5)
    assign(desk)
    assert walls(desk, [urgent, first]) == ["2030-01-07T11:40", "2030-01-07T14:20"]


@pytest.mark.parametrize("given", [{"auto_publish_enabled": False}, {"paused": True}])
def test_nothing_is_assigned_where_it_is_switched_off(desk: Desk, given: dict[str, Any]) -> None:
    rhythm(desk, **given)
    content_id = desk.approved()
    assert (assign(desk), plans.assign_all(desk.system)) == (0, 0)
    assert desk.content(content_id).site_status == "not_published"


def test_what_people_took_the_time_from_stays_in_the_tray(desk: Desk) -> None:
    taken, released, held = desk.approved(), desk.approved(), desk.approved()
    assign(desk)
    with_piece(desk, schedule.unschedule, taken)
    with_piece(desk, schedule.release, released)
    with_piece(desk, schedule.hold, held)
    assert plans.assign_all(desk.system) == 1
    assert walls(desk, [taken, released, held]) == [None, "2030-01-07T11:40", None]


def test_only_what_is_approved_as_it_stands_and_not_online_gets_a_time(desk: Desk) -> None:
    draft, online, edited = desk.write(), desk.published(), desk.approved()
    desk.edit(edited, title="Another")
    changed = desk.published()
    desk.edit(changed, title="A new title", keep_approved=True)
    assert assign(desk) == 1
    assert [desk.content(one).site_status for one in (draft, online, edited, changed)] == [
        "not_published",
        "published",
        "not_published",
        "scheduled",
    ]
    trace = desk.content(changed).plan_trace
    assert trace is not None
    assert "used" not in trace, "an update took a place under a limit"


def test_without_a_slot_it_is_said_why_and_written_once(desk: Desk) -> None:
    rhythm(desk, publish_days=[])
    content_id = desk.approved()
    assert assign(desk) == 0
    content = desk.content(content_id)
    assert explanation.sentence(content.plan_trace) == "No day of the week is a publishing day."
    assign(desk)
    assert desk.content(content_id).updated_at == content.updated_at


def test_limits_count_what_went_out_today(desk: Desk) -> None:
    for _ in range(3):
        desk.published()
    content_id = desk.approved()
    assign(desk)
    assert walls(desk, [content_id]) == ["2030-01-08T09:00"]


def test_the_next_free_slots_are_found_behind_a_full_plan(desk: Desk) -> None:
    """Three of the five within the weeks that are looked at first, or none of them."""
    exact = [{"start": "09:00", "end": "09:00"}]
    rhythm(desk, publish_days=["tue"], publish_time_slots=exact, monthly_publish_limit=3)
    free = desk.approved()

    def offered() -> list[str]:
        with desk.system.db.read() as db:
            site, content = db.get_one(Site, desk.site.id), db.get_one(Content, free)
            found = plans.next_free(db, desk.system, site, content)
        return [f"{one.wall:%m-%d %H:%M}" for one in found]

    alone = ["01-08 09:00", "01-15 09:00", "01-22 09:00", "01-29 09:00", "02-05 09:00"]
    assert offered() == alone
    ids = [desk.approved() for _ in range(6)]
    with_piece(desk, schedule.unschedule, free)
    assert assign(desk) == 6
    assert [str(wall)[5:10] for wall in walls(desk, ids)] == [
        "01-08",
        "01-15",
        "01-22",
        "02-05",
        "02-12",
        "02-19",
    ]
    assert offered() == ["03-05 09:00", "03-12 09:00", "03-19 09:00", "03-26 09:00", "04-02 09:00"]
    for content_id in ids[1:4]:
        with_piece(desk, schedule.unschedule, content_id)
    assert offered() == ["01-15 09:00", "01-22 09:00", "01-29 09:00", "02-05 09:00", "02-26 09:00"]
    rhythm(desk, publish_days=[])
    assert offered() == []


def test_two_planners_give_no_time_twice(desk: Desk) -> None:
    ids = [desk.approved() for _ in range(20)]
    with ThreadPoolExecutor(4) as pool:
        placed = list(pool.map(lambda _: assign(desk), range(4)))
    assert sum(placed) == 20
    assert len(set(walls(desk, ids))) == 20


def test_a_replan_moves_what_nobody_pinned_and_is_undone_as_one(desk: Desk) -> None:
    ids = [desk.approved() for _ in range(3)]
    assign(desk)
    with_piece(desk, schedule.schedule, ids[1], datetime(2030, 1, 7, 17, 15, tzinfo=UTC))
    before = walls(desk, ids)
    rhythm(desk, publish_time_slots=[{"start": "20:00", "end": "22:00"}])
    with desk.system.db.read() as db:
        shown = plans.preview_replan(db, desk.system, db.get_one(Site, desk.site.id))
    assert (shown.moved, shown.placed, shown.lost) == (2, 0, 0)
    step = with_site(desk, plans.replan, by=desk.owner)
    assert step.moved == 2
    assert walls(desk, ids) == ["2030-01-07T20:00", before[1], "2030-01-07T20:40"]
    assert sorted(undo(desk, step.change_id).restored) == [ids[0], ids[2]]
    assert walls(desk, ids) == before
    with pytest.raises(Conflict):
        undo(desk, step.change_id)


@pytest.mark.parametrize("by_itself", [True, False])
def test_a_replan_gives_times_only_where_the_scheduler_does(desk: Desk, by_itself: bool) -> None:
    timed = desk.approved()
    assign(desk)
    rhythm(desk, auto_publish_enabled=by_itself)
    without = desk.approved()
    with desk.system.db.read() as db:
        shown = plans.preview_replan(db, desk.system, db.get_one(Site, desk.site.id))
    assert shown.placed == int(by_itself)
    with_site(desk, plans.replan, by=desk.owner)
    assert desk.content(timed).site_status == "scheduled"
    assert (desk.content(without).site_status == "scheduled") == by_itself


def test_what_loses_its_place_in_a_replan_returns_to_the_tray(desk: Desk) -> None:
    content_id = desk.approved()
    assign(desk)
    rhythm(desk, daily_publish_limit=0)
    with desk.system.db.read() as db:
        shown = plans.preview_replan(db, desk.system, db.get_one(Site, desk.site.id))
    assert (shown.lost, shown.shifts[0].reason) == (1, "limit_zero")
    step = with_site(desk, plans.replan, by=desk.owner)
    content = desk.content(content_id)
    assert (content.site_status, content.scheduled_publish_at) == ("not_published", None)
    undo(desk, step.change_id)
    assert desk.content(content_id).site_status == "scheduled"


def test_a_replan_leaves_alone_what_is_about_to_go_out(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.approved()
    assign(desk)
    clock.now = datetime(2030, 1, 7, 10, 35, tzinfo=UTC)
    rhythm(desk, publish_time_slots=[{"start": "20:00", "end": "22:00"}])
    assert with_site(desk, plans.replan, by=desk.owner).moved == 0
    assert walls(desk, [content_id]) == ["2030-01-07T11:40"]


def test_a_piece_put_between_others_moves_them_along(desk: Desk) -> None:
    ids = [desk.approved() for _ in range(3)]
    assign(desk)
    late = desk.approved()
    at = desk.content(ids[0]).scheduled_publish_at
    assert at is not None
    with desk.system.db.read() as db:
        content = access.get(db, desk.owner, Content, late)
        site = db.get_one(Site, desk.site.id)
        shown = plans.preview_insert(db, desk.system, site, content, at)
    with desk.changing(late) as (db, content):
        schedule.check_seen(content, None)
        step = plans.insert(db, desk.system, content, at, by=desk.owner)
    assert (shown.moved, step.moved) == (3, 4)
    assert walls(desk, [late, *ids]) == [
        "2030-01-07T11:40",
        "2030-01-07T14:20",
        "2030-01-08T09:00",
        "2030-01-08T11:40",
    ]
    assert desk.content(late).pinned
    undo(desk, step.change_id)
    assert walls(desk, [late, *ids]) == [
        None,
        "2030-01-07T11:40",
        "2030-01-07T14:20",
        "2030-01-08T09:00",
    ]


def test_nothing_is_put_where_a_pinned_piece_stands(desk: Desk) -> None:
    first, second = desk.approved(), desk.approved()
    at = datetime(2030, 1, 8, 9, 0, tzinfo=UTC)
    with_piece(desk, schedule.schedule, first, at)
    with desk.changing(second) as (db, content), pytest.raises(Conflict) as problem:
        plans.insert(db, desk.system, content, at, by=desk.owner)
    assert problem.value.code == Code.TIME_TAKEN


def test_another_zone_keeps_wall_times_and_holds_what_has_passed(
    desk: Desk, clock: FakeClock
) -> None:
    ids = [desk.approved() for _ in range(2)]
    assign(desk)  # 11:40 and 14:20 in Berlin
    step = with_site(desk, rezone.change, "Asia/Kolkata", by=desk.owner)
    assert step.moved == 2
    first, second = desk.content(ids[0]), desk.content(ids[1])
    assert (first.site_status, *first.attention) == ("not_published", "missed")
    assert second.scheduled_publish_at == datetime(2030, 1, 7, 8, 50, tzinfo=UTC)
    assert (second.scheduled_wall_time, second.scheduled_zone) == (
        "2030-01-07T14:20",
        "Asia/Kolkata",
    )
    with pytest.raises(Invalid):
        with_site(desk, rezone.change, "Mars/Base")


def test_a_long_plan_changes_its_zone_bit_by_bit_and_as_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All or nothing: where the last bit fails, nothing has moved; what moved is one step."""
    monkeypatch.setattr(rezone, "AT_ONCE", 2)
    ids = [desk.approved() for _ in range(5)]
    assign(desk)
    before = walls(desk, ids)
    with desk.system.db.write() as db:
        last = db.get_one(Content, ids[-1])
        right, last.scheduled_wall_time = last.scheduled_wall_time, "never"
    with pytest.raises(ValueError, match="never"):
        with_site(desk, rezone.change, "Europe/London", by=desk.owner)
    assert {desk.content(one).scheduled_zone for one in ids} == {"Europe/Berlin"}
    assert desk.row(Site, desk.site.id).timezone == "Europe/Berlin"
    with desk.system.db.write() as db:
        db.get_one(Content, ids[-1]).scheduled_wall_time = right
    instants = [desk.content(one).scheduled_publish_at for one in ids]
    step = with_site(desk, rezone.change, "Europe/London", by=desk.owner)
    assert (step.moved, walls(desk, ids)) == (5, before)
    later = [desk.content(one).scheduled_publish_at for one in ids]
    assert later == [at + timedelta(hours=1) for at in instants if at]
    assert sorted(undo(desk, step.change_id).restored) == ids


def test_new_rules_of_a_zone_move_instants_and_keep_wall_times(desk: Desk) -> None:
    content_id = desk.approved()
    assign(desk)
    right = desk.content(content_id).scheduled_publish_at
    with desk.system.db.write() as db:  # as older rules, with summer time in winter, had it
        db.execute(
            sa.update(Content).values(scheduled_publish_at=datetime(2030, 1, 7, 9, 40, tzinfo=UTC))
        )
        db.execute(sa.update(Site).values(planned_with="2019c"))
    assert rezone.refresh(desk.system) == 1
    assert desk.content(content_id).scheduled_publish_at == right
    assert rezone.refresh(desk.system) == 0


def test_many_moves_are_one_notice(desk: Desk) -> None:
    for _ in range(changes.ONE_BY_ONE + 1):
        desk.approved()
    with desk.system.db.write() as db:
        db.execute(sa.delete(Notice))
    assign(desk)
    topics = {(row.topic, row.object_id) for row in desk.rows(Notice)}
    assert topics == {("plan", desk.site.id)}
