"""What people read of a piece of which nobody knows whether it is online, and what they can do."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.api.conftest import Api
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.publisher.delivery import reconcile

Client = TestClient[Litestar]
WORDS = "We do not know yet whether it is online"
LOOKED = "I looked, it is not there"


@pytest.fixture
def unclear_id(desk: Desk, website: Website, clock: FakeClock) -> int:
    """A record whose answers were lost, at a website that answers nothing any more."""
    desk.connect_to_website()
    website.fail("publish", *["lost_before"] * 4)
    website.fail("result_of", *["later"] * 9)
    website.fail("abandon", *["later"] * 9)
    record_id = desk.publish(desk.approved(title="Is it there?"))
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    assert "unclear" in desk.content(desk.record(record_id).content_id).attention
    return record_id


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", page))


def test_the_panel_says_so_when_it_is_asked_again_and_what_to_do(
    desk: Desk, client: Client, unclear_id: int
) -> None:
    content_id = desk.record(unclear_id).content_id
    for path in (f"/content/{content_id}", f"/review/{content_id}", f"/records/{unclear_id}"):
        page = client.get(path).text
        assert WORDS in page, path
        assert LOOKED in page, path
        assert "Not known yet" in page, path
        at = desk.record(unclear_id).next_attempt_at
        assert f'datetime="{at.strftime("%Y-%m-%dT%H:%M")}' in page or f"{at:%H:%M}" in page, path
        assert "It will be asked again" in text_of(page), path
    assert "failed" not in text_of(client.get(f"/content/{content_id}/panel").text).lower()


def test_the_queue_counts_and_names_it(desk: Desk, client: Client, unclear_id: int) -> None:
    content_id = desk.record(unclear_id).content_id
    for tab in ("attention", "publishing"):
        page = client.get(f"/publisher/publishing-queue?tab={tab}").text
        assert f'id="q-{content_id}"' in page, tab
        assert WORDS in page, tab
        assert "asked again" in text_of(page), tab
    assert re.search(r'id="tab-attention".*?tab-count[^>]*>1<', page, re.S)
    assert re.search(r'id="queue-count"[^>]*>1<', page)


def test_who_looked_ends_it_and_can_publish_again(
    desk: Desk, client: Client, website: Website, unclear_id: int
) -> None:
    content_id = desk.record(unclear_id).content_id
    answer = client.post(f"/records/{unclear_id}/not-done", data={"home": "content"})
    assert answer.status_code in (200, 303)
    page = client.get(f"/content/{content_id}").text
    assert WORDS not in page
    assert "Try again" in page
    assert desk.record(unclear_id).status == "failed"
    again = client.post(f"/records/{unclear_id}/not-done", data={})
    assert again.status_code == 409
    website.faults.clear()
    client.post(f"/records/{unclear_id}/retry", data={})
    desk.run_worker()
    reconcile.clean_up_destinations(desk.system)
    assert desk.content(content_id).site_status == "published"
    assert len(website.writes) == 1


def test_the_same_by_api(api: Api, desk: Desk, unclear_id: int) -> None:
    path = f"/api/v1/publisher/records/{unclear_id}"
    seen = api.get(f"{path}/").json()["data"]
    assert (seen["status"], seen["is_unclear"]) == ("publishing", True)
    assert seen["next_attempt_at"] > seen["started_at"]
    content = api.get(f"/api/v1/writer/content/{seen['content_id']}/").json()["data"]
    assert content["attention"] == ["unclear"]
    again = api.post(f"/api/v1/writer/content/{seen['content_id']}/publish/").json()["data"]
    assert again["record_id"] == unclear_id
    refused = api.post(f"{path}/cancel/").json()["error"]
    assert refused["code"] == "UNCLEAR"
    ended = api.post(f"{path}/not-done/").json()["data"]
    assert (ended["status"], ended["is_unclear"]) == ("failed", False)
    assert api.post(f"{path}/not-done/").status_code == 409


def test_who_may_only_read_may_not_end_it(desk: Desk, unclear_id: int) -> None:
    with desk.browser(desk.viewer) as reader:
        page = reader.get(f"/records/{unclear_id}").text
        assert WORDS in page
        assert LOOKED not in page
        assert reader.post(f"/records/{unclear_id}/not-done", data={}).status_code == 403
    with desk.browser(desk.stranger) as stranger:
        assert stranger.post(f"/records/{unclear_id}/not-done", data={}).status_code == 404
    assert desk.record(unclear_id).status == "publishing"


# Taking down


@pytest.fixture
def retraction_id(desk: Desk, website: Website, clock: FakeClock) -> int:
    """A retraction whose answers were lost, at a website that answers nothing any more."""
    desk.connect_to_website()
    website.fail("retract", *["lost"] * 4)
    website.fail("lookup", *["later"] * 9)
    record_id = desk.retract(desk.published(title="Is it gone?"))
    for _ in range(4):
        desk.run_worker()
        clock.advance(10)
    assert "unclear" in desk.content(desk.record(record_id).content_id).attention
    return record_id


@pytest.mark.parametrize("by", ["retry", "api", "again"])
def test_asking_now_whether_it_is_offline(
    desk: Desk,
    client: Client,
    api: Api,
    website: Website,
    clock: FakeClock,
    retraction_id: int,
    by: str,
) -> None:
    content_id = desk.record(retraction_id).content_id
    website.faults.clear()
    if by == "retry":
        assert "Ask now" in client.get(f"/content/{content_id}").text
        answer = client.post(f"/records/{retraction_id}/retry", data={"home": "content"})
        assert answer.status_code == 200
    elif by == "api":
        answer = api.post(f"/api/v1/publisher/records/{retraction_id}/retry/")
        assert answer.json()["data"]["record_id"] == retraction_id
    else:
        assert desk.retract(content_id) == retraction_id
    assert desk.record(retraction_id).next_attempt_at == clock.now
    reconcile.clean_up_destinations(desk.system)
    assert desk.record(retraction_id).status == "retracted"


@pytest.mark.parametrize("by", ["retry", "again"])
def test_a_retraction_that_waits_for_its_next_try_is_tried_now(
    desk: Desk, client: Client, website: Website, clock: FakeClock, by: str
) -> None:
    desk.connect_to_website()
    content_id = desk.published()
    website.fail("retract", "later")
    record_id = desk.retract(content_id)
    desk.run_worker()
    record = desk.record(record_id)
    assert (record.status, record.next_attempt_at > clock.now) == ("pending", True)
    if by == "retry":
        client.post(f"/records/{record_id}/retry", data={"home": "content"})
    else:
        assert desk.retract(content_id) == record_id
    desk.run_worker()
    assert desk.record(record_id).status == "retracted"


# Refusals


@pytest.mark.parametrize("home", ["review", "content"])
@pytest.mark.parametrize("act", ["retry", "not-done"])
def test_a_refusal_stands_in_the_panel_whose_button_was_pressed(
    desk: Desk, client: Client, act: str, home: str
) -> None:
    desk.connect()
    content_id = desk.published(title="It is there")
    record_id = desk.records_of(content_id)[-1].id
    page = client.get(f"/{home}/{content_id}").text
    given = {"home": home, "version": "1"}
    answer = client.post(f"/records/{record_id}/{act}", data=given, headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert f'id="panel-{content_id}"' in page
    assert f'id="panel-{content_id}"' in answer.text
    assert f'id="record-{record_id}"' not in answer.text
    assert 'data-problem="ILLEGAL_STATE"' in answer.text
    assert "&amp;version=1" in answer.text
    assert "refused" not in answer.text, "the panel renews itself without the refusal"
