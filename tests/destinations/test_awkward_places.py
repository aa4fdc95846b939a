"""The product against real WordPress websites that stand in awkward places: in a directory, with
plain permalinks, behind other plugins that print, close and redirect, and in maintenance."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.destinations.conftest import start_wordpress
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.misbehaving import Exchange, Misbehaving, Reply
from tests.support.wordpress import WordPress
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

pytestmark = pytest.mark.heavy
PLAIN = "global $wp_rewrite; $wp_rewrite->set_permalink_structure('%s'); flush_rewrite_rules();"
NOTICE = (
    "add_action('rest_api_init', function () { echo \"<br />\\n<b>Warning</b>:  Undefined variable"
    ' \\$x in <b>/srv/plugins/other.php</b> on line <b>12</b><br />\\n"; });'
)
MARK = "add_action('rest_api_init', function () { echo \"\\xEF\\xBB\\xBF\"; });"
BEHIND = "add_action('shutdown', function () { echo '<!-- cached by another plugin -->'; });"
CLOSED = (
    "add_filter('rest_authentication_errors', function ($known) { return $known ?: new WP_Error("
    "'rest_not_logged_in', 'You are not currently logged in.', array('status' => 401)); });"
)


@pytest.fixture(scope="module", params=["", "/blog"], ids=["root", "directory"])
def wp(request: pytest.FixtureRequest) -> Iterator[WordPress]:
    """A WordPress at the root of its address, and one in a directory."""
    site = start_wordpress(path=request.param)
    yield site
    site.stop()


@pytest.fixture
def house(desk: Desk, wp: WordPress) -> Desk:
    """Connected by an address that somebody pasted from within WordPress."""
    wp.revive()
    wp.php(PLAIN % "/%postname%/")
    with desk.system.db.write() as db:
        _, key = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url=f"{wp.url}/wp-json/"
        )
    wp.set_option("igny8_api_key", key)
    with desk.system.db.write() as db:  # the website remembers the ids of the tests before
        last = Content(id=int(uuid.uuid4().int % 1_000_000_000), account_id=desk.site.account_id)
        last.site_id, last.title = desk.site.id, "Last id"
        db.add(last)
    return desk


def tried(desk: Desk) -> SiteIntegration:
    """The connection after a click on Test."""
    reconcile.check_one(desk.system, desk.integration().id)
    return desk.integration()


def publish(desk: Desk, wp: WordPress) -> None:
    """One piece goes out at the first attempt, is online, and can be taken down."""
    content_id = desk.published(title="An awkward place", slug="an-awkward-place")
    record = desk.records_of(content_id)[-1]
    assert (record.status, record.attempt) == ("published", 1), record.error or record.receipt
    assert record.external_url.startswith(wp.url)
    assert "An awkward place" in httpx.get(record.external_url).text
    taken = desk.retract(content_id, "delete")
    desk.run_worker()
    assert desk.record(taken).status == "retracted", desk.record(taken).error


def test_an_address_with_wp_json_at_its_end(house: Desk, wp: WordPress) -> None:
    assert tried(house).health in ("healthy", "degraded")
    assert house.integration().base_url == wp.url
    publish(house, wp)


def test_plain_permalinks_are_learnt_and_unlearnt(house: Desk, wp: WordPress) -> None:
    wp.php(PLAIN % "")
    found = tried(house)
    assert found.health in ("healthy", "degraded"), found.health_report
    assert found.config_json["rest"] == "rest_route"
    publish(house, wp)
    wp.php(PLAIN % "/%postname%/")
    publish(house, wp)
    with house.system.db.write() as db:
        row = db.get_one(SiteIntegration, found.id)
        row.config_json = {**row.config_json, "rest": "wp-json"}
    wp.php(PLAIN % "")
    publish(house, wp)


@pytest.mark.parametrize(
    "noise", [NOTICE, MARK, BEHIND, NOTICE + MARK + BEHIND], ids=["notice", "mark", "behind", "all"]
)
def test_what_others_print_is_read_past(house: Desk, wp: WordPress, noise: str) -> None:
    with wp.mu_plugin(noise):
        assert tried(house).health in ("healthy", "degraded")
        publish(house, wp)


def failure(desk: Desk) -> dict[str, Any]:
    """What Test says, which a publication says too, and whether it is tried again."""
    found = tried(desk)
    assert found.health == "down"
    error: dict[str, Any] = (found.health_report or {})["report"]["error"]
    record = desk.records_of(desk.published())[-1]
    assert record.error is not None
    assert record.error["code"] == error["code"]
    assert record.status == ("pending" if error["recoverable"] else "failed")
    return error


def test_rest_that_is_closed_to_strangers(house: Desk, wp: WordPress) -> None:
    with wp.mu_plugin(CLOSED):
        error = failure(house)
    assert (error["code"], error["recoverable"]) == ("REST_CLOSED", False)
    assert "security plugin" in error["message"]
    publish(house, wp)


def test_maintenance(house: Desk, wp: WordPress, clock: FakeClock) -> None:
    note = wp.home / ".maintenance"
    note.write_text("<?php $upgrading = time();")
    try:
        error = failure(house)
    finally:
        note.unlink()
    assert (error["code"], error["recoverable"]) == ("MAINTENANCE", True)
    clock.advance(minutes=11)
    house.run_worker()
    assert house.rows(PublishingRecord)[-1].status == "published"


def test_an_address_that_redirects(house: Desk, wp: WordPress, misbehaving: Misbehaving) -> None:
    def to_wordpress(exchange: Exchange) -> None:
        path = exchange.hit.path.removeprefix("/old")
        query = f"?{exchange.hit.query}" if exchange.hit.query else ""
        exchange.send(Reply(301, b"", {"Location": f"{wp.url}{path}{query}"}))

    misbehaving.on("*", "*", to_wordpress)
    integration_id = house.integration().id
    with house.system.db.write() as db:
        row = db.get_one(SiteIntegration, integration_id)
        row.base_url = f"{misbehaving.url}/old"  # the website has moved; nobody changed our address
    error = failure(house)
    assert error["code"] == "ADDRESS_REDIRECTS"
    assert f"Use {wp.url} as its address" in error["message"]
    with house.browser(house.owner) as people:
        page = people.get(f"/settings/sites/{house.site.id}").text
        assert f"Use {wp.url}</button>" in page
        given = {"base_url": wp.url}
        changes = f"/settings/integrations/{integration_id}/changes"
        assert f"At {wp.url} this key ends" in people.post(changes, data=given).text
        people.post(changes, data=given | {"ends_key": "yes"})
    assert house.integration().base_url == wp.url
