"""Behind nginx and Caddy, as docs/deploy has them: what people see is what IGNY8 says."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.api.conftest import token_of
from tests.conftest import MakeSystem, missing
from tests.live.test_events import Tab, say, served
from tests.support.desk import Desk
from tests.support.fronts import FRONTS, NAME, FrontMissing, behind
from webapp.accounts import sessions
from webapp.config import Config
from webapp.core import bodies
from webapp.core.system import System

pytestmark = pytest.mark.heavy
# Where the operator calls from, and somebody else; the proxy is at 127.0.0.1.
OPERATOR, STRANGER = "127.0.0.9", "127.0.0.8"
AT_ONCE = 1.0  # seconds, for a notice over all of it; a buffer would keep it for much longer


class Visitor:
    """Somebody at an address of this machine, who calls the site by its name."""

    def __init__(self, port: int, address: str) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        self._client = httpx.Client(
            base_url=f"https://127.0.0.1:{port}",
            transport=httpx.HTTPTransport(verify=trusting, local_address=address),
            headers={"Host": f"{NAME}:{port}"},
            timeout=20,
        )

    def get(self, path: str, **headers: str) -> httpx.Response:
        return self._client.request("GET", path, headers=headers, extensions=_NAMED)

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        return self._client.request("POST", path, content=body, headers=headers, extensions=_NAMED)

    def stream(self, path: str, **headers: str) -> Any:
        return self._client.stream("GET", path, headers=headers, extensions=_NAMED)


TOO_MUCH = "larger than what can be sent here"
_NAMED = {"sni_hostname": NAME}


@pytest.fixture
def behind_a_proxy(config: Config, make_system: MakeSystem) -> System:
    """A process of an installation that is reached by https."""
    operators = (f"{OPERATOR}/32",)
    return make_system(replace(config, public_url=f"https://{NAME}", operator_networks=operators))


@pytest.fixture
def web(behind_a_proxy: System) -> Iterator[str]:
    with served(behind_a_proxy) as url:
        yield url


@pytest.fixture(params=FRONTS)
def port(request: pytest.FixtureRequest, web: str, tmp_path: Path) -> Iterator[int]:
    try:
        with behind(request.param, tmp_path, int(web.rpartition(":")[2])) as made:
            yield made
    except FrontMissing as reason:
        missing(reason)


def test_what_comes_through_a_proxy(
    port: int, web: str, desk: Desk, behind_a_proxy: System
) -> None:
    operator, stranger = Visitor(port, OPERATOR), Visitor(port, STRANGER)
    addresses_are_right_and_cannot_be_forged(operator, stranger)
    ids_are_the_proxys_own(stranger)
    hsts_is_for_https(stranger, web)
    bodies_get_our_answers(stranger, token_of(desk, desk.owner))
    notices_arrive_at_once(stranger, desk, behind_a_proxy)


def addresses_are_right_and_cannot_be_forged(operator: Visitor, stranger: Visitor) -> None:
    assert operator.get("/metrics").status_code == 200
    assert stranger.get("/metrics").status_code == 403
    for forged in (OPERATOR, f"{OPERATOR}, 127.0.0.1", f"127.0.0.1,{OPERATOR}", "127.0.0.1"):
        told = {"X-Forwarded-For": forged, "X-Real-IP": forged, "Forwarded": f"for={forged}"}
        assert stranger.get("/metrics", **told).status_code == 403, forged


def ids_are_the_proxys_own(stranger: Visitor) -> None:
    """Else somebody gives all requests one id, or that of another one."""
    told = {"X-Request-Id": "an-id-of-a-stranger"}
    ids = {stranger.get("/sign-in", **told).headers["x-request-id"] for _ in range(2)}
    assert len(ids) == 2
    assert all(len(one) >= 32 for one in ids), "the proxy gives one that its own log can have"


def hsts_is_for_https(visitor: Visitor, web: str) -> None:
    for told in ("http", "https"):
        answer = visitor.get("/sign-in", **{"X-Forwarded-Proto": told})
        assert "max-age" in answer.headers["strict-transport-security"]
    plain = httpx.get(f"{web}/sign-in", headers={"Host": NAME})
    assert plain.status_code == 200
    assert "strict-transport-security" not in plain.headers


def bodies_get_our_answers(visitor: Visitor, token: str) -> None:
    program = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    start = b'{"title": "'
    for size, code in (
        (bodies.LARGEST, "VALIDATION_FAILED"),
        (bodies.LARGEST + 1, "TOO_LARGE"),
        (3 * bodies.LARGEST, "TOO_LARGE"),
    ):
        body = start + b"x" * (size - len(start) - 2) + b'"}'
        answer = visitor.post("/api/v1/writer/content/", body, **program)
        assert answer.json()["error"]["code"] == code, size
    form = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    more = visitor.post("/sign-in", b"email=" + b"a" * 6_000_000, **form)
    assert (more.status_code, TOO_MUCH in more.text) == (413, True), more.text


def notices_arrive_at_once(visitor: Visitor, desk: Desk, system: System) -> None:
    cookie = f"{sessions.cookie(system.config)}={desk.session_of(desk.owner)}"
    with visitor.stream("/events", Cookie=cookie) as response:
        assert response.status_code == 200, response.read()
        tab = Tab(response)
        tab.hears("hello")
        for _ in range(3):
            content_id = desk.write()
            began = time.monotonic()
            say(system, desk.owner.account_id, "content", content_id)
            tab.hears(f'"ids":[{content_id}]')
            assert time.monotonic() - began < AT_ONCE
