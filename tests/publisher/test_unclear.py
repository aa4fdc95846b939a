"""A lost answer: the destination is asked, and while nobody knows, nothing is called failed."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website, WorkerKilled
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile, unclear
from webapp.publisher.planning import decisions
from webapp.publisher.records import records, states
from webapp.publisher.records.models import PublishingRecord, UndoAction

pytestmark = [pytest.mark.both_databases, pytest.mark.sampled(of=3)]
LOST = ["lost", "lost_before", "hangs", "bug"]
DONE = ("lost", "hangs")


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def nobody_answers(website: Website) -> None:
    """Whatever the destination is asked from now on, no answer comes."""
    for question in ("result_of", "abandon", "lookup"):
        website.fail(question, *["later"] * 500)


def answers_again(website: Website) -> None:
    website.faults.clear()


def minute(desk: Desk, clock: FakeClock) -> None:
    """What happens each minute: the dispatcher looks, the sweep asks."""
    clock.advance(minutes=1)
    reconcile.find_stuck(desk.system)
    reconcile.clean_up_destinations(desk.system)
    desk.run_worker()


def become_unclear(
    desk: Desk, website: Website, clock: FakeClock, fault: str = "lost", mode: str = "manual"
) -> PublishingRecord:
    """A record whose answers were all lost, at a destination that answers nothing."""
    website.fail("publish", *[fault] * 10)
    nobody_answers(website)
    content_id = desk.approved()
    if mode == "manual":
        desk.publish(content_id)
    else:
        desk.schedule(content_id)
    for _ in range(4):
        desk.run_worker()
        assert desk.content(content_id).site_status == "publishing"
        assert desk.records_of(content_id)[-1].status in ("pending", "publishing")
        clock.advance(10)
    [record] = desk.records_of(content_id)
    assert is_unclear(desk, record.id)
    return record


def is_unclear(desk: Desk, record_id: int) -> bool:
    record = desk.record(record_id)
    content = desk.content(record.content_id)
    if not states.is_unclear(record):
        assert "unclear" not in content.attention
        return False
    assert (record.owner, record.finished_at) == (None, None)
    assert (content.site_status, set(content.attention)) == ("publishing", {"unclear"})
    return True


@pytest.mark.parametrize("mode", ["manual", "scheduled"])
@pytest.mark.parametrize("fault", LOST)
def test_it_is_published_or_goes_on_once_the_destination_answers(
    desk: Desk, website: Website, clock: FakeClock, fault: str, mode: str
) -> None:
    record = become_unclear(desk, website, clock, fault, mode)
    for _ in range(200):
        minute(desk, clock)
        assert is_unclear(desk, record.id)
    answers_again(website)
    for _ in range(60):
        minute(desk, clock)
    record, content = desk.record(record.id), desk.content(record.content_id)
    if fault in DONE or mode == "scheduled":  # that has tries left
        assert (record.status, content.site_status) == ("published", "published")
        assert (content.attention, bool(content.external_url)) == (frozenset(), True)
        assert content.content_hash == content.published_hash
    else:
        assert (record.status, content.site_status) == ("failed", "failed")
        assert content.attention == {"failed"}
    assert len([one for one in website.writes if one.act == "publish"]) == len(website.online())
    assert desk.rows(UndoAction) == []


def test_the_next_look_is_at_a_stated_time_and_the_pauses_grow_to_an_hour(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    record = become_unclear(desk, website, clock)
    looked, asked = [clock.now], len(website.faults["abandon"])
    for _ in range(60 * 24):
        stated = desk.record(record.id).next_attempt_at
        clock.advance(minutes=1)
        reconcile.clean_up_destinations(desk.system)
        if len(website.faults["abandon"]) < asked:
            looked.append(clock.now)
            assert stated <= clock.now
            assert desk.record(record.id).next_attempt_at > clock.now
        asked = len(website.faults["abandon"])
    pauses = [late - early for early, late in pairwise(looked[1:])]
    assert pauses[:4] == [timedelta(minutes=one) for one in (5, 15, 30, 60)]
    assert set(pauses[4:]) == {timedelta(hours=1)}
    assert len(pauses) > 20, "it never ends by itself"
    assert desk.run_worker() == 0, "nobody takes it up meanwhile"
    assert is_unclear(desk, record.id)


def test_a_click_answers_with_that_record_and_asks_at_once(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    record = become_unclear(desk, website, clock)
    clock.advance(minutes=1)
    reconcile.clean_up_destinations(desk.system)
    assert desk.record(record.id).next_attempt_at == clock.now + timedelta(minutes=5)
    assert desk.publish(record.content_id) == record.id
    assert desk.record(record.id).next_attempt_at == clock.now
    answers_again(website)
    reconcile.clean_up_destinations(desk.system)
    assert desk.record(record.id).status == "published"


@pytest.mark.parametrize("mode", ["manual", "scheduled"])
def test_what_was_carried_out_is_found_at_once_where_the_destination_can_be_asked(
    desk: Desk, website: Website, mode: str
) -> None:
    website.fail("publish", "lost")
    content_id = desk.approved()
    if mode == "manual":
        desk.publish(content_id)
    else:
        desk.schedule(content_id)
    desk.run_worker_once()
    [record] = desk.records_of(content_id)
    assert (record.status, record.attempt, record.error) == ("published", 1, None)
    assert desk.content(content_id).site_status == "published"


def test_what_was_certainly_not_sent_is_failed_and_not_unclear(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["later"] * 4)
    nobody_answers(website)
    record_id = desk.publish(desk.approved())
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    assert desk.record(record_id).status == "failed"
    assert not desk.record(record_id).is_unanswered


@pytest.mark.parametrize("death", ["killed", "killed_after"])
@pytest.mark.parametrize("then", ["later", "permanent", "needs_action", "busy"])
def test_a_worker_that_died_leaves_something_that_nobody_knows(
    desk: Desk, website: Website, clock: FakeClock, death: str, then: str
) -> None:
    website.fail("publish", death, *[then] * 4)
    nobody_answers(website)
    record_id = desk.publish(desk.approved())
    with pytest.raises(WorkerKilled):
        desk.run_worker_once()
    clock.advance(31)
    for _ in range(4):
        desk.run_worker()
        clock.advance(60)
    assert is_unclear(desk, record_id)
    answers_again(website)
    clock.advance(minutes=1)
    reconcile.clean_up_destinations(desk.system)
    expected = "published" if death == "killed_after" else "failed"
    assert desk.record(record_id).status == expected
    assert bool(website.online()) == (expected == "published")


def test_a_record_that_kills_every_worker_is_unclear_where_nobody_answers(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", *["killed_after"] * 40)
    nobody_answers(website)
    record_id = desk.publish(desk.approved())
    for _ in range(30):
        with pytest.raises(WorkerKilled):
            desk.run_worker_once()
        clock.advance(31)
    desk.run_worker_once()
    assert is_unclear(desk, record_id)
    assert (desk.record(record_id).error or {})["code"] == Code.WORKER_GONE


def test_a_key_that_cannot_be_opened_any_more_answers_nothing(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", "killed_after")
    record_id = desk.publish(desk.approved())
    with pytest.raises(WorkerKilled):
        desk.run_worker_once()
    set_key(desk, "not ours")
    clock.advance(31)
    desk.run_worker()
    assert is_unclear(desk, record_id)
    for _ in range(10):
        minute(desk, clock)
    assert is_unclear(desk, record_id)
    assert desk.record(record_id).next_attempt_at > clock.now
    set_key(desk, "")
    for _ in range(60):
        minute(desk, clock)
    assert desk.record(record_id).status == "published"


def set_key(desk: Desk, key: str) -> None:
    with desk.system.db.write() as db:
        db.execute(sa.update(SiteIntegration).values(credentials=key))


def looked(desk: Desk, record_id: int) -> None:
    """A person says that it was not done."""
    with desk.changing(desk.record(record_id).content_id) as (db, content):
        record = db.get_one(PublishingRecord, record_id)
        unclear.not_done(db, desk.system, content, record, by=desk.owner)


def test_a_person_who_looked_ends_it_and_a_new_intent_may_go(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    record = become_unclear(desk, website, clock, "lost_before")
    looked(desk, record.id)
    ended, content = desk.record(record.id), desk.content(record.content_id)
    assert (ended.status, content.site_status) == ("failed", "failed")
    assert content.attention == {"failed"}
    assert (ended.error or {})["details"]["looked"] == desk.owner.name
    with pytest.raises(Conflict):
        looked(desk, record.id)
    answers_again(website)
    second = desk.publish(record.content_id)
    assert second != record.id
    desk.run_worker()
    reconcile.clean_up_destinations(desk.system)
    assert [one.status for one in desk.records_of(record.content_id)] == ["failed", "published"]
    assert len(website.writes) == 1
    assert desk.rows(UndoAction) == []


def test_a_destination_that_knows_better_than_who_looked_is_believed(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    record = become_unclear(desk, website, clock, "lost")
    looked(desk, record.id)
    answers_again(website)
    reconcile.clean_up_destinations(desk.system)
    content = desk.content(record.content_id)
    assert (desk.record(record.id).status, content.site_status) == ("published", "published")
    assert content.attention == frozenset()


def test_an_answer_to_what_was_asked_before_somebody_looked_ends_nothing(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    record = become_unclear(desk, website, clock, "lost_before", "scheduled")
    answers_again(website)
    website.before["result_of"] = lambda: looked(desk, record.id)
    clock.advance(minutes=1)
    reconcile.clean_up_destinations(desk.system)
    assert desk.record(record.id).status == "failed"
    assert [one.kind for one in desk.rows(UndoAction)] == [unclear.ABANDON]
    reconcile.clean_up_destinations(desk.system)
    assert website.posts[record.content_id].is_abandoned, "nothing of it can arrive late"
    assert desk.rows(UndoAction) == []


@pytest.mark.parametrize("fault", ["lost", "lost_before"])
@pytest.mark.parametrize("ends", ["answer", "person"])
def test_taking_down_is_unclear_in_the_same_way(
    desk: Desk, website: Website, clock: FakeClock, fault: str, ends: str
) -> None:
    content_id = desk.published()
    website.fail("retract", *[fault] * 4)
    nobody_answers(website)
    record_id = desk.retract(content_id)
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    assert is_unclear(desk, record_id)
    for _ in range(3):
        minute(desk, clock)
    assert is_unclear(desk, record_id)
    if ends == "person":
        looked(desk, record_id)
        assert desk.record(record_id).status == "failed"
        assert desk.content(content_id).attention == {"failed_update"}
        return
    answers_again(website)
    for _ in range(60):
        minute(desk, clock)
    content = desk.content(content_id)
    is_offline = fault == "lost"
    assert desk.record(record_id).status == ("retracted" if is_offline else "failed")
    assert bool(content.external_url) is not is_offline
    assert desk.rows(UndoAction) == []


def test_what_is_unclear_is_neither_withdrawn_nor_taken_down_nor_sent_back(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    record = become_unclear(desk, website, clock)
    with desk.changing(record.content_id) as (db, content):
        with pytest.raises(Conflict) as refused:
            records.cancel(db, desk.system, content, db.get_one(PublishingRecord, record.id))
        assert refused.value.code == Code.UNCLEAR
        with pytest.raises(Conflict):
            records.call_back(db, desk.system, content)
        with pytest.raises(Conflict):
            records.retract(db, desk.system, content, by=desk.owner)


def test_what_is_unclear_takes_no_place_at_its_destination(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    for _ in range(5):
        become_unclear(desk, website, clock)
    with desk.system.db.write() as db:
        db.execute(sa.update(SiteIntegration).values(paused_at=None, failures_in_row=0))
    website.faults.clear()
    content_id = desk.published()
    assert desk.content(content_id).site_status == "published"


@pytest.mark.parametrize("action", ["publish", "retract"])
@pytest.mark.parametrize("tries", [1, 4])
def test_what_may_be_online_is_not_deleted(
    desk: Desk, website: Website, clock: FakeClock, action: str, tries: int
) -> None:
    """Neither while it waits for its next try, nor when nobody tries any more."""
    content_id = desk.approved()
    desk.publish(content_id)
    if action == "retract":
        desk.run_worker()
        desk.retract(content_id)
    website.fail(action, *["lost"] * 10)
    nobody_answers(website)
    for _ in range(tries):
        desk.run_worker()
        clock.advance(10)
    record = desk.records_of(content_id)[-1]
    assert record.status == ("pending" if tries == 1 else "publishing")
    with pytest.raises(Conflict) as refused, desk.changing(content_id) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.owner)
    assert (refused.value.code, desk.content(content_id).deleted_at) == (Code.UNCLEAR, None)
    answers_again(website)
    for _ in range(60):
        minute(desk, clock)
    is_online = bool(desk.content(content_id).external_url)
    assert is_online == (action == "publish")
