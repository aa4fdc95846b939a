"""More than may be sent is refused while it arrives, and nothing of it is kept."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.support.desk import Desk
from webapp.accounts.models import SignInFailure
from webapp.core import bodies

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
MANY = b"a=1&" * (400 * 1024)  # 1.6 MB
PART = 16 * 1024


@pytest.mark.parametrize("path", ["/theme", "/active-site", "/publisher/content-calendar/views"])
def test_a_form_of_more_than_256_kb_is_refused(desk: Desk, path: str) -> None:
    with desk.browser(desk.owner) as client:
        fields = b"&".join(b"f%d=%s" % (n, b"x" * 2000) for n in range(140))
        for body in (fields, MANY, b"email=" + b"a" * 6_000_000):
            answer = client.post(path, content=body, headers=FORM)
            assert answer.status_code == 413, path
            assert str(bodies.LARGEST_FORM) in answer.text
        many = client.post(path, content=b"a=1&" * (bodies.MOST_FIELDS + 1), headers=FORM)
        assert (many.status_code, str(bodies.MOST_FIELDS) in many.text) == (413, True)
        kept = {"email": "nobody@example.com", "theme": "dark", "name": "Mine", "query": ""}
        assert client.post(path, data=kept, headers=FORM).status_code != 413


def test_a_body_that_says_less_than_it_has_is_counted(desk: Desk) -> None:
    def parts() -> Any:
        for _ in range(400):
            yield b"x" * 1000

    with desk.browser(desk.owner) as client:
        assert client.post("/theme", content=parts(), headers=FORM).status_code == 413


def test_a_form_with_a_file_is_bounded_too(desk: Desk) -> None:
    with desk.browser(desk.owner) as client:
        sent = client.post("/theme", files={"theme": b"x" * 1_500_000})
        assert sent.status_code == 413
        del client.headers["X-CSRF-Token"]
        assert client.post("/theme", files={"theme": b"dark"}).status_code == 403


def test_nothing_of_an_address_that_is_too_long_is_stored(desk: Desk) -> None:
    address = "a" * 5_000 + "@example.com"
    with desk.browser() as client:
        answer = client.post("/sign-in", data={"email": address, "password": "x"}, headers=FORM)
        assert answer.status_code == 401
        assert len(answer.text) < 5_000, "what is too long is not sent back"
        assert client.post("/sign-in", content=b"email=" + b"a" * 6_000_000).status_code == 413
    assert all(len(row.subject) < 300 for row in desk.rows(SignInFailure))


@pytest.mark.parametrize(
    ("body", "most"),
    [(MANY, PART), (b"theme=" + b"a" * 1_600_000, bodies.LARGEST_FORM + PART)],
    ids=["many fields", "many bytes"],
)
@pytest.mark.parametrize("says_how_long", [True, False])
def test_a_large_form_is_refused_before_it_is_there_and_parsed_by_nobody(
    desk: Desk, body: bytes, most: int, says_how_long: bool
) -> None:
    left, told = [body[at : at + PART] for at in range(0, len(body), PART)], []

    async def receive() -> Any:
        return {"type": "http.request", "body": left.pop(0), "more_body": bool(left)}

    async def send(message: Any) -> None:
        told.append(message.get("status"))

    with desk.browser(desk.owner) as client:
        asked = client.build_request("POST", "/theme", headers=FORM)
        headers = [(name.lower(), value) for name, value in asked.headers.raw]
        headers = [one for one in headers if one[0] != b"content-length"]
        if says_how_long:
            headers.append((b"content-length", str(len(body)).encode()))
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "POST",
            "scheme": "http",
            "path": "/theme",
            "raw_path": b"/theme",
            "query_string": b"",
            "root_path": "",
            "headers": headers,
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        asyncio.run(client.app(scope, receive, send))
    assert told[0] == 413
    came = len(body) - sum(map(len, left))
    assert came <= (0 if says_how_long else most), "the rest was not waited for"
