"""A pass: what a password opens for a program that connects a website, and for how long."""

from __future__ import annotations

from datetime import timedelta

from tests.api.conftest import MakeApi
from tests.support.clock import FakeClock
from tests.support.contract import assert_valid
from tests.support.desk import PASSWORD, Desk
from webapp import housekeeping
from webapp.accounts import passes
from webapp.accounts.models import ApiToken

LOGIN, REFRESH, LOGOUT = (f"/api/v1/auth/{one}/" for one in ("login", "refresh", "logout"))


def test_a_pass_opens_little_and_not_for_long(
    api_of: MakeApi, desk: Desk, clock: FakeClock
) -> None:
    integration_id = desk.connect("wordpress", "http://127.0.0.1:9")
    nobody = api_of()
    wrong = nobody.post(LOGIN, json={"email": desk.owner.email, "password": "wrong"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "INVALID_CREDENTIALS")
    given = nobody.post(LOGIN, json={"email": desk.owner.email, "password": PASSWORD})
    assert_valid("login.response", given.json())
    first = given.json()["data"]
    api = api_of(key=first["access"])
    assert api.get("/api/v1/auth/me/").json()["data"]["user"]["email"] == desk.owner.email
    path = f"/api/v1/integration/integrations/{integration_id}"
    assert api.post(f"{path}/rotate-key/", json={}).is_success
    assert api.post("/api/v1/writer/content/", json={"title": "No"}).status_code == 403

    clock.now += passes.LIFE
    assert api.get("/api/v1/auth/me/").status_code == 401
    second = nobody.post(REFRESH, json={"refresh": first["refresh"]}).json()["data"]
    assert nobody.post(REFRESH, json={"refresh": first["refresh"]}).status_code == 401
    later = api_of(key=second["access"])
    assert later.get("/api/v1/auth/me/").is_success
    for _ in range(2):  # giving it up again is the same
        assert nobody.post(LOGOUT, json={"refresh": second["refresh"]}).is_success
    assert later.get("/api/v1/auth/me/").status_code == 401
    assert desk.rows(ApiToken) == []


def test_a_pass_that_nobody_gave_up_is_forgotten(
    api_of: MakeApi, desk: Desk, clock: FakeClock
) -> None:
    nobody = api_of()
    given = nobody.post(LOGIN, json={"email": desk.owner.email, "password": PASSWORD}).json()
    clock.now += passes.LIFE + passes.PROLONGED + timedelta(seconds=1)
    late = nobody.post(REFRESH, json={"refresh": given["data"]["refresh"]})
    assert late.status_code == 401
    housekeeping.prune(desk.system)
    assert desk.rows(ApiToken) == []


def test_guessing_waits(api_of: MakeApi, desk: Desk) -> None:
    nobody = api_of()
    tries = [
        nobody.post(LOGIN, json={"email": desk.owner.email, "password": f"guess {number}"})
        for number in range(6)
    ]
    assert [one.status_code for one in tries] == [401] * 5 + [429]
    assert int(tries[-1].headers["retry-after"]) > 0
