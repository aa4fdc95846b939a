"""Signing in: what strangers can make it cost, and what is kept of them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.accounts.test_passwords import Hashing
from tests.safety.conftest import Browser, MakeBrowser
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.house import PASSWORD
from webapp.accounts import brake, passwords, sessions
from webapp.accounts.models import SignInFailure, UserSession
from webapp.core.secrets import fingerprint
from webapp.core.turns import COME_AGAIN, MOST_SIGN_INS

OWNER = "owner@example.com"
CROWD = 200
LONGEST = 60.0


def sign_in(browser: Browser, email: str = OWNER, password: str = PASSWORD, **headers: str) -> Any:
    form = {"email": email, "password": password}
    return browser.post("/sign-in", data=form, headers=headers, follow_redirects=False)


async def crowd(port: int, one: Callable[[httpx.AsyncClient, int], Awaitable[Any]]) -> list[Any]:
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    url = f"http://127.0.0.1:{port}"
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=LONGEST) as client:
        return list(await asyncio.gather(*(one(client, number) for number in range(CROWD))))


def test_a_crowd_at_the_door_keeps_no_page_waiting(
    desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While hashes stand still: pages come, the crowd is asked to come again, before any hash."""
    passwords.matches("", "so that the hash of nobody is there")
    hashing = Hashing(monkeypatch, "verify")
    cookie = {"Cookie": f"{sessions.COOKIE}={desk.session_of(desk.owner)}"}
    told: list[int] = []

    async def one(client: httpx.AsyncClient, number: int) -> httpx.Response:
        form = {"email": f"person{number}@example.com", "password": PASSWORD}
        sent = {"X-Forwarded-For": f"203.0.113.{number}"}
        answer = await client.post("/sign-in", data=form, headers=sent)
        told.append(answer.status_code)
        return answer

    async def visit(client: httpx.AsyncClient) -> list[int]:
        while len(told) < CROWD - MOST_SIGN_INS:  # all who are not taken in have their answer
            await asyncio.sleep(0.01)
        pages = [await client.get(path, headers=cookie) for path in ("/review", "/sites/x", "/")]
        hashing.go_on()
        return [page.status_code for page in pages]

    async def together() -> tuple[list[httpx.Response], list[int]]:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=LONGEST) as own:
            answers, pages = await asyncio.gather(crowd(port, one), visit(own))
            return answers, pages

    answers, pages = asyncio.run(together())
    assert pages == [200, 404, 303]
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses == {429: CROWD - MOST_SIGN_INS, 401: MOST_SIGN_INS}
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.headers["retry-after"] for answer in refused} == {str(COME_AGAIN)}
    assert "Wait 3 seconds" in refused[0].text
    assert len(desk.rows(SignInFailure)) == 2 * MOST_SIGN_INS


def test_one_place_cannot_take_all_turns(
    desk: Desk, port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing = Hashing(monkeypatch, "verify")

    async def one(client: httpx.AsyncClient, number: int) -> int:
        is_owner = number == CROWD - 1
        if is_owner:
            await asyncio.to_thread(hashing.wait, 2)
        form = {"email": OWNER if is_owner else f"p{number}@example.com", "password": PASSWORD}
        sent = {"X-Forwarded-For": "198.51.100.7" if is_owner else "203.0.113.7"}
        answering = asyncio.create_task(client.post("/sign-in", data=form, headers=sent))
        if is_owner:
            hashing.go_on()
        return (await answering).status_code

    statuses = asyncio.run(crowd(port, one))
    assert statuses[-1] == 303
    assert Counter(statuses[:-1])[401] <= brake.of_origin("203.0.113.7").free
    assert set(statuses[:-1]) == {401, 429}


@pytest.mark.both_databases
def test_a_place_is_counted_by_all_processes(visit: MakeBrowser, clock: FakeClock) -> None:
    here, there = visit("203.0.113.9"), visit("203.0.113.9")
    free = brake.of_origin("203.0.113.9").free
    tries = [sign_in((here, there)[n % 2], f"p{n}@example.com", "wrong") for n in range(free + 2)]
    assert [answer.status_code for answer in tries] == [401] * free + [429] * 2
    pause = int(tries[-1].headers["retry-after"])
    assert 0 < pause <= brake.of_origin("203.0.113.9").longest_pause
    assert sign_in(here).status_code == 429
    assert sign_in(visit("203.0.113.10")).status_code == 303
    clock.advance(pause + 1)
    assert sign_in(there).status_code == 303
    assert sign_in(here, "another@example.com", "wrong").status_code == 401
    assert sign_in(there).status_code == 429  # one password known does not buy tries for others


@pytest.mark.parametrize(
    ("first", "second", "together"),
    [
        ("203.0.113.9", "203.0.113.10", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.9", "203.0.113.9", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("nonsense", "", True),
    ],
)
def test_who_is_one_place(first: str, second: str, together: bool) -> None:
    assert (brake.of_origin(first) == brake.of_origin(second)) is together


def test_only_a_trusted_proxy_says_for_whom_it_asks(visit: MakeBrowser) -> None:
    stranger, proxy = visit("203.0.113.9"), visit("10.0.0.1", trusted_proxies=("10.0.0.1/32",))
    free = brake.of_origin("203.0.113.9").free
    for number in range(free):
        forged = {"X-Forwarded-For": f"198.51.100.{number}"}
        assert sign_in(stranger, f"p{number}@example.com", "wrong", **forged).status_code == 401
    assert sign_in(stranger, **{"X-Forwarded-For": "198.51.100.99"}).status_code == 429
    behind = {"X-Forwarded-For": "198.51.100.7, 203.0.113.9"}  # the last is what the proxy saw
    assert sign_in(proxy, **behind).status_code == 429
    assert sign_in(proxy, **{"X-Forwarded-For": "203.0.113.9, 198.51.100.8"}).status_code == 303


@pytest.mark.parametrize("length", [255, 50_000, 6_000_000])
def test_nothing_that_a_stranger_sends_is_kept(visit: MakeBrowser, desk: Desk, length: int) -> None:
    browser = visit()
    long = "x" * length + "@example.com"
    answer = sign_in(browser, long, "wrong")
    assert answer.status_code in (401, 413)
    assert len(answer.content) < 10_000
    assert desk.rows(SignInFailure) == []
    sign_in(browser, "very-own-word@example.com", "wrong")
    kept = desk.rows(SignInFailure)
    assert len(kept) == 2
    assert all(len(row.subject) < 50 and "own-word" not in row.subject for row in kept)


@pytest.mark.parametrize("email", ["owner@example.com\0", "\0", "a\0b@example.com"])
@pytest.mark.both_databases
def test_an_address_that_no_database_holds_is_nobodys(visit: MakeBrowser, email: str) -> None:
    assert sign_in(visit(), email).status_code == 401


def test_a_form_that_is_none_is_refused(visit: MakeBrowser) -> None:
    browser = visit()
    for body, kind in (
        (b'{"email": "owner@example.com"}', "application/json"),
        (b"email=a&email=b&password=c", "application/x-www-form-urlencoded"),
        (b"\xff\xfe", "text/plain"),
        (b"", ""),
    ):
        answer = browser.post("/sign-in", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 401, 415), body


# Cookies


def test_on_https_the_cookie_is_of_this_host_only(visit: MakeBrowser, desk: Desk) -> None:
    browser = visit(public_url="https://testserver.local")
    answer = sign_in(browser)
    name, _, rest = answer.headers["set-cookie"].partition("=")
    flags = {part.strip().lower() for part in rest.split(";")[1:]}
    assert name == "__Host-igny8_session"
    assert {"secure", "httponly", "path=/", "samesite=lax"} <= flags
    assert not any(flag.startswith("domain") for flag in flags)
    token = rest.partition(";")[0]
    me = "/api/v1/auth/me"
    browser.cookies.clear()
    assert browser.get(me, headers={"Cookie": f"{name}={token}"}).status_code == 200
    # a plain name could have been planted by a neighbour's host, or over http
    assert browser.get(me, headers={"Cookie": f"igny8_session={token}"}).status_code == 401
    assert "not encrypted" not in browser.get("/sign-in").text


def test_on_http_sign_in_says_that_it_is_not_encrypted(visit: MakeBrowser) -> None:
    browser = visit()
    assert "not encrypted" in browser.get("/sign-in").text
    assert "secure" not in sign_in(browser).headers["set-cookie"].lower()
    browser.cookies.clear()
    own = browser.get("/sign-in", headers={"Host": "127.0.0.1:8000"})
    assert "not encrypted" not in own.text


def test_signing_out_takes_the_cookie_back(visit: MakeBrowser, desk: Desk) -> None:
    browser = visit(public_url="https://testserver.local")
    token = desk.session_of(desk.owner)
    csrf = desk.system.secrets.sign("csrf", fingerprint(token))
    sent = {"Cookie": f"{sessions.SECURE_COOKIE}={token}", "X-CSRF-Token": csrf}
    answer = browser.post("/sign-out", headers=sent, follow_redirects=False)
    assert answer.status_code == 303
    taken = answer.headers["set-cookie"].lower()
    assert taken.startswith("__host-igny8_session=")
    assert "max-age=0" in taken
    assert "secure" in taken
    assert desk.rows(UserSession) == []


# How long


def still_in(desk: Desk, browser: Browser) -> bool:
    answer = browser.get("/api/v1/auth/me")
    desk.system.commits.run(lambda _: None)  # the note of its use was sent ahead
    return bool(answer.status_code == 200)


def test_a_session_ends_after_a_fortnight_of_rest(desk: Desk, clock: FakeClock) -> None:
    with desk.browser() as browser:
        sign_in(browser)
        for _ in range(3):
            clock.advance(13 * 86_400)
            assert still_in(desk, browser)
        clock.advance(14 * 86_400 + 60)
        assert not still_in(desk, browser)


def test_a_session_ends_after_ninety_days_however_busy(desk: Desk, clock: FakeClock) -> None:
    with desk.browser() as browser:
        sign_in(browser)
        for _ in range(9):
            clock.advance(9.9 * 86_400)
            assert still_in(desk, browser)
        clock.advance(0.9 * 86_400 + 1)
        assert not still_in(desk, browser)
