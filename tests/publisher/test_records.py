"""Intents: who may ask for what, how often, and what becomes of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website, WorkerKilled
from webapp.accounts import access
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.publisher.delivery import due, reconcile
from webapp.publisher.records import letting_go, records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def refused(code: Code) -> pytest.RaisesExc[Conflict]:
    """Expects a conflict with this code."""
    return pytest.raises(Conflict, check=lambda problem: problem.code == code)


def test_publish_approves_too_when_an_editor_clicks(desk: Desk) -> None:
    content_id = desk.write()
    desk.publish(content_id, by=desk.teammate)
    content = desk.content(content_id)
    assert (content.status, content.approved_by) == ("approved", desk.teammate.user_id)


def test_unchanged_is_refused_and_forced_by_force(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    with refused(Code.ALREADY_PUBLISHED):
        desk.publish(content_id)
    record_id = desk.publish(content_id, force=True)
    desk.run_worker()
    assert desk.record(record_id).status == "published"
    assert [write.act for write in website.writes] == ["publish", "publish"]


def test_a_then_b_then_a_again_ends_with_a(desk: Desk, website: Website) -> None:
    content_id = desk.published(title="Version A")
    for title in ("Version B", "Version A"):
        desk.edit(content_id, title=title, keep_approved=True)
        desk.publish(content_id)
        desk.run_worker()
    payload = website.online()[content_id].payload
    assert payload is not None
    assert payload.title == "Version A"
    assert desk.content(content_id).status == "published"
    assert [one.status for one in desk.records_of(content_id)] == ["published"] * 3


def test_an_edit_during_publishing_goes_out_with_the_next_click(
    desk: Desk, website: Website
) -> None:
    content_id = desk.approved(title="Approved")
    desk.publish(content_id)
    website.before["publish"] = lambda: desk.edit(content_id, title="Edited meanwhile")
    desk.run_worker()
    website.before.clear()
    payload = website.online()[content_id].payload
    assert payload is not None
    assert payload.title == "Approved"
    content = desk.content(content_id)
    assert (content.status, content.title) == ("review", "Edited meanwhile")
    assert content.published_hash != content.content_hash
    desk.publish(content_id)
    desk.run_worker()
    payload = website.online()[content_id].payload
    assert payload is not None
    assert payload.title == "Edited meanwhile"


def test_retract_and_publish_again(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    record_id = desk.retract(content_id)
    assert desk.retract(content_id) == record_id, "a second click is the same intent"
    with refused(Code.IN_FLIGHT):
        desk.publish(content_id)
    desk.run_worker()
    assert desk.record(record_id).status == "retracted"
    content = desk.content(content_id)
    assert (content.status, content.site_status, content.external_url) == (
        "approved",
        "not_published",
        "",
    )
    assert website.online() == {}
    with refused(Code.NOT_PUBLISHED):
        desk.retract(content_id)
    desk.publish(content_id)
    desk.run_worker()
    assert len(website.online()) == 1
    assert desk.content(content_id).site_status == "published"


def test_a_retraction_that_fails_leaves_it_online(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = desk.published()
    website.fail("retract", "later", "needs_action")
    desk.retract(content_id)
    desk.run_worker()
    clock.advance(10)
    desk.run_worker()
    content = desk.content(content_id)
    assert (content.site_status, set(content.attention)) == ("published", {"failed_update"})
    assert content_id in website.online()


def test_a_retraction_whose_answer_is_lost_is_done_once(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = desk.published()
    website.fail("retract", "hangs", "killed_after")
    record_id = desk.retract(content_id)
    desk.run_worker()
    clock.advance(10)
    with pytest.raises(WorkerKilled):
        desk.run_worker()
    clock.advance(31)
    desk.run_worker()
    assert desk.record(record_id).status == "retracted"
    assert desk.content(content_id).site_status == "not_published"


def test_unpublish_forgets_the_link_only(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    with desk.changing(content_id) as (db, content):
        letting_go.unpublish(db, desk.system, content)
    content = desk.content(content_id)
    assert (content.status, content.site_status, content.external_url, content.external_id) == (
        "draft",
        "not_published",
        "",
        "",
    )
    assert content_id in website.online()


def test_a_waiting_record_can_be_withdrawn_and_one_in_flight_cannot(desk: Desk) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)

    def cancel() -> None:
        with desk.changing(content_id) as (db, content):
            record = db.get_one(PublishingRecord, record_id)
            records.cancel(db, desk.system, content, record)

    cancel()
    assert desk.record(record_id).status == "cancelled"
    assert desk.content(content_id).site_status == "not_published"
    with pytest.raises(Conflict):
        cancel()
    record_id = desk.publish(content_id)
    desk.take()
    with refused(Code.IN_FLIGHT):
        cancel()


def test_two_clicks_are_one_intent_also_at_the_same_moment(
    desk: Desk, website: Website, make_system: MakeSystem
) -> None:
    content_ids = [desk.approved() for _ in range(10)]
    systems = [make_system() for _ in range(6)]
    start = threading.Barrier(6)

    def click_all(system: System) -> list[int]:
        start.wait()
        made = []
        for content_id in content_ids:
            with system.db.write() as db:
                content = access.get_for_update(db, desk.owner, Content, content_id)
                made.append(records.publish(db, system, content, by=desk.owner).id)
        return made

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(click_all, systems))
    assert all(answer == answers[0] for answer in answers)
    assert len(desk.rows(PublishingRecord)) == 10
    desk.run_worker()
    assert len(website.writes) == 10


def test_a_click_meets_a_scheduled_run(
    desk: Desk, website: Website, make_system: MakeSystem
) -> None:
    content_ids = [desk.approved() for _ in range(10)]
    for content_id in content_ids:
        desk.schedule(content_id)
    scheduler = make_system()
    start = threading.Barrier(2)

    def run_schedule() -> None:
        start.wait()
        scheduler.commits.run(lambda db: due.claim_due(db, scheduler))

    def click() -> None:
        start.wait()
        for content_id in reversed(content_ids):
            desk.publish(content_id)

    with ThreadPoolExecutor(2) as pool:
        for done in (pool.submit(run_schedule), pool.submit(click)):
            done.result()
    assert len(desk.rows(PublishingRecord)) == 10
    assert {record.mode for record in desk.rows(PublishingRecord)} == {"manual"}
    desk.run_worker()
    assert len(website.writes) == 10
    assert {desk.content(one).site_status for one in content_ids} == {"published"}


def test_a_click_on_a_record_that_waits_for_its_retry_tries_now(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", "later")
    content_id = desk.approved()
    desk.schedule(content_id)
    desk.run_worker()
    waiting = desk.records_of(content_id)[0]
    assert waiting.next_attempt_at > clock.now
    assert desk.publish(content_id) == waiting.id
    assert desk.content(content_id).site_status == "publishing"
    desk.run_worker()
    record = desk.record(waiting.id)
    assert (record.status, record.mode, record.intended_at) == ("published", "manual", None)


def test_a_scheduled_post_has_exactly_the_intended_date(desk: Desk, clock: FakeClock) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, in_seconds=60)
    assert desk.run_worker() == 0
    intended = clock.advance(60)
    clock.advance(17)
    desk.run_worker()
    record = desk.records_of(content_id)[0]
    assert (record.mode, record.published_at, record.intended_at) == (
        "scheduled",
        intended,
        intended,
    )
    assert desk.content(content_id).scheduled_publish_at is None


def test_a_scheduled_piece_that_lost_its_approval_is_held(desk: Desk, website: Website) -> None:
    content_id = desk.approved()
    desk.schedule(content_id)
    desk.edit(content_id, title="Edited after it was approved")
    assert desk.run_worker() == 0
    content = desk.content(content_id)
    assert (content.site_status, set(content.attention)) == ("not_published", {"needs_approval"})
    assert content.scheduled_publish_at is None
    assert website.writes == []
    desk.approve(content_id)
    assert desk.content(content_id).attention == frozenset()


def test_a_scheduled_piece_without_a_destination_is_held(desk: Desk) -> None:
    content_id = desk.approved(site=desk.other_site)
    desk.schedule(content_id)
    desk.run_worker()
    assert desk.content(content_id).attention == {"held"}


def test_without_a_destination_a_click_is_refused(desk: Desk) -> None:
    with refused(Code.INTEGRATION_MISSING):
        desk.publish(desk.approved(site=desk.other_site))


def test_a_stuck_piece_is_freed_by_the_sweep(desk: Desk) -> None:
    stuck, busy, online = desk.approved(), desk.approved(), desk.published()
    desk.publish(busy)
    with desk.system.db.write() as db:
        for content_id in (stuck, online):
            db.get_one(Content, content_id).site_status = "publishing"
    reconcile.find_stuck(desk.system)
    assert desk.content(stuck).site_status == "failed"
    assert desk.content(online).site_status == "published"
    assert desk.content(busy).site_status == "publishing"
    desk.publish(stuck)
    desk.run_worker()
    assert desk.content(stuck).site_status == "published"


def test_the_receipt_proves_that_there_is_one(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    record = desk.records_of(content_id)[0]
    receipt = record.receipt or {}
    assert receipt["publish_key"] == record.publish_key
    assert (receipt["attempts"], receipt["result"], receipt["replayed"]) == (1, "created", False)
    assert receipt["posts_with_this_id"] == 1
    assert receipt["external_url"] == f"{website.url}/posts/{content_id}"
    assert {check["name"] for check in receipt["checks"]} >= {"one_post", "permalink", "title"}
    assert all(check["ok"] and check["at"].endswith("Z") for check in receipt["checks"])


def test_a_record_says_what_became_of_a_post_that_was_to_be_deleted(
    desk: Desk, website: Website
) -> None:
    content_id = desk.published()
    website.posts[content_id].edits["title"] = "Theirs"
    desk.retract(content_id, "delete")
    desk.run_worker()
    record = desk.records_of(content_id)[-1]
    assert record.status == "retracted"
    with desk.browser(desk.owner) as client:
        text = " ".join(client.get(f"/records/{record.id}").text.split())
    assert "it is in the trash there and not deleted" in text


def test_another_wish_for_a_retraction_that_waits_is_taken(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    first, second = desk.retract(content_id), desk.retract(content_id, "delete")
    assert first == second
    desk.run_worker()
    assert website.posts[content_id].status == "deleted"


def test_another_wish_for_one_that_was_sent_is_refused(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    website.fail("retract", "later")
    record_id = desk.retract(content_id)
    desk.run_worker()
    assert desk.record(record_id).status == "pending"
    assert desk.retract(content_id) == record_id
    with pytest.raises(Conflict):
        desk.retract(content_id, "delete")
