"""Adding a site by the API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api, MakeApi
from tests.support.desk import Desk
from webapp.accounts.models import Sector, Site

PATH = "/api/v1/sites/"
GIVEN = {"name": "Kupferkanne", "url": "https://kupferkanne.example", "timezone": "Europe/Berlin"}


def sectors_of(desk: Desk, site_id: int) -> list[str]:
    return [one.name for one in desk.rows(Sector) if one.site_id == site_id]


def test_a_site_is_added(api: Api, desk: Desk) -> None:
    answer = api.post(PATH, json=GIVEN)
    assert answer.status_code == 201
    made = answer.json()["data"]
    assert {name: made[name] for name in GIVEN} == GIVEN
    assert (made["slug"], made["is_public"]) == ("kupferkanne", False)
    assert sectors_of(desk, made["id"]) == ["General"]
    assert made in api.get(PATH).json()["results"]


def test_its_sector_can_be_named(api: Api, desk: Desk) -> None:
    made = api.post(PATH, json={**GIVEN, "sector": "Coffee"}).json()["data"]
    assert sectors_of(desk, made["id"]) == ["Coffee"]


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({}, ["name", "timezone", "url"]),
        ({**GIVEN, "timezone": "Berlin", "url": "kupferkanne.example"}, ["timezone", "url"]),
        ({**GIVEN, "name": "x" * 201, "sector": "y" * 201}, ["name", "sector"]),
        ({**GIVEN, "name": 5, "slug": "a"}, ["name", "slug"]),
    ],
    ids=["missing", "judged", "too long", "kinds"],
)
def test_every_wrong_field_is_named_at_once(
    api: Api, desk: Desk, given: dict[str, Any], wrong: list[str]
) -> None:
    answer = api.post(PATH, json=given)
    assert answer.status_code == 422
    assert sorted(answer.json()["error"]["fields"]) == wrong
    assert len(desk.rows(Site)) == 2


def test_an_address_is_there_once(api: Api, desk: Desk) -> None:
    made = api.post(PATH, json=GIVEN).json()["data"]
    answer = api.post(PATH, json={**GIVEN, "name": "Another"})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert list(error["fields"]) == ["url"]
    assert error["details"] == {"site_id": made["id"], "name": "Kupferkanne"}
    assert len(desk.rows(Site)) == 3


def test_the_same_key_answers_with_the_same_site(api: Api, desk: Desk) -> None:
    headers = {"Idempotency-Key": "site-1"}
    first, again = (api.post(PATH, json=GIVEN, headers=headers) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = api.post(PATH, json={**GIVEN, "name": "Another"}, headers=headers)
    assert (other.status_code, other.json()["error"]["code"]) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert len(desk.rows(Site)) == 3


def test_a_token_needs_the_right_and_the_scope(api_of: MakeApi, desk: Desk) -> None:
    assert api_of(desk.teammate).post(PATH, json=GIVEN).status_code == 403
    assert api_of(desk.admin, scopes=("read", "write")).post(PATH, json=GIVEN).status_code == 403
    assert api_of(desk.admin).post(PATH, json=GIVEN).status_code == 201


def test_it_is_described(api: Api) -> None:
    described = api.get("/api/schema/openapi.json").json()
    operation = described["paths"][PATH]["post"]
    assert {"201", "409", "422"} <= set(operation["responses"])
    assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
    shape = described["components"]["schemas"]["NewSite"]["properties"]
    assert {name: one["maxLength"] for name, one in shape.items()} == {
        "name": 200,
        "url": 2048,
        "timezone": 64,
        "sector": 200,
    }
