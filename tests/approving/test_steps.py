"""Approval in steps at every door: an act signs one step, keeps it, and says whom it waits for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.approving.acts import EDITING, LAST, approve, stands, take_steps
from tests.support.desk import Desk
from webapp.accounts.access import Member
from webapp.accounts.models import Membership
from webapp.approving.given import StepGiven as Step
from webapp.approving.models import Signature
from webapp.core.errors import Conflict, Forbidden, HalfDone
from webapp.publisher.planning import autopilot, beside, decisions, schedule, settings, undoing
from webapp.publisher.planning.schedule import Choice
from webapp.writer import contents, signing
from webapp.writer.draft import Change, Draft
from webapp.writer.models import Content, ContentShare, ReviewComment

pytestmark = pytest.mark.both_databases


def test_the_last_signature_approves(desk: Desk, piece: int) -> None:
    approve(desk, piece, desk.teammate)
    assert stands(desk, piece) == ("review", 1, False)
    with pytest.raises(Forbidden, match="step 2 of 2, “Last look”"):
        approve(desk, piece, desk.teammate)
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 2, True)
    kinds = [one.kind for one in desk.rows(ReviewComment)]
    assert kinds == ["signature", "approval"]


def test_no_act_signs_two_steps(desk: Desk, piece: int) -> None:
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("review", 1, False)
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 2, True)


def test_an_act_that_is_sent_again_signs_nothing_more(desk: Desk, piece: int) -> None:
    with desk.browser(desk.owner) as client:
        api = f"/api/v1/writer/content/{piece}"
        key = {"Idempotency-Key": "one"}
        for _ in range(2):
            said = client.post(f"{api}/publish", json={}, headers=key)
            assert (said.status_code, said.json()["error"]["code"]) == (409, "STEPS_MISSING")
        form = {"home": "content", "version": "1", "step": "1"}
        client.post(f"/content/{piece}/approval", data=form)
        assert client.post(f"{api}/approve", json={"step": 1}).status_code == 409
        assert client.post(f"{api}/approve", json={}).status_code == 409
        assert stands(desk, piece) == ("review", 1, False)
        assert client.post(f"{api}/approve", json={"step": 2}).status_code == 200
    assert stands(desk, piece) == ("approved", 2, True)
    assert desk.records_of(piece) == []


def test_of_several_at_once_each_is_told_truly(desk: Desk, piece: int) -> None:
    """Those that wait for another step are not called approved; a refused draft stays one."""
    with desk.browser(desk.owner) as client:
        ticked = {"id": f"{piece}.1"}
        told = client.post("/publisher/publishing-queue/approvals", data=ticked).text
        assert "1 piece signed: other steps are missing." in told
        assert "1 piece approved" not in told
    take_steps(desk, LAST)
    draft = desk.write()
    with desk.browser(desk.teammate) as client:
        told = client.post("/review/approvals", data={"id": f"{draft}.1"}).text
        assert "step 1 of 1" in told
    assert stands(desk, draft) == ("draft", 0, False)


def test_the_role_takes_the_place_of_one_of_two_who_left(desk: Desk) -> None:
    people = [desk.admin.user_id, desk.teammate.user_id]
    take_steps(desk, Step(name="Legal", people=people, needed=2))
    piece = desk.write()
    approve(desk, piece, desk.admin)
    with desk.system.db.write() as db:
        db.query(Membership).filter_by(user_id=desk.teammate.user_id).delete()
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 1, True)


def publish(desk: Desk, content_id: int, by: Member) -> None:
    with desk.browser(by) as client:
        said = client.post(f"/api/v1/writer/content/{content_id}/publish", json={})
    if said.status_code == 409:
        raise Conflict(said.json()["error"]["message"], code=said.json()["error"]["code"])
    assert said.status_code == 202, said.text


def give_a_time(desk: Desk, content_id: int, by: Member) -> None:
    at = (desk.system.clock() + timedelta(days=2)).replace(second=0, microsecond=0)
    with desk.changing(content_id, by) as (db, content):
        try:
            schedule.schedule(db, desk.system, content, Choice(at, by, approves=True))
        except HalfDone as problem:
            kept = problem
        else:
            return
    raise kept


@pytest.mark.parametrize("act", [publish, give_a_time])
def test_an_act_that_approves_signs_one_step_and_says_who_is_missing(
    desk: Desk, piece: int, act: Any
) -> None:
    with pytest.raises(Conflict, match=r"nothing was .*step 2 of 2, “Last look”") as problem:
        act(desk, piece, desk.teammate)
    assert problem.value.code == "STEPS_MISSING"
    assert stands(desk, piece) == ("review", 1, False)
    assert desk.records_of(piece) == []
    assert desk.content(piece).scheduled_publish_at is None
    act(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 2, True)


def test_an_edit_voids_what_was_signed_but_where_the_site_says_otherwise(desk: Desk) -> None:
    idea = Step(name="Idea", role="editor", survives_edits=True)
    take_steps(desk, idea, EDITING, LAST)
    piece = desk.write()
    for _ in range(3):
        approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 3, True)
    desk.edit(piece, title="Another title")
    assert stands(desk, piece) == ("review", 1, False)
    desk.edit(piece, title=desk.content(piece).title)
    assert stands(desk, piece) == ("review", 1, False)


def test_the_very_text_that_was_approved_is_approved_again(desk: Desk, piece: int) -> None:
    title = desk.content(piece).title
    approve(desk, piece, desk.owner)
    approve(desk, piece, desk.owner)
    desk.edit(piece, title="Another title")
    assert stands(desk, piece) == ("review", 0, False)
    desk.edit(piece, title=title)
    assert stands(desk, piece) == ("approved", 2, True)


def test_keeping_it_approved_signs_what_one_may(desk: Desk, piece: int) -> None:
    approve(desk, piece, desk.owner)
    approve(desk, piece, desk.owner)
    desk.edit(piece, title="Another title", keep_approved=True)
    assert stands(desk, piece) == ("review", 1, False)


def test_saving_and_sending_at_once_keeps_the_text_and_names_the_step(
    desk: Desk, piece: int
) -> None:
    approve(desk, piece, desk.owner)
    approve(desk, piece, desk.owner)
    desk.publish(piece)
    desk.run_worker()
    with desk.changing(piece, desk.teammate) as (db, content):
        beside.keep(db, desk.system, content, Draft(title="Set right"), by=desk.teammate)
        with pytest.raises(HalfDone, match="step 2 of 2"):
            beside.update(db, desk.system, content, by=desk.teammate)
    assert desk.content(piece).title == "Set right"
    assert stands(desk, piece) == ("review", 1, False)
    assert len(desk.records_of(piece)) == 1


def test_sending_back_voids_all(desk: Desk, piece: int) -> None:
    approve(desk, piece, desk.owner)
    with desk.changing(piece) as (db, content):
        decisions.request_changes(db, desk.system, content, "Shorter, please.", by=desk.owner)
    assert stands(desk, piece) == ("draft", 0, False)
    assert all(one.voided_by == desk.owner.user_id for one in desk.rows(Signature))


def test_undo_takes_a_signature_back(desk: Desk, piece: int) -> None:
    first = approve(desk, piece, desk.owner)
    second = approve(desk, piece, desk.owner)
    assert first
    assert second
    with desk.system.db.write() as db:
        undoing.undo(db, desk.system, second, by=desk.owner)
    assert stands(desk, piece) == ("review", 1, False)
    assert [one.voided_at is None for one in desk.rows(Signature)] == [True, False]
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 2, True)


def test_two_sign_where_two_are_needed(desk: Desk) -> None:
    take_steps(desk, Step(name="Two of us", role="editor", needed=2))
    piece = desk.write()
    step = approve(desk, piece, desk.teammate)
    assert step
    assert (desk.content(piece).status, desk.content(piece).step_signatures) == ("review", 1)
    with pytest.raises(Forbidden, match="somebody else"):
        approve(desk, piece, desk.teammate)
    approve(desk, piece, desk.admin)
    assert stands(desk, piece) == ("approved", 1, True)


def test_nobody_signs_what_they_typed_since_it_was_approved_last(desk: Desk) -> None:
    take_steps(desk, Step(name="Other eyes", role="editor", not_own=True))
    piece = desk.write(by=desk.owner)
    with pytest.raises(Forbidden, match="You wrote in this text"):
        approve(desk, piece, desk.owner)
    approve(desk, piece, desk.teammate)
    with desk.changing(piece, desk.teammate) as (db, content):
        contents.edit(db, content, Change(title="By the teammate"), by=desk.teammate)
    with pytest.raises(Forbidden, match="You wrote in this text"):
        approve(desk, piece, desk.teammate)
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 1, True)


def test_a_piece_stays_with_the_list_it_came_in_with(desk: Desk, piece: int) -> None:
    with desk.changing(piece) as (db, content):
        contents.submit(db, content)
    take_steps(desk, LAST)
    approve(desk, piece, desk.teammate)
    assert stands(desk, piece) == ("review", 1, False)
    with desk.changing(piece) as (db, content):
        decisions.request_changes(db, desk.system, content, "Anew.", by=desk.owner)
        contents.submit(db, content)
    with pytest.raises(Forbidden, match="step 1 of 1"):
        approve(desk, piece, desk.teammate)
    approve(desk, piece, desk.owner)
    assert stands(desk, piece) == ("approved", 1, True)


def test_the_list_that_says_most_about_a_piece_counts(desk: Desk) -> None:
    take_steps(desk, EDITING, LAST)
    take_steps(desk, EDITING, content_type="page")
    post, page = desk.write(), desk.write(content_type="page")
    approve(desk, post, desk.teammate)
    approve(desk, page, desk.teammate)
    assert (stands(desk, post)[0], stands(desk, page)[0]) == ("review", "approved")


def test_the_role_stands_in_for_a_person_who_left(desk: Desk) -> None:
    named = Step(name="Legal", role="editor", people=[desk.admin.user_id])
    take_steps(desk, named)
    piece = desk.write()
    with pytest.raises(Forbidden, match="the persons named for it"):
        approve(desk, piece, desk.teammate)
    with desk.system.db.write() as db:
        gone = db.query(Membership).filter_by(user_id=desk.admin.user_id)
        gone.delete()
    approve(desk, piece, desk.teammate)
    assert stands(desk, piece) == ("approved", 1, True)


def test_no_rule_approves_where_a_step_waits_for_a_person(desk: Desk) -> None:
    desk.connect()
    with desk.system.db.write() as db:
        settings.for_update(db, desk.site).auto_approval_enabled = True
    plain = desk.write()
    with desk.changing(plain) as (db, content):
        contents.submit(db, content)
    take_steps(desk, EDITING)
    stepped = desk.write()
    with desk.changing(stepped) as (db, content):
        contents.submit(db, content)
    autopilot.run(desk.system, [desk.site.id])
    assert (stands(desk, plain)[0], stands(desk, stepped)[0]) == ("approved", "review")


def test_a_client_signs_only_a_clients_step(desk: Desk) -> None:
    piece = desk.write()
    with desk.system.db.write() as db:
        share = {"account_id": desk.owner.account_id, "user_id": desk.client.user_id}
        db.add(ContentShare(content_id=piece, **share))
    with pytest.raises(Forbidden):
        approve(desk, piece, desk.client)
    take_steps(desk, Step(name="Client", role="client"))
    approve(desk, piece, desk.client)
    assert stands(desk, piece) == ("approved", 1, True)


def test_what_lists_show_is_what_the_rows_say(desk: Desk, piece: int) -> None:
    approve(desk, piece, desk.owner)
    with desk.system.db.read() as db:
        content = db.get_one(Content, piece)
        found = signing.progress(db, content)
        assert found is not None
        assert (found.done, len(found.signers)) == (content.approval_step, content.step_signatures)


def test_who_could_sign_nothing_is_not_told_that_they_have(desk: Desk) -> None:
    desk.connect()
    take_steps(desk, LAST, Step(name="Other eyes", role="owner"))
    piece = desk.write()
    for _ in range(2):
        approve(desk, piece, desk.owner)
    with desk.changing(piece, desk.teammate) as (db, content):
        beside.keep(db, desk.system, content, Draft(title="Set right"), by=desk.teammate)
        with pytest.raises(HalfDone, match=r"not approved yet, and nothing was sent.*step 1 of 2"):
            beside.update(db, desk.system, content, by=desk.teammate)
    assert (desk.content(piece).title, stands(desk, piece)[0]) == ("Set right", "review")
