"""Planted secrets are on no page and in no file that the desk hands out, whoever may see it."""

from __future__ import annotations

import pytest

from tests.accounts.house import House
from tests.accounts.test_doors import house  # noqa: F401
from tests.accounts.test_odd_requests import ENDLESS
from tests.support import misbehaving as how
from tests.support.house import PASSWORD
from tests.support.misbehaving import Misbehaving
from webapp.accounts.route_table import ROUTES
from webapp.core import log as logs
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import reconcile


def test_keys_passwords_and_sessions_are_on_no_page(
    house: House,  # noqa: F811
    misbehaving: Misbehaving,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The website says them in its failures, as a debug page might."""
    desk = house.desk
    logs.configure("json")
    [ours] = [one for one in desk.rows(SiteIntegration) if one.platform == "wordpress"]
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, ours.id)
        row.base_url = misbehaving.url
        connections.make_default(db, row)
    misbehaving.on("*", "*", how.status(500, f"it broke with {house.key}"))
    things = house.things(desk.site) | {"integration_id": ours.id}
    desk.run_worker_once()
    reconcile.check_one(desk.system, ours.id)
    assert any(house.key in hit.headers.get("Authorization", "") for hit in misbehaving.hits)

    browser, token = house.as_member(desk.owner), house.with_token(desk.owner, "read")
    secrets = {
        "the connection's key": house.key,
        "the password": PASSWORD,
        "the session": browser["Cookie"].partition("=")[2],
        "the token": token["Authorization"].removeprefix("Bearer "),
        "a key of the installation": desk.system.config.secret_keys[0],
    }
    looked_at = 0
    for route in ROUTES:
        if not route.startswith("GET ") or route.endswith(f" {ENDLESS}"):
            continue
        answer = house.call(route, things, **(token if "/api/" in route else browser))
        looked_at += answer.status_code == 200
        text = f"{answer.headers} {answer.text}"
        found = [name for name, secret in secrets.items() if secret in text]
        assert found == [], f"{route}: {found}"
    assert looked_at > 80
    written = "".join(capfd.readouterr())
    assert [name for name, secret in secrets.items() if secret in written] == []
