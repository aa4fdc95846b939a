"""Websites with an older plugin are counted on the list of sites."""

from __future__ import annotations

from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.integrations.wordpress_plugin import package


def test_they_are_counted_until_they_are_new(client: TestClient[Litestar], desk: Desk) -> None:
    with desk.system.db.write() as db:
        made, _ = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url="https://gazette.example"
        )
        integration_id = made.id

    def reports(version: str) -> str:
        with desk.system.db.write() as db:
            checks = package.check_version({"plugin": version}, {"automatic": True, "problem": ""})
            db.get_one(SiteIntegration, integration_id).health_report = {"checks": checks}
        return client.get("/settings/sites").text

    assert "plugins-behind" not in reports(package.plugin_version())
    assert "One website has an older plugin than the one here" in reports("0.0.9")
    assert "updated there by itself" in client.get(f"/settings/sites/{desk.site.id}").text
