"""Giving up: the destination is asked to leave nothing behind, now or later."""

from __future__ import annotations

import pytest

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.publisher.delivery import outcomes, reconcile
from webapp.publisher.records.models import UndoAction

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def test_giving_up_when_the_last_answer_was_only_lost_finds_that_it_had_worked(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", "later", "later", "later", "unheard")
    record_id = desk.publish(desk.approved())
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    record = desk.record(record_id)
    assert (record.status, record.error) == ("published", None)
    assert len(website.online()) == 1
    assert desk.rows(UndoAction) == []


def give_up_without_clean_up(desk: Desk, website: Website, clock: FakeClock, last: str) -> int:
    """A record that failed four times, the last so, while nobody answered the clean-up."""
    website.fail("publish", "later", "later", "later", last)
    website.fail("abandon", "later", "later")
    content_id = desk.approved()
    desk.publish(content_id)
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    assert desk.records_of(content_id)[0].status == "failed"
    return content_id


def test_what_could_not_be_cleaned_up_is_cleaned_up_later(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = give_up_without_clean_up(desk, website, clock, "later")
    assert len(desk.rows(UndoAction)) == 1
    reconcile.clean_up_destinations(desk.system)
    assert website.faults["abandon"] == ["later"], "not before its time"
    clock.advance(minutes=5)
    reconcile.clean_up_destinations(desk.system)
    undo = desk.rows(UndoAction)[0]
    assert (undo.tries, undo.next_try_at) == (1, clock.now + outcomes.UNDO_AGAIN)
    clock.advance(minutes=5)
    reconcile.clean_up_destinations(desk.system)
    assert desk.rows(UndoAction) == []
    assert desk.records_of(content_id)[0].status == "failed"
    assert website.posts[content_id].is_abandoned


def test_a_bug_in_the_clean_up_keeps_no_record_from_its_end(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    website.fail("publish", "needs_action")
    website.fail("abandon", "bug")
    record_id = desk.publish(desk.approved())
    desk.run_worker()
    record = desk.record(record_id)
    assert (record.status, (record.error or {})["code"]) == ("failed", "INVALID_CREDENTIALS")
    clock.advance(minutes=5)
    reconcile.clean_up_destinations(desk.system)
    assert desk.rows(UndoAction) == []
    assert website.posts[record.content_id].is_abandoned


def test_what_turns_out_to_have_worked_is_published_after_all(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = give_up_without_clean_up(desk, website, clock, "unheard")
    assert desk.content(content_id).site_status == "failed"
    for _ in range(2):
        clock.advance(minutes=5)
        reconcile.clean_up_destinations(desk.system)
    record, content = desk.records_of(content_id)[0], desk.content(content_id)
    assert record.status == "published"
    assert (content.site_status, content.attention) == ("published", frozenset())
    assert content.external_url
    assert desk.rows(UndoAction) == []
    assert desk.integration().posts_published_count == 1
    reconcile.verify_again(desk.system)
    assert {check["ok"] for check in (desk.record(record.id).receipt or {})["checks"]} == {True}


def test_a_clean_up_that_a_newer_intent_has_overtaken_touches_nothing(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = give_up_without_clean_up(desk, website, clock, "later")
    website.faults["abandon"].clear()
    desk.publish(content_id)
    desk.run_worker()
    clock.advance(minutes=10)
    reconcile.clean_up_destinations(desk.system)
    assert desk.rows(UndoAction) == []
    assert desk.content(content_id).site_status == "published"
    assert len(website.online()) == 1


def test_a_bug_with_one_destination_does_not_keep_the_others_waiting(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    first = give_up_without_clean_up(desk, website, clock, "later")
    website.faults["abandon"].clear()
    second = give_up_without_clean_up(desk, website, clock, "later")
    website.faults["abandon"].clear()
    website.fail("abandon", "bug")
    clock.advance(minutes=5)
    reconcile.clean_up_destinations(desk.system)
    [undo] = desk.rows(UndoAction)
    assert desk.record(undo.record_id).content_id == first
    assert (undo.tries, undo.next_try_at > clock.now) == (1, True), "later, and not each minute"
    assert website.posts[second].is_abandoned
