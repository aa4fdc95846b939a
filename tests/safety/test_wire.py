"""What strangers do to connections: raw bytes, sent to the server as it really runs."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from webapp import entrance, wire

LONGEST = 30.0
Send = Callable[..., bytes]


@pytest.fixture
def send(port: int) -> Send:
    """Sends these bytes on one connection; what came back until the server closed it, or until
    `answers` answers had come."""

    def sent(*parts: bytes, answers: int = 0) -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=LONGEST) as line:
            got = b""
            try:
                for part in parts:
                    line.sendall(part)
                while not answers or _whole(got) < answers:
                    more = line.recv(65536)
                    if not more:
                        break
                    got += more
            except (ConnectionResetError, BrokenPipeError):
                pass
            return got

    return sent


def _whole(got: bytes) -> int:
    """How many answers to GET /healthz or refusals have come whole."""
    return got.count(b'{"alive":true}') + got.count(b"\r\n\r\nT")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


HOST = b"Host: 127.0.0.1\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 5\r\n" + CHUNKED,
        CHUNKED + b"Content-Length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5, 6\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 0x5\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b" Content-Length: 5\r\n",
        b"X: a\nContent-Length: 5\r\n",
        b"X: a\r\n\tfolded\r\n b: c\r\n",
        b"X\x00: a\r\n",
        b"X: a\x00b\r\n",
    ],
)
def test_a_request_of_two_lengths_is_no_request(send: Send, head: bytes) -> None:
    """Else a proxy and we could disagree where it ends, and the rest would be a stranger's."""
    hidden = b"0\r\n\r\nGET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    answer = send(b"POST /sign-in HTTP/1.1\r\n" + HOST + head + b"\r\n" + hidden)
    assert status(answer) == 400
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"alive" not in answer


@pytest.mark.parametrize(
    "line",
    [
        b"GET /healthz HTTP/9.9",
        b"GET  /healthz HTTP/1.1 x",
        b"GE T /healthz HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_no_http_ends_the_connection(send: Send, line: bytes) -> None:
    answer = send(line + b"\r\n" + HOST + b"\r\n\r\n\r\n")
    assert status(answer) in (0, 400)
    assert b"alive" not in answer


@pytest.mark.parametrize("host", [b"", HOST + b"Host: evil.example\r\n", b"Host: \r\n"])
def test_none_and_two_hosts_are_refused(send: Send, host: bytes) -> None:
    answer = send(b"GET /healthz HTTP/1.1\r\n" + host + b"Connection: close\r\n\r\n")
    assert status(answer) == 400
    assert b"nosniff" in answer


def test_the_target_names_no_other_host(send: Send) -> None:
    head = b"Host: evil.example\r\nConnection: close\r\n\r\n"
    assert status(send(b"GET http://127.0.0.1/sign-in HTTP/1.1\r\n" + head)) == 421


@pytest.mark.parametrize("pieces", [1, 400])
def test_the_head_has_an_end(send: Send, pieces: int) -> None:
    long = b"".join(b"X-%d: %s\r\n" % (n, b"a" * 1000) for n in range(400))
    whole = b"GET /healthz HTTP/1.1\r\n" + HOST + long + b"\r\n"
    size = len(whole) // pieces + 1
    answer = send(*(whole[at : at + size] for at in range(0, len(whole), size)))
    assert status(answer) in (0, 400, 431)  # 0: the server closed while we still sent
    assert b"alive" not in answer


def test_an_address_without_end_is_not_kept(send: Send) -> None:
    answer = send(b"GET /", *[b"a" * 65536] * 100)
    assert status(answer) in (0, 400)


def test_the_head_of_a_request_must_come(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "HEAD_SECONDS", 0.2)
    assert wire.TOO_SLOW.encode() in send()
    assert wire.TOO_SLOW.encode() in send(b"GET /healthz HTTP/1.1\r\nHost: 127")
    both = send(b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", b"GET /healthz HTTP/1.1\r\n")
    assert b"alive" in both
    assert wire.TOO_SLOW.encode() in both


def test_the_body_of_a_request_must_come(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(entrance, "PATIENCE", 0.2)
    head = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\n"
    answer = send(b"POST /sign-in HTTP/1.1\r\n" + HOST + head + b"email=")
    assert status(answer) == 408
    assert entrance.TOO_SLOW.encode() in answer
    assert answer.lower().count(b"connection: close") == 1


def test_many_requests_on_one_connection(send: Send) -> None:
    one = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    assert send(one * 5, answers=5).count(b"HTTP/1.1 200") == 5


@pytest.mark.parametrize(
    "name", [b"X-HTTP-Method-Override", b"X-HTTP-Method", b"X-Method-Override"]
)
def test_a_header_does_not_change_the_method(send: Send, name: bytes) -> None:
    head = name + b": DELETE\r\nConnection: close\r\n\r\n"
    assert status(send(b"GET /healthz HTTP/1.1\r\n" + HOST + head)) == 200
    head = name + b": GET\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    assert status(send(b"POST /healthz HTTP/1.1\r\n" + HOST + head)) == 405
    assert status(send(b"TRACE /healthz HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")) == 405
