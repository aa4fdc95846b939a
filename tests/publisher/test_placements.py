"""What stands where: a row per piece and connection, which the piece's own columns mirror."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command

from tests.publisher.test_default_changed import make_default
from tests.publisher.test_records import refused
from tests.publisher.test_unclear import answers_again, become_unclear, minute
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.core import migrate
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations import placements
from webapp.integrations.models import Placement, SiteIntegration
from webapp.publisher.delivery import unclear
from webapp.publisher.records import letting_go
from webapp.publisher.records.models import PublishingRecord

pytestmark = pytest.mark.both_databases


@pytest.fixture
def website_id(desk: Desk, website: Website) -> int:
    """The site publishes to the tests' own destination."""
    made = desk.connect_to_website()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, made).base_url = website.url
    return made


def placed(desk: Desk, content_id: int) -> dict[int, Placement]:
    """The piece's placements by connection, after they were compared with its mirror."""
    rows = {one.integration_id: one for one in desk.rows(Placement) if one.content_id == content_id}
    content = desk.content(content_id)
    online = [one for one in rows.values() if one.status == placements.ONLINE]
    mirrored = {name: getattr(content, name) for name in placements.MIRRORED}
    said: list[dict[str, Any]] = [
        {name: getattr(one, name) for name in placements.MIRRORED} for one in online
    ]
    assert mirrored in (said or [dict.fromkeys(placements.MIRRORED, "")])
    return rows


def test_going_online_again_and_offline_keeps_one_row(
    desk: Desk, website: Website, website_id: int, clock: FakeClock
) -> None:
    content_id = desk.published()
    first = placed(desk, content_id)[website_id]
    assert (first.status, first.published_hash) == ("online", desk.content(content_id).content_hash)
    clock.advance(hours=1)
    desk.edit(content_id, title="Newer", keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    second = placed(desk, content_id)[website_id]
    assert second.id == first.id
    assert second.published_hash == desk.content(content_id).content_hash != first.published_hash
    assert second.first_published_at == first.first_published_at
    assert second.record_id == desk.records_of(content_id)[-1].id
    desk.retract(content_id)
    desk.run_worker()
    assert placed(desk, content_id)[website_id].status == "offline"
    desk.publish(content_id)
    desk.run_worker()
    assert placed(desk, content_id)[website_id].status == "online"
    with desk.changing(content_id) as (db, content):
        letting_go.unpublish(db, desk.system, content)
    assert placed(desk, content_id) == {}


def test_each_destination_has_its_own(desk: Desk, website: Website, website_id: int) -> None:
    content_id = desk.published()
    desk.retract(content_id)
    desk.run_worker()
    own = make_default(desk, desk.connect())
    desk.publish(content_id)
    desk.run_worker()
    rows = placed(desk, content_id)
    assert {one: row.status for one, row in rows.items()} == {website_id: "offline", own: "online"}
    with desk.system.db.read() as db:
        assert placements.known(db, content_id, website_id) == placements.Known("", [])


def test_what_is_heard_of_late_is_in_sight_and_is_taken_down_first(
    desk: Desk, website: Website, website_id: int, clock: FakeClock
) -> None:
    lost = become_unclear(desk, website, clock)
    content_id = lost.content_id
    with desk.changing(content_id) as (db, content):
        record = db.get_one(PublishingRecord, lost.id)
        unclear.not_done(db, desk.system, content, record, by=desk.owner)
    own = make_default(desk, desk.connect())
    desk.publish(content_id)
    desk.run_worker()
    assert set(placed(desk, content_id)) == {own}
    answers_again(website)
    for _ in range(20):
        minute(desk, clock)
    there = placed(desk, content_id)
    assert {one: row.status for one, row in there.items()} == {website_id: "online", own: "online"}
    assert desk.content(content_id).external_url == there[website_id].external_url

    desk.edit(content_id, title="Newer", keep_approved=True)
    with refused(Code.ONLINE_ELSEWHERE):
        desk.publish(content_id)
    desk.retract(content_id)
    desk.run_worker()
    assert website.online() == {}
    content = desk.content(content_id)
    assert (content.site_status, content.external_url) == ("published", there[own].external_url)
    placed(desk, content_id)
    desk.publish(content_id)
    desk.run_worker()
    assert desk.content(content_id).published_hash == desk.content(content_id).content_hash


def test_a_connection_made_anew_takes_the_post_over(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, website_id)
        integration.is_active = integration.is_default = False
    anew = desk.connect_to_website()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, anew).base_url = website.url
    with desk.system.db.read() as db:
        assert placements.known(db, content_id, anew) == placements.known(
            db, content_id, website_id
        )
    desk.edit(content_id, title="Newer", keep_approved=True)
    desk.publish(content_id)
    desk.run_worker()
    assert set(placed(desk, content_id)) == {anew}
    assert len(website.online()) == 1


def test_taking_down_by_a_connection_made_anew_is_believed(
    desk: Desk, website: Website, website_id: int
) -> None:
    content_id = desk.published()
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, website_id)
        integration.is_active = integration.is_default = False
    anew = desk.connect_to_website()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, anew).base_url = website.url
    desk.retract(content_id)
    desk.run_worker()
    assert [one.status for one in placed(desk, content_id).values()] == ["offline"]
    assert desk.content(content_id).site_status == "not_published"


def test_what_was_online_before_placements_has_one(desk: Desk, website_id: int) -> None:
    by_record, without = desk.published(), desk.published()
    never = desk.approved()
    expected = {one: placed(desk, one) for one in (by_record, without)}
    make_default(desk, desk.connect())
    with desk.system.db.write() as db:
        gone = PublishingRecord.content_id == without
        db.execute(sa.update(Placement).values(record_id=None))
        db.execute(sa.text("DELETE FROM publish_events"))
        db.execute(sa.delete(PublishingRecord).where(gone))
    own = desk.integration().id
    migrate_down_and_up(desk.system)
    [row] = placed(desk, by_record).values()
    before = expected[by_record][website_id]
    assert (row.integration_id, row.external_url) == (website_id, before.external_url)
    assert (row.status, row.published_hash) == ("online", before.published_hash)
    assert row.first_published_at == before.first_published_at
    assert set(placed(desk, without)) == {own}
    assert placed(desk, never) == {}


def migrate_down_and_up(system: System) -> None:
    """To the tables before placements, and back."""
    url = system.config.database_url
    command.downgrade(migrate._config(url), "0016")
    migrate.upgrade(url)
