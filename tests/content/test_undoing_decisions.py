"""A decision is a step like any other: it is taken back as long as nothing has come of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.rhythm import choose
from webapp.accounts.access import Member
from webapp.core.errors import Conflict
from webapp.publisher.planning import autopilot, decisions, schedule, undoing
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.planning.undoing import Undone
from webapp.writer import contents
from webapp.writer.models import Content, ReviewComment

pytestmark = pytest.mark.both_databases


@pytest.fixture
def desk(desk: Desk) -> Desk:
    desk.connect()
    return desk


def submitted(desk: Desk) -> int:
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
    return content_id


def approve(desk: Desk, content_id: int) -> int:
    with desk.changing(content_id) as (db, content):
        return decisions.approve(db, desk.system, content, by=desk.owner)


def approved_and_timed(desk: Desk) -> tuple[int, int]:
    """A piece that the scheduler gave a time because it was approved, and the step of that."""
    choose(desk, auto_publish_enabled=True)
    content_id = submitted(desk)
    step = approve(desk, content_id)
    autopilot.run(desk.system)
    return content_id, step


def send_back(desk: Desk, content_id: int) -> int:
    with desk.changing(content_id) as (db, content):
        return decisions.request_changes(db, desk.system, content, "Shorter.", by=desk.owner)


def undo(desk: Desk, step: int, by: Member | None = None) -> Undone:
    with desk.system.db.write() as db:
        return undoing.undo(db, desk.system, step, by=by or desk.owner)


def said(desk: Desk) -> list[str]:
    return [one.kind for one in desk.rows(ReviewComment)]


def test_an_approval_is_taken_back_with_its_signature(desk: Desk) -> None:
    content_id = submitted(desk)
    undone = undo(desk, approve(desk, content_id))
    content = desk.content(content_id)
    assert undone.restored == [content_id]
    assert (content.status, content.approved_hash, content.approved_by) == ("review", "", None)
    assert said(desk) == ["undone"]


def test_what_was_sent_back_is_in_review_again_and_its_words_are_gone(desk: Desk) -> None:
    content_id = submitted(desk)
    undo(desk, send_back(desk, content_id))
    assert desk.content(content_id).status == "review"
    assert said(desk) == ["undone"]


def test_an_approved_piece_that_was_sent_back_is_approved_again(desk: Desk) -> None:
    content_id = desk.approved()
    before = desk.content(content_id)
    undo(desk, send_back(desk, content_id))
    content = desk.content(content_id)
    assert (content.status, content.approved_hash) == ("approved", before.approved_hash)
    assert (content.approved_at, content.approved_by) == (before.approved_at, before.approved_by)
    assert said(desk) == ["approval", "undone"]


def test_the_time_that_an_approval_was_given_goes_with_it(desk: Desk) -> None:
    content_id, step = approved_and_timed(desk)
    assert desk.content(content_id).scheduled_publish_at is not None
    undo(desk, step)
    content = desk.content(content_id)
    assert (content.status, content.scheduled_publish_at) == ("review", None)
    assert content.site_status == "not_published"


def test_a_time_that_a_person_gave_stays_with_the_approval(desk: Desk) -> None:
    content_id = submitted(desk)
    step = approve(desk, content_id)
    with desk.changing(content_id) as (db, content):
        at = (desk.system.clock() + timedelta(days=1)).replace(second=0, microsecond=0)
        schedule.schedule(db, desk.system, content, Choice(at, desk.owner))
    with pytest.raises(Conflict, match="acted on again"):
        undo(desk, step)
    assert desk.content(content_id).status == "approved"


@pytest.mark.parametrize("edited", [True, False])
def test_what_was_acted_on_since_stays_and_says_so(desk: Desk, edited: bool) -> None:
    content_id = submitted(desk)
    step = approve(desk, content_id)
    if edited:
        desk.edit(content_id, title="Newer")
    else:
        send_back(desk, content_id)
    with pytest.raises(Conflict, match="edited or decided on again"):
        undo(desk, step)


def test_a_draft_that_was_edited_since_it_was_sent_back_stays_one(desk: Desk) -> None:
    content_id = submitted(desk)
    step = send_back(desk, content_id)
    desk.edit(content_id, title="Shorter")
    with pytest.raises(Conflict, match="edited or decided on again"):
        undo(desk, step)
    assert desk.content(content_id).status == "draft"
    assert [one.kind for one in desk.rows(ReviewComment)] == ["changes"]


def test_what_has_left_stays(desk: Desk) -> None:
    content_id = submitted(desk)
    step = approve(desk, content_id)
    desk.publish(content_id)
    with pytest.raises(Conflict, match="published, or was to be"):
        undo(desk, step)


def test_sending_back_what_waits_to_go_out_is_no_step(desk: Desk) -> None:
    """Nothing brings the publication back that it has withdrawn."""
    content_id = desk.approved()
    desk.publish(content_id)
    assert send_back(desk, content_id) == 0


def test_approving_twice_is_one_step(desk: Desk, clock: FakeClock) -> None:
    content_id = submitted(desk)
    approve(desk, content_id)
    clock.advance(minutes=1)
    before = desk.content(content_id)
    assert approve(desk, content_id) == 0
    assert desk.content(content_id).approved_at == before.approved_at
    assert len(desk.rows(ReviewComment)) == 1


def test_a_time_that_was_there_before_stays_with_its_reason(desk: Desk) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    before = desk.content(content_id)
    undo(desk, send_back(desk, content_id))
    content = desk.content(content_id)
    assert content.scheduled_publish_at == before.scheduled_publish_at
    assert content.plan_trace == before.plan_trace


def test_what_failed_since_stays_failed(desk: Desk) -> None:
    """The scheduler gave it a time because of the approval, and the publication failed."""
    content_id, step = approved_and_timed(desk)
    with desk.changing(content_id) as (_db, content):
        content.site_status, content.attention = "failed", frozenset({"failed"})
    with pytest.raises(Conflict, match="published, or was to be"):
        undo(desk, step)
    assert desk.content(content_id).attention == {"failed"}


def test_a_mark_that_came_since_stays(desk: Desk) -> None:
    content_id, step = approved_and_timed(desk)
    with desk.changing(content_id) as (_db, content):
        content.attention = frozenset({"edited_there"})
    with pytest.raises(Conflict):
        undo(desk, step)
    assert desk.content(content_id).status == "approved"


def test_what_another_person_has_sent_back_since_stays_so(desk: Desk) -> None:
    """The same text, submitted once more: only the newest decision can be taken back."""
    content_id = submitted(desk)
    first = send_back(desk, content_id)
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
        decisions.request_changes(db, desk.system, content, "No.", by=desk.teammate)
    with pytest.raises(Conflict, match="edited or decided on again"):
        undo(desk, first)
    assert desk.content(content_id).status == "draft"
    assert [one.text for one in desk.rows(ReviewComment)] == ["Shorter.", "No."]


def said_of(content: Content, text: str, by: Member) -> ReviewComment:
    """What people said before there were threads."""
    whose = {"account_id": content.account_id, "content_id": content.id, "user_id": by.user_id}
    return ReviewComment(**whose, kind="comment", text=text, content_hash=content.content_hash)


def test_what_was_said_since_does_not_go(desk: Desk) -> None:
    content_id = submitted(desk)
    step = approve(desk, content_id)
    with desk.changing(content_id) as (db, content):
        db.add(said_of(content, "Good.", desk.teammate))
    undo(desk, step)
    assert desk.content(content_id).status == "review"
    assert [one.text for one in desk.rows(ReviewComment)] == ["Good.", ""]


def test_a_decision_is_taken_back_by_who_made_it(desk: Desk) -> None:
    """Another one decides anew, under their own name."""
    content_id = submitted(desk)
    step = send_back(desk, content_id)
    with pytest.raises(Conflict, match="Somebody else"):
        undo(desk, step, by=desk.teammate)
    assert said(desk) == ["changes"]


def test_no_rule_approves_what_a_person_took_back(desk: Desk) -> None:
    choose(desk, auto_approval_enabled=True, auto_publish_enabled=True)
    content_id = submitted(desk)
    undo(desk, approve(desk, content_id))
    autopilot.run(desk.system)
    assert desk.content(content_id).status == "review"
    approve(desk, content_id)
    assert desk.content(content_id).status == "approved"


def test_who_approves_again_has_answered_what_was_said_since(desk: Desk) -> None:
    content_id = submitted(desk)
    approve(desk, content_id)
    with desk.changing(content_id) as (db, content):
        db.add(said_of(content, "And the title?", desk.teammate))
    assert approve(desk, content_id) != 0
    assert said(desk) == ["approval", "comment", "approval"]
    assert approve(desk, content_id) == 0
