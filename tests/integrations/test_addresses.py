"""Addresses of connections and sites: one rule, said by field, and what was taken before it can be
corrected."""

from __future__ import annotations

import pytest

from tests.support.desk import Desk
from webapp.accounts import setup
from webapp.core.errors import Conflict, Invalid
from webapp.core.links import is_website
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration

NONE = [
    "http://127.0.0.1:٨٠",
    "http://example.com:8_0",
    "http://example.com:+80",
    "http://a b",
    "http://x'\"><b>.com",
    "http://x'y.com",
    "http://exa%20mple.com",
    "http://[::1",
    "http://example.com:",
    "http://example.com:99999",
    "http://example..com",
    "http://.com",
    "https://user@example.com",
    "https://example.com?x=1",
    "https://example.com#y",
    "example.com",
    "javascript:alert(1)",
    "http://",
    "http://a,b.com",
    "http://exam\u200bple.com",
]
FINE = [
    "http://127.0.0.1:8000",
    "https://example.com/blog",
    "https://例え.jp",
    "http://[2001:db8::1]:80",
    "https://my_site.example.com.",
    "http://localhost",
    "https://xn--r8jz45g.jp/it's",
]


@pytest.mark.parametrize("address", FINE)
def test_websites(address: str) -> None:
    assert is_website(address)


@pytest.mark.parametrize("address", NONE, ids=range(len(NONE)))
def test_what_is_no_website_is_refused_by_field(desk: Desk, address: str) -> None:
    wrong: list[str] = []
    for platform in ("wordpress", "headless"):
        with desk.system.db.write() as db, pytest.raises(Invalid) as problem:
            connections.connect(db, desk.system, desk.site, platform, base_url=address)
        wrong += problem.value.fields
    with desk.system.db.write() as db, pytest.raises(Invalid) as problem:
        setup.add_site(db, desk.site.account_id, "New", address, "Europe/Berlin")
    assert [*wrong, *problem.value.fields] == ["base_url", "base_url", "url"]


def test_the_form_and_the_api_name_the_field(desk: Desk) -> None:
    with desk.browser(desk.owner) as client:
        form = {"platform": "wordpress", "base_url": "http://127.0.0.1:٨٠"}
        path = f"settings/sites/{desk.site.id}/integrations"
        page = client.post(f"/{path}", data=form)
        given = {"site_id": desk.site.id, **form}
        answer = client.post("/api/v1/integration/integrations", json=given)
    assert page.status_code == 422
    assert "base_url-wrong" in page.text
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, ["base_url"])


@pytest.mark.parametrize("address", NONE, ids=range(len(NONE)))
def test_what_was_taken_before_is_shown_and_corrected(desk: Desk, address: str) -> None:
    made = desk.connect("wordpress", "http://127.0.0.1:9")
    content_id = desk.approved()
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, made).base_url = address
    with desk.browser(desk.owner) as client:
        for path in (
            f"settings/sites/{desk.site.id}",
            f"content/{content_id}",
            f"content/{content_id}/panel",
            f"content/{content_id}/schedule",
            "publisher/publishing-queue",
            "settings/sites",
        ):
            assert client.get(f"/{path}").status_code == 200, path
        api = f"/api/v1/integration/integrations/{made}"
        wrong = client.patch(api, json={"base_url": "http://[::2"})
        assert list(wrong.json()["error"]["fields"]) == ["base_url"]
        path = f"/settings/integrations/{made}/changes"
        right = {"base_url": "http://127.0.0.1:8", "ends_key": "yes"}
        page = client.post(path, data=right, follow_redirects=False)
    assert page.status_code == 303
    there = desk.integration(made)
    assert (there.base_url, there.credentials) == ("http://127.0.0.1:8", "")


def test_a_wrong_correction_is_told_on_the_page(desk: Desk) -> None:
    made = desk.connect("wordpress", "http://127.0.0.1:9")
    given = {"base_url": "http://127.0.0.1:8_0"}
    with desk.browser(desk.owner) as client:
        page = client.post(f"/settings/integrations/{made}/changes", data=given)
    assert page.status_code == 422
    assert "address, such as https://example.com." in page.text


def test_a_second_one_of_a_kind_is_not_switched_on(desk: Desk) -> None:
    def switch(integration_id: int, is_active: bool) -> None:
        with desk.system.db.write() as db:
            integration = db.get_one(SiteIntegration, integration_id)
            connections.change(db, desk.system, integration, {"is_active": is_active})

    first = desk.connect("wordpress", "http://127.0.0.1:9")
    switch(first, False)
    desk.connect("wordpress", "http://127.0.0.1:8")
    with pytest.raises(Conflict):
        switch(first, True)
