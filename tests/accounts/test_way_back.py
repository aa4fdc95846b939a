"""Who comes back to an address to which only a form can be sent lands on the page above it; and an
error page leads on, whoever reads it."""

from __future__ import annotations

import re

import pytest

from tests.support.desk import Desk
from webapp.accounts import route_table

PAGE = {"Accept": "text/html"}
ONLY_FORMS = [
    path
    for method, path in (one.split(" ") for one in route_table.ROUTES)
    if method == "POST" and not path.startswith("/api") and f"GET {path}" not in route_table.ROUTES
]


def test_there_are_many_of_them() -> None:
    assert len(ONLY_FORMS) > 30
    assert "/settings/integrations/{integration_id:int}/key" in ONLY_FORMS


@pytest.mark.parametrize("template", ONLY_FORMS)
def test_a_reload_leads_to_the_page_above(desk: Desk, template: str) -> None:
    integration_id = desk.connect()
    content_id = desk.published()
    ids = {
        "content_id": content_id,
        "record_id": desk.records_of(content_id)[-1].id,
        "site_id": desk.site.id,
        "integration_id": integration_id,
        "deployment_id": desk.deploy(),
    }
    path = re.sub(r"{(\w+):int}", lambda found: str(ids.get(found[1], 1)), template)
    with desk.browser(desk.owner) as browser:
        answer = browser.get(path, headers=PAGE, follow_redirects=False)
        assert answer.status_code == 303
        above = answer.headers["location"]
        assert path.startswith(f"{above}/") or above == "/review"
        shown = browser.get(above, headers=PAGE)
        assert shown.status_code == 200
        assert "text/html" in shown.headers["content-type"]
        assert browser.get(path).status_code == 405, "a program is told"


def test_what_was_looked_at_stays(desk: Desk) -> None:
    with desk.browser(desk.owner) as browser:
        path = "/publisher/publishing-queue/holds?tab=scheduled"
        answer = browser.get(path, headers=PAGE, follow_redirects=False)
    assert answer.headers["location"] == "/publisher/publishing-queue?tab=scheduled"


@pytest.mark.parametrize("path", ["/nowhere", "/content/999999", "/content/x/y/z"])
def test_an_error_page_offers_signing_in_only_to_who_is_not_signed_in(
    desk: Desk, path: str
) -> None:
    with desk.browser(desk.owner) as browser:
        answer = browser.get(path, headers=PAGE)
        assert answer.status_code == 404
        assert '<nav class="nav"' in answer.text, "within the frame of our pages"
        assert 'class="btn" href="/sign-in"' not in answer.text
    with desk.browser() as stranger:
        assert "Sign in" in stranger.get(path, headers=PAGE).text


@pytest.mark.parametrize("platform", ["wordpress", "headless"])
def test_connecting_twice_says_why_not(desk: Desk, platform: str) -> None:
    given = {"platform": platform, "base_url": "http://127.0.0.1:9"}
    with desk.browser(desk.owner) as browser:
        path = f"/settings/sites/{desk.site.id}/integrations"
        assert browser.post(path, data=given).status_code in (200, 201)
        again = browser.post(path, data=given)
    assert again.status_code == 409
    assert again.text.count("already has an active connection") == 1
