"""The site publishes elsewhere by now: what is online is taken offline where it stands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.publisher.test_records import refused
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.integrations import connections, keys
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import schedule
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records import records, stands


@pytest.fixture
def website_id(desk: Desk, website: Website) -> int:
    """The site publishes to the tests' own destination."""
    made = desk.connect_to_website()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, made).base_url = website.url
    return made


def make_default(desk: Desk, integration_id: int) -> int:
    with desk.system.db.write() as db:
        connections.make_default(db, db.get_one(SiteIntegration, integration_id))
    return integration_id


def switch_off(desk: Desk, integration_id: int) -> None:
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        connections.change(db, desk.system, integration, {"is_active": False})


def as_if_published(desk: Desk) -> int:
    """A piece of which the records tell that the site's default has it online."""
    content_id = desk.approved()
    with desk.changing(content_id) as (db, content):
        record = records.publish(db, desk.system, content, by=desk.owner)
        record.status = "published"
        there = record.integration_id
    desk.put_online(content_id, there, "http://127.0.0.1:9/?p=7")
    return content_id


def host(website: Website) -> str:
    return website.url.partition("://")[2]


def test_it_is_taken_offline_where_it_stands(desk: Desk, website: Website, website_id: int) -> None:
    content_id = desk.published()
    make_default(desk, desk.connect())
    record_id = desk.retract(content_id)
    desk.run_worker()
    record = desk.record(record_id)
    assert (record.status, record.integration_id) == ("retracted", website_id)
    assert website.online() == {}
    assert desk.content(content_id).external_url == ""
    with refused(Code.NOT_PUBLISHED):
        desk.retract(content_id)


def test_the_panel_and_the_queue_name_and_reach_it(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    make_default(desk, desk.connect())
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel?home=content").text
        assert f"The post at {host(website)}" in panel
        assert f"It stays online at {host(website)}; take it offline there first, or make" in panel
        assert "data-publish" not in panel
        page = client.get(f"/content/{content_id}/schedule").text
        assert f"It stays online at {host(website)}" in page
        client.post("/publisher/publishing-queue/retractions", data={"id": f"{content_id}"})
    desk.run_worker()
    assert website.online() == {}


def test_a_newer_text_leaves_no_old_post_behind(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    desk.edit(content_id, title="Newer", keep_approved=True)
    own = make_default(desk, desk.connect())
    for force in (False, True):
        with refused(Code.ONLINE_ELSEWHERE) as problem:
            desk.publish(content_id, force=force)
        assert problem.value.message == (
            f"It stays online at {host(website)}; take it offline there first, "
            "or make that connection the default again."
        )
    desk.retract(content_id)
    desk.run_worker()
    record_id = desk.publish(content_id)
    desk.run_worker()
    assert website.online() == {}
    assert desk.record(record_id).integration_id == own
    assert desk.content(content_id).external_url


def test_programs_hear_it_before(desk: Desk, website: Website, website_id: int) -> None:
    content_id = desk.published()
    desk.edit(content_id, title="Newer", keep_approved=True)
    make_default(desk, desk.connect())
    with desk.browser(desk.owner) as client:
        path = f"/api/v1/writer/content/{content_id}"
        verdict = client.get(f"{path}/validate").json()["data"]
        answer = client.post(f"{path}/publish", json={})
    assert [one["code"] for one in verdict["problems"]] == ["ONLINE_ELSEWHERE"]
    assert host(website) in verdict["problems"][0]["message"]
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "ONLINE_ELSEWHERE")
    assert answer.json()["error"]["details"]["destination"] == host(website)


def test_a_scheduled_one_is_held_with_the_reason(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    desk.edit(content_id, title="Newer", keep_approved=True)
    desk.schedule(content_id)
    own = make_default(desk, desk.connect())
    desk.run_worker()
    content = desk.content(content_id)
    assert (content.site_status, set(content.attention)) == ("published", {"held"})
    assert content.plan_trace == {"held": "ONLINE_ELSEWHERE"}
    assert [one.integration_id for one in desk.records_of(content_id)] == [website_id]
    with refused(Code.ONLINE_ELSEWHERE), desk.changing(content_id) as (db, locked):
        at = (desk.system.clock() + timedelta(days=1)).replace(second=0, microsecond=0)
        schedule.schedule(db, desk.system, locked, Choice(at, desk.owner, approves=True))
    assert own != website_id


def test_what_is_on_its_way_is_one_intent_still(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    make_default(desk, desk.connect())
    assert desk.publish(content_id) == record_id
    desk.run_worker()
    assert len(website.online()) == 1
    assert len(desk.records_of(content_id)) == 1


def test_where_its_connection_is_off_it_says_so(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    make_default(desk, desk.connect())
    switch_off(desk, website_id)
    with refused(Code.CONNECTION_OFF) as problem:
        desk.retract(content_id)
    assert host(website) in problem.value.message
    assert content_id in website.online()
    assert len(desk.records_of(content_id)) == 1
    assert desk.content(content_id).external_url


def test_where_its_connection_has_no_key_it_says_so(desk: Desk) -> None:
    wordpress = desk.connect("wordpress", "http://127.0.0.1:9")
    content_id = as_if_published(desk)
    with desk.system.db.write() as db:
        keys.end_all(db.get_one(SiteIntegration, wordpress))
    make_default(desk, desk.connect())
    with refused(Code.KEY_MISSING):
        desk.retract(content_id)


def test_a_connection_made_anew_to_the_same_website_stands_for_the_old_one(desk: Desk) -> None:
    first = desk.connect("wordpress", "http://127.0.0.1:9/blog/")
    content_id = as_if_published(desk)
    switch_off(desk, first)
    second = desk.connect("wordpress", "http://127.0.0.1:9/blog")
    desk.edit(content_id, title="Newer", keep_approved=True)
    with desk.changing(content_id) as (db, content):
        there = stands.connection_of(db, content)
        assert there is not None
        assert there.id == second
        stands.check_goes(db, content, there)


def test_what_a_connection_to_another_website_has_is_elsewhere(desk: Desk) -> None:
    first = desk.connect("wordpress", "http://127.0.0.1:9/blog")
    content_id = as_if_published(desk)
    switch_off(desk, first)
    desk.connect("wordpress", "http://127.0.0.1:9/shop")
    desk.edit(content_id, title="Newer", keep_approved=True)
    with pytest.raises(Conflict, match="switch it on for that"):
        desk.publish(content_id)


def test_review_has_both_remedies_and_does_not_contradict_itself(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    make_default(desk, desk.connect())
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel?home=review").text
    assert "Yes, take it offline" in panel
    assert f'href="{website.url}/posts/{content_id}"' in panel
    assert "make that connection the default again" in panel
    assert f'href="/settings/sites/{desk.site.id}"' in panel
    assert "Not yet publishable" not in panel
