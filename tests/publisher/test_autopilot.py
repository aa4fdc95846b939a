"""Approval by rule, and the daily clean-up of what failed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from huey import crontab
from sqlalchemy.orm import Session

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.rhythm import choose
from webapp import housekeeping, worker
from webapp.accounts import setup
from webapp.config import Config
from webapp.core.errors import NotFound
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import failures, heartbeats, reconcile
from webapp.publisher.delivery.runner import Runner
from webapp.publisher.planning import autopilot, changes, decisions, schedule, settings
from webapp.publisher.records.models import PlanChange, UndoAction, WorkerProcess
from webapp.writer import contents
from webapp.writer.models import Content, ReviewComment

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own website."""
    desk.connect_to_website()
    return desk


def submitted(desk: Desk, **fields: Any) -> int:
    """A piece that waits for review."""
    content_id = desk.write(**fields)
    with desk.changing(content_id) as (_, content):
        contents.submit(content)
    return content_id


def failed(desk: Desk, website: Website, how: str = "later") -> int:
    """A piece whose publication was given up."""
    content_id = desk.approved()
    website.fail("publish", *[how] * 4)
    desk.publish(content_id)
    work_through(desk)
    website.faults["publish"].clear()
    assert desk.records_of(content_id)[-1].status == "failed"
    return content_id


def work_through(desk: Desk) -> None:
    """All tries of what waits, with the pauses between them; the website is not paused for it."""
    assert isinstance(desk.system.clock, FakeClock)
    for _ in range(4):
        desk.run_worker()
        desk.system.clock.advance(hours=2)
    with desk.system.db.write() as db:
        values = {"paused_at": None, "failures_in_row": 0, "failing_since": None}
        db.execute(sa.update(SiteIntegration).values(**values))


# Approval by rule


def test_what_waits_for_review_is_approved_as_it_stands(desk: Desk) -> None:
    drafted, waiting = desk.write(), submitted(desk)
    strange = submitted(desk, site=desk.other_site, by=desk.stranger)
    autopilot.run(desk.system)
    assert desk.content(waiting).status == "review", "nobody has chosen it"
    choose(desk, auto_approval_enabled=True)
    autopilot.run(desk.system)
    content = desk.content(waiting)
    assert content.status == "approved"
    assert content.approved_hash == content.content_hash != ""
    assert (content.approved_by, content.approved_at is None) == (None, False)
    assert desk.rows(ReviewComment) == [], "nobody's name stands under it"
    assert desk.content(drafted).status == "draft"
    assert desk.content(strange).status == "review"


def test_an_edit_is_approved_anew_and_keeps_its_time(desk: Desk) -> None:
    choose(desk, auto_approval_enabled=True)
    content_id = submitted(desk)
    autopilot.run(desk.system)
    desk.schedule(content_id, 3600)
    desk.edit(content_id, html="<p>Another text.</p>")
    assert desk.content(content_id).status == "review"
    autopilot.run(desk.system)
    content = desk.content(content_id)
    assert (content.status, content.site_status) == ("approved", "scheduled")
    assert contents.is_approved(content)


def test_more_than_one_batch_is_approved(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autopilot, "AT_ONCE", 3)
    choose(desk, auto_approval_enabled=True)
    waiting = [submitted(desk) for _ in range(7)]
    autopilot.run(desk.system)
    assert {desk.content(one).status for one in waiting} == {"approved"}


def test_from_submission_to_the_website_without_a_click(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    clock.now = clock.now.replace(hour=6) + timedelta(days=3)
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    choose(desk, auto_approval_enabled=True, auto_publish_enabled=True, publish_days=days)
    content_id = submitted(desk)
    autopilot.run(desk.system)
    moment = desk.content(content_id).scheduled_publish_at
    assert moment is not None
    clock.now = moment
    desk.run_worker()
    assert desk.content(content_id).site_status == "published"
    assert len(website.writes) == 1


# The daily clean-up


def test_what_may_work_is_tried_once_more(desk: Desk, website: Website) -> None:
    content_id = failed(desk, website)
    failures.clean_up(desk.system)
    first, second = desk.records_of(content_id)
    assert (second.status, second.mode) == ("pending", "scheduled")
    assert "given_up" not in (first.error or {})["details"]
    desk.run_worker()
    assert desk.content(content_id).site_status == "published"
    assert desk.content(content_id).attention == frozenset()
    failures.clean_up(desk.system)
    assert len(desk.records_of(content_id)) == 2


def test_after_that_it_is_given_up_with_a_reason(desk: Desk, website: Website) -> None:
    content_id = failed(desk, website)
    failures.clean_up(desk.system)
    website.fail("publish", *["later"] * 4)
    work_through(desk)
    failures.clean_up(desk.system)
    _, second = desk.records_of(content_id)
    assert second.error is not None
    assert second.error["details"]["given_up"] == "It was tried again, and failed again."
    assert second.error["retry_recommended"] is False
    assert desk.content(content_id).attention == frozenset({"failed"})
    failures.clean_up(desk.system)
    assert len(desk.records_of(content_id)) == 2


def test_what_cannot_work_is_given_up_at_once(desk: Desk, website: Website) -> None:
    content_id = failed(desk, website, "permanent")
    failures.clean_up(desk.system)
    [record] = desk.records_of(content_id)
    assert (record.error or {})["details"]["given_up"].startswith("It cannot work before")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("edit", "The text has changed and is not approved."),
        ("disconnect", "The site is no longer connected"),
    ],
)
def test_what_has_changed_since_is_given_up(
    desk: Desk, website: Website, change: str, reason: str
) -> None:
    content_id = failed(desk, website)
    if change == "edit":
        desk.edit(content_id, html="<p>Another text.</p>")
    else:
        with desk.system.db.write() as db:
            db.execute(sa.update(SiteIntegration).values(is_active=False))
    failures.clean_up(desk.system)
    [record] = desk.records_of(content_id)
    assert (record.error or {})["details"]["given_up"].startswith(reason)


@pytest.mark.parametrize("values", [{"paused": True}, {"weekly_publish_limit": 0}])
def test_where_nothing_goes_out_by_itself_it_waits(
    desk: Desk, website: Website, values: dict[str, Any]
) -> None:
    content_id = failed(desk, website)
    choose(desk, **values)
    failures.clean_up(desk.system)
    [record] = desk.records_of(content_id)
    assert "given_up" not in (record.error or {})["details"]


def test_what_a_person_has_taken_up_or_dismissed_is_left_alone(
    desk: Desk, website: Website
) -> None:
    again, dismissed = failed(desk, website), failed(desk, website)
    desk.schedule(again, 3600)
    with desk.system.db.write() as db:
        db.execute(sa.update(Content).where(Content.id == dismissed).values(attention=frozenset()))
    failures.clean_up(desk.system)
    for content_id in (again, dismissed):
        [record] = desk.records_of(content_id)
        assert "given_up" not in (record.error or {})["details"]


def test_two_clean_ups_at_once_try_once(
    desk: Desk, website: Website, make_system: MakeSystem
) -> None:
    content_id = failed(desk, website)
    for system in (desk.system, make_system()):
        failures.clean_up(system)
    assert len(desk.records_of(content_id)) == 2


def test_leftovers_are_asked_for_again(
    desk: Desk, website: Website, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconcile, "AT_ONCE", 1)
    for _ in range(3):
        website.fail("abandon", "later")
        failed(desk, website)
    assert len(desk.rows(UndoAction)) == 3
    clock.advance(hours=1)
    failures.clean_up(desk.system)
    assert desk.rows(UndoAction) == []


# The table


def test_all_periodic_work_is_in_one_table_and_harmless_twice(desk: Desk) -> None:
    assert [name for name, _, _ in worker.PERIODIC][:2] == [
        "schedule_approved_content",
        "process_scheduled_publications",
    ]
    for _, when, work in worker.PERIODIC:
        assert callable(when)
        work(desk.system)
        work(desk.system)


def test_the_clean_up_is_at_midnight_utc(desk: Desk, clock: FakeClock) -> None:
    [when] = [when for name, when, _ in worker.PERIODIC if name == "cleanup_failed_publications"]
    midnight = clock.now.replace(hour=0, minute=0)
    assert when(midnight)
    assert not when(midnight + timedelta(minutes=1))
    assert desk.system.jobs.huey.utc
    assert crontab(minute="0", hour="0")(midnight)


def test_what_is_a_month_old_is_forgotten(desk: Desk, clock: FakeClock) -> None:
    with desk.system.db.write() as db:
        heartbeats.seen(db, desk.system, 1)
        heartbeats.deregister(db, desk.system)
        home = {"account_id": desk.site.account_id, "site_id": desk.site.id}
        db.add(PlanChange(kind="move", moves=[], **home))
    clock.advance(hours=24 * 29)
    housekeeping.prune(desk.system)
    assert (len(desk.rows(WorkerProcess)), len(desk.rows(PlanChange))) == (1, 1)
    clock.advance(hours=49)
    housekeeping.prune(desk.system)
    assert (len(desk.rows(WorkerProcess)), len(desk.rows(PlanChange))) == (0, 0)


# The wake after an approval or a change of settings


def asked_for(system: System) -> list[tuple[int, ...]]:
    """The sites of each `assign` that waits in the queue, taken from it as a worker does."""
    asked: list[tuple[int, ...]] = []
    system.jobs.register("assign", lambda *sites: asked.append(sites))
    while (task := system.jobs.huey.dequeue()) is not None:
        system.jobs.huey.execute(task)
    return asked


def test_a_decision_and_a_change_of_settings_wake_the_scheduler_for_their_site(desk: Desk) -> None:
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        decisions.submit(db, desk.system, content)
        decisions.approve(db, desk.system, content, by=desk.owner)
        decisions.approve(db, desk.system, content, by=desk.owner)
    assert asked_for(desk.system) == [(desk.site.id,)], "one transaction woke it more than once"
    choose(desk, auto_publish_enabled=True)
    assert asked_for(desk.system) == [(desk.site.id,)]
    with desk.changing(content_id) as (db, content):
        schedule.release(db, desk.system, content, by=desk.owner)
    assert asked_for(desk.system) == [(desk.site.id,)]


def test_sites_of_one_transaction_are_one_wake_also_on_redis(
    desk: Desk, config: Config, redis_url: str, make_system: MakeSystem
) -> None:
    system = make_system(replace(config, queue_url=redis_url))
    sites = desk.other_site.id, desk.site.id
    with system.db.write() as db:
        for site_id in sites:
            changes.plan_soon(db, system, site_id)
    with pytest.raises(NotFound), system.db.write() as db:  # what rolls back wakes nobody
        _wake_and_fail(db, system, desk.site.id)
    assert asked_for(system) == [tuple(sorted(sites))]


def _wake_and_fail(db: Session, system: System, site_id: int) -> None:
    changes.plan_soon(db, system, site_id)
    raise NotFound


def test_what_is_approved_has_its_time_when_the_worker_has_heard_of_it(
    desk: Desk, make_system: MakeSystem
) -> None:
    """From the web process over the queue to the worker's own job."""
    choose(desk, auto_publish_enabled=True)
    content_id = desk.approved()
    with desk.changing(content_id) as (db, content):
        decisions.approve(db, desk.system, content, by=desk.owner)
    system = make_system()
    worker.register(system, Runner(system, 1))
    while (task := system.jobs.huey.dequeue()) is not None:
        system.jobs.huey.execute(task)
    assert desk.content(content_id).site_status == "scheduled"


def test_a_wake_leaves_other_sites_for_the_sweep(desk: Desk) -> None:
    with desk.system.db.write() as db:
        second = setup.add_site(db, desk.site.account_id, "B", "https://b.example", "Asia/Tokyo")
    desk.connect_to_website(second)
    rules = {"auto_approval_enabled": True, "auto_publish_enabled": True}
    waiting = {}
    for site in (desk.site, second):
        waiting[site.id] = submitted(desk, site=site, by=desk.owner)
        with desk.system.db.write() as db:
            settings.change(db, desk.system, settings.for_update(db, site), rules)

    def stand() -> list[str]:
        return [desk.content(one).site_status for one in waiting.values()]

    autopilot.run(desk.system, [])
    assert stand() == ["not_published", "not_published"]
    autopilot.run(desk.system, [second.id])
    assert stand() == ["not_published", "scheduled"]
    assert desk.content(waiting[desk.site.id]).status == "review"
    autopilot.run(desk.system)
    assert stand() == ["scheduled", "scheduled"]


def test_who_approves_is_told_whether_a_time_follows(desk: Desk) -> None:
    def told(*content_ids: int) -> str:
        with desk.system.db.read() as db:
            return autopilot.times_follow(db, desk.owner, content_ids)

    first, second = desk.approved(), desk.approved()
    assert told(first, second) == ""
    choose(desk, auto_publish_enabled=True)
    assert told(first) == "Its time follows by the site’s rhythm."
    assert told(first, second) == "Their times follow by the site’s rhythm."
    with desk.changing(second) as (_, content):
        content.pinned = True
    assert told(first, second) == "1 of them gets its time by the site’s rhythm."
    none: list[dict[str, Any]] = [
        {"daily_publish_limit": 0},
        {"weekly_publish_limit": 0},
        {"publish_days": []},
        {"publish_time_slots": []},
    ]
    for values in none:
        with desk.system.db.read() as db:
            before = settings.as_dict(settings.of(db, desk.site))
        choose(desk, **values)
        assert told(first) == ""
        choose(desk, **{name: before[name] for name in values})
    choose(desk, paused=True)
    assert told(first) == ""
