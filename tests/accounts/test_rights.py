"""What members see and may do, by role, by site, by whose a piece is and what was shared."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from functools import partial
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa

from tests.accounts.test_doors import (
    ENDLESS,
    MEMBERS_ONLY,
    House,
    everything,
    house,  # noqa: F401
    needs_of,
)
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.accounts import access, members, narrowing, rights, sessions, setup
from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.models import Membership, Site, SiteMembership, UserSession
from webapp.accounts.rights import EVERYTHING, Capability, Role, Sees, Sight
from webapp.core.db import Base
from webapp.core.errors import Forbidden, NotFound
from webapp.core.secrets import fingerprint
from webapp.core.system import System
from webapp.live import pages as live
from webapp.live.feed import Hub
from webapp.publisher.records import tallies
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer import content as contents
from webapp.writer.models import Content, ContentShare, Image

OF_SITES = ("content_id", "record_id", "integration_id", "site_id", "change_id")


@pytest.fixture
def second(desk: Desk) -> Site:
    """Another site of the same account."""
    with desk.system.db.write() as db:
        return setup.add_site(db, desk.owner.account_id, "Second", "https://two.example", "UTC")


def share(desk: Desk, content_id: int, who: Member) -> None:
    with desk.system.db.write() as db:
        db.add(ContentShare(account_id=who.account_id, content_id=content_id, user_id=who.user_id))


def at_sites(desk: Desk, who: Member, role: Role | None, roles: dict[int, Role]) -> Member:
    """The member as a request finds it, after it was given other roles."""
    with desk.system.db.write() as db:
        of_both = (Membership.user_id == who.user_id, Membership.account_id == who.account_id)
        db.execute(sa.update(Membership).where(*of_both).values(role=role or ""))
        for site_id, one in roles.items():
            db.add(
                SiteMembership(
                    account_id=who.account_id, user_id=who.user_id, site_id=site_id, role=one
                )
            )
    token = desk.session_of(who)
    with desk.system.db.read() as db:
        found = sessions.member_of(db, desk.system.secrets, token, desk.system.clock())
    assert found is not None
    return found


def submitted(desk: Desk, by: Member | None = None) -> int:
    """A piece that waits for an editor."""
    content_id = desk.write(by=by)
    with desk.system.db.write() as db:
        contents.submit(access.get_for_update(db, by or desk.owner, Content, content_id))
    return content_id


def seen(desk: Desk, who: Any, model: Any = Content) -> set[int]:
    with desk.system.db.read() as db:
        return set(db.scalars(access.visible(who, model, model.id)))


@pytest.mark.both_databases
def test_a_writer_sees_what_is_its_own_and_a_client_what_was_shared(desk: Desk) -> None:
    desk.connect()
    theirs, own, shared = desk.approved(), desk.write(by=desk.writer), desk.approved()
    share(desk, shared, desk.client)
    for content_id in (theirs, own, shared):
        desk.add_image(content_id, image_type="in_article", data=PNG)
    records = [desk.publish(one) for one in (theirs, shared)]
    desk.run_worker()
    assert seen(desk, desk.viewer) == {theirs, own, shared}
    assert seen(desk, desk.writer) == {own}
    assert seen(desk, desk.client) == {shared}
    assert seen(desk, desk.client, PublishingRecord) == {records[1]}
    assert seen(desk, desk.writer, PublishingRecord) == set()
    assert len(seen(desk, desk.writer, Image)) == len(seen(desk, desk.client, Image)) == 1
    events = {one.id for one in desk.rows(PublishEvent) if one.record_id == records[1]}
    assert seen(desk, desk.client, PublishEvent) == events != set()
    assert seen(desk, desk.viewer, PublishEvent) > events
    with desk.system.db.read() as db:
        for who in (desk.writer, desk.client):
            with pytest.raises(NotFound):
                access.get(db, who, Content, theirs)
            with pytest.raises(NotFound):
                access.get_for_update(db, who, PublishingRecord, records[0])


@pytest.mark.both_databases
def test_a_role_on_a_site_takes_the_place_of_the_one_in_the_account(
    desk: Desk, second: Site
) -> None:
    here, there = desk.approved(), desk.approved(site=second)
    who = at_sites(desk, desk.teammate, Role.EDITOR, {second.id: Role.WRITER})
    assert who.at_sites == {second.id: Role.WRITER}
    assert seen(desk, who) == {here}
    own = desk.write(by=who, site=second)
    assert seen(desk, who) == {here, own}
    assert who.may(Capability.PUBLISH, desk.site.id)
    assert not who.may(Capability.PUBLISH, second.id)
    only_there = at_sites(desk, desk.viewer, None, {second.id: Role.VIEWER})
    assert only_there.role is None
    assert seen(desk, only_there) == {there, own}
    assert seen(desk, only_there, Site) == {second.id}


def test_a_client_sees_a_site_once_something_of_it_was_shared(desk: Desk, second: Site) -> None:
    content_id = desk.approved(site=second)
    assert seen(desk, desk.client, Site) == set()
    share(desk, content_id, desk.client)
    assert seen(desk, desk.client, Site) == {second.id}
    assert seen(desk, desk.writer, Site) == {desk.site.id, second.id}


def test_a_website_sees_its_own_site_only(desk: Desk, second: Site) -> None:
    here, there = desk.approved(), desk.approved(site=second)
    website = ConnectedSite(desk.owner.account_id, second.id, 0)
    assert seen(desk, website) == {there} != {here}


@pytest.mark.both_databases
def test_what_a_route_needs_is_asked_again_at_the_site_of_the_row(desk: Desk, second: Site) -> None:
    here, there = desk.approved(), desk.approved(site=second)
    who = at_sites(desk, desk.teammate, Role.EDITOR, {second.id: Role.VIEWER})
    acting = replace(who, acting=Capability.PUBLISH)
    with desk.system.db.write() as db:
        assert access.get_for_update(db, acting, Content, here).id == here
        with pytest.raises(Forbidden, match="Your role, viewer, does not let you schedule"):
            access.get_for_update(db, acting, Content, there)
        with pytest.raises(Forbidden):
            access.get_for_update(db, acting, Site, second.id)


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
    assert "Your role, viewer, does not let you decide on pieces" in answer.text
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
        contents.submit(content)
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


def test_every_table_says_by_what_it_is_narrowed() -> None:
    sights = [
        Sight(Sees.OWN, (), 7),
        Sight(None, ((3, Sees.ALL),)),
        Sight(Sees.ALL, ((3, Sees.OWN),), 7),
        Sight(Sees.SHARED, (), 7),
    ]
    for name, table in Base.metadata.tables.items():
        if "account_id" not in table.c or name == "notices":
            continue
        for one in sights:
            found = narrowing.conditions(one, table)
            assert bool(found) != (name in narrowing.OF_ACCOUNT), name
    with pytest.raises(LookupError, match="say in"):
        narrowing.conditions(sights[0], sa.table("new_ones", sa.column("account_id")))


@pytest.mark.parametrize("model", [Content, PublishingRecord, PublishEvent, Image])
def test_narrowing_uses_the_indexes(desk: Desk, model: Any) -> None:
    """A condition that is always false, or a list of all pieces, would scan the table."""
    for one in (Sight(Sees.OWN, (), 7), Sight(Sees.SHARED, (), 7), Sight(None, ((3, Sees.ALL),))):
        who = replace(desk.viewer)
        vars(who)["sight"] = one
        query = access.visible(who, model, model.id).where(model.id == 1)
        with desk.system.db.read() as db:
            text = query.compile(db.get_bind(), compile_kwargs={"literal_binds": True})
            plan = [row.detail for row in db.execute(sa.text(f"EXPLAIN QUERY PLAN {text}"))]
        assert not [line for line in plan if line.startswith("SCAN")], plan


@pytest.mark.both_databases
def test_what_is_counted_is_what_is_seen(desk: Desk) -> None:
    submitted(desk)
    submitted(desk, by=desk.writer)
    share(desk, submitted(desk), desk.client)
    with desk.system.db.read() as db:
        numbers = [
            tallies.counts(db, who, desk.site.id)[tallies.WAITING]
            for who in (desk.viewer, desk.writer, desk.client)
        ]
        alone = [
            db.scalar(sa.select(tallies.number_of(who, tallies.WAITING)))
            for who in (desk.viewer, desk.writer, desk.client)
        ]
    assert numbers == alone == [3, 1, 1]


@pytest.mark.both_databases
def test_counting_agrees_with_the_kept_numbers(desk: Desk) -> None:
    """The two ways to a number, over pieces in every state."""
    desk.write()
    submitted(desk)
    desk.approved()
    failed, planned = desk.approved(), desk.approved()
    with desk.system.db.write() as db:
        db.get_one(Content, failed).attention = frozenset({"failed"})
        db.get_one(Content, planned).site_status = "scheduled"
        for content in db.scalars(sa.select(Content)):
            content.writer_id = desk.writer.user_id
    with desk.system.db.read() as db:
        assert tallies.counts(db, desk.writer) == tallies.counts(db, desk.viewer)


def test_a_stream_names_only_what_its_listener_may_see(desk: Desk) -> None:
    theirs, own = desk.write(), desk.write(by=desk.writer)
    topics = {"content": {theirs, own}, "plan": {desk.site.id}, "worker": {0}}

    async def heard_by(who: Member) -> bytes:
        hub = Hub()
        stream = live._tell(hub, desk.system, who, "")
        await anext(stream)
        changes = [(who.account_id, topic, one) for topic, ids in topics.items() for one in ids]
        hub.deliver(changes)
        return await anext(stream)

    everything = asyncio.run(heard_by(desk.viewer))
    narrowed = asyncio.run(heard_by(desk.writer))
    assert f'"ids":{sorted([theirs, own])}'.replace(" ", "").encode() in everything
    assert f'"topic":"content","ids":[{own}]'.encode() in narrowed
    assert b'"topic":"worker"' in narrowed
    with desk.system.db.write() as db:
        access.get_for_update(db, desk.writer, Content, own).deleted_at = desk.system.clock()
    assert f'"topic":"content","ids":[{own}]'.encode() in asyncio.run(heard_by(desk.writer))


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


def test_the_table_of_roles() -> None:
    """What each role may; written out, so that a change of the table is seen."""
    letters = {one: one.name[0] + one.name[1] for one in Capability}
    assert {
        str(role): (str(of.sees), "".join(letters[one] for one in Capability if one in of.may))
        for role, of in rights.OF_ROLES.items()
    } == {
        "client": ("what was shared with one", "RE"),
        "viewer": ("all", "REFOSE"),
        "writer": ("one's own", "REFOWR"),
        "editor": ("all", "REFOSEWRAPPU"),
        "admin": ("all", "REFOSEWRAPPUMAAD"),
        "owner": ("all", "REFOSEWRAPPUMAAD"),
    }
    assert rights.sight(7, Role.EDITOR, {3: Role.VIEWER}) == EVERYTHING
    assert rights.sight(7, Role.WRITER, {}) == Sight(Sees.OWN, (), 7)
    to = Capability.SEE_SITES
    assert rights.sight(7, Role.EDITOR, {3: Role.WRITER}, to) == Sight(Sees.ALL, ((3, None),))


def test_whoever_is_a_member_is_found_by_every_way_in(desk: Desk) -> None:
    who = at_sites(desk, desk.viewer, None, {desk.site.id: Role.EDITOR})
    token = desk.session_of(who)
    with desk.system.db.read() as db:
        query = members.behind(UserSession).where(UserSession.token_hash == fingerprint(token))
        found = members.member(db, db.execute(query).one())
    assert (found.role, found.at_sites) == (None, {desk.site.id: Role.EDITOR})
