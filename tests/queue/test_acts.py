"""What can be done with pieces of the queue, one at a time and many at once, and undone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.rhythm import alive
from webapp.accounts import setup
from webapp.core.system import System
from webapp.publisher.planning import explanation, settings
from webapp.publisher.planning.steps import Place
from webapp.writer.models import Content

QUEUE = "/publisher/publishing-queue"
Client = TestClient[Litestar]


@pytest.fixture
def client(desk: Desk, clock: Any, website: Website) -> Iterator[Client]:
    """Signed in, with a site that is connected; it is Monday, 1 March 2027, 8 o'clock in Berlin."""
    desk.connect_to_website()
    clock.now = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
    with desk.browser(desk.owner) as signed_in:
        yield signed_in


def do(client: Client, noun: str, *ids: int, **fields: Any) -> str:
    """Press a button of the bulk bar; the sentence and what could not be done."""
    answer = client.post(f"{QUEUE}/{noun}?tab=scheduled", data={"id": [*ids], **fields})
    assert answer.status_code == 200
    told = re.search(r"data-outcome.*?</div>", answer.text, re.S)
    assert told
    return " ".join(re.sub(r"<[^>]+>", " ", told[0].split(">", 1)[1]).split())


def steps(client: Client, noun: str, *ids: int) -> list[str]:
    answer = client.post(f"{QUEUE}/{noun}", data={"id": [*ids]})
    return re.findall(r'name="step" value="(\d+)"', answer.text)


def undo(client: Client, made: list[str]) -> tuple[int, str]:
    """Take these steps back; the status, and what is said."""
    answer = client.post("/publisher/undo", data={"step": made}, headers={"HX-Request": "true"})
    return answer.status_code, json.loads(answer.headers["HX-Trigger"])["toast"]["text"]


def states(desk: Desk, ids: list[int]) -> list[str]:
    return [desk.content(one).site_status for one in ids]


def test_publish_now_and_retry(client: Client, desk: Desk, website: Website) -> None:
    ids = [desk.approved(), desk.approved()]
    desk.schedule(ids[0], 3600)
    website.fail("publish", "permanent")
    assert do(client, "publications", *ids) == "2 pieces on the way."
    desk.run_worker()
    assert sorted(states(desk, ids)) == ["failed", "published"]
    failed = next(one for one in ids if desk.content(one).site_status == "failed")
    assert do(client, "retries", failed) == "1 piece on the way again."
    desk.run_worker()
    assert states(desk, ids) == ["published", "published"]
    assert len(website.online()) == 2


def test_trying_again_approves_nothing(client: Client, desk: Desk, website: Website) -> None:
    failed, waiting, fine = (desk.approved(title=one) for one in ("Failed", "Waiting", "Fine"))
    website.fail("publish", "permanent", "later", "permanent")
    for one in (failed, waiting, fine):
        desk.publish(one)
        desk.run_worker()
    for one in (failed, waiting):
        desk.edit(one, html="<p>Nobody has approved this.</p>")
    told = do(client, "retries", failed, waiting, fine)
    assert told.startswith("1 piece on the way again. 2 pieces could not be:")
    assert told.count("The text was edited after it was approved. Approve it again.") == 2
    assert [desk.content(one).status for one in (failed, waiting)] == ["review", "review"]
    assert [len(desk.records_of(one)) for one in (failed, waiting, fine)] == [1, 1, 2]
    row = client.get(f"{QUEUE}?tab=attention").text.split(f'id="q-{failed}"')[1]
    assert f"{QUEUE}/approvals" in row.split("</li>")[0]
    assert do(client, "approvals", failed) == "1 piece approved."
    assert do(client, "retries", failed) == "1 piece on the way again."


def test_what_cannot_be_done_is_told_and_stops_nothing(client: Client, desk: Desk) -> None:
    scheduled, sending, strange = (
        desk.approved(),
        desk.approved(),
        desk.approved(site=desk.other_site),
    )
    desk.schedule(scheduled, 3600)
    desk.publish(sending)
    desk.take()
    told = do(client, "withdrawals", scheduled, sending, strange, 999_999)
    assert told.startswith("1 piece unscheduled. 3 pieces could not be:")
    assert "This piece is being published right now" in told
    assert f"Piece {strange} : There is nothing here." in told
    assert states(desk, [scheduled, sending]) == ["not_published", "publishing"]
    assert desk.content(strange).site_status == "not_published"


def test_withdrawing_calls_back_what_waits_for_its_next_try(
    client: Client, desk: Desk, website: Website
) -> None:
    content_id = desk.approved()
    website.fail("publish", "later")
    desk.publish(content_id)
    desk.run_worker()
    alive(desk.system)
    row = client.get(f"{QUEUE}?tab=publishing").text
    assert re.search(r"next try\s<time", row)
    assert "The website had an error of its own" in row
    assert do(client, "withdrawals", content_id) == "1 piece unscheduled."
    assert desk.records_of(content_id)[-1].status == "cancelled"


def test_hold_dismiss_and_undo(client: Client, desk: Desk) -> None:
    ids = [desk.approved(), desk.approved()]
    for content_id in ids:
        desk.schedule(content_id, 3600)
    before = [desk.content(one).scheduled_publish_at for one in ids]
    made = steps(client, "holds", *ids)
    assert [desk.content(one).attention for one in ids] == [{"held"}, {"held"}]
    assert undo(client, made) == (200, "2 pieces put back.")
    assert [desk.content(one).scheduled_publish_at for one in ids] == before
    status, why = undo(client, made)
    assert (status, "undone before" in why) == (409, True)
    steps(client, "holds", *ids)
    assert do(client, "dismissals", *ids) == "2 pieces dismissed."
    assert [desk.content(one).attention for one in ids] == [frozenset(), frozenset()]


def test_taking_offline(client: Client, desk: Desk, website: Website) -> None:
    content_id = desk.published()
    assert do(client, "retractions", content_id) == "1 piece being taken offline."
    desk.run_worker()
    assert website.online() == {}


@pytest.mark.both_databases
def test_the_next_free_times_are_planned_together(
    client: Client, desk: Desk, system: System
) -> None:
    """Each gets its own, within the limits; one step takes all of them back."""
    ids = [desk.approved() for _ in range(5)]
    edited = desk.approved()
    desk.edit(edited, html="<p>Edited since, so nobody has approved it.</p>")
    with system.db.write() as db:
        held = settings.for_update(db, desk.site)
        settings.change(db, system, held, {"daily_publish_limit": 2})
    made = steps(client, "times", *ids, edited)
    walls = sorted(str(desk.content(one).scheduled_wall_time) for one in ids)
    assert walls == [
        "2027-03-01T09:00",
        "2027-03-01T13:00",
        "2027-03-02T09:00",
        "2027-03-02T13:00",
        "2027-03-03T09:00",
    ]
    assert all(desk.content(one).pinned for one in ids)
    assert desk.content(edited).scheduled_publish_at is None
    assert len(made) == 1
    client.post(f"/content/{ids[0]}/schedule", data={"at": "2027-03-05T09:00"})
    told = "4 pieces put back. 1 piece stayed: acted on since, or too late."
    assert undo(client, made) == (200, told)
    still = [row.id for row in desk.rows(Content) if row.scheduled_publish_at is not None]
    assert still == ids[:1]


@pytest.mark.both_databases
def test_what_a_next_free_time_answers_comes_back_with_undo(
    client: Client, desk: Desk, system: System
) -> None:
    """On two sites: a step for each."""
    with system.db.write() as db:
        second = setup.add_site(db, desk.site.account_id, "B", "https://b.example", "Asia/Tokyo")
    desk.connect_to_website(second)
    held, there = desk.approved(), desk.approved(site=second, by=desk.owner)
    steps(client, "holds", held)
    with desk.changing(there) as (_, content):
        content.attention = frozenset({"failed", "issues"})
    before = [Place.of(desk.content(one)) for one in (held, there)]
    made = steps(client, "times", held, there)
    first, other = desk.content(held), desk.content(there)
    assert (first.attention, other.attention) == (frozenset(), frozenset({"issues"}))
    assert (first.scheduled_zone, other.scheduled_zone) == ("Europe/Berlin", "Asia/Tokyo")
    assert "is a publishing day" in explanation.sentence(other.plan_trace)
    assert len(made) == 2
    assert undo(client, made) == (200, "2 pieces put back.")
    assert [Place.of(desk.content(one)) for one in (held, there)] == before


def test_without_a_free_slot_each_is_told_why(client: Client, desk: Desk, system: System) -> None:
    content_id, scheduled = desk.approved(title="Nowhere to go"), desk.approved()
    desk.schedule(scheduled, 3600)
    with system.db.write() as db:
        settings.change(db, system, settings.for_update(db, desk.site), {"publish_days": []})
    told = do(client, "times", content_id, scheduled)
    assert told.startswith("0 pieces scheduled. 2 pieces could not be:")
    assert "Nowhere to go : No day of the week is a publishing day." in told
    assert "It has a time already" in told


def test_a_row_offers_only_what_makes_sense(client: Client, desk: Desk, website: Website) -> None:
    def acts(tab: str, content_id: int) -> set[str]:
        page = client.get(f"{QUEUE}?tab={tab}").text
        found = re.search(rf'id="tick-{content_id}"[^>]*data-acts="([^"]*)"', page)
        assert found, f"{content_id} is not in {tab}"
        return set(found[1].split())

    scheduled = desk.approved()
    desk.schedule(scheduled, 3600)
    assert acts("scheduled", scheduled) == {"publications", "schedule", "withdrawals", "holds"}
    online = desk.published()
    assert acts("published", online) == {"retractions"}
    website.fail("publish", "permanent")
    failed = desk.published()
    assert acts("attention", failed) == {"retries", "schedule", "times", "dismissals"}
    sending = desk.approved()
    desk.publish(sending)
    assert acts("publishing", sending) == set()


def test_readers_have_no_buttons(desk: Desk, client: Client) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    with desk.browser(desk.viewer) as reader:
        page = reader.get(f"{QUEUE}?tab=scheduled").text
        assert "data-acts" not in page
        assert 'id="row-menu"' not in page
        assert reader.post(f"{QUEUE}/holds", data={"id": content_id}).status_code == 403
    assert desk.content(content_id).site_status == "scheduled"


def test_a_button_of_a_row_never_acts_on_what_is_ticked(client: Client, desk: Desk) -> None:
    ids = [desk.approved(), desk.approved()]
    do(client, "publications", *ids, only="no piece")
    assert states(desk, ids) == ["not_published", "not_published"]
    do(client, "publications", *ids, only=str(ids[1]))
    assert states(desk, ids) == ["not_published", "publishing"]
