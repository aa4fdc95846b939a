"""More than may be sent is refused while it arrives, and nothing of it is kept."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from tests.support.desk import Desk
from webapp.accounts.models import SignInFailure
from webapp.core import bodies

FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
MANY = b"a=1&" * (400 * 1024)  # 1.6 MB


@pytest.mark.parametrize("path", ["/theme", "/active-site", "/publisher/content-calendar/views"])
def test_a_form_of_more_than_256_kb_is_refused(desk: Desk, path: str) -> None:
    with desk.browser(desk.owner) as client:
        fields = b"&".join(b"f%d=%s" % (n, b"x" * 2000) for n in range(140))
        for body in (fields, MANY, b"email=" + b"a" * 6_000_000):
            answer = client.post(path, content=body, headers=FORM)
            assert answer.status_code == 413, path
            assert str(bodies.LARGEST_FORM) in answer.text
        many = client.post(path, content=b"a=1&" * 201, headers=FORM)
        assert (many.status_code, "200" in many.text) == (413, True)
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


def test_a_large_form_does_not_hold_up_others(desk: Desk) -> None:
    """The loop goes on turning while forms of 1.6 MB come in."""
    with desk.browser(desk.owner) as client:
        app, headers = (
            client.app,
            [(b"host", b"127.0.0.1:8000"), (b"content-type", FORM["Content-Type"].encode())],
        )
    waits: list[float] = []

    async def post() -> None:
        sent = {"type": "http.request", "body": MANY, "more_body": False}

        async def receive() -> Any:
            return sent

        async def send(_: Any) -> None:
            pass

        scope: Any = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
            "scheme": "http", "path": "/sign-in", "raw_path": b"/sign-in", "query_string": b"",
            "root_path": "", "headers": headers, "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 8000),
        }  # fmt: skip
        await app(scope, receive, send)

    async def turn() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0)
            waits.append(time.perf_counter() - before)

    async def both() -> None:
        turning = asyncio.create_task(turn())
        for _ in range(20):
            await post()
        turning.cancel()

    asyncio.run(both())
    waits.sort()
    assert waits[len(waits) // 2] < 0.05, "a 1.6 MB form was parsed on the loop"
