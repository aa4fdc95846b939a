"""What members of each role are offered, told and refused, on pages and by the API."""

from __future__ import annotations

import re
from functools import partial
from html import unescape

import pytest
import sqlalchemy as sa

from tests.accounts.conftest import at_sites, share
from tests.accounts.house import House
from tests.accounts.test_doors import (
    ENDLESS,
    MEMBERS_ONLY,
    everything,
    house,  # noqa: F401
    needs_of,
)
from tests.support.desk import Desk
from webapp.accounts import rights
from webapp.accounts.models import Site
from webapp.accounts.rights import Role
from webapp.core.system import System
from webapp.live import pages as events
from webapp.writer import contents
from webapp.writer.models import ContentShare

OF_SITES = ("content_id", "record_id", "integration_id", "site_id", "change_id")


def test_every_route_asks_at_the_site_of_what_it_names(
    house: House,  # noqa: F811
    second: Site,
) -> None:
    """An admin of the account who only looks at one site: each route that changes something there
    is refused, and nothing is changed."""
    desk = house.desk
    house.homes[second.id] = desk.connect(site=second)
    who = at_sites(desk, desk.admin, Role.ADMIN, {second.id: Role.VIEWER})
    things = house.things(second, desk.owner)
    before = everything(desk.system)
    wrong = []
    for route, _ in MEMBERS_ONLY:
        needed = needs_of(route).capability
        if not any(f"{{{name}:" in route for name in OF_SITES) or needed in rights.of(Role.VIEWER):
            continue
        if needed is None or route in ENDLESS:
            continue
        answer = house.call(route, things, **house.as_member(who))
        if answer.status_code != 403:
            wrong.append((route, answer.status_code, answer.text[:200]))
    assert wrong == []
    assert everything(desk.system) == before


def test_forms_that_name_something_of_another_site_are_refused(
    house: House,  # noqa: F811
    second: Site,
) -> None:
    """The row is in the form, and not in the address; of several each is judged by itself."""
    desk = house.desk
    here, there = desk.write(), desk.write(site=second)
    house.homes[second.id] = desk.connect(site=second)
    who = at_sites(desk, desk.teammate, Role.EDITOR, {second.id: Role.VIEWER})
    sent = house.as_member(who)
    post = partial(house.client.post, headers=sent, follow_redirects=False)
    both = {"id": [str(here), str(there)]}
    answer = post("/review/approvals", data=both)
    assert answer.status_code == 200
    assert "1 piece approved" in answer.text
    assert "Your role, viewer, does not let you sign pieces off" in answer.text
    for noun in ("times", "holds", "publications"):
        answer = post(f"/publisher/publishing-queue/{noun}", data=both)
        assert answer.status_code in (200, 303), (noun, answer.text[:200])
    assert desk.content(there).status == "draft"
    assert desk.content(there).scheduled_publish_at is None
    assert desk.content(there).attention == frozenset()
    moved = post("/publisher/content-calendar/moves", data={"id": there, "day": "2030-01-07"})
    assert moved.status_code == 403
    queue = house.client.get(f"/publisher/publishing-queue?site={second.id}", headers=sent).text
    assert "Pause Second" not in queue
    queue = house.client.get(f"/publisher/publishing-queue?site={desk.site.id}", headers=sent).text
    assert f"Pause {desk.site.name}" in queue


@pytest.mark.parametrize("role", ["writer", "client", "nobody"])
def test_every_page_is_there_for_those_who_see_a_part(desk: Desk, second: Site, role: str) -> None:
    """Also with one of several sites chosen; and no page leads to what is refused."""
    roles = {second.id: Role.WRITER}
    who = {
        "writer": desk.writer,
        "client": desk.client,
        "nobody": at_sites(desk, desk.viewer, None, roles),
    }[role]
    for site in (desk.site, second):
        desk.connect(site=site)
        content_id = desk.approved(site=site)
        with desk.changing(content_id) as (_, content):
            content.writer_id = who.user_id
        share(desk, content_id, who)
    shown = f"/content/{content_id}"
    with desk.browser(who) as client:
        client.post("/active-site", data={"site_id": str(second.id)})
        links: set[str] = set()
        for path in ("/review", "/publisher/content-calendar", "/content", "/account", shown):
            for query in ("", f"?site={second.id}"):
                answer = client.get(path + query)
                assert answer.status_code == 200, (path, query)
                links |= set(re.findall(r'<a [^>]*href="(/[^"#]*)"', answer.text))
        refused = [link for link in sorted(links) if client.get(unescape(link)).status_code == 403]
    assert refused == []


def test_a_client_reads_the_piece_and_nothing_of_how_it_came_about(desk: Desk) -> None:
    desk.connect()
    content_id = desk.write(title="Shown to a client")
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
        contents.request_changes(db, content, "An internal word.", by=desk.owner)
    desk.approve(content_id)
    record_id = desk.publish(content_id)
    share(desk, content_id, desk.client)
    with desk.browser(desk.client) as client:
        page = client.get(f"/content/{content_id}").text
        assert "Shown to a client" in page
        assert "An internal word." not in page
        assert "owner@example.com" not in page
        assert f"/records/{record_id}" not in page
        assert client.get(f"/records/{record_id}").status_code == 403
        assert client.get(f"/content/{content_id}/schedule").status_code == 403
    with desk.browser(desk.viewer) as client:
        assert "An internal word." in client.get(f"/content/{content_id}").text


def test_a_site_that_is_not_seen_any_more_is_not_chosen_any_more(desk: Desk, second: Site) -> None:
    content_id = desk.approved(site=second)
    share(desk, content_id, desk.client)
    with desk.browser(desk.client) as client:
        client.post("/active-site", data={"site_id": str(second.id)})
        assert client.get("/api/v1/auth/me").json()["data"]["site"]["name"] == "Second"
        with desk.system.db.write() as db:
            db.execute(sa.delete(ContentShare))
        assert "site" not in client.get("/api/v1/auth/me").json()["data"]
        assert client.get("/publisher/content-calendar").status_code == 200


def test_a_writer_takes_nothing_out_of_the_plan(desk: Desk) -> None:
    desk.connect()
    draft, planned = desk.write(by=desk.writer), desk.write(by=desk.writer)
    desk.approve(planned, by=desk.owner)
    desk.schedule(planned, 3600)
    with desk.browser(desk.writer) as client:
        path = "/api/v1/writer/content"
        assert client.delete(f"{path}/{planned}").status_code == 403
        changed = client.patch(f"{path}/{draft}", json={"priority": 5})
        assert changed.status_code == 403
        assert client.patch(f"{path}/{draft}", json={"title": "Mine"}).status_code == 200
        assert client.delete(f"{path}/{draft}").status_code == 200
    assert desk.content(planned).scheduled_publish_at is not None


def test_two_people_may_use_the_same_idempotency_key(desk: Desk) -> None:
    made = []
    for who in (desk.owner, desk.writer):
        with desk.browser(who) as client:
            body = {"title": "The same", "site_id": desk.site.id}
            sent = {"Idempotency-Key": "k-1"}
            answer = client.post("/api/v1/writer/content", json=body, headers=sent)
            assert answer.status_code == 201
            made.append(answer.json()["data"]["id"])
    assert len(set(made)) == 2


def test_pages_of_a_writer(desk: Desk, second: Site) -> None:
    """Its own pieces, an act to hand them over, and no way to what it may not see."""
    desk.connect()
    theirs, own = desk.approved(title="Of another"), desk.write(by=desk.writer, title="My own")
    with desk.browser(desk.writer) as client:
        review = client.get("/review?status=all").text
        assert "My own" in review
        assert "Of another" not in review
        assert 'href="/settings/sites"' not in review
        page = client.get(f"/content/{own}").text
        assert "Submit for review" in page
        assert "data-publish" not in page
        assert "/settings/sites" not in page
        assert client.get(f"/content/{theirs}").status_code == 404
        assert "bar-of-site" not in client.get("/publisher/content-calendar").text
        assert client.post(f"/content/{own}/submission").status_code in (200, 303)
        assert client.post(f"/content/{own}/approval").status_code == 403
        assert client.get("/settings/sites").status_code == 403
    assert desk.content(own).status == "review"


def test_a_feed_is_read_with_the_rights_of_now(desk: Desk, system: System) -> None:
    content_id = desk.approved(title="In the calendar")
    desk.schedule(content_id)
    with desk.browser(desk.viewer) as client:
        client.post("/publisher/content-calendar/feeds", data={"site_id": ""})
        page = client.get("/publisher/content-calendar/feeds").text
        address = page[page.index("/publisher/content-calendar/feeds/") :].split("<")[0]
        address = address.split('"')[0]
        assert "In the calendar" in client.get(address).text
        at_sites(desk, desk.viewer, Role.CLIENT, {})
        assert "In the calendar" not in client.get(address).text


def test_an_act_shows_no_more_than_the_page(desk: Desk, second: Site) -> None:
    """A client of one site who edits another: what an act answers with is the queue that they may
    follow, and nothing of what is only shared with them."""
    desk.connect()
    desk.connect(site=second)
    shared, own = desk.published(title="Only shared"), desk.write(title="Own", site=second)
    share(desk, shared, desk.client)
    who = at_sites(desk, desk.client, Role.CLIENT, {second.id: Role.EDITOR})
    queue = "/publisher/publishing-queue"
    with desk.browser(who) as client:
        for headers in ({}, {"HX-Request": "true"}):
            answer = client.post(
                f"{queue}/holds?tab=published",
                data={"id": str(own)},
                headers={**client.headers, **headers},
            )
            assert answer.status_code == 200
            assert "Only shared" not in answer.text


def test_streams_name_no_record_to_those_who_may_not_follow(desk: Desk) -> None:
    desk.connect()
    content_id = desk.published()
    share(desk, content_id, desk.client)
    [record] = desk.records_of(content_id)
    who = at_sites(desk, desk.client, Role.CLIENT, {})
    changed = {"content": {content_id}, "record": {record.id}}
    topics = events._narrowed(desk.system, who, changed).topics
    assert topics == {"content": {content_id}}
    assert events._narrowed(desk.system, desk.teammate, changed).topics == changed
