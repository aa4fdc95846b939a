"""A token that asks too often waits; everybody else does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.api.conftest import token_of
from tests.conftest import MakeSystem
from tests.support.clock import FakeClock
from tests.support.desk import Desk
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
    desk: Desk, client_of: MakeClient, clock: FakeClock
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
    pause = int(refused.headers["Retry-After"])
    clock.advance(pause)
    assert ask(runaway, 2) == [200, 429]
    clock.advance(minutes=10)
    assert ask(runaway, AT_ONCE + 1) == [200] * AT_ONCE + [429]


def test_nothing_is_done_for_who_must_wait(desk: Desk, client_of: MakeClient) -> None:
    client = client_of(token_of(desk, desk.owner))
    ask(client, AT_ONCE)
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
    assert vars(client.app.state.throttle)["_stocks"] == {}


def test_the_stock_refills_steadily_and_never_overflows(clock: FakeClock) -> None:
    throttle = Throttle(PER_MINUTE)
    start = clock.now
    taken = 0
    for second in range(600):
        for _ in range(3):
            try:
                throttle.take("t", start + timedelta(seconds=second))
            except TooMany:
                continue
            taken += 1
    assert taken == pytest.approx(AT_ONCE + PER_MINUTE * 10, abs=1)
    later = start + timedelta(days=1)
    for _ in range(AT_ONCE):
        throttle.take("t", later)
    with pytest.raises(TooMany):
        throttle.take("t", later - timedelta(hours=1))  # a clock that was set back gives nothing


def test_a_limit_of_none_and_of_one(clock: FakeClock) -> None:
    unlimited, one = Throttle(0), Throttle(1)
    for _ in range(5000):
        unlimited.take("t", clock.now)
    one.take("t", clock.now)
    with pytest.raises(TooMany) as refused:
        one.take("t", clock.now)
    assert refused.value.headers == {"Retry-After": "60"}


def test_tokens_that_have_rested_are_forgotten(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throttles, "MOST_KEPT", 3)
    throttle = Throttle(PER_MINUTE)
    for token in "abc":
        throttle.take(token, clock.now)
    clock.advance(minutes=1)
    for _ in range(AT_ONCE):
        throttle.take("c", clock.now)
    throttle.take("d", clock.now)
    assert set(vars(throttle)["_stocks"]) == {"c", "d"}
    with pytest.raises(TooMany):
        throttle.take("c", clock.now)
