"""A website that calls with another one's key: refused, and told on the site's page."""

from __future__ import annotations

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk
from webapp.integrations import connections, keys
from webapp.integrations.models import SiteIntegration

BASE = "https://news.example.com/blog"


def connected(desk: Desk) -> tuple[int, str]:
    """A connection, and its key."""
    with desk.system.db.write() as db:
        made, key = connections.connect(db, desk.system, desk.site, "wordpress", base_url=BASE)
        return made.id, key


@pytest.mark.parametrize(
    ("home", "status"),
    [
        ("", 200),  # a plugin that does not say it yet
        (BASE, 200),
        ("http://www.news.example.com/blog/", 200),
        ("https://inner.example.com", 200),  # as it once called itself, asked at its address
        ("https://staging.example.com/blog", 409),
        ("https://news.example.com/copy", 409),
        ("https://news.example.com:8443/blog", 409),
        ("☃", 409),
    ],
)
def test_only_the_connected_website_is_let_in(
    api_of: MakeApi, desk: Desk, home: str, status: int
) -> None:
    integration_id, key = connected(desk)
    with desk.system.db.write() as db:
        row = db.get_one(SiteIntegration, integration_id)
        row.config_json = {"home": "https://inner.example.com/"}
    headers = {b"X-IGNY8-Home": home.encode()} if home else {}
    answer = api_of(key=key).get("/api/v1/auth/me/", headers=headers)
    assert answer.status_code == status
    told = desk.row(SiteIntegration, integration_id).config_json.get("elsewhere")
    if status == 200:
        assert told is None
    else:
        assert answer.json()["error"]["code"] == "WEBSITE_COPIED"
        assert told is not None


def test_the_sites_page_says_so(api_of: MakeApi, api: Api, desk: Desk) -> None:
    integration_id, key = connected(desk)
    away = {"X-IGNY8-Home": "https://staging.example.com"}
    assert api_of(key=key).get("/api/v1/auth/me/", headers=away).status_code == 409
    with desk.browser(desk.owner) as browser:
        page = browser.get(f"/settings/sites/{desk.site.id}").text
        assert "Another website calls with this key: https://staging.example.com" in page
        # It has moved there: its address is changed, and a new key made.
        path = f"/api/v1/integration/integrations/{integration_id}"
        api.patch(path, json={"base_url": "https://staging.example.com"})
        page = browser.get(f"/settings/sites/{desk.site.id}").text
        assert "Another website" not in page
        assert "none: nothing is sent until a new one is made" in page


@pytest.mark.parametrize("act", ["new", "end"])
def test_who_called_with_an_older_key_is_told_no_more(
    api_of: MakeApi, desk: Desk, act: str
) -> None:
    integration_id, key = connected(desk)
    away = {"X-IGNY8-Home": "https://staging.example.com"}
    api_of(key=key).get("/api/v1/auth/me/", headers=away)
    with desk.system.db.write() as db:
        integration = db.get_one(SiteIntegration, integration_id)
        assert "elsewhere" in integration.config_json
        if act == "new":
            keys.rotate(db, desk.system, integration)
        else:
            keys.end(db, desk.system, integration, "all")
        assert "elsewhere" not in integration.config_json
