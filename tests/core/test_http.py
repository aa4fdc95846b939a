"""The gate: what it refuses, judged by a server that must not be reached; and its limits."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support import misbehaving as how
from tests.support.misbehaving import Misbehaving
from webapp.core.http import OutboundHttp, Refused

OWN = "http://desk.example:8000"
PRIVATE = [
    "127.0.0.1",
    "127.1.2.3",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fc00::1",
    "fd12::1",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2001:0:7f00:1::f7f7:f7f7",
    "2001:0:808:808::80ff:fffe",
    "2001:0:808:808::f7f7:f7f7",
    # Whatever carries an address of IPv4 leads where that leads: translated, compatible, ISATAP.
    "::ffff:0:127.0.0.1",
    "::ffff:0:10.0.0.1",
    "::ffff:0:169.254.169.254",
    "::ffff:0:8.8.8.8",
    "::10.0.0.1",
    "::8.8.8.8",
    "64:ff9b::10.0.0.1",
    "64:ff9b::224.0.0.1",
    "2002:a9fe:a9fe::1",
    "2002:c0a8:101::1",
    "2600::5efe:127.0.0.1",
    "2600::200:5efe:10.0.0.1",
    "2606:2800::5efe:169.254.169.254",
    "fe80::5efe:127.0.0.1",
    "fd00::5efe:8.8.8.8",
    # Nothing outside of what was given out is public: other translators, old and future ranges.
    "64:ff9b:1:ffff::127.0.0.1",
    "64:ff9c::1",
    "100::1",
    "200::1",
    "400::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "8000::1",
    "e000::1",
    "fe00::1",
    "ffff::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:1::1",
    "192.88.99.1",
]
SPELLINGS = [
    "127.0.0.1",
    "2130706433",
    "0177.0.0.1",
    "0x7f.0.0.1",
    "0x7f000001",
    "127.1",
    "127.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "0",
    "0.0.0.0",
    "1２７.0.0.1",
    "①②⑦.0.0.1",
]


@pytest.fixture
def canary() -> Iterator[Misbehaving]:
    """A server on this machine that strangers' addresses must never reach."""
    with Misbehaving() as server:
        server.on("*", "*", how.status(200, "the canary"))
        yield server


def _port(server: Misbehaving) -> int:
    return int(server.url.rsplit(":", 1)[1])


def _strict(*servers: Misbehaving, **given: Any) -> Iterator[OutboundHttp]:
    ports = tuple(_port(server) for server in servers) or (80,)
    http = OutboundHttp(allow_private=False, own_url=OWN, ports=ports, **given)
    try:
        yield http
    finally:
        http.close()


@pytest.fixture
def strict(canary: Misbehaving) -> Iterator[OutboundHttp]:
    """As in production; the canary's port is one that may be called."""
    yield from _strict(canary)


@pytest.fixture
def loose() -> Iterator[OutboundHttp]:
    """As on one machine: loopback may be called."""
    http = OutboundHttp(allow_private=True, own_url=OWN)
    yield http
    http.close()


def _resolver(*answers: list[str]) -> Any:
    """Name resolution that answers in turn, and stays at the last."""
    left = list(answers)

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        resolve.asked.append(host)  # type: ignore[attr-defined]
        found = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    resolve.asked = []  # type: ignore[attr-defined]
    return resolve


@pytest.mark.parametrize("host", SPELLINGS)
def test_this_machine_is_refused_however_it_is_spelt(
    strict: OutboundHttp, canary: Misbehaving, host: str
) -> None:
    with pytest.raises((Refused, httpx.HTTPError)):
        strict.fetch("GET", f"http://{host}:{_port(canary)}/", seconds=5)
    assert canary.hits == []


@pytest.mark.parametrize("address", PRIVATE)
def test_names_that_lead_inside_are_refused(address: str) -> None:
    http = OutboundHttp(allow_private=False, own_url=OWN, resolve=_resolver([address]))
    with pytest.raises(Refused):
        http.fetch("GET", "http://innocent.example/", seconds=5)
    http.close()


def test_one_inner_address_among_public_ones_is_enough_to_refuse() -> None:
    http = OutboundHttp(
        allow_private=False, own_url=OWN, resolve=_resolver(["93.184.216.34", "10.0.0.1"])
    )
    with pytest.raises(Refused):
        http.fetch("GET", "http://innocent.example/", seconds=5)
    http.close()


@pytest.mark.parametrize(
    "address",
    [
        "93.184.216.34",
        "2606:2800:220:1::1",
        "64:ff9b::5db8:d822",
        "2002:5db8:d822::1",
        "2606:2800::5efe:93.184.216.34",
    ],
)
def test_public_addresses_pass(address: str) -> None:
    http = OutboundHttp(allow_private=False, own_url=OWN, resolve=_resolver([address]))
    assert http.addresses("innocent.example", 80) == [address]
    http.close()


@pytest.mark.parametrize("address", ["169.254.169.254", "fe80::1", "64:ff9b::a9fe:a9fe"])
def test_link_local_is_refused_even_where_private_addresses_are_allowed(address: str) -> None:
    http = OutboundHttp(allow_private=True, own_url=OWN, resolve=_resolver([address]))
    with pytest.raises(Refused):
        http.fetch("GET", "http://metadata.example/", seconds=5)
    http.close()


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://example.com/",
        "ftp://example.com/",
        "//example.com/",
        "http://",
        "http:///path",
        "",
        "example.com",
        "javascript:alert(1)",
        "http://[::1/",
        "http://example.com:99999/",
        "http://example.com:22/",
        "https://example.com:6379/",
        "http://user@example.com/",
        "http://user:secret@example.com/",
        "http://example.com:80@127.0.0.1/",
        "http://example.com:0/",
        "http://ex\x00ample.com/",
        "http://example.com\r\nHost: x/",
    ],
)
def test_other_schemes_ports_and_malformed_addresses_are_refused(url: str) -> None:
    http = OutboundHttp(allow_private=False, own_url=OWN, resolve=_resolver(["93.184.216.34"]))
    with pytest.raises(Refused):
        http.fetch("GET", url, seconds=5)
    http.close()


def test_the_installation_itself_may_be_called(canary: Misbehaving) -> None:
    http = OutboundHttp(allow_private=False, own_url=canary.url)
    assert http.fetch("GET", f"{canary.url}/sites/x", seconds=5).status == 200
    http.close()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_checked_like_first_addresses(canary: Misbehaving, status: int) -> None:
    with Misbehaving() as outside:
        # "outside" is the installation itself, which may be called: the redirect may not follow.
        http = OutboundHttp(allow_private=False, own_url=outside.url, ports=(_port(canary),))
        outside.on("GET", "*", how.status(status, Location=f"{canary.url}/secret"))
        with pytest.raises(Refused):
            http.fetch("GET", outside.url, seconds=5, redirects=5)
        http.close()
    assert len(outside.hits) == 1
    assert canary.hits == []


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "http://[::1/", "http://user:p@127.0.0.1/", "gopher://x/"]
)
def test_redirects_to_what_is_no_web_address_are_refused(
    loose: OutboundHttp, misbehaving: Misbehaving, target: str
) -> None:
    misbehaving.on("GET", "*", how.status(302, Location=target))
    with pytest.raises((Refused, httpx.RemoteProtocolError)):
        loose.fetch("GET", misbehaving.url, seconds=5, redirects=5)


def test_redirects_end(loose: OutboundHttp, misbehaving: Misbehaving) -> None:
    misbehaving.on("GET", "*", how.status(302, Location="/again"))
    with pytest.raises(Refused, match="too many"):
        loose.fetch("GET", misbehaving.url, seconds=5, redirects=3)
    assert len(misbehaving.hits) == 4


def test_keys_do_not_follow_a_redirect_to_another_site(
    loose: OutboundHttp, misbehaving: Misbehaving, canary: Misbehaving
) -> None:
    misbehaving.on("GET", "*", how.status(302, Location=canary.url))
    headers = {"Authorization": "Bearer secret", "X-IGNY8-API-Key": "secret", "Range": "bytes=0-0"}
    loose.fetch("GET", misbehaving.url, seconds=5, redirects=1, headers=headers)
    seen = {name.lower(): value for name, value in canary.hits[0].headers.items()}
    assert "secret" not in str(seen)
    assert seen["range"] == "bytes=0-0"


def test_the_address_that_was_checked_is_the_one_that_is_called(canary: Misbehaving) -> None:
    """Rebinding: a name server that answers something else when it is asked again."""
    resolve = _resolver(["127.0.0.1"], ["169.254.169.254"])
    http = OutboundHttp(allow_private=True, own_url=OWN, resolve=resolve)
    url = f"http://rebinding.example:{_port(canary)}/"
    assert http.fetch("GET", url, seconds=5, headers={"Connection": "close"}).status == 200
    assert resolve.asked == ["rebinding.example"]
    with pytest.raises(Refused):
        http.fetch("GET", url, seconds=5)
    http.close()


def test_a_name_without_an_address_is_a_transport_error() -> None:
    http = OutboundHttp(allow_private=False, own_url=OWN, resolve=_resolver([]))
    with pytest.raises(httpx.ConnectError):
        http.fetch("GET", "http://nowhere.example/", seconds=5)
    http.close()


@pytest.mark.parametrize("behaviour", [how.hang(), how.drip(0.05)], ids=["hang", "drip"])
def test_a_call_ends_when_its_time_is_up(
    loose: OutboundHttp, misbehaving: Misbehaving, behaviour: Any
) -> None:
    misbehaving.on("GET", "*", behaviour)
    began = time.monotonic()
    with pytest.raises(httpx.TimeoutException):
        loose.fetch("GET", misbehaving.url, seconds=0.5)
    assert time.monotonic() - began < 60


def test_the_time_of_one_thread_is_not_that_of_another(
    loose: OutboundHttp, misbehaving: Misbehaving
) -> None:
    misbehaving.on("GET", "/slow", how.delayed(0.6, how.status(200)))
    misbehaving.on("GET", "/hang", how.hang())
    answers: list[int] = []

    def slow() -> None:
        answers.append(loose.fetch("GET", f"{misbehaving.url}/slow", seconds=60).status)

    thread = threading.Thread(target=slow)
    thread.start()
    with pytest.raises(httpx.TimeoutException):
        loose.fetch("GET", f"{misbehaving.url}/hang", seconds=0.2)
    thread.join(timeout=60)
    assert answers == [200]
