"""A token that asks too often waits; everybody else does not."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.api.conftest import token_of
from tests.conftest import MakeSystem
from tests.support.desk import Desk
from tests.support.processes import free_port
from webapp.accounts import throttle as throttles
from webapp.accounts.throttle import Throttle
from webapp.app import create_app
from webapp.config import Config
from webapp.core.errors import TooMany
from webapp.integrations import connections

ME = "/api/v1/auth/me/"
PER_MINUTE = 40
AT_ONCE = PER_MINUTE // throttles.BURST
Client = TestClient[Litestar]


class FakeWall:
    """The machine's clock, by which requests are counted: it stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_800_000_004.5

    def advance(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> FakeWall:
    fake = FakeWall()
    monkeypatch.setattr(time, "time", lambda: fake.now)
    return fake


MakeClient = Callable[[str], Client]


@pytest.fixture
def client_of(desk: Desk, make_system: MakeSystem, config: Config) -> Iterator[MakeClient]:
    """Clients of one web process with a small limit, each with its own key."""
    app = create_app(system=make_system(replace(config, api_per_minute=PER_MINUTE)))
    with ExitStack() as stack:

        def make(key: str) -> Client:
            client = stack.enter_context(TestClient(app))
            client.headers["Authorization"] = f"Bearer {key}"
            return client

        yield make


def ask(client: Client, times: int) -> list[int]:
    return [client.get(ME).status_code for _ in range(times)]


def test_too_many_requests_of_a_token_wait(
    desk: Desk, client_of: MakeClient, wall: FakeWall
) -> None:
    runaway, other = (client_of(token_of(desk, desk.owner)) for _ in range(2))
    assert ask(runaway, AT_ONCE) == [200] * AT_ONCE
    refused = runaway.get(ME)
    assert refused.status_code == 429
    error = refused.json()["error"]
    assert refused.json()["success"] is False
    assert (error["code"], error["details"]) == ("TOO_MANY_REQUESTS", {"per_minute": PER_MINUTE})
    assert str(PER_MINUTE) in error["message"]
    assert ask(other, 1) == [200]
    wall.advance(int(refused.headers["Retry-After"]))
    assert ask(runaway, 2)[0] == 200
    wall.advance(600)
    assert ask(runaway, AT_ONCE + 1) == [200] * AT_ONCE + [429]


def test_nothing_is_done_for_who_must_wait(desk: Desk, client_of: MakeClient) -> None:
    client = client_of(token_of(desk, desk.owner))
    ask(client, AT_ONCE + 1)
    system = client.app.state.system
    system.commits.run(lambda _: None)  # that the token was used is written in the background
    statements: list[str] = []
    engine = system.db.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *given: statements.append(given[2]))
    body = {"title": "One too many", "site_id": desk.site.id}
    assert client.post("/api/v1/writer/content/", json=body).status_code == 429
    watching = "PRAGMA data_version"  # the stream of notices does, whoever asks
    assert [one for one in statements if one != watching] == []


def test_keys_of_websites_are_counted_and_browsers_are_not(
    desk: Desk, client_of: MakeClient
) -> None:
    with desk.system.db.write() as db:
        _, key = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url="http://127.0.0.1:1"
        )
    assert ask(client_of(key), AT_ONCE + 1) == [200] * AT_ONCE + [429]
    browser = client_of("")
    del browser.headers["Authorization"]
    desk.sign_in(browser, desk.owner)
    assert set(ask(browser, AT_ONCE + 5)) == {200}


def test_unknown_keys_are_not_kept(desk: Desk, client_of: MakeClient) -> None:
    client = client_of("ig8_nobody")
    assert ask(client, 3) == [401] * 3
    throttle = client.app.state.throttle
    assert vars(throttle)["_limiter"].storage.storage == {}
    assert vars(throttle)["_refused"] == {}


def taken(throttle: Throttle, times: int, token: str = "t") -> int:
    """How many of so many requests at once are let through."""

    async def take_all() -> int:
        return sum([await _is_let_through(throttle, token) for _ in range(times)])

    return asyncio.run(take_all())


async def _is_let_through(throttle: Throttle, token: str) -> bool:
    try:
        throttle.check(token)
        await throttle.take(token)
    except TooMany:
        return False
    return True


def test_ten_minutes_of_asking_get_ten_minutes_of_answers(wall: FakeWall) -> None:
    throttle = Throttle(PER_MINUTE)

    async def ten_minutes() -> list[int]:
        let = []
        for _ in range(600):
            let.append(sum([await _is_let_through(throttle, "t") for _ in range(3)]))
            wall.advance(1)
        return let

    let = asyncio.run(ten_minutes())
    assert sum(let) == pytest.approx(PER_MINUTE * 10, rel=0.1)
    assert max(sum(let[n : n + 15]) for n in range(600)) <= 2 * AT_ONCE
    wall.advance(86_400)
    assert taken(throttle, AT_ONCE * 3) == AT_ONCE


def test_a_limit_of_none_and_of_one(wall: FakeWall) -> None:
    assert taken(Throttle(0), 500) == 500
    one = Throttle(1)
    assert taken(one, 2) == 1
    with pytest.raises(TooMany) as refused:
        one.check("t")
    assert 1 <= int(refused.value.headers["Retry-After"]) <= 60
    wall.advance(120)
    assert taken(one, 2) == 1


def test_tokens_that_have_rested_are_forgotten(
    wall: FakeWall, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "MOST_KEPT", 3)
    throttle = Throttle(PER_MINUTE)
    for token in "abc":
        taken(throttle, AT_ONCE + 1, token)
    wall.advance(300)
    taken(throttle, AT_ONCE + 1, "d")
    assert set(vars(throttle)["_refused"]) == {"d"}
    assert len(vars(throttle)["_limiter"].storage.storage) <= 2


def test_web_processes_on_redis_count_together(redis_url: str) -> None:
    """Exactly: what one has let through is missing for the other. Begun early in a window, so that
    none ends while it is counted."""
    left = 15 - time.time() % 15
    if left < 8:
        time.sleep(left + 0.1)
    one, other = Throttle(PER_MINUTE, redis_url), Throttle(PER_MINUTE, redis_url)

    async def both() -> int:
        let = 0
        for _ in range(AT_ONCE):
            for throttle in (one, other):
                let += await _is_let_through(throttle, "t")
        return let

    assert asyncio.run(both()) == AT_ONCE


def test_nobody_is_held_up_by_a_redis_that_does_not_answer() -> None:
    away = f"redis://127.0.0.1:{free_port()}/0"
    silent = socket.create_server(("127.0.0.1", 0))
    try:
        hangs = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        for url in (away, hangs):
            began = time.monotonic()
            assert taken(Throttle(PER_MINUTE, url), 200) == 200
            assert time.monotonic() - began < 60, "each request waited"
    finally:
        silent.close()
