"""Calls that others make a browser send, and bodies that are not what they say."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from tests.accounts import test_doors as doors
from tests.accounts.house import House
from tests.safety.conftest import MakeBrowser
from tests.safety.test_security_log import house
from tests.safety.test_sign_in import sign_in
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from tests.support.plain import with_token
from webapp.accounts.models import Site, UserSession
from webapp.accounts.route_table import ROUTES, Door
from webapp.integrations import registry
from webapp.writer import contents
from webapp.writer.models import ReviewComment

__all__ = ["house"]
CONTENT = "/api/v1/writer/content"
TEXT = 'More <of> it, "please" & ümläut\nand a second line.'
UNSAFE = sorted(route for route in ROUTES if not route.startswith("GET "))


def test_every_change_is_refused_to_other_websites(house: House) -> None:
    """Each route of the table, signed in, from elsewhere and without the session's token."""
    things = house.things(house.desk.site)
    rows = doors.everything(house.desk.system)
    wrong = []
    for route in UNSAFE:
        if ROUTES[route] is Door.CONNECTED:  # takes no session at all
            continue
        member = house.as_member(house.desk.owner)
        bare = {"Cookie": member["Cookie"]}
        for sent in (
            {**member, "Origin": "https://evil.example"},
            {**member, "Sec-Fetch-Site": "cross-site"},
            {**member, "Origin": "null"},
            *([] if ROUTES[route] is Door.PUBLIC else [bare, {**bare, "X-CSRF-Token": "x" * 64}]),
        ):
            answer = house.call(route, things, **sent)
            if answer.status_code != 403:
                wrong.append((route, sent, answer.status_code))
    assert wrong == []
    assert doors.everything(house.desk.system) == rows


@pytest.mark.parametrize(
    ("origin", "site", "status"),
    [
        (None, None, 303),
        ("https://testserver.local", None, 303),
        ("https://testserver.local", "same-origin", 303),
        ("null", "same-origin", 303),
        ("http://testserver.local", None, 403),
        ("https://testserver.local.evil.example", None, 403),
        ("https://testserver.local@evil.example", None, 403),
        ("testserver.local", None, 403),
        ("null", None, 403),
        ("null", "cross-site", 403),
        ("https://[", None, 403),
        ("", None, 403),
        ("https://testserver.local", "same-site", 403),
    ],
)
def test_signing_in_is_asked_where_it_comes_from(
    visit: MakeBrowser, origin: str | None, site: str | None, status: int
) -> None:
    named = {"Origin": origin, "Sec-Fetch-Site": site}
    headers = {name: value for name, value in named.items() if value is not None}
    browser = visit(public_url="https://testserver.local")
    assert sign_in(browser, **headers).status_code == status


def test_a_stale_form_keeps_what_was_typed(desk: Desk) -> None:
    """The page comes back with everything in it, and sending it again does it."""
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
    with desk.browser(desk.owner) as browser:
        del browser.headers["X-CSRF-Token"]
        form = {"comment": TEXT, "_csrf": "stale"}
        stale = browser.post(f"/content/{content_id}/change-request", data=form)
        assert stale.status_code == 403
        assert desk.rows(ReviewComment) == []
        assert typed_in(stale.text)["comment"] == TEXT
        assert send_again(browser, stale.text).status_code == 200
    assert [row.text for row in desk.rows(ReviewComment)] == [TEXT]


def test_a_form_that_arrives_after_its_session_keeps_what_was_typed(desk: Desk) -> None:
    """It can be sent again once its author has signed in, in another tab."""
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
    path = f"/content/{content_id}/change-request"
    form, origin = {"comment": TEXT, "_csrf": "of before"}, {"Origin": "http://testserver.local"}
    with desk.browser() as browser:
        late = browser.post(path, data=form, headers=origin)
        assert late.status_code == 401
        assert typed_in(late.text) == {"comment": TEXT}
        assert re.search(r'href="/sign-in" target="_blank"', late.text)
        assert "of before" not in late.text
        assert send_again(browser, late.text, **origin).status_code == 401
        desk.sign_in(browser, desk.owner)
        del browser.headers["X-CSRF-Token"]
        stale = send_again(browser, late.text)
        assert stale.status_code == 403
        assert send_again(browser, stale.text).status_code == 200
    assert [row.text for row in desk.rows(ReviewComment)] == [TEXT]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://testserver.local", "Sec-Fetch-Site": "cross-site"},
        {},
    ],
)
def test_what_another_website_sends_is_not_kept_for_later(
    desk: Desk, headers: dict[str, str]
) -> None:
    content_id = desk.write()
    path = f"/content/{content_id}/change-request"
    with desk.browser() as browser:
        answer = browser.post(path, data={"comment": TEXT}, headers=headers, follow_redirects=False)
        assert answer.status_code in (303, 403)
        assert "ümläut" not in answer.text


@pytest.mark.parametrize("is_stale", [True, False])
@pytest.mark.parametrize(
    ("path", "names"),
    [("/account/password", ("old", "new")), ("/settings/integrations/1/changes", ("token",))],
)
def test_no_secret_stands_on_a_page_that_keeps_what_was_typed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, path: str, names: tuple[str, ...], is_stale: bool
) -> None:
    desk.connect()
    kind = with_token(registry.of("headless"))
    monkeypatch.setitem(registry.PLATFORMS, "headless", kind)
    form = dict.fromkeys(names, "a secret that was typed") | {"_csrf": "stale"}
    headers = {"Origin": "http://testserver.local"}
    with desk.browser(desk.owner if is_stale else None) as browser:
        browser.headers.pop("X-CSRF-Token", None)
        answer = browser.post(path, data=form, headers=headers, follow_redirects=False)
    assert answer.status_code == (403 if is_stale else 303)
    assert "a secret that was typed" not in answer.text


def typed_in(page: str) -> dict[str, str]:
    """What the hidden fields of a page hold."""
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def send_again(browser: TestClient[Litestar], page: str, **headers: str) -> Any:
    """Press the button of a page that kept what was typed."""
    action = re.search(r'method="post" action="([^"]+)"', page)
    assert action
    return browser.post(action[1], data=typed_in(page), headers=headers)


def test_a_part_of_a_page_stays_when_nobody_is_signed_in(desk: Desk) -> None:
    """It says so and can be sent again; a plain form leads back to where it stood."""
    content_id = desk.write()
    path = f"/content/{content_id}/change-request"
    with desk.browser() as browser:
        answer = browser.post(path, data={"comment": "x"}, headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["HX-Reswap"]) == (401, "none")
        assert "HX-Redirect" not in answer.headers
        told = json.loads(answer.headers["HX-Trigger"])["toast"]
        assert (told["href"], told["aside"]) == ("/sign-in", True)
        for host, page in (("testserver.local", f"/review/{content_id}"), ("evil.example", "/")):
            referer = {"Referer": f"http://{host}/review/{content_id}"}
            plain = browser.post(
                path, data={"comment": "x"}, headers=referer, follow_redirects=False
            )
            assert plain.headers["location"] == f"/sign-in?next={page}&again=yes"
        assert "nothing was saved" in browser.get(plain.headers["location"]).text


def test_a_part_of_a_page_gets_the_token_of_the_new_session(desk: Desk) -> None:
    content_id = desk.write()
    with desk.changing(content_id) as (db, content):
        contents.submit(db, content)
    path, form = f"/content/{content_id}/change-request", {"comment": "Typed."}
    with desk.browser(desk.owner) as browser:
        browser.headers["HX-Request"], browser.headers["X-CSRF-Token"] = "true", "stale"
        stale = browser.post(path, data=form)
        assert (stale.status_code, stale.headers["HX-Reswap"]) == (403, "none")
        trigger = json.loads(stale.headers["HX-Trigger"])
        assert "Send it again" in trigger["toast"]["text"]
        browser.headers["X-CSRF-Token"] = trigger["csrf"]["token"]
        assert browser.post(path, data=form).status_code == 200
    assert [row.text for row in desk.rows(ReviewComment)] == ["Typed."]


def test_a_form_of_another_website_is_not_offered_again(client: TestClient[Litestar]) -> None:
    del client.headers["X-CSRF-Token"]
    form = {"theme": "dark", "_csrf": "stale"}
    answer = client.post("/theme", data=form, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Send it again" not in answer.text


# Bodies


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"title": ' + b"[" * 900 + b"]" * 900 + b"}",
        b'{"title": "x", "title": ["y"]}',
        b'{"title": "\\ud800"}',
        b'{"title": 1e999}',
        b"\xff\xfe{\x00}\x00",
        b"{} {}",
        b"NaN",
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_no_json_breaks_the_server(client: TestClient[Litestar], desk: Desk, body: bytes) -> None:
    sent = {"Content-Type": "application/json"}
    for path in (CONTENT, "/api/v1/integration/integrations"):
        answer = client.post(path, content=body, headers=sent)
        assert answer.status_code in (400, 422), path
        assert answer.json()["success"] is False


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "image/png"])
def test_a_simple_request_of_a_browser_is_no_way_past_the_token(
    client: TestClient[Litestar], desk: Desk, kind: str
) -> None:
    """What a browser sends to other websites without asking: a form, or text that is JSON."""
    del client.headers["X-CSRF-Token"]
    body = f'{{"title": "T", "site_id": {desk.site.id}}}'
    answer = client.post(CONTENT, content=body, headers={"Content-Type": kind})
    assert answer.status_code == 403


@pytest.mark.parametrize("key", ["k" * 201, "k" * 60_000])
def test_an_idempotency_key_has_an_end(client: TestClient[Litestar], desk: Desk, key: str) -> None:
    body = {"title": "T", "site_id": desk.site.id}
    answer = client.post(CONTENT, json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 422


@pytest.mark.parametrize("length", [300, 60_000])
def test_long_tokens_and_cookies_are_unknown_ones(
    client: TestClient[Litestar], desk: Desk, length: int
) -> None:
    client.cookies.clear()
    me = "/api/v1/auth/me"
    for sent in (
        {"Authorization": f"Bearer ig8_{'x' * length}"},
        {"X-IGNY8-API-Key": "x" * length},
        {"Cookie": f"igny8_session={'x' * length}"},
        {"Cookie": "igny8_session=\xff"},
    ):
        raw = {name.encode(): value.encode("latin-1") for name, value in sent.items()}
        assert client.get(me, headers=raw).status_code == 401
    assert len(desk.rows(UserSession)) == 1


def test_a_form_fills_only_its_own_fields(client: TestClient[Litestar], desk: Desk) -> None:
    """What a form names besides them is not assigned to anything."""
    before: Any = desk.row(Site, desk.site.id)
    extra = {"is_public": "yes", "name": "Mine", "slug": "mine", "account_id": "2", "url": "x"}
    client.post(f"/settings/sites/{desk.site.id}/public", data=extra)
    after: Any = desk.row(Site, desk.site.id)
    assert after.is_public
    same = [(one.name, one.slug, one.account_id, one.url) for one in (before, after)]
    assert same[0] == same[1]
    body = {"title": "T", "site_id": desk.site.id, "account_id": 2, "status": "approved"}
    answer = client.post(CONTENT, json=body)
    assert answer.status_code == 422
    assert set(answer.json()["error"]["fields"]) >= {"account_id", "status"}
    assert PASSWORD not in answer.text
