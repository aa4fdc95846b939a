"""How attempts end and go on: retries by mode, killed workers, pausing a destination."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website, WorkerKilled
from webapp.core.codes import Code
from webapp.core.notices import Notice
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import due, reconcile

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def test_all_is_well(desk: Desk, website: Website) -> None:
    content_id = desk.approved(tags=[{"name": "New"}])
    record_id = desk.publish(content_id)
    assert desk.content(content_id).site_status == "publishing"
    desk.run_worker()
    record, content = desk.record(record_id), desk.content(content_id)
    assert (record.status, record.attempt, record.failures) == ("published", 1, 0)
    assert (content.status, content.site_status) == ("published", "published")
    assert content.attention == frozenset()
    assert content.external_url == f"{website.url}/posts/{content_id}"
    assert content.published_hash == content.content_hash == record.content_hash
    assert (record.owner, record.lease_until) == (None, None)


def test_an_attempt_during_which_our_database_went_away_is_no_failure(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    """It goes on where the lease ends, whoever has it then, and not an hour later."""
    website.fail("publish", "database_away")
    content_id = desk.approved()
    desk.schedule(content_id)
    clock.advance(1)
    desk.system.commits.run(lambda db: due.claim_due(db, desk.system))
    with pytest.raises(sa.exc.OperationalError):
        desk.run_worker_once()
    [record] = desk.records_of(content_id)
    assert (record.status, record.attempt, record.error) == ("publishing", 1, None)
    clock.advance(desk.system.config.lease_seconds + 1)
    assert desk.run_worker() == 1
    [record] = desk.records_of(content_id)
    assert (record.status, record.attempt, record.failures) == ("published", 2, 0)


@pytest.mark.parametrize("fault", ["later", "hangs", "bug"])
def test_a_click_is_tried_again_ten_seconds_apart_three_times(
    desk: Desk, website: Website, clock: FakeClock, fault: str
) -> None:
    website.fail("publish", *[fault] * 3)
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    for attempt in (1, 2, 3):
        assert desk.run_worker_once() == 1
        record = desk.record(record_id)
        assert (record.status, record.attempt, record.failures) == ("pending", attempt, attempt)
        assert record.next_attempt_at == clock.now + timedelta(seconds=10)
        assert record.error is not None
        assert record.error["recoverable"] is True
        assert desk.content(content_id).site_status == "publishing"
        clock.advance(9)
        assert desk.run_worker_once() == 0
        clock.advance(1)
    assert desk.run_worker_once() == 1
    assert desk.record(record_id).status == "published"
    assert desk.record(record_id).error is None
    assert len([one for one in website.writes if one.act == "publish"]) == 1


def test_the_fourth_failure_in_a_row_is_the_last(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["later"] * 4)
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    record, content = desk.record(record_id), desk.content(content_id)
    assert (record.status, record.failures) == ("failed", 4)
    assert record.finished_at is not None
    assert (content.site_status, set(content.attention)) == ("failed", {"failed"})
    assert record.error is not None
    assert record.error["code"] == Code.DESTINATION_ERROR
    assert desk.run_worker() == 0
    assert website.online() == {}


def test_the_schedule_is_tried_again_an_hour_apart(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", "later")
    content_id = desk.approved()
    desk.schedule(content_id)
    desk.run_worker()
    record = desk.records_of(content_id)[0]
    assert record.next_attempt_at == clock.now + timedelta(hours=1)
    assert desk.content(content_id).site_status == "scheduled"
    clock.advance(minutes=59)
    assert desk.run_worker() == 0
    clock.advance(minutes=1)
    desk.run_worker()
    assert desk.content(content_id).site_status == "published"


def test_a_destination_may_ask_for_a_longer_pause_but_not_for_a_shorter_one(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", "busy")
    record_id = desk.publish(desk.approved())
    desk.run_worker()
    assert desk.record(record_id).next_attempt_at == clock.now + timedelta(seconds=30)
    assert desk.integration().parallel_limit == 2, "and it gets fewer at once"


def test_waiting_for_our_own_earlier_attempt_costs_no_try_and_has_an_end(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["waiting"] * 5)
    record_id = desk.publish(desk.approved())
    for _ in range(5):
        desk.run_worker()
        assert desk.record(record_id).failures == 0
        assert desk.record(record_id).next_attempt_at == clock.now + timedelta(seconds=2)
        clock.advance(2)
    desk.run_worker()
    assert desk.record(record_id).status == "published"
    website.fail("publish", *["waiting"] * 5)
    second = desk.publish(desk.approved())
    desk.run_worker()
    clock.advance(minutes=16)
    desk.run_worker()
    assert desk.record(second).failures == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [("permanent", Code.CONTENT_INVALID), ("needs_action", Code.INVALID_CREDENTIALS)],
)
def test_what_will_not_pass_is_not_tried_again(
    desk: Desk, website: Website, fault: str, code: Code
) -> None:
    website.fail("publish", fault)
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    desk.run_worker()
    record = desk.record(record_id)
    assert record.status == "failed"
    assert record.error is not None
    assert (record.error["code"], record.error["recoverable"]) == (code, False)
    assert record.error["total_steps"] == 7
    assert desk.content(content_id).attention == {"failed"}


def test_a_failed_update_leaves_the_post_and_says_so(desk: Desk, website: Website) -> None:
    content_id = desk.published(title="As it went out")
    desk.edit(content_id, title="Edited", keep_approved=True)
    website.fail("publish", "permanent")
    desk.publish(content_id)
    desk.run_worker()
    content = desk.content(content_id)
    assert (content.site_status, set(content.attention)) == ("published", {"failed_update"})
    assert content.external_url
    payload = website.posts[content_id].payload
    assert payload is not None
    assert payload.title == "As it went out"


def test_a_failed_piece_can_be_tried_again_with_a_new_intent(desk: Desk, website: Website) -> None:
    website.fail("publish", "permanent")
    content_id = desk.approved()
    first = desk.publish(content_id)
    desk.run_worker()
    second = desk.publish(content_id)
    assert second != first
    assert desk.content(content_id).attention == frozenset()
    desk.run_worker()
    assert desk.record(second).status == "published"
    assert desk.record(first).status == "failed"


def test_a_killed_worker_loses_nothing_and_doubles_nothing(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    for fault in ("killed", "killed_after", "killed"):
        website.fail("publish", fault)
        with pytest.raises(WorkerKilled):
            desk.run_worker_once()
        assert desk.record(record_id).status == "publishing"
        clock.advance(31)
    desk.run_worker()
    record = desk.record(record_id)
    assert (record.status, record.attempt, record.failures) == ("published", 4, 0)
    assert len(website.writes) == 1
    assert (record.receipt or {})["replayed"] is True


def test_a_record_that_kills_every_worker_is_given_up(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["killed"] * 40)
    content_id = desk.approved()
    desk.publish(content_id)
    for _ in range(30):
        with pytest.raises(WorkerKilled):
            desk.run_worker_once()
        clock.advance(31)
    desk.run_worker_once()
    record = desk.records_of(content_id)[0]
    assert record.status == "failed"
    assert record.error is not None
    assert record.error["code"] == Code.WORKER_GONE


def test_a_destination_that_keeps_failing_is_paused_until_it_is_healthy(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["later"] * 6)
    desk.publish(desk.approved())
    for _ in range(4):
        desk.run_worker_once()
        clock.advance(minutes=1)
    desk.publish(desk.approved())
    desk.run_worker_once()
    assert desk.integration().failures_in_row == 5
    assert desk.integration().paused_at is None, "five in a row, but not yet for ten minutes"
    clock.advance(minutes=6)
    desk.run_worker_once()
    assert desk.integration().paused_at == clock.now
    clock.advance(minutes=30)
    assert desk.run_worker_once() == 0, "a paused destination is left alone"
    website.fail("health", "down")
    reconcile.check_health(desk.system)
    assert desk.integration().paused_at is not None
    reconcile.check_health(desk.system)
    integration = desk.integration()
    assert (integration.paused_at, integration.failures_in_row) == (None, 0)
    desk.run_worker()
    assert len(website.online()) == 1


def test_one_success_ends_the_row_of_failures(desk: Desk, website: Website) -> None:
    website.fail("publish", "later")
    desk.publish(desk.approved())
    desk.run_worker()
    assert desk.integration().failures_in_row == 1
    desk.published()
    assert desk.integration().failures_in_row == 0
    assert desk.integration().failing_since is None


def test_a_record_that_kills_every_worker_after_it_is_online_counts_as_published(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["killed_after"] * 30)
    content_id = desk.approved()
    desk.publish(content_id)
    for _ in range(30):
        with pytest.raises(WorkerKilled):
            desk.run_worker_once()
        clock.advance(31)
    desk.run_worker_once()
    assert desk.records_of(content_id)[0].status == "published"
    assert desk.content(content_id).external_url


def test_a_bug_while_looking_is_a_finding_and_no_failure(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("lookup", "bug", "bug")
    content_id = desk.published()
    record = desk.records_of(content_id)[0]
    assert (record.status, record.attempt) == ("published_with_issues", 1)
    clock.advance(minutes=5)
    reconcile.verify_again(desk.system)
    assert desk.record(record.id).verify_round == 1


def test_what_went_out_ends_what_a_test_found_wrong(desk: Desk, website: Website) -> None:
    integration_id = desk.integration().id
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        integration.health, integration.health_checked_at = "down", desk.system.clock()
    desk.published()
    assert desk.integration(integration_id).health == "unknown"
    with desk.system.db.read() as db:
        topics = [(one.topic, one.object_id) for one in db.scalars(sa.select(Notice))]
    assert ("integration", integration_id) in topics
