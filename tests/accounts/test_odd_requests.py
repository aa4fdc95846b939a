"""Every route with every odd request: answered, never with a 500, never on to another website."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from litestar import Litestar

from tests.support.desk import Desk
from tests.support.samples import some
from webapp.accounts import sessions
from webapp.accounts.routes import ROUTES

# A live stream answers for as long as somebody listens.
ENDLESS = "/events"
ODD = (
    b"\xe2\x98\x83",
    b"%E2%98%83",
    b"%00",
    b"%0d%0aX-Evil:%201",
    b"%0a",
    b"%ff%fe",
    b"%c0%ae",
    b"\x7f",
    b"..%2f..%2fetc",
    b"%2e%2e",
    b"%ed%a0%80",
    b"%",
    b"%zz",
    b"9" * 20,
    b"-1",
    b"0",
    b"\\evil.example",
    b"'\"<script>",
    b"a" * 4000,
    b"%F0%9F%98%80",
)
NEXT = (
    b"/%E2%98%83",
    b"/\xe2\x98\x83",
    b"%00",
    b"/%00",
    b"//evil.example",
    b"/\\evil.example",
    b"/%09/evil.example",
    b"https://evil.example",
    b"/review%0d%0aSet-Cookie:%20a=b",
    b"javascript:alert(1)",
    b"///evil.example",
    b"/%5cevil.example",
    b"/%2f/evil.example",
    b"http:evil.example",
    b"/review%ff",
    b"/[",
    b"//[",
    b"http://[",
)
NAMES = (
    b"accept",
    b"authorization",
    b"content-type",
    b"cookie",
    b"host",
    b"hx-current-url",
    b"idempotency-key",
    b"if-match",
    b"if-none-match",
    b"origin",
    b"range",
    b"referer",
    b"sec-fetch-site",
    b"x-csrf-token",
    b"x-forwarded-for",
    b"x-igny8-api-key",
    b"x-igny8-protocol",
    b"last-event-id",
    b"content-length",
    b"accept-encoding",
    b"user-agent",
)
VALUES = (b"\xe2\x98\x83", b"\xff\xfe\x00", b"a\tb", b"http://[", b';="', b"", b"-1", b"a" * 9000)
ASKED = (
    ("GET", "/review"),
    ("GET", "/sign-in"),
    ("POST", "/theme"),
    ("GET", "/sites/gazette/first"),
    ("GET", "/api/v1/writer/content"),
    ("POST", "/api/v1/writer/content"),
    ("GET", "/nothing"),
    ("PATCH", "/api/v1/writer/content/1"),
    ("POST", "/api/v1/writer/content/1/images"),
    ("GET", "/static/x/css/app.css"),
)


class Door:
    """The application, asked with the bytes as they are."""

    def __init__(self, app: Litestar, cookie: str, csrf: str) -> None:
        self._app = app
        self._known = [
            (b"host", b"127.0.0.1:8000"),
            (b"cookie", f"{sessions.COOKIE}={cookie}".encode()),
            (b"x-csrf-token", csrf.encode()),
        ]

    async def ask(
        self,
        method: str,
        path: bytes,
        query: bytes = b"",
        *,
        body: bytes = b"",
        headers: tuple[tuple[bytes, bytes], ...] = (),
        known: bool = True,
    ) -> tuple[int, dict[str, str]]:
        """Status and headers of the answer."""
        named = {name for name, _ in headers}
        own = self._known if known else self._known[:1]
        scope: Any = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(path.decode("utf-8", "replace")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [*(one for one in own if one[0] not in named), *headers],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        answer: dict[str, Any] = {}

        async def receive() -> Any:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                answer.update(message)

        await asyncio.wait_for(self._app(scope, receive, send), 60)
        given = {
            name.decode().lower(): value.decode("latin-1") for name, value in answer["headers"]
        }
        return answer["status"], given


@pytest.fixture
def door(desk: Desk) -> Iterator[Door]:
    desk.connect()
    desk.published(title="First")
    with desk.browser(desk.owner) as client:
        cookie = client.cookies[sessions.COOKIE]
        yield Door(client.app, cookie, client.headers["X-CSRF-Token"])


def filled(template: str, part: bytes = b"1") -> bytes:
    return re.sub(rb"{\w+:\w+}", lambda _: part, template.encode())


def walk(*, also: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """(method, path) of every route, and of every path with the other methods."""
    known = [tuple(route.split(" ", 1)) for route in ROUTES if ENDLESS not in route]
    paths = sorted({path for _, path in known})
    return [*known, *((method, path) for method in also for path in paths)]  # type: ignore[list-item]


def complaints(answers: list[tuple[Any, int, dict[str, str]]]) -> list[Any]:
    return [
        (asked, status)
        for asked, status, headers in answers
        if (status >= 500 and "/readyz" not in str(asked)) or _leads_away(headers)
    ]


def _leads_away(headers: dict[str, str]) -> bool:
    """Whether the answer sends a browser to a host that is not ours, or carries a forged header."""
    if "x-evil" in headers or "a=b" in headers.get("set-cookie", ""):
        return True
    where = [headers.get("location", ""), headers.get("hx-redirect", "")]
    return any(one and not _is_ours(one) for one in where)


def _is_ours(address: str) -> bool:
    host = urlsplit(address.replace("\\", "/")).netloc
    return address.isascii() and address.isprintable() and host in ("", "127.0.0.1:8000")


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "TRACE", "PUT", "PROPFIND"])
def test_every_path_answers_every_method(door: Door, method: str) -> None:
    async def all_of_them() -> list[Any]:
        found = []
        for known in (True, False):
            for _, path in walk(also=(method,))[len(walk()) :]:
                found.append(((method, path), *await door.ask(method, filled(path), known=known)))
        return found

    answers = asyncio.run(all_of_them())
    assert complaints(answers) == []
    if method == "OPTIONS":
        assert {status for _, status, _ in answers} == {204}
        own = {"GET", "POST", "PUT", "PATCH", "DELETE"}
        assert all(own & set(h["allow"].split(", ")) for _, _, h in answers)


def test_head_is_get_without_a_body(door: Door) -> None:
    async def all_of_them() -> list[Any]:
        return [
            (
                path,
                (await door.ask("GET", filled(path)))[0],
                (await door.ask("HEAD", filled(path)))[0],
            )
            for method, path in walk()
            if method == "GET"
        ]

    assert [
        (path, get, head) for path, get, head in asyncio.run(all_of_them()) if get != head
    ] == []


def test_odd_parts_of_paths_and_queries(door: Door) -> None:
    names = (
        b"q",
        b"site",
        b"page",
        b"cursor",
        b"before",
        b"month",
        b"ordering",
        b"search",
        b"status",
        b"next",
    )

    async def all_of_them() -> list[Any]:
        found = []
        for number, (method, path) in enumerate(walk()):
            for odd in some(ODD, number, of=3):
                query = b"&".join(name + b"=" + odd for name in names)
                asked = (method, filled(path, odd), query if method == "GET" else odd)
                found.append((asked, *await door.ask(*asked)))
        return found

    assert complaints(asyncio.run(all_of_them())) == []


def test_odd_headers(door: Door) -> None:
    async def all_of_them() -> list[Any]:
        found = []
        for number, (method, path) in enumerate(ASKED):
            for odd in some(itertools.product(NAMES, VALUES), number, of=3):
                body = b"a=1" if method != "GET" else b""
                answer = await door.ask(method, path.encode(), body=body, headers=(odd,))
                found.append(((path, odd), *answer))
        return found

    assert complaints(asyncio.run(all_of_them())) == []


def test_nobody_is_sent_to_another_website(door: Door) -> None:
    async def all_of_them() -> list[Any]:
        form = ((b"content-type", b"application/x-www-form-urlencoded"),)
        found: list[Any] = []
        for odd in NEXT:
            for known in (True, False):
                answer = await door.ask("GET", b"/sign-in", b"next=" + odd, known=known)
                found.append((("GET", odd, known), *answer))
            given = b"email=owner@example.com&password=a+password+of+the+tests&next=" + odd
            answer = await door.ask("POST", b"/sign-in", body=given, headers=form, known=False)
            found.append((("POST", odd), *answer))
            for path in (b"/review", b"/" + odd, b"/content/" + odd):
                found.append((("GET", path), *await door.ask("GET", path, odd, known=False)))
            for header in (b"referer", b"hx-current-url"):
                hx = ((b"hx-request", b"true"), (header, b"http://127.0.0.1:8000/" + odd), *form)
                answer = await door.ask("POST", b"/theme", body=b"theme=dark", headers=hx)
                found.append(((header, odd), *answer))
                answer = await door.ask("GET", b"/review", headers=hx, known=False)
                found.append(((header, odd), *answer))
        return found

    answers = asyncio.run(all_of_them())
    assert complaints(answers) == []
    assert any(headers.get("location") for _, _, headers in answers), "nobody was sent anywhere"
