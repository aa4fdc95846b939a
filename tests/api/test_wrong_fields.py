"""One answer names all that is wrong with a body: what cannot be read, and what breaks a rule."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api
from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records.models import PublishingSettings
from webapp.writer.models import Content

PATH = "/api/v1/writer/content/"
UNREADABLE: dict[str, Any] = {"title": 3, "tags": "x", "colour": "red", "priority": "high"}
AGAINST_RULES: dict[str, Any] = {
    "slug": "Not A Slug",
    "author_email": "nobody",
    "content_type": "nonsense",
    "sector_id": 999_999,
    "cluster_id": 999_999,
    "keyword_ids": [999_999],
    "categories": [{"name": "!!!"}],
}


def wrong(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    fields: dict[str, str] = answer.json()["error"]["fields"]
    return fields


@pytest.mark.both_databases
def test_a_new_piece_names_all_at_once(api: Api, desk: Desk) -> None:
    everything = {**UNREADABLE, **AGAINST_RULES}
    found = wrong(api.post(PATH, json={"site_id": desk.site.id, **everything}))
    assert set(found) == set(everything)
    assert found["title"].startswith("Expected `str`")
    rules = wrong(api.post(PATH, json={"site_id": desk.site.id, **AGAINST_RULES}))
    assert set(rules) == {"title", *AGAINST_RULES}
    nowhere = {"site_id": 999_999, "author_email": "nobody", "excerpt": 3}
    assert set(wrong(api.post(PATH, json=nowhere))) == {"title", *nowhere}
    assert set(wrong(api.post(PATH, json={"author_email": "x"}))) >= {"site_id", "author_email"}
    assert desk.rows(Content) == []


@pytest.mark.both_databases
def test_an_edit_names_all_at_once_and_writes_nothing(api: Api, desk: Desk) -> None:
    path = f"{PATH}{desk.write(title='Before')}/"
    before = api.get(path).json()
    everything = {**UNREADABLE, **AGAINST_RULES, "title": " ", "excerpt": None}
    assert set(wrong(api.patch(path, json=everything))) == set(everything)
    assert set(wrong(api.patch(path, json={"title": "After", "excerpt": 3}))) == {"excerpt"}
    assert api.get(path).json() == before
    assert api.patch(f"{PATH}999/", json={"title": 3}).status_code == 404


def test_settings_and_connections_name_all_at_once(api: Api, desk: Desk) -> None:
    site = f"/api/v1/sites/{desk.site.id}/publishing-settings/"
    given = {"publish_days": ["someday"], "daily_publish_limit": -1, "replan": 3, "colour": "red"}
    assert set(wrong(api.put(site, json=given))) == set(given)
    assert set(wrong(api.put(site, json={"paused": True, "replan": 3}))) == {"replan"}
    assert not any(one.paused for one in desk.rows(PublishingSettings))
    made = {"site_id": desk.site.id, "platform": "wordpress", "base_url": "no address", "x": 1}
    assert set(wrong(api.post("/api/v1/integration/integrations/", json=made))) == {"base_url", "x"}
    assert desk.rows(SiteIntegration) == []


def test_our_own_pages_take_no_address(api: Api, desk: Desk) -> None:
    path = f"/api/v1/integration/integrations/{desk.connect()}/"
    assert set(wrong(api.patch(path, json={"base_url": "https://a.example"}))) == {"base_url"}
    assert api.patch(path, json={"base_url": ""}).status_code == 200


def test_pictures_name_all_at_once(api: Api, desk: Desk) -> None:
    path = f"{PATH}{desk.write()}/images/"
    given = {"image_url": "ftp://a.example", "image_type": "huge", "alt": 3, "colour": "red"}
    assert set(wrong(api.post(path, json=given))) == set(given)
    form = {"data": {"ref": "a b"}, "files": {"file": ("x.svg", b"<svg/>")}}
    assert set(wrong(api.post(path, **form))) == {"ref", "file"}  # type: ignore[arg-type]
    image_id = api.post(path, files={"file": ("x.png", PNG)}).json()["data"]["id"]
    assert set(wrong(api.patch(f"{path}{image_id}/", json=given))) == set(given)


# Types of content


@pytest.mark.both_databases
@pytest.mark.parametrize("content_type", ["nonsense", "", "Post", "post ", "forbidden"])
def test_unknown_types_of_content_are_refused(api: Api, desk: Desk, content_type: str) -> None:
    made = api.post(
        PATH, json={"title": "T", "site_id": desk.site.id, "content_type": content_type}
    )
    assert wrong(made) == {"content_type": "Choose one of: page, post, product."}
    path = f"{PATH}{desk.write()}/"
    assert set(wrong(api.patch(path, json={"content_type": content_type}))) == {"content_type"}


def test_what_the_sites_website_has_is_known(api: Api, desk: Desk) -> None:
    """Those that its plugin has told of, on that site only; and what a piece is already."""
    body = {"title": "T", "site_id": desk.site.id, "content_type": "recipe"}
    assert api.post(PATH, json=body).status_code == 422
    integration_id = desk.connect("wordpress", "http://127.0.0.1:9")
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, integration_id).config_json = {"types": ["post", "recipe"]}
    made = api.post(PATH, json=body)
    assert made.status_code == 201
    with desk.system.db.write() as db:
        db.get_one(SiteIntegration, integration_id).config_json = {}
    path = f"{PATH}{made.json()['data']['id']}/"
    kept = api.patch(path, json={"content_type": "recipe", "title": "Another"})
    assert kept.status_code == 200
