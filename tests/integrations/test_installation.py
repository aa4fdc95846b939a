"""Who this installation is: its name, its place, its stamp, and when it may be a copy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.config import Config
from webapp.core.system import System
from webapp.integrations import connections, installation, registry
from webapp.integrations.base import Sender
from webapp.integrations.health import Health
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import ownership, records
from webapp.publisher.records.models import PublishingRecord

ABOUT_THERE = ("unclear", "failed_update", "edited_there", "unpublished_there", "gone", "issues")


def who(system: System) -> Sender:
    with system.db.read() as db:
        return installation.this(db, system.config)


@pytest.mark.both_databases
def test_a_database_has_a_name_from_its_beginning(system: System, clock: FakeClock) -> None:
    first = who(system)
    assert len(first.installation) == 36
    assert first.question == ""
    installation.begin(system)
    installation.raise_stamp(system)
    raised = who(system)
    assert raised.installation == first.installation
    assert raised.stamp.startswith("1.2.")
    assert raised.stamp.split(".")[2] != first.stamp.split(".")[2]
    installation.raise_stamp(system)  # by another worker, at the same hour
    assert who(system).stamp == raised.stamp
    clock.advance(hours=24)
    installation.raise_stamp(system)
    assert who(system).stamp.startswith("1.3.")
    installation.moved(system)
    assert who(system).stamp.startswith("2.4.")


@pytest.mark.parametrize(
    ("before", "now", "is_same"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8011", True),
        ("http://127.0.0.1:8000", "http://localhost:8000", True),
        ("http://desk.example.com", "https://desk.example.com", True),
        ("https://desk.example.com", "https://DESK.example.com:443", True),
        ("https://desk.example.com", "https://desk.example.com:8443", False),
        ("https://desk.example.com", "https://copy.example.com", False),
        ("https://desk.example.com", "http://127.0.0.1:8000", False),
    ],
)
def test_what_is_another_place(
    config: Config, make_system: MakeSystem, before: str, now: str, is_same: bool
) -> None:
    first = make_system(replace(config, public_url=before))
    installation.begin(first)
    Desk(first).connect()
    later = make_system(replace(config, public_url=now))
    installation.begin(later)
    assert (who(later).question == "") is is_same
    stamp = who(later).stamp
    installation.raise_stamp(later)
    # While there is a question, the other one may be the real one.
    assert (who(later).stamp != stamp) is is_same
    installation.moved(later)
    assert who(later).question == ""


def test_who_is_known_nowhere_may_live_elsewhere(config: Config, make_system: MakeSystem) -> None:
    """As one that was set up on its machine's own address, and is then put behind its proxy. A copy
    of such a one is another one, too."""
    first = make_system(replace(config, public_url="http://127.0.0.1:8000"))
    installation.begin(first)
    name = who(first).installation
    later = make_system(replace(config, public_url="https://desk.example.com"))
    installation.begin(later)
    assert who(later).question == ""
    assert who(later).installation != name
    assert who(first).question != ""


def test_on_ones_own_machine_a_database_in_another_place_is_another(config: Config) -> None:
    here = replace(config, database_url="sqlite:////var/one/igny8.sqlite")
    there = replace(config, database_url="sqlite:////var/two/igny8.sqlite")
    assert installation.place_of(here) != installation.place_of(there)
    assert "secret" not in installation.place_of(
        replace(config, database_url="postgresql+psycopg://igny8:secret@db/igny8")
    )


def test_a_copy_gives_up_what_is_out_there(desk: Desk) -> None:
    integration_id = desk.connect("wordpress", "http://127.0.0.1:9")
    online, timed, draft = desk.approved(), desk.approved(), desk.write()
    desk.put_online(online, integration_id, "http://127.0.0.1:9/seven/")
    desk.schedule(timed, 3600)
    clicked = desk.publish(desk.approved())
    name = who(desk.system).installation
    ownership.answer(desk.system, "copy")
    assert who(desk.system).installation != name
    given_up = desk.content(online)
    assert (given_up.status, given_up.site_status) == ("approved", "not_published")
    assert (given_up.external_url, given_up.external_id) == ("", "")
    held = desk.content(timed)
    assert (held.site_status, held.scheduled_publish_at) == ("not_published", None)
    assert held.attention == {"held"}
    assert desk.content(draft).status == "draft"
    assert desk.record(clicked).status == "cancelled"
    integration = desk.row(SiteIntegration, integration_id)
    assert (integration.credentials, integration.key_hash) == ("", None)
    assert desk.run_worker() == 0


@pytest.mark.parametrize("is_default", [True, False], ids=["default", "former"])
@pytest.mark.parametrize("mark", ABOUT_THERE)
def test_a_copy_keeps_no_mark_of_what_is_out_there(desk: Desk, mark: str, is_default: bool) -> None:
    there = desk.connect("wordpress", "http://127.0.0.1:9")
    marked = desk.approved()
    record_id = desk.publish(marked)
    if mark != "unclear":
        desk.put_online(marked, there, "http://127.0.0.1:9/seven/")
    with desk.changing(marked) as (db, content):
        content.attention = frozenset({mark, "needs_approval"})
        if mark != "unclear":
            record = db.get_one(PublishingRecord, record_id)
            record.status, record.lease_until = "failed", None
        db.get_one(SiteIntegration, there).is_default = is_default
    if not is_default:
        desk.connect("headless")
    ownership.answer(desk.system, "copy")
    content = desk.content(marked)
    assert not content.attention & set(ABOUT_THERE)
    assert "needs_approval" in content.attention
    assert (content.site_status, content.external_url) == ("not_published", "")


def test_a_copy_keeps_what_its_own_pages_show(desk: Desk) -> None:
    there = desk.connect("wordpress", "http://127.0.0.1:9")
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, there).is_default = False
    desk.connect("headless")
    online, timed = desk.published(), desk.approved()
    with desk.changing(online) as (_, content):
        content.attention = frozenset({"failed_update"})
    desk.schedule(timed, 3600)
    ownership.answer(desk.system, "copy")
    assert desk.content(online).external_url
    assert desk.content(online).attention == {"failed_update"}
    assert desk.content(timed).site_status == "scheduled"


def test_a_copy_keeps_what_stands_on_its_own_pages_when_wordpress_is_the_default(
    desk: Desk,
) -> None:
    own = desk.connect("headless")
    online, online_and_timed = desk.published(), desk.published()
    there = desk.connect("wordpress", "http://127.0.0.1:9")
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, own).is_default = False
        db.flush()
        db.get_one(SiteIntegration, there).is_default = True
    desk.edit(online_and_timed, title="Newer")
    desk.approve(online_and_timed)
    desk.schedule(online_and_timed, 3600)
    ownership.answer(desk.system, "copy")
    content = desk.content(online)
    assert (content.site_status, bool(content.external_url)) == ("published", True)
    content = desk.content(online_and_timed)
    assert (content.site_status, bool(content.external_url)) == ("published", True)
    assert "held" in content.attention


def test_a_copy_forgets_a_link_whatever_was_tried_elsewhere_since(desk: Desk) -> None:
    there = desk.connect("wordpress", "http://127.0.0.1:9")
    content_id = desk.approved()
    record_id = desk.publish(content_id)
    with desk.changing(content_id) as (db, content):
        content.status, content.site_status = "published", "published"
        record = db.get_one(PublishingRecord, record_id)
        record.status, record.lease_until = "published", None
        db.get_one(SiteIntegration, there).is_default = False
    desk.connect("headless")
    desk.edit(content_id, title="Newer")
    later = desk.publish(content_id)  # as was possible before it was refused
    desk.put_online(content_id, there, "http://127.0.0.1:9/seven/")
    with desk.changing(content_id) as (db, content):
        content.site_status, content.attention = "publishing", frozenset({"gone"})
        records.cancel(db, desk.system, content, db.get_one(PublishingRecord, later))
    ownership.answer(desk.system, "copy")
    content = desk.content(content_id)
    assert content.external_url == ""
    assert not content.attention & set(ABOUT_THERE)


@pytest.mark.parametrize("said", ["many", "12", None, 1.5, [1], True])
def test_a_number_that_is_none_proves_nothing(desk: Desk, said: Any) -> None:
    integration_id = desk.connect("wordpress", "http://127.0.0.1:9")
    with desk.system.db.read() as db:
        target = connections.target_of(db, desk.system, integration_id)
    adapter = registry.adapter_for(desk.system, target)
    health = Health(status="healthy", report={"installation": {"unproven": said}})
    ownership.offer(desk.system, adapter, health)
    assert ownership.PROVEN not in desk.integration(integration_id).config_json
