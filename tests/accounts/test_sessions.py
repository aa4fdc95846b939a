"""Signing in and out, forged requests, guessed keys and passwords."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.application import open_client
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp.accounts import sessions, tokens
from webapp.accounts.models import ApiToken, Membership, User, UserSession

ME = "/api/v1/auth/me"
CONTENT = "/api/v1/writer/content"


@pytest.fixture
def nobody(desk: Desk) -> Iterator[TestClient[Litestar]]:
    """The application, with nobody signed in."""
    with open_client(desk.system) as client:
        yield client


def sign_in(client: TestClient[Litestar], email: str, password: str = PASSWORD) -> Any:
    form = {"email": email, "password": password}
    return client.post("/sign-in", data=form, follow_redirects=False)


def token_of(desk: Desk, **given: Any) -> str:
    with desk.system.db.write() as db:
        return tokens.create(
            db,
            user_id=desk.owner.user_id,
            account_id=desk.owner.account_id,
            name="t",
            scopes=["read"],
            **given,
        )


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


# Forged requests


def test_a_change_needs_the_sessions_csrf_token(client: TestClient[Litestar], desk: Desk) -> None:
    own = client.headers.pop("X-CSRF-Token")
    body = {"title": "T", "site_id": desk.site.id}
    for token in (None, "", "x" * 64, "\xfc"):
        sent = {} if token is None else {b"X-CSRF-Token": token.encode("latin-1")}
        answer = client.post(CONTENT, json=body, headers=sent)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "CSRF")
    assert client.post(CONTENT, json=body, headers={"X-CSRF-Token": own}).status_code == 201


def test_the_csrf_token_of_another_session_is_refused(desk: Desk) -> None:
    with desk.browser(desk.teammate) as other, desk.browser(desk.owner) as client:
        client.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]
        assert client.post(CONTENT, json={"title": "T"}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://testserver.local.evil.example"},
        {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_sent_by_another_website_is_refused(
    client: TestClient[Litestar], desk: Desk, headers: dict[str, str]
) -> None:
    body = {"title": "T", "site_id": desk.site.id}
    answer = client.post(CONTENT, json=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "CSRF")
    own = {"Origin": "http://testserver.local", "Sec-Fetch-Site": "same-origin"}
    assert client.post(CONTENT, json=body, headers=own).status_code == 201


def test_a_plain_form_carries_the_token_in_a_field(client: TestClient[Litestar]) -> None:
    own = client.headers.pop("X-CSRF-Token")
    answers = [
        client.post("/theme", data={"theme": "dark", "_csrf": sent}, follow_redirects=False)
        for sent in ("", "wrong", own)
    ]
    assert [answer.status_code for answer in answers] == [403, 403, 303]


def test_reading_needs_no_csrf_token(client: TestClient[Litestar]) -> None:
    del client.headers["X-CSRF-Token"]
    assert client.get(ME, headers={"Origin": "https://evil.example"}).status_code == 200


def test_another_website_cannot_sign_somebody_in(nobody: TestClient[Litestar]) -> None:
    form = {"email": "owner@example.com", "password": PASSWORD}
    answer = nobody.post("/sign-in", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert sessions.COOKIE not in nobody.cookies


# Sessions


def test_signing_in_again_ends_the_session_before(nobody: TestClient[Litestar]) -> None:
    answer = sign_in(nobody, "owner@example.com")
    cookie = answer.headers["set-cookie"]
    assert answer.status_code == 303
    assert "HttpOnly" in cookie
    assert "samesite=lax" in cookie.lower()
    first = nobody.cookies[sessions.COOKIE]
    sign_in(nobody, "owner@example.com")
    second = nobody.cookies[sessions.COOKIE]
    assert first != second
    assert nobody.get(ME).status_code == 200
    nobody.cookies.set(sessions.COOKIE, first)
    assert nobody.get(ME).status_code == 401


def test_signing_out_ends_the_session_itself(client: TestClient[Litestar]) -> None:
    token = client.cookies[sessions.COOKIE]
    assert client.post("/sign-out", follow_redirects=False).status_code == 303
    client.cookies.set(sessions.COOKIE, token)
    assert client.get(ME).status_code == 401


def test_a_session_ends_by_time(client: TestClient[Litestar], clock: FakeClock) -> None:
    assert client.get(ME).status_code == 200
    clock.advance(sessions.REST.total_seconds() + 1)
    assert client.get(ME).status_code == 401


@pytest.mark.parametrize("loses", ["the membership", "the right to sign in"])
def test_whoever_leaves_is_out_at_once(
    client: TestClient[Litestar], desk: Desk, loses: str
) -> None:
    key = token_of(desk)
    with desk.system.db.write() as db:
        if loses == "the membership":
            db.execute(sa.delete(Membership).where(Membership.user_id == desk.owner.user_id))
        else:
            db.get_one(User, desk.owner.user_id).is_active = False
    assert client.get(ME).status_code == 401
    client.cookies.clear()
    assert client.get(ME, headers=bearer(key)).status_code == 401


def test_no_secret_is_stored_as_it_is(client: TestClient[Litestar], desk: Desk) -> None:
    key, session = token_of(desk), client.cookies[sessions.COOKIE]
    with desk.system.db.read() as db:
        stored = [
            db.execute(model.__table__.select()).all() for model in (ApiToken, User, UserSession)
        ]
    for secret in (key, session, PASSWORD):
        assert secret not in repr(stored)


# Tokens and keys


def test_tokens_end_and_their_use_is_noted(nobody: TestClient[Litestar], desk: Desk) -> None:
    now = desk.system.clock()
    lasting, ended = token_of(desk), token_of(desk, expires_at=now - timedelta(seconds=1))
    assert nobody.get(ME, headers=bearer(lasting)).status_code == 200
    answer = nobody.get(ME, headers=bearer(ended))
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "INVALID_CREDENTIALS")
    assert answer.headers["www-authenticate"] == "Bearer"
    desk.system.commits.run(lambda _: None)  # the note was sent ahead
    assert [row.last_used_at for row in desk.rows(ApiToken)] == [now, None]
    with desk.system.db.write() as db:
        db.execute(sa.update(ApiToken).values(revoked_at=now))
    assert nobody.get(ME, headers=bearer(lasting)).status_code == 401


def test_guessing_keys_slows_down_and_locks_out_nobody_else(
    nobody: TestClient[Litestar], desk: Desk, clock: FakeClock
) -> None:
    key = token_of(desk)
    statuses = [nobody.get(ME, headers=bearer(f"iwp_{n}")).status_code for n in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    refused = nobody.get(ME, headers=bearer("ig8_wrong"))
    assert int(refused.headers["retry-after"]) > 0
    assert refused.json()["error"]["code"] == "TOO_MANY_REQUESTS"
    assert nobody.get(ME, headers=bearer(key)).status_code == 200
    clock.advance(int(refused.headers["retry-after"]) + 1)
    again = [nobody.get(ME, headers=bearer("iwp_x")).status_code for _ in range(2)]
    assert again == [401, 429]


def test_the_key_is_taken_from_the_header_that_servers_leave_alone(
    nobody: TestClient[Litestar], desk: Desk
) -> None:
    assert nobody.get(ME, headers={"X-IGNY8-API-Key": token_of(desk)}).status_code == 200


def test_guessing_a_password_slows_down(nobody: TestClient[Litestar], clock: FakeClock) -> None:
    statuses = [sign_in(nobody, "owner@example.com", "wrong").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert sign_in(nobody, "owner@example.com").status_code == 429
    assert sign_in(nobody, "teammate@example.com").status_code == 303
    clock.advance(60)
    assert sign_in(nobody, "owner@example.com").status_code == 303


def test_an_unknown_person_looks_like_a_wrong_password(nobody: TestClient[Litestar]) -> None:
    known = sign_in(nobody, "owner@example.com", "wrong").text
    unknown = sign_in(nobody, "nobody@example.com", "wrong").text
    assert unknown.replace("nobody@", "owner@") == known


def test_signing_in_leads_to_pages_of_ours_only(nobody: TestClient[Litestar]) -> None:
    for wanted in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"):
        form = {"email": "owner@example.com", "password": PASSWORD, "next": wanted}
        answer = nobody.post("/sign-in", data=form, follow_redirects=False)
        assert answer.headers["location"] == "/review"
