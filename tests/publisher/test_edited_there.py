"""What was edited at the destination ends a publication; only who has seen it replaces it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.codes import Code
from webapp.publisher.delivery import failures


@pytest.fixture
def desk(desk: Desk, website: Website) -> Desk:
    """Connected with the tests' own destination."""
    desk.connect_to_website()
    return desk


@pytest.fixture
def edited(desk: Desk, website: Website) -> int:
    """A piece that is online, changed here and edited there."""
    content_id = desk.published(title="Ours")
    desk.edit(content_id, title="Ours, newer", keep_approved=True)
    website.edit(content_id, title="Theirs", tags="Added there")
    return content_id


def refused(desk: Desk, content_id: int) -> dict[str, Any]:
    """The error of the last record, which must have ended at the edits."""
    record = desk.records_of(content_id)[-1]
    assert record.status == "failed"
    error: dict[str, Any] = record.error or {}
    assert error["code"] == Code.EDITED_THERE
    return error


@pytest.mark.parametrize("force", [False, True])
def test_a_click_looks_first(desk: Desk, website: Website, edited: int, force: bool) -> None:
    written = len(website.writes)
    desk.publish(edited, force=force)
    desk.run_worker()
    details = refused(desk, edited)["details"]
    assert {one["field"]: one["there"] for one in details["differences"]} == {
        "title": "Theirs",
        "tags": "Added there",
    }
    assert len(website.writes) == written, "nothing was written there"
    content = desk.content(edited)
    assert (content.site_status, set(content.attention)) == ("published", {"edited_there"})


def test_a_scheduled_piece_is_left_alone(desk: Desk, website: Website, edited: int) -> None:
    written = len(website.writes)
    desk.schedule(edited)
    desk.run_worker()
    assert refused(desk, edited)["retry_recommended"] is False
    assert "edited_there" in desk.content(edited).attention
    failures.clean_up(desk.system)
    desk.run_worker()
    assert len(website.writes) == written, "nor by the daily clean-up"


def test_publish_over_it_replaces_what_was_shown_and_nothing_else(
    desk: Desk, website: Website, edited: int, client: Any
) -> None:
    answer = client.post(f"/content/{edited}/publication", data={"home": "content"})
    assert answer.status_code in {200, 303}, "the click is answered at once"
    desk.run_worker()
    over = refused(desk, edited)["details"]["over"]
    panel = client.get(f"/content/{edited}/panel?home=content").text
    for text in ("Theirs", "Added there", f'value="{over}"'):
        assert text in panel
    page = client.get(f"/records/{desk.records_of(edited)[-1].id}").text
    for text in ("Theirs", f'value="{over}"'):
        assert text in page

    website.edit(edited, excerpt="Edited again")
    client.post(f"/content/{edited}/publication", data={"home": "content", "over": over})
    desk.run_worker()
    again = refused(desk, edited)["details"]
    assert {one["field"] for one in again["differences"]} == {"title", "tags", "excerpt"}
    old = client.get(f"/records/{desk.records_of(edited)[-2].id}").text
    assert 'name="over"' not in old, "an older record offers nothing"

    client.post(f"/content/{edited}/publication", data={"home": "content", "over": again["over"]})
    desk.run_worker()
    assert desk.records_of(edited)[-1].status == "published"
    payload = website.posts[edited].payload
    assert payload is not None
    assert payload.title == "Ours, newer"
    assert not desk.content(edited).attention
    assert "data-over" not in client.get(f"/content/{edited}/panel?home=content").text


def test_over_goes_through_though_nothing_changed_here(desk: Desk, website: Website) -> None:
    content_id = desk.published(title="Ours")
    website.edit(content_id, title="Theirs")
    desk.publish(content_id, force=True)
    desk.run_worker()
    desk.publish(content_id, over=refused(desk, content_id)["details"]["over"])
    desk.run_worker()
    assert desk.records_of(content_id)[-1].status == "published"


def test_a_retry_over_a_lost_answer_is_the_same_intent(
    desk: Desk, website: Website, edited: int, clock: FakeClock
) -> None:
    desk.publish(edited)
    desk.run_worker()
    over = refused(desk, edited)["details"]["over"]
    website.fail("publish", "later")
    record_id = desk.publish(edited, over=over)
    desk.run_worker()
    assert desk.record(record_id).status == "pending"
    clock.advance(60)
    desk.run_worker()
    assert desk.record(record_id).status == "published"


def test_many_pieces_are_told_each_by_its_own_record(
    desk: Desk, website: Website, edited: int
) -> None:
    other = desk.approved(title="Another")
    desk.publish(edited)
    desk.publish(other)
    desk.run_worker()
    assert desk.records_of(other)[-1].status == "published"
    assert refused(desk, edited)


def test_what_the_website_left_out_is_told_on_the_piece(
    desk: Desk, website: Website, client: Any
) -> None:
    website.removes[:] = ["iframe", "a[onclick]"]
    content_id = desk.published(title="A piece")
    for page in (
        f"/content/{content_id}/panel?home=content",
        f"/records/{desk.records_of(content_id)[-1].id}",
    ):
        shown = client.get(page).text
        for text in ("data-removed", "<code>iframe</code>", "<code>a[onclick]</code>"):
            assert text in shown
    website.removes.clear()
    desk.edit(content_id, title="Without", keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    assert "data-removed" not in client.get(f"/content/{content_id}/panel?home=content").text
