"""What members see and may do, by role, by site, by whose a piece is and what was shared."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from tests.accounts.conftest import at_sites, share
from tests.accounts.test_doors import house  # noqa: F401
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.accounts import access, members, narrowing, rights
from webapp.accounts.access import ConnectedSite, Member
from webapp.accounts.models import Site, UserSession
from webapp.accounts.rights import EVERYTHING, Capability, Role, Sees, Sight
from webapp.core.db import Base
from webapp.core.errors import Forbidden, NotFound
from webapp.core.secrets import fingerprint
from webapp.live import pages as live
from webapp.live.feed import Hub
from webapp.publisher.records import counters
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer import contents
from webapp.writer.models import Content, Image

OF_SITES = ("content_id", "record_id", "integration_id", "site_id", "change_id")


def submitted(desk: Desk, by: Member | None = None) -> int:
    """A piece that waits for an editor."""
    content_id = desk.write(by=by)
    with desk.system.db.write() as db:
        contents.submit(db, access.get_for_update(db, by or desk.owner, Content, content_id))
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
            counters.counts(db, who, desk.site.id)[counters.WAITING]
            for who in (desk.viewer, desk.writer, desk.client)
        ]
        alone = [
            db.scalar(sa.select(counters.number_of(who, counters.WAITING)))
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
        assert counters.counts(db, desk.writer) == counters.counts(db, desk.viewer)


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


def test_the_table_of_roles() -> None:
    """What each role may; written out, so that a change of the table is seen."""
    letters = {one: one.name[0] + one.name[1] for one in Capability}
    assert {
        str(role): (str(of.sees), "".join(letters[one] for one in Capability if one in of.may))
        for role, of in rights.OF_ROLES.items()
    } == {
        "client": ("what was shared with one", "REDISI"),
        "viewer": ("all", "REFOSE"),
        "writer": ("one's own", "REFODIWR"),
        "editor": ("all", "REFOSEDIWRSIAPPU"),
        "admin": ("all", "REFOSEDIWRSIAPPUMAAD"),
        "owner": ("all", "REFOSEDIWRSIAPPUMAAD"),
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
