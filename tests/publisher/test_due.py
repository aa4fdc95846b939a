"""What happens when a scheduled piece's moment has come: never early, missed ones by the policy."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.rhythm import (
    ALL_DAY,
    alive,
    choose,
    claim,
    gone,
    missed_by,
    scheduled,
    stands,
    stay,
)
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import claims, concurrency, due
from webapp.publisher.planning import missed, settings
from webapp.publisher.records.models import PublishingRecord, PublishingSettings
from webapp.writer.models import Content

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Connected with the headless destination; a worker runs."""
    desk.connect()
    alive(desk.system)
    return desk


def test_it_goes_out_at_its_moment_and_never_before(desk: Desk, clock: FakeClock) -> None:
    content_id = scheduled(desk, 10)
    moment = desk.content(content_id).scheduled_publish_at
    clock.advance(599.999)
    assert claim(desk) == 0
    clock.advance(0.001)
    alive(desk.system)
    assert claim(desk) == 1
    [record] = desk.records_of(content_id)
    assert (record.mode, record.intended_at, record.missed_seconds) == ("scheduled", moment, None)
    desk.run_worker()
    assert stands(desk, content_id) == ("published", frozenset())
    assert claim(desk) == 0
    assert len(desk.records_of(content_id)) == 1


def test_the_earliest_moment_is_known_ahead(desk: Desk, clock: FakeClock) -> None:
    with desk.system.db.read() as db:
        assert due.next_moment(db) is None
    scheduled(desk, 30)
    soon = scheduled(desk, 10)
    with desk.system.db.read() as db:
        assert due.next_moment(db) == desk.content(soon).scheduled_publish_at
    choose(desk, paused=True)
    with desk.system.db.read() as db:
        assert due.next_moment(db) is None


def test_a_look_reads_only_what_is_due_or_active(desk: Desk, clock: FakeClock) -> None:
    """Not the million that is scheduled for later, and not all that was ever published."""
    if not desk.system.config.is_sqlite:
        pytest.skip("PostgreSQL plans by table size; the benchmark looks there")

    @sa.event.listens_for(desk.system.db.engine, "before_cursor_execute", retval=True)
    def explain(_c: Any, _cursor: Any, sql: str, given: Any, _x: Any, _m: Any) -> tuple[str, Any]:
        return f"EXPLAIN QUERY PLAN {sql}", given

    def steps(query: Any) -> list[str]:
        given = {"now": clock.now, "full": [1], "most": 8}
        with desk.system.db.read() as db:
            rows = db.connection().execute(getattr(query, "statement", query), given).all()
            return [row[3] for row in rows]

    for query in (due._NEXT, due._DUE):
        assert "USING INDEX ix_contents_due" in steps(query)[0]
        assert not any("TEMP B-TREE" in step for step in steps(query))
    of_others = [cast(Any, one.statement)["sqlite"] for one in claims._OF_OTHERS]
    for look in (concurrency.BUSY, *claims._CANDIDATES, *of_others):
        assert not any("SCAN publishing_records" in step for step in steps(look))


def test_behind_others_is_late_and_not_missed(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=0, missed_then="hold")
    content_id = scheduled(desk, 1)
    stay(desk, clock, 7)
    claim(desk)
    [record] = desk.records_of(content_id)
    assert record.missed_seconds is None
    assert "missed" not in (desk.content(content_id).plan_trace or {})


def test_missed_within_the_grace_goes_out_now_and_says_so(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, missed_then="hold")
    content_id = missed_by(desk, clock, 12, plan_trace={"wall": "2026-11-24T10:00"})
    moment = desk.content(content_id).scheduled_publish_at
    claim(desk)
    [record] = desk.records_of(content_id)
    assert (record.missed_seconds, record.intended_at) == (720, moment)
    trace = desk.content(content_id).plan_trace or {}
    assert trace["wall"] == "2026-11-24T10:00", "why it had that time is still known"
    assert missed.sentence(trace["missed"]).endswith("it was sent 12 min late.")
    desk.run_worker()
    assert stands(desk, content_id) == ("published", frozenset())


def test_without_settings_a_missed_time_is_made_up_for_however_late(
    desk: Desk, clock: FakeClock
) -> None:
    content_id = missed_by(desk, clock, 60 * 24 * 9)
    claim(desk)
    assert desk.records_of(content_id)[0].missed_seconds == 9 * 86_400


def test_beyond_the_grace_it_gets_the_next_slot(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, missed_then="next_slot", **ALL_DAY)
    contents = [scheduled(desk, number) for number in (1, 2, 3)]
    gone(desk.system)
    clock.advance(hours=2)
    alive(desk.system)
    assert claim(desk) == 3
    times = []
    for content_id in contents:
        content = desk.content(content_id)
        assert stands(desk, content_id) == ("scheduled", frozenset())
        assert content.scheduled_publish_at is not None
        assert content.scheduled_publish_at >= clock.now + timedelta(minutes=10)
        assert content.scheduled_zone == "Europe/Berlin"
        assert content.scheduled_wall_time is not None
        assert not content.pinned
        note = (content.plan_trace or {})["missed"]
        assert (note["then"], note["why"]) == ("next_slot", "no_worker")
        times.append(content.scheduled_publish_at)
    half_an_hour = timedelta(minutes=30)
    assert times == [times[0], times[0] + half_an_hour, times[0] + 2 * half_an_hour]
    assert desk.rows(PublishingRecord) == []
    assert claim(desk) == 0
    stay(desk, clock, 100)
    desk.run_worker()
    assert {stands(desk, one)[0] for one in contents} == {"published"}


def test_what_still_stands_at_a_missed_time_takes_no_place_of_today(
    desk: Desk, clock: FakeClock
) -> None:
    clock.now = clock.now.replace(hour=11, minute=0, second=0)
    alive(desk.system)
    choose(desk, missed_grace_minutes=0, **{**ALL_DAY, "daily_publish_limit": due.AT_ONCE + 5})
    number = due.AT_ONCE + 5
    contents = [scheduled(desk, 1) for _ in range(number)]
    gone(desk.system)
    clock.advance(hours=1)
    alive(desk.system)
    assert [claim(desk), claim(desk), claim(desk)] == [due.AT_ONCE, 5, 0]
    times = [desk.content(one).scheduled_publish_at for one in contents]
    assert times == sorted(times, key=str)
    assert len(set(times)) == number
    evening = clock.now.replace(hour=23)
    assert sum(one < evening for one in times if one) >= 20, "today's places are free again"


def test_a_pinned_piece_is_held_instead(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, missed_then="next_slot", **ALL_DAY)
    content_id = missed_by(desk, clock, 16, pinned=True)
    claim(desk)
    assert stands(desk, content_id) == ("not_published", frozenset({"held", "missed"}))
    content = desk.content(content_id)
    assert content.scheduled_publish_at is None
    assert (content.plan_trace or {})["missed"]["then"] == "hold"


def test_held_by_policy_waits_for_a_person(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, missed_then="hold", auto_publish_enabled=True)
    content_id = missed_by(desk, clock, 16)
    claim(desk)
    assert stands(desk, content_id) == ("not_published", frozenset({"held", "missed"}))
    desk.publish(content_id)
    desk.run_worker()
    assert stands(desk, content_id) == ("published", frozenset())


def test_without_a_free_slot_it_is_held_with_the_reason(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, **{**ALL_DAY, "daily_publish_limit": 0})
    content_id = missed_by(desk, clock, 16)
    claim(desk)
    assert stands(desk, content_id) == ("not_published", frozenset({"held", "missed"}))
    assert (desk.content(content_id).plan_trace or {})["reason"] == "limit_zero"


def test_settings_that_cannot_be_read_hold_up_nobody_else(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=0, **ALL_DAY)
    desk.connect(site=desk.other_site)
    broken, fine = scheduled(desk, 1), desk.approved(site=desk.other_site)
    desk.schedule(fine, 60)
    gone(desk.system)
    clock.advance(minutes=9)
    alive(desk.system)
    with desk.system.db.write() as db:
        db.execute(sa.update(PublishingSettings).values(publish_time_slots=[{"begin": "09:00"}]))
    assert claim(desk) == 2
    assert stands(desk, broken) == ("not_published", frozenset({"held", "missed"}))
    assert desk.records_of(fine)[0].missed_seconds == 480


def test_while_somebody_plans_for_the_site_it_is_left_for_the_next_look(
    desk: Desk, clock: FakeClock, make_system: MakeSystem
) -> None:
    if desk.system.config.is_sqlite:
        pytest.skip("SQLite has one writer")
    choose(desk, missed_grace_minutes=15, **ALL_DAY)
    content_id = missed_by(desk, clock, 16)
    other = make_system()
    with desk.system.db.write() as db:
        settings.for_update(db, desk.site)
        assert claim(desk, other) == 0
    assert claim(desk, other) == 1
    assert stands(desk, content_id)[0] == "scheduled"


def test_approval_lost_before_the_due_time(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=15, **ALL_DAY)
    content_id = scheduled(desk, 1)
    desk.edit(content_id, html="<p>Another text.</p>")
    clock.advance(60)
    alive(desk.system)
    assert claim(desk) == 1
    assert stands(desk, content_id) == ("not_published", frozenset({"needs_approval"}))
    assert desk.records_of(content_id) == []
    missed_too = missed_by(desk, clock, 60)
    desk.edit(missed_too, html="<p>Another text.</p>")
    claim(desk)
    assert stands(desk, missed_too) == ("not_published", frozenset({"needs_approval"}))


def test_an_update_without_changes_is_done_without_sending(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.published()
    desk.schedule(content_id)
    claim(desk)
    assert stands(desk, content_id) == ("published", frozenset())
    assert len(desk.records_of(content_id)) == 1
    assert desk.content(content_id).plan_trace == {"held": "ALREADY_PUBLISHED"}


def test_without_a_connection_it_is_held_and_says_why(desk: Desk) -> None:
    content_id = scheduled(desk)
    with desk.system.db.write() as db:
        db.execute(sa.update(SiteIntegration).values(is_active=False))
    claim(desk)
    assert stands(desk, content_id) == ("not_published", frozenset({"held"}))
    assert desk.content(content_id).plan_trace == {"held": "INTEGRATION_MISSING"}


def test_a_retry_is_exempt_from_the_policy(desk: Desk, clock: FakeClock) -> None:
    choose(desk, missed_grace_minutes=0, missed_then="hold")
    content_id = scheduled(desk)
    claim(desk)
    with desk.system.db.write() as db:
        later = clock.now + timedelta(hours=1)
        db.execute(sa.update(PublishingRecord).values(next_attempt_at=later))
        db.execute(sa.update(Content).values(site_status="scheduled"))
    gone(desk.system)
    clock.advance(hours=5)
    alive(desk.system)
    assert claim(desk) == 0
    desk.run_worker()
    assert stands(desk, content_id) == ("published", frozenset())
    assert desk.records_of(content_id)[0].missed_seconds is None


def test_people_and_programs_are_told_how_late_it_was(desk: Desk, clock: FakeClock) -> None:
    content_id = missed_by(desk, clock, 12)
    desk.run_worker()
    [record] = desk.records_of(content_id)
    with desk.browser(desk.owner) as client:
        assert "late by 12 min" in client.get(f"/content/{content_id}").text
        told = client.get(f"/api/v1/publisher/records/{record.id}/").json()["data"]
    assert told["missed_seconds"] == 720
