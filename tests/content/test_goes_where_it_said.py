"""A click sends a piece where the page said that it goes, and nowhere else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.publisher.test_default_changed import make_default, switch_off
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration

HTMX = {"HX-Request": "true"}
REFUSED = "the page showed another destination"


@pytest.fixture
def website_id(desk: Desk, website: Website) -> int:
    made = desk.connect_to_website()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, made).base_url = website.url
    return made


def mark(page: str) -> str:
    return str(re.findall(r'name="goes" value="([^"]*)"', page)[0])


def queue_mark(page: str) -> str:
    return str(re.findall(r'name="id" value="([^"]*)"', page)[0])


def test_publish_is_refused_where_the_default_is_another_one(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.approved()
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        assert "integration:*" in panel
        make_default(desk, desk.connect())
        form = {"goes": mark(panel)}
        answer = client.post(f"/content/{content_id}/publication", data=form, headers=HTMX)
        assert (answer.status_code, REFUSED in answer.text) == (409, True)
        assert desk.records_of(content_id) == []
        assert "To <strong>IGNY8’s own pages</strong>, now" in answer.text
        form = {"goes": mark(answer.text)}
        answer = client.post(f"/content/{content_id}/publication", data=form, headers=HTMX)
        assert answer.status_code == 200
    assert len(desk.records_of(content_id)) == 1


def test_publish_is_refused_where_the_address_is_another_one(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.approved()
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        with desk.system.db.write() as db:
            db.get_one(SiteIntegration, website_id).base_url = "https://moved.example"
        form = {"goes": mark(panel)}
        answer = client.post(f"/content/{content_id}/publication", data=form, headers=HTMX)
    assert (answer.status_code, "moved.example now" in answer.text) == (409, True)
    assert desk.records_of(content_id) == []


def failed(desk: Desk, website: Website) -> int:
    website.fail("publish", "permanent")
    content_id = desk.published()
    assert desk.content(content_id).site_status == "failed"
    return content_id


def test_trying_again_names_where_it_would_go(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = failed(desk, website)
    host = website.url.partition("://")[2]
    [record] = desk.records_of(content_id)
    with desk.browser(desk.owner) as client:
        queue = client.get("/publisher/publishing-queue").text
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        assert f"→ {host}" in queue
        assert f"To <strong>{host}</strong>, now" in panel
        make_default(desk, desk.connect())
        assert "→ IGNY8’s own pages" in client.get("/publisher/publishing-queue").text
        form = {"only": queue_mark(queue)}
        answer = client.post("/publisher/publishing-queue/retries", data=form)
        assert REFUSED in answer.text
        form = {"home": "review", "goes": mark(panel)}
        answer = client.post(f"/records/{record.id}/retry", data=form, headers=HTMX)
        assert "another destination than the page showed" in answer.text
        answer = client.post(f"/records/{record.id}/retry", data={"goes": mark(panel)})
        assert REFUSED in answer.text
        assert len(desk.records_of(content_id)) == 1
        form = {"only": queue_mark(client.get("/publisher/publishing-queue").text)}
        client.post("/publisher/publishing-queue/retries", data=form)
    assert len(desk.records_of(content_id)) == 2


def test_what_waits_for_its_next_try_goes_on_where_it_began(
    desk: Desk, website: Website, website_id: int
) -> None:
    website.fail("publish", "later")
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    desk.run_worker_once()
    make_default(desk, desk.connect())
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        form = {"home": "review", "goes": mark(panel)}
        client.post(f"/records/{record_id}/retry", data=form, headers=HTMX)
    desk.run_worker()
    assert desk.record(record_id).integration_id == website_id


def test_a_connection_is_told_to_open_pages_when_it_is_made(desk: Desk) -> None:
    with desk.system.db.write() as db:
        made, _ = connections.connect(db, desk.system, desk.site, "headless")
        told = [(topic, object_id) for _, topic, object_id in db.info["notices"]]
    assert told == [("integration", made.id)]


def test_switched_off_and_on_again_is_the_same_destination(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.approved()
    with desk.browser(desk.owner) as client:
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        switch_off(desk, website_id)
        with desk.system.db.write() as db:
            integration = db.get_one(SiteIntegration, website_id)
            connections.change(db, desk.system, integration, {"is_active": True})
            connections.make_default(db, integration)
        form = {"goes": mark(panel)}
        client.post(f"/content/{content_id}/publication", data=form, headers=HTMX)
    assert len(desk.records_of(content_id)) == 1


def test_what_showed_no_destination_is_not_sent_to_one(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    switch_off(desk, website_id)
    with desk.browser(desk.owner) as client:
        row = queue_mark(client.get("/publisher/publishing-queue?tab=scheduled").text)
        panel = client.get(f"/content/{content_id}/panel", headers=HTMX).text
        with desk.system.db.write() as db:
            integration = db.get_one(SiteIntegration, website_id)
            connections.change(db, desk.system, integration, {"is_active": True})
        form = {"goes": mark(panel)}
        answer = client.post(f"/content/{content_id}/publication", data=form, headers=HTMX)
        assert (answer.status_code, "the page showed no destination" in answer.text) == (409, True)
        client.post("/publisher/publishing-queue/publications", data={"id": row})
    assert desk.records_of(content_id) == []


def test_a_time_is_refused_where_the_default_is_another_one(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.approved()
    with desk.browser(desk.owner) as client:
        dialog = client.get(f"/content/{content_id}/schedule", headers=HTMX).text
        make_default(desk, desk.connect())
        tomorrow = desk.system.clock() + timedelta(days=1)
        form = {"at": f"{tomorrow:%Y-%m-%dT%H:%M}", "seen": "", "goes": mark(dialog)}
        answer = client.post(f"/content/{content_id}/schedule", data=form, headers=HTMX)
        assert "Nothing was scheduled: it would go to IGNY8’s own pages now" in answer.text
        assert desk.content(content_id).scheduled_publish_at is None
        form["goes"] = mark(answer.text)
        client.post(f"/content/{content_id}/schedule", data=form, headers=HTMX)
    assert desk.content(content_id).scheduled_publish_at is not None


def test_what_cannot_go_there_either_says_so(desk: Desk, website: Website, website_id: int) -> None:
    content_id = desk.published()
    desk.edit(content_id, title="Newer", keep_approved=True)
    with desk.browser(desk.owner) as client:
        form = {"goes": mark(client.get(f"/content/{content_id}/panel", headers=HTMX).text)}
        make_default(desk, desk.connect())
        answer = client.post(f"/content/{content_id}/publication", data=form, headers=HTMX)
    assert "It stays online at" in answer.text
    assert "if it shall go there" not in answer.text


def test_what_cannot_work_is_not_offered(desk: Desk, website: Website, website_id: int) -> None:
    website.fail("publish", "permanent")
    content_id = desk.published()
    with desk.browser(desk.owner) as client:
        panel = f"/content/{content_id}/panel"
        assert "data-again" in client.get(panel, headers=HTMX).text
        switch_off(desk, website_id)
        shown = client.get(panel, headers=HTMX).text
    assert "data-again" not in shown
    assert "data-over" not in shown
