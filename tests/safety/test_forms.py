"""Forms over the wire: what is no form, or not the one that was meant, does nothing."""

from __future__ import annotations

from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.desk import Desk
from webapp.accounts.models import Site
from webapp.core.errors import Forbidden
from webapp.integrations import connections
from webapp.publisher.planning import decisions

Client = TestClient[Litestar]
CALENDAR = "/publisher/content-calendar"
# Bodies that are read as an empty form, were they read as one.
KINDS: dict[str, dict[str, Any]] = {
    "json": {"json": {"version": 99}},
    "multipart": {"files": {"version": (None, "99")}},
    "xml": {"content": b"<version>99</version>", "headers": {"Content-Type": "text/xml"}},
    "broken": {"content": b"{", "headers": {"Content-Type": "application/json"}},
    "bytes": {"content": b"version=99", "headers": {"Content-Type": "application/octet-stream"}},
}


@pytest.mark.parametrize("kind", list(KINDS))
@pytest.mark.parametrize("noun", ["approval", "submission", "change-request", "publication"])
def test_what_is_no_form_decides_nothing(client: Client, desk: Desk, noun: str, kind: str) -> None:
    content_id = desk.write()
    answer = client.post(f"/content/{content_id}/{noun}", **KINDS[kind])
    assert answer.status_code == 415
    assert "application/x-www-form-urlencoded" in answer.text
    assert desk.content(content_id).status == "draft"


@pytest.mark.parametrize("path", ["/sign-in", "/account/password"])
def test_nobody_signs_in_by_another_kind_of_body(client: Client, path: str) -> None:
    assert client.post(path, json={"email": "owner@example.com"}).status_code == 415


def test_a_form_without_a_body_is_an_empty_one(client: Client, desk: Desk) -> None:
    content_id = desk.write()
    client.post(f"/content/{content_id}/submission")
    assert desk.content(content_id).status == "review"


@pytest.mark.parametrize(
    "sent", [{}, {"which": "OLD"}, {"Which": "old"}, {"which": ["old", "old"]}]
)
def test_no_key_ends_by_a_mistake(client: Client, desk: Desk, sent: dict[str, Any]) -> None:
    with desk.system.db.write() as db:
        made, _ = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url="http://127.0.0.1:9"
        )
    answer = client.post(f"/settings/integrations/{made.id}/key/end", data=sent)
    assert answer.status_code == 422
    assert desk.integration(made.id).credentials


@pytest.mark.parametrize("sent", [{}, {"is_public": "true"}, {"public": "no"}])
def test_no_site_is_hidden_by_a_mistake(client: Client, desk: Desk, sent: dict[str, Any]) -> None:
    with desk.system.db.write() as db:
        db.get_one(Site, desk.site.id).is_public = True
    assert client.post(f"/settings/sites/{desk.site.id}/public", data=sent).status_code == 422
    with desk.system.db.read() as db:
        assert db.get_one(Site, desk.site.id).is_public


@pytest.mark.parametrize(
    "sent",
    [
        {"auto_publish_enabled": "true"},
        {"auto_publish_enabled": ["yes", "yes"]},
        {"day": "zzz"},
        {"daily_publish_limit": ["3", "4"]},
        {"version": "x"},
    ],
)
def test_no_setting_changes_by_a_mistake(client: Client, desk: Desk, sent: dict[str, Any]) -> None:
    desk.connect()
    path = f"/settings/sites/{desk.site.id}/publishing"
    before = client.get(path).text
    given = {"timezone": "Europe/Berlin", "version": "1", "day": "mon", "missed_then": "hold"}
    assert client.post(path, data={**given, **sent}).status_code == 422
    assert client.get(path).text.count("checked") == before.count("checked")


def test_a_zone_is_not_cleared_by_a_form_that_does_not_name_it(client: Client) -> None:
    client.post("/account/timezone", data={"timezone": "Asia/Tokyo"})
    assert client.post("/account/timezone", data={}).status_code == 422
    assert 'value="Asia/Tokyo"' in client.get("/account").text


def test_a_piece_stays_where_no_day_is_named(client: Client, desk: Desk) -> None:
    desk.connect()
    content_id = desk.approved()
    desk.schedule(content_id, 3600)
    planned = desk.content(content_id).scheduled_publish_at
    assert planned is not None
    sent = {"id": content_id, "seen": planned.isoformat()}
    assert client.post(f"{CALENDAR}/moves", data=sent).status_code == 422
    assert (
        client.post(f"{CALENDAR}/moves", data={**sent, "day": "", "insert": "no"}).status_code
        == 422
    )
    assert desk.content(content_id).scheduled_publish_at == planned
    assert client.post(f"{CALENDAR}/moves", data={**sent, "day": ""}).status_code == 200
    assert desk.content(content_id).scheduled_publish_at is None


@pytest.mark.parametrize("ticked", ["{}.abc", "{}.\uff11", "{}.1.x\x00"])
def test_a_tick_names_a_version_or_none(client: Client, desk: Desk, ticked: str) -> None:
    desk.connect()
    content_id = desk.write()
    for path in ("/review/approvals", "/publisher/publishing-queue/approvals"):
        assert client.post(path, data={"id": ticked.format(content_id)}).status_code == 422
    assert desk.content(content_id).status == "draft"


def test_a_writer_does_not_put_away_what_was_approved(desk: Desk) -> None:
    content_id = desk.write(by=desk.writer)
    desk.approve(content_id, by=desk.owner)
    desk.edit(content_id, title="Edited since")
    assert desk.content(content_id).status == "review"
    with pytest.raises(Forbidden), desk.changing(content_id, desk.writer) as (db, content):
        decisions.delete(db, desk.system, content, by=desk.writer)


@pytest.mark.parametrize("token", ["1-é.ics", "1-%C3%A9.ics", "9999-é.ics"])
def test_an_address_of_a_calendar_in_other_scripts_is_none(
    client: Client, desk: Desk, token: str
) -> None:
    client.post(f"{CALENDAR}/feeds", data={"site_id": ""})
    with desk.browser() as nobody:
        assert nobody.get(f"{CALENDAR}/feeds/{token}").status_code == 404


def test_a_refusal_without_fields_says_what_is_wrong(client: Client) -> None:
    answer = client.post(f"{CALENDAR}/views", data={"name": " ", "query": "view=week"})
    assert answer.status_code == 422
    assert "Give the view a name." in answer.text
    toast = client.get(f"{CALENDAR}/insertion", headers={"HX-Request": "true"})
    assert "Say which piece." in toast.headers["HX-Trigger"]
