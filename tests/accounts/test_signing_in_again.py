"""The end of a session: how scripts and pages are told, and signing in over a page that is open."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.application import open_client
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp.accounts import sessions
from webapp.accounts.access import Member
from webapp.accounts.audit import Act
from webapp.accounts.models import AuditEvent, UserSession

Client = TestClient[Litestar]
SCRIPT = {"HX-Request": "true"}
OWNER = "owner@example.com"


@pytest.fixture
def nobody(desk: Desk) -> Iterator[Client]:
    """The application, with nobody signed in."""
    with open_client(desk.system) as client:
        yield client


def over(client: Client, whose: Member | None, password: str = PASSWORD, email: str = OWNER) -> Any:
    """Sign in over a page of theirs."""
    person = "" if whose is None else str(whose.user_id)
    form = {"email": email, "password": password, "person": person}
    return client.post("/sign-in", data=form, headers=SCRIPT, follow_redirects=False)


def events(answer: Any) -> dict[str, Any]:
    return dict(json.loads(answer.headers.get("hx-trigger", "{}")))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/session"),
        ("GET", "/review"),
        ("POST", "/theme"),
        ("POST", "/account/timezone"),
        ("POST", "/publisher/undo"),
    ],
)
def test_a_script_is_told_and_led_nowhere(nobody: Client, method: str, path: str) -> None:
    answer = nobody.request(method, path, headers=SCRIPT, follow_redirects=False)
    assert answer.status_code == 401
    assert "location" not in answer.headers
    assert "hx-redirect" not in answer.headers
    assert answer.headers["hx-reswap"] == "none"
    assert events(answer)["toast"]["text"].startswith("You are signed out")


def test_a_page_is_led_to_signing_in_and_told_why(nobody: Client) -> None:
    """Who was never here, as far as anybody knows, is told nothing of a session."""
    nobody.follow_redirects = False
    first = nobody.get("/content?q=a")
    assert first.headers["location"] == "/sign-in?next=/content%3Fq%3Da"
    by_link = nobody.get("/content", headers={"Sec-Fetch-Site": "same-origin"})
    nobody.cookies.set(sessions.COOKIE, "ses_over")
    with_cookie = nobody.get("/content")
    for answer in (by_link, with_cookie):
        assert answer.headers["location"] == "/sign-in?next=/content&again=ended"
        page = nobody.get(answer.headers["location"]).text
        assert "Your session has ended. Sign in to go on." in page
    assert "session has ended" not in nobody.get("/sign-in").text
    assert "session has ended" not in nobody.get("/sign-in?again=whatever").text


def test_signing_in_over_a_page_gives_the_new_token(nobody: Client, desk: Desk) -> None:
    answer = over(nobody, desk.owner)
    assert answer.status_code == 200
    assert "location" not in answer.headers
    assert "hx-redirect" not in answer.headers
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    token = events(answer)["csrf"]["token"]
    form = {"theme": "dark", "_csrf": token}
    assert nobody.post("/theme", data=form, follow_redirects=False).status_code == 303
    asked = nobody.get("/session", headers={**SCRIPT, "X-Page-Of": str(desk.owner.user_id)})
    assert (asked.status_code, events(asked)["csrf"]["token"]) == (200, token)
    acts = [row.act for row in desk.rows(AuditEvent)]
    assert acts.count(Act.SIGNED_IN) == 1


def test_nobody_signs_in_over_anothers_page(nobody: Client, desk: Desk) -> None:
    """It is said only to who knows the password."""
    wrong = over(nobody, desk.teammate, "wrong")
    assert wrong.status_code == 401
    assert sessions.WRONG in wrong.text
    answer = over(nobody, desk.teammate)
    assert answer.status_code == 409
    assert "somebody else&#39;s" in answer.text
    assert "csrf" not in events(answer)
    assert sessions.COOKIE not in nobody.cookies
    assert desk.rows(UserSession) == []


def test_it_names_a_person_and_a_password(nobody: Client, desk: Desk) -> None:
    for answer in (over(nobody, None), over(nobody, desk.owner, "")):
        assert answer.status_code == 422
        assert "Type your password." in answer.text
        assert re.search(r"<!doctype|<form", answer.text, re.I) is None


def test_guessing_over_a_page_is_slowed_down_like_guessing(nobody: Client, desk: Desk) -> None:
    statuses = [over(nobody, desk.owner, "wrong").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    answer = over(nobody, desk.owner)
    assert answer.status_code == 429
    assert "Too many tries." in answer.text
    assert int(answer.headers["retry-after"]) > 0
    by_form = {"email": OWNER, "password": PASSWORD}
    assert nobody.post("/sign-in", data=by_form).status_code == 429


def test_another_website_signs_nobody_in_over_a_page(nobody: Client, desk: Desk) -> None:
    form = {"email": OWNER, "password": PASSWORD, "person": str(desk.owner.user_id)}
    headers = {**SCRIPT, "Origin": "https://evil.example"}
    assert nobody.post("/sign-in", data=form, headers=headers).status_code == 403


def test_nobody_acts_over_anothers_page(desk: Desk) -> None:
    """Somebody else has signed in in this browser: a page of before neither acts nor shows."""
    content_id = desk.write()
    with desk.browser(desk.teammate) as client:
        headers = {**SCRIPT, "X-Page-Of": str(desk.owner.user_id)}
        for method, path in (("POST", f"/content/{content_id}/submission"), ("GET", "/session")):
            answer = client.request(method, path, headers=headers)
            assert answer.status_code == 409
            assert "Somebody else is signed in" in events(answer)["toast"]["text"]
            assert "csrf" not in events(answer)
        assert desk.content(content_id).status == "draft"
        headers["X-CSRF-Token"] = "of the owner's session"
        answer = client.post(f"/content/{content_id}/submission", headers=headers)
        assert (answer.status_code, "csrf" in events(answer)) == (409, False)
        assert over(client, desk.owner).status_code == 200


def test_the_page_names_its_person(desk: Desk) -> None:
    with desk.browser(desk.owner) as client:
        page = client.get("/account").text
    assert f'data-page-of="{desk.owner.user_id}"' in page
    assert f'data-email="{OWNER}"' in page


def test_the_small_form_is_fetched_when_it_is_needed(nobody: Client) -> None:
    answer = nobody.get("/sign-in", headers=SCRIPT)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<dialog")
    assert 'action="/sign-in"' in answer.text
    assert "HX-Request" in answer.headers["vary"]
