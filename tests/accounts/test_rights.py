"""What members see and may do, by role, by site, by whose a piece is and what was shared."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.accounts.test_doors import House, house  # noqa: F401
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.accounts import access, members, rights, sessions, setup
from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.models import Membership, Site, SiteMembership, UserSession
from webapp.accounts.rights import EVERYTHING, Capability, Role, Sees, Sight
from webapp.core.errors import Forbidden, NotFound
from webapp.core.secrets import fingerprint
from webapp.core.system import System
from webapp.live import pages as live
from webapp.live.feed import Hub
from webapp.publisher.records import tallies
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer import content as contents
from webapp.writer.models import Content, ContentShare, Image


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
    records = [desk.publish(one) for one in (theirs, shared)]
    for content_id in (theirs, own, shared):
        desk.add_image(content_id, image_type="in_article", data=PNG)
    assert seen(desk, desk.viewer) == {theirs, own, shared}
    assert seen(desk, desk.writer) == {own}
    assert seen(desk, desk.client) == {shared}
    assert seen(desk, desk.client, PublishingRecord) == {records[1]}
    assert seen(desk, desk.writer, PublishingRecord) == set()
    assert len(seen(desk, desk.writer, Image)) == len(seen(desk, desk.client, Image)) == 1
    assert seen(desk, desk.client, PublishEvent) <= seen(desk, desk.viewer, PublishEvent)
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
    assert seen(desk, website) == {there}
    assert here not in seen(desk, website)


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


def test_every_route_asks_at_the_site_of_what_it_names(house: House, second: Site) -> None:  # noqa: F811
    """An editor of one site who only looks at the other: each route that names something there is
    refused, and nothing is changed."""
    from tests.accounts.test_doors import ENDLESS, MEMBERS_ONLY, needs_of

    desk = house.desk
    house.homes[second.id] = desk.connect(site=second)
    who = at_sites(desk, desk.admin, Role.ADMIN, {second.id: Role.CLIENT})
    sent = house.as_member(who)
    wrong = []
    named = ("content_id", "record_id", "integration_id", "site_id", "change_id")
    for route, _ in MEMBERS_ONLY:
        if route in ENDLESS or not any(f"{{{name}:" in route for name in named):
            continue
        if rights.may(Role.CLIENT, needs_of(route).capability):
            continue
        answer = house.call(route, house.things(second, desk.owner), **sent)
        if answer.status_code not in (403, 404):
            wrong.append((route, answer.status_code, answer.text[:200]))
    assert wrong == []


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
        "viewer": ("all", "RESE"),
        "writer": ("one's own", "REWR"),
        "editor": ("all", "RESEWRAPPU"),
        "admin": ("all", "RESEWRAPPUMAAD"),
        "owner": ("all", "RESEWRAPPUMAAD"),
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
