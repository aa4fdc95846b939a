"""What goes out is what was approved: whatever happens to a piece while it waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website, hash_of
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile
from webapp.publisher.planning import decisions
from webapp.publisher.records import letting_go
from webapp.publisher.records.models import PublishingRecord, UndoAction
from webapp.writer.models import Content

pytestmark = pytest.mark.both_databases
Act = Callable[[Desk, int], None]


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


def click(desk: Desk, content_id: int) -> None:
    """A person publishes it."""
    desk.publish(content_id)


def fall_due(desk: Desk, content_id: int) -> None:
    """Its moment comes."""
    desk.schedule(content_id)
    desk.take(free=0)


def edit(desk: Desk, content_id: int) -> None:
    """Somebody changes the text, and nobody approves it."""
    desk.edit(content_id, title="Nobody has approved this")


def send_back(desk: Desk, content_id: int) -> None:
    """An editor asks for changes."""
    with desk.changing(content_id) as (db, content):
        decisions.request_changes(db, desk.system, content, "Not like this.", by=desk.teammate)


def delete(desk: Desk, content_id: int) -> None:
    """It is put away."""
    with desk.changing(content_id) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.owner)


def past_all_verbs(desk: Desk, content_id: int) -> None:
    """The text becomes another one, and no verb has noticed."""
    with desk.system.db.write() as db:
        db.execute(sa.update(Content).where(Content.id == content_id).values(title="Sneaked in"))


def pause(desk: Desk, *, paused: bool) -> None:
    """The destination takes nothing, or takes things again."""
    with desk.system.db.write() as db:
        at = desk.system.clock() if paused else None
        db.execute(sa.update(SiteIntegration).values(paused_at=at))


def nothing_went_out(desk: Desk, website: Website, content_id: int) -> Content:
    """It ended unsent, and nothing will come later. The piece."""
    desk.run_worker()
    reconcile.clean_up_destinations(desk.system)
    desk.system.clock.advance(hours=2)  # type: ignore[attr-defined]
    desk.run_worker()
    assert website.writes == []
    assert website.online() == {}
    [record] = desk.records_of(content_id)
    assert (record.status, record.finished_at is not None) == ("cancelled", True)
    assert desk.rows(UndoAction) == []
    return desk.content(content_id)


BEGINNINGS = pytest.mark.parametrize("begin", [click, fall_due])


@BEGINNINGS
@pytest.mark.parametrize("act", [edit, send_back, delete, past_all_verbs])
@pytest.mark.parametrize("waits", ["for a paused destination", "for its next try"])
def test_a_piece_that_waits_goes_out_as_approved_or_not_at_all(
    desk: Desk, website: Website, clock: FakeClock, begin: Act, act: Act, waits: str
) -> None:
    content_id = desk.approved()
    if waits == "for its next try":
        website.fail("publish", "later")
    else:
        pause(desk, paused=True)
    begin(desk, content_id)
    desk.run_worker()
    act(desk, content_id)
    pause(desk, paused=False)
    clock.advance(hours=1)
    if act is past_all_verbs and waits == "for its next try":
        desk.run_worker()  # what is sent is what was approved, whatever stands there now
        payload = website.online()[content_id].payload
        assert payload is not None
        assert payload.title != "Sneaked in"
        return
    content = nothing_went_out(desk, website, content_id)
    assert (content.site_status, content.scheduled_publish_at) == ("not_published", None)
    if act in (edit, past_all_verbs):
        assert content.attention == {"needs_approval"}
        [record] = desk.records_of(content_id)
        assert record.error is not None
        assert record.error["code"] == Code.APPROVAL_NEEDED


@BEGINNINGS
def test_what_was_taken_back_before_its_turn_goes_out(
    desk: Desk, website: Website, clock: FakeClock, begin: Act
) -> None:
    content_id = desk.approved(title="As approved")
    website.fail("publish", "later")
    begin(desk, content_id)
    desk.run_worker()
    desk.edit(content_id, title="A letter more")
    desk.edit(content_id, title="As approved")
    clock.advance(hours=1)
    desk.run_worker()
    assert desk.content(content_id).status == "published"
    assert len(desk.records_of(content_id)) == 1


@BEGINNINGS
def test_what_was_approved_meanwhile_goes_out_in_place_of_the_older_text(
    desk: Desk, website: Website, clock: FakeClock, begin: Act
) -> None:
    content_id = desk.approved(title="With a mistake")
    website.fail("publish", "unheard")  # the older text is there, and nobody knows
    begin(desk, content_id)
    desk.run_worker()
    desk.edit(content_id, title="Put right", keep_approved=True)
    clock.advance(hours=1)
    assert desk.run_worker() == 0, "the older text is called back, and the new one waits"
    desk.run_worker()
    reconcile.clean_up_destinations(desk.system)
    payload = website.online()[content_id].payload
    assert payload is not None
    assert payload.title == "Put right"
    content = desk.content(content_id)
    assert (content.status, content.site_status, content.attention) == (
        "published",
        "published",
        frozenset(),
    )
    old, new = desk.records_of(content_id)
    assert (old.status, new.status) == ("cancelled", "published")
    assert (old.mode, old.intended_at) == (new.mode, new.intended_at)


@pytest.mark.parametrize("fault", ["later", "permanent"])
def test_trying_again_on_a_page_approves_nothing(
    desk: Desk, website: Website, client: Any, fault: str
) -> None:
    with desk.system.db.write() as db:  # the panel offers Publish where it can say where to
        db.execute(sa.update(SiteIntegration).values(base_url="https://website.example"))
    content_id = desk.approved()
    website.fail("publish", fault)
    record_id = desk.publish(content_id)
    desk.run_worker()
    panel, again = f"/content/{content_id}/panel?home=content", f"/records/{record_id}/retry"
    assert f'action="{again}"' in client.get(panel).text
    edit(desk, content_id)
    shown = client.get(panel).text
    assert again not in shown
    assert (f'id="publish-{content_id}"' in shown) == (fault == "permanent")
    assert f'id="approve-{content_id}"' in shown
    for home in ("", "content"):
        refused = client.post(again, data={"home": home})
        assert refused.status_code == 409
        assert "Approve it again" in refused.text
    assert desk.content(content_id).status == "review"
    assert len(desk.records_of(content_id)) == 1
    desk.approve(content_id)
    assert client.post(again, data={}).status_code in (200, 303)
    desk.run_worker()
    assert content_id in website.online()


@pytest.mark.parametrize("edit_there", ["as shown", "once more"])
def test_what_goes_in_place_of_the_older_text_replaces_the_same_edits_there(
    desk: Desk, website: Website, clock: FakeClock, edit_there: str
) -> None:
    content_id = desk.published(title="Online")
    desk.edit(content_id, title="With a mistake", keep_approved=True)
    website.edit(content_id, title="Theirs")
    over = hash_of(website.posts[content_id].edits)
    website.fail("publish", "later")
    desk.publish(content_id, over=over)
    desk.run_worker()
    desk.edit(content_id, title="Put right")
    desk.approve(content_id)
    if edit_there == "once more":
        website.edit(content_id, title="Theirs, newer")
    clock.advance(hours=1)
    desk.run_worker()
    desk.run_worker()
    record = desk.records_of(content_id)[-1]
    payload = website.online()[content_id].payload
    assert payload is not None
    if edit_there == "as shown":
        assert (record.status, record.over, payload.title) == ("published", over, "Put right")
    else:
        assert (record.status, record.over, payload.title) == ("failed", over, "Online")


def test_a_click_on_an_edited_piece_that_waits_means_the_edited_text(
    desk: Desk, website: Website
) -> None:
    content_id = desk.approved(title="Older")
    website.fail("publish", "later")
    first = desk.publish(content_id)
    desk.run_worker()
    desk.edit(content_id, title="Newer")
    second = desk.publish(content_id, by=desk.teammate)
    assert second != first
    desk.run_worker()
    payload = website.online()[content_id].payload
    assert payload is not None
    assert payload.title == "Newer"
    content = desk.content(content_id)
    assert (content.status, content.approved_by) == ("published", desk.teammate.user_id)


@pytest.mark.parametrize("act", [send_back, delete])
def test_what_had_worked_unheard_is_told_and_stays_in_sight(
    desk: Desk, website: Website, act: Act
) -> None:
    content_id = desk.approved()
    website.fail("publish", "unheard")
    record_id = desk.publish(content_id)
    desk.run_worker()
    act(desk, content_id)
    reconcile.clean_up_destinations(desk.system)
    content = desk.content(content_id)
    assert desk.record(record_id).status == "published"
    assert content_id in website.online()
    assert (content.external_url, content.site_status) == (
        f"{website.url}/posts/{content_id}",
        "published",
    )
    assert content.deleted_at is None, "what is online cannot be out of sight"


@pytest.mark.parametrize("act", [send_back, delete])
def test_what_is_being_sent_cannot_be_called_back(desk: Desk, act: Act) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    desk.take()
    with pytest.raises(Conflict) as refused:
        act(desk, content_id)
    assert refused.value.code == Code.IN_FLIGHT
    assert desk.record(record_id).status == "publishing"
    assert desk.content(content_id).status == "approved"


def test_taking_down_goes_on_whatever_is_approved(desk: Desk, website: Website) -> None:
    content_id = desk.published()
    website.fail("retract", "later")
    record_id = desk.retract(content_id)
    desk.run_worker()
    edit(desk, content_id)
    desk.system.clock.advance(hours=1)  # type: ignore[attr-defined]
    desk.run_worker()
    assert desk.record(record_id).status == "retracted"
    assert website.online() == {}


def test_a_forgotten_link_calls_back_the_update_that_waits(
    desk: Desk, website: Website, clock: FakeClock
) -> None:
    content_id = desk.published(title="Online")
    desk.edit(content_id, title="Its update", keep_approved=True)
    website.fail("publish", "later")
    fall_due(desk, content_id)
    desk.run_worker()
    with desk.changing(content_id) as (db, content):
        letting_go.unpublish(db, desk.system, content)
    clock.advance(hours=2)
    desk.run_worker()
    payload = website.online()[content_id].payload
    assert payload is not None
    assert payload.title == "Online"
    content = desk.content(content_id)
    assert (content.status, content.site_status) == ("draft", "not_published")


def test_a_withheld_piece_makes_room_for_the_next(desk: Desk, website: Website) -> None:
    pieces = [desk.approved() for _ in range(6)]
    for one in pieces:
        desk.publish(one)
    for one in pieces[:4]:
        edit(desk, one)
    assert [claim.content_id for claim in desk.take()] == pieces[4:]
    assert {one.status for one in desk.rows(PublishingRecord)} == {"cancelled", "publishing"}
