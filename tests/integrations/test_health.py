"""A destination's health: what it means for publishing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.support import misbehaving as does
from tests.support.desk import Desk
from tests.support.logged import lines_of
from tests.support.misbehaving import Misbehaving
from webapp.accounts.models import Site
from webapp.core.clock import iso
from webapp.integrations import connections
from webapp.integrations.health import Health
from webapp.integrations.models import SiteIntegration
from webapp.integrations.wordpress_plugin import website
from webapp.integrations.wordpress_plugin.adapter import WordPressPluginAdapter
from webapp.publisher.delivery import destinations, reconcile

FINE, BAD = {"ok": True, "message": ""}, {"ok": False, "message": "no"}


@pytest.mark.parametrize(
    ("status", "checks", "resumes"),
    [
        ("healthy", {"database": FINE, "api_connection": FINE}, True),
        ("degraded", {"database": FINE, "api_connection": BAD, "clock": BAD}, True),
        ("degraded", {"database": FINE, "media_uploads": BAD}, False),
        ("down", {}, False),
    ],
)
def test_a_paused_destination_goes_on_when_it_can_take_publications(
    desk: Desk, status: str, checks: dict[str, dict[str, object]], resumes: bool
) -> None:
    desk.connect()
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, desk.integration().id)
        integration.paused_at = desk.system.clock()
        integration.failing_since = desk.system.clock() - timedelta(minutes=10)
    found = Health(status=status, checks=checks)
    with lines_of(destinations) as lines:
        for _ in range(2):
            with desk.system.db.write() as db:
                integration = db.get_one(SiteIntegration, integration.id)
                destinations.note_health(db, desk.system, integration, found)
    assert (desk.integration().paused_at is None) is resumes
    back = [one["seconds"] for one in lines if one["event"] == "a destination is back"]
    assert back == ([600] if resumes else [])


@pytest.mark.parametrize(("minutes", "ok"), [(0, True), (4, True), (-6, False), (60, False)])
def test_a_clock_that_is_wrong_is_told(desk: Desk, minutes: int, ok: bool) -> None:
    integration_id = desk.connect_to_website()
    with desk.system.db.read() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        target = connections.open_target(db, desk.system, integration)
    adapter = WordPressPluginAdapter(desk.system, target)
    there = iso(desk.system.clock() + timedelta(minutes=minutes))
    assert adapter._clock(there)["ok"] is ok
    assert adapter._clock("no time")["ok"] is False


@pytest.mark.parametrize(
    ("address", "home", "told"),
    [
        ("https://blog.example", "https://blog.example/", ""),
        ("https://blog.example", "", ""),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/", ""),
        ("http://[::1]:8080", "http://localhost/", ""),
        ("http://127.0.0.1:8080", "http://blog.example/", ""),
        ("http://blog.example", "https://blog.example/", "key can be read"),
        ("HTTP://Blog.Example", "http://blog.example/", "key can be read"),
        ("https://blog.example", "http://blog.example/", "now calls itself http://blog.example/"),
        ("https://blog.example", "http://[", ""),
    ],
)
def test_what_can_be_read_on_the_way_is_told(address: str, home: str, told: str) -> None:
    checks = website.check_encryption(address, home)
    assert bool(checks) is bool(told)
    assert not told or told in checks["encryption"]["message"]
    assert Health(status="degraded", checks=checks).takes_publications


@pytest.mark.parametrize(
    ("before", "now", "stays"),
    [
        ("https://blog.example", "http://blog.example", False),
        ("http://blog.example", "https://blog.example", True),
        ("https://blog.example", "https://www.blog.example/blog", True),
        ("https://blog.example", "https://other.example", False),
    ],
)
def test_a_key_goes_along_to_no_address_that_is_less_safe(
    desk: Desk, before: str, now: str, stays: bool
) -> None:
    with desk.system.db.write() as db:
        site = db.get_one(Site, desk.site.id)
        integration, _ = connections.connect(db, desk.system, site, "wordpress", base_url=before)
        connections.change(db, desk.system, integration, {"base_url": now})
        assert integration.base_url == now
        assert bool(integration.credentials) is stays


@pytest.mark.parametrize(
    ("said", "kept"), [("de-DE", "de-DE"), ("zh-Hant-TW", "zh-Hant-TW"), ("<b>", ""), (None, "")]
)
def test_the_websites_language_is_the_sites(desk: Desk, said: str | None, kept: str) -> None:
    desk.connect()
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, desk.integration().id)
        health = Health(status="healthy", report={"site": {"language": said}})
        destinations.note_health(db, desk.system, integration, health)
    assert desk.row(Site, desk.site.id).language == kept


@pytest.mark.parametrize(
    "part",
    [
        {"installation": {"foreign": 1}},
        {"installation": {"foreign": "many", "unproven": None}},
        {"installation": {"foreign": -1, "unproven": 0}},
        {"installation": [1]},
        {"site": "WordPress"},
        {"site": ["x"]},
        {"checks": ["database"]},
        {"checks": {"database": "fine"}},
        {"checks": {"database": {"ok": "yes"}}},
    ],
)
def test_an_answer_of_another_form_is_told_and_breaks_no_page(
    desk: Desk, misbehaving: Misbehaving, part: dict[str, object]
) -> None:
    misbehaving.on("*", "*", does.answer_json({"success": True, "data": part}))
    integration_id = desk.connect("wordpress", misbehaving.url)
    reconcile.check_one(desk.system, integration_id)
    assert desk.integration(integration_id).health == "down"
    with desk.system.db.write() as db:  # kept before such an answer was refused
        row = db.get_one(SiteIntegration, integration_id)
        row.health_report = {**row.health_report, "checks": {}, "report": part}
    with desk.browser(desk.owner) as browser:
        assert browser.get(f"/settings/sites/{desk.site.id}").status_code == 200
