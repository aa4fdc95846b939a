"""A platform that nobody has named anywhere: its object is enough for every page and verb."""

from __future__ import annotations

import re

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from tests.support.misbehaving import Misbehaving
from tests.support.plain import PLATFORM, Plain, open_plain, with_token
from webapp.core import codes
from webapp.core.codes import sentence
from webapp.integrations import obstacles, registry
from webapp.integrations.models import SiteIntegration

Client = TestClient[Litestar]
SECRET = "plain-secret-token-0001"
OWN = {"PLAIN_IS_FULL": "The website takes no more posts. Remove some there, then try again."}


@pytest.fixture
def site(misbehaving: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Plain:
    """A platform whose key a person gets there, with a code of its own."""
    made, platform = open_plain(misbehaving)
    monkeypatch.setitem(registry.PLATFORMS, PLATFORM, with_token(platform))
    monkeypatch.setattr(codes, "OF_PLATFORMS", dict(codes.OF_PLATFORMS))
    codes.join(OWN)
    return made


def connect(client: Client, desk: Desk, site: Plain, token: str = SECRET) -> str:
    path = f"/settings/sites/{desk.site.id}/integrations"
    given = {"platform": PLATFORM, "base_url": site.url, "token": token}
    return client.post(path, data=given).text


def test_the_connect_page_asks_for_its_fields_and_says_what_is_wrong(
    client: Client, desk: Desk, site: Plain
) -> None:
    page = client.get(f"/settings/sites/{desk.site.id}").text
    assert "A website without a fence" in page
    assert re.search(r'name="token"\s+type="password"\s+maxlength="1024"', page)
    refused = connect(client, desk, site, "something-else")
    assert "A token of Plain begins with plain-." in refused
    assert site.url in refused, "what was typed is still there"
    assert "something-else" not in refused, "but no secret"
    assert desk.rows(SiteIntegration) == []
    missing = connect(client, desk, site, "")
    assert "begins with plain-" in missing


def test_its_key_is_kept_encrypted_replaced_and_never_shown(
    client: Client, desk: Desk, site: Plain
) -> None:
    page = connect(client, desk, site)
    [integration] = desk.rows(SiteIntegration)
    assert desk.system.secrets.decrypt(integration.credentials) == {"token": SECRET}
    assert integration.transport == "rest"
    assert SECRET not in page
    assert SECRET[:10] not in page, "nothing of it stands in clear"
    assert f"{integration.key_prefix}…" in page
    client.post(
        f"/settings/integrations/{integration.id}/changes", data={"token": "plain-another-token"}
    )
    [integration] = desk.rows(SiteIntegration)
    assert desk.system.secrets.decrypt(integration.credentials) == {"token": "plain-another-token"}
    refused = client.post(f"/settings/integrations/{integration.id}/key")
    assert refused.status_code == 409, "we make none"


def test_a_piece_goes_through_all_of_its_life_there(
    client: Client, desk: Desk, site: Plain
) -> None:
    connect(client, desk, site)
    content_id = desk.approved(tags=[{"name": "Tea"}])
    api = f"/api/v1/writer/content/{content_id}"
    assert client.get(f"{api}/validate/").json()["data"]["ready"] is True
    assert client.post(f"{api}/dry-run/", json={}).json()["data"]["plan"] == {"result": "created"}
    desk.publish(content_id)
    desk.run_worker()
    [post] = site.online()
    [record] = desk.records_of(content_id)
    page = client.get(f"/records/{record.id}").text
    assert f"{site.url}/plain/{post.number}" in page
    assert "Published" in page
    desk.retract(content_id, "delete")
    desk.run_worker()
    assert (site.posts, desk.content(content_id).external_url) == ({}, "")


def test_without_its_key_nothing_goes_out_and_every_page_says_so(
    client: Client, desk: Desk, site: Plain
) -> None:
    connect(client, desk, site)
    [integration] = desk.rows(SiteIntegration)
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, integration.id).credentials = ""
        db.flush()
        assert obstacles.of(db, desk.site.id) == obstacles.NO_KEY
    page = client.get(f"/settings/sites/{desk.site.id}").text
    assert "Nothing goes out: the site’s connection has no key." in page


def test_its_codes_join_the_closed_list(site: Plain) -> None:
    assert sentence("PLAIN_IS_FULL") == OWN["PLAIN_IS_FULL"]
    with pytest.raises(ValueError, match="taken: PLAIN_IS_FULL"):
        codes.join(OWN)
    with pytest.raises(ValueError, match="taken: INTERNAL_ERROR"):
        codes.join({"INTERNAL_ERROR": "Another meaning."})


def test_the_api_takes_its_fields_and_lists_it(client: Client, desk: Desk, site: Plain) -> None:
    body = {
        "site_id": desk.site.id,
        "platform": PLATFORM,
        "base_url": site.url,
        "credentials": {"token": SECRET},
    }
    answer = client.post("/api/v1/integration/integrations/", json=body)
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert (made["integration"]["platform"], made["api_key"]) == (PLATFORM, "")
    assert SECRET not in answer.text
    body["credentials"] = {"token": SECRET, "passphrase": "x"}
    refused = client.post("/api/v1/integration/integrations/", json=body)
    assert refused.json()["error"]["fields"]["passphrase"] == "This platform has no such field."


def test_one_field_is_changed_without_the_others(client: Client, desk: Desk) -> None:
    made = desk.connect("wordpress", "http://127.0.0.1:9")
    path = f"/api/v1/integration/integrations/{made}/"
    answer = client.patch(path, json={"default_author": "ada@example.com"})
    assert answer.status_code == 200
    assert desk.integration(made).default_author == "ada@example.com"
    assert client.patch(path, json={"default_author": "a" * 255}).status_code == 422
    own = desk.connect("headless", site=desk.site)
    answer = client.patch(
        f"/api/v1/integration/integrations/{own}/", json={"default_author": "ada@example.com"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["db", "platform", "base_url", "default_author", "site"])
def test_a_credential_of_a_strange_name_is_wrong_input(
    client: Client, desk: Desk, site: Plain, name: str
) -> None:
    body = {
        "site_id": desk.site.id,
        "platform": PLATFORM,
        "base_url": site.url,
        "credentials": {"token": SECRET, name: "x"},
    }
    answer = client.post("/api/v1/integration/integrations/", json=body)
    assert (answer.status_code, list(answer.json()["error"]["fields"])) == (422, [name])


def test_a_key_that_others_may_know_ends_here(client: Client, desk: Desk, site: Plain) -> None:
    connect(client, desk, site)
    [integration] = desk.rows(SiteIntegration)
    ended = client.post(f"/settings/integrations/{integration.id}/key/end", data={"which": "all"})
    assert ended.status_code == 200
    assert desk.integration(integration.id).credentials == ""
