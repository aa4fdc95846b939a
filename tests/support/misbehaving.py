"""A web server on 127.0.0.1 that misbehaves as a test tells it to.

    with Misbehaving(upstream=wordpress.url) as server:
        server.on("POST", "*/publish-content/", lose_answer(), forward())
        ...
        assert [hit.method for hit in server.hits] == ["POST", "POST"]

A rule answers with its behaviours in turn and stays at the last one. What no rule matches is
forwarded where there is an upstream, and is a plain 404 where there is none. Rules given later
come first, so that a test can override what its fixture set up.
"""

from __future__ import annotations

import fnmatch
import http.client
import json
import random
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

LONGEST_HANG_SECONDS = 120.0
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host"}


@dataclass(frozen=True)
class Hit:
    """One request as it arrived; `at` is time.monotonic() when its body had been read."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    at: float

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """A whole answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class Exchange:
    """One request in the hands of a behaviour: look at `hit`, then answer, or don't."""

    def __init__(self, handler: BaseHTTPRequestHandler, hit: Hit, server: Misbehaving) -> None:
        self.hit = hit
        self.server = server
        self._handler = handler

    def send(self, reply: Reply) -> None:
        """A well-formed answer."""
        self.begin(reply, len(reply.body))
        if self.hit.method != "HEAD":
            self.write(reply.body)

    def begin(self, reply: Reply, announced: int) -> None:
        """Status and headers, announcing a body of so many bytes."""
        self._handler.send_response(reply.status)
        for name, value in reply.headers.items():
            self._handler.send_header(name, value)
        self._handler.send_header("Content-Length", str(announced))
        self._handler.end_headers()

    def write(self, data: bytes) -> None:
        """Part of the body."""
        self._handler.wfile.write(data)

    def hang_up(self) -> None:
        """Close the connection in an orderly way (FIN)."""
        self._handler.close_connection = True

    def reset(self) -> None:
        """Break the connection (RST), as a crashing server or a firewall does."""
        self._handler.close_connection = True
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._handler.rfile.close()
        connection.close()

    def wait(self, seconds: float) -> None:
        """Let time pass, but not after the server was told to stop."""
        self.server.stopping.wait(min(seconds, LONGEST_HANG_SECONDS))

    def upstream(self) -> Reply:
        """The answer of the server behind, read to its end: whatever it did is done now."""
        target = urlsplit(self.server.upstream)
        assert target.hostname, "this server has no upstream"
        connection = http.client.HTTPConnection(target.hostname, target.port, timeout=120)
        path = f"{self.hit.path}?{self.hit.query}" if self.hit.query else self.hit.path
        headers = {k: v for k, v in self.hit.headers.items() if k.lower() not in HOP_BY_HOP}
        try:
            connection.request(self.hit.method, path, self.hit.body or None, headers)
            answer = connection.getresponse()
            kept = {k: v for k, v in answer.getheaders() if k.lower() not in HOP_BY_HOP}
            return Reply(answer.status, answer.read(), kept)
        finally:
            connection.close()


Behaviour = Callable[[Exchange], None]


@dataclass
class _Rule:
    method: str
    pattern: str
    behaviours: list[Behaviour]

    def matches(self, hit: Hit) -> bool:
        return self.method in ("*", hit.method) and fnmatch.fnmatchcase(hit.path, self.pattern)

    def next(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


class Misbehaving:
    """The server; runs while the `with` block does."""

    def __init__(self, upstream: str = "") -> None:
        self.upstream = upstream
        self.hits: list[Hit] = []
        self.stopping = threading.Event()
        self._rules: list[_Rule] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()

    def on(self, method: str, pattern: str, *behaviours: Behaviour) -> None:
        """Answer so from now on. `method` "*" is any; `pattern` is a path with * and ?."""
        assert behaviours
        with self._lock:
            self._rules.insert(0, _Rule(method, pattern, list(behaviours)))

    def forget(self) -> None:
        """Neither rules nor hits any more."""
        with self._lock:
            self._rules.clear()
            self.hits.clear()

    def hits_of(self, method: str, pattern: str) -> list[Hit]:
        """The requests that arrived there, in their order."""
        with self._lock:
            return [h for h in self.hits if _Rule(method, pattern, []).matches(h)]

    def behave(self, handler: BaseHTTPRequestHandler, hit: Hit) -> None:
        """Note the request and answer it as told."""
        with self._lock:
            self.hits.append(hit)
            rule = next((rule for rule in self._rules if rule.matches(hit)), None)
            otherwise = forward() if self.upstream else status(404)
            behaviour = rule.next() if rule else otherwise
        with suppress(ConnectionError):  # the caller may have gone
            behaviour(Exchange(handler, hit, self))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], owner: Misbehaving) -> None:
        self.owner = owner
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that went away is what these tests are about: no noise."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = LONGEST_HANG_SECONDS

    def _serve(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = dict(self.headers.items())
        hit = Hit(self.command, parts.path, parts.query, headers, body, time.monotonic())
        self.server.owner.behave(self, hit)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Tests look at `hits`."""


# Behaviours


def reply(answer: Reply) -> Behaviour:
    """This answer."""
    return lambda exchange: exchange.send(answer)


def status(code: int, text: str = "", **headers: str) -> Behaviour:
    """A plain-text answer; header names are written with underscores: Retry_After="7"."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return reply(Reply(code, text.encode(), {"Content-Type": "text/plain"} | named))


def answer_json(value: Any, code: int = 200, **headers: str) -> Behaviour:
    """A JSON answer."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    body = json.dumps(value).encode()
    return reply(Reply(code, body, {"Content-Type": "application/json"} | named))


def login_page() -> Behaviour:
    """What a security plugin shows in front of a website: HTML with 200."""
    page = b"<!doctype html><title>Log In</title><form><input name=log></form>"
    return reply(Reply(200, page, {"Content-Type": "text/html; charset=utf-8"}))


def invalid_json() -> Behaviour:
    """A PHP notice in front of the JSON, and no end."""
    body = b'<b>Notice</b>: something {"success": true, "data": {'
    return reply(Reply(200, body, {"Content-Type": "application/json"}))


def delayed(seconds: float, then: Behaviour) -> Behaviour:
    """`then`, after a while."""

    def act(exchange: Exchange) -> None:
        exchange.wait(seconds)
        then(exchange)

    return act


def held(until: threading.Event, then: Behaviour) -> Behaviour:
    """`then`, once the test lets it: for interleavings that must not depend on timing."""

    def act(exchange: Exchange) -> None:
        until.wait(LONGEST_HANG_SECONDS)
        then(exchange)

    return act


def hang() -> Behaviour:
    """Take the request and never answer."""

    def act(exchange: Exchange) -> None:
        exchange.wait(LONGEST_HANG_SECONDS)
        exchange.reset()

    return act


def drip(pause: float, body: bytes = b"." * 10_000) -> Behaviour:
    """One byte at a time, each in time for a read timeout, the whole never."""

    def act(exchange: Exchange) -> None:
        exchange.begin(Reply(200, headers={"Content-Type": "application/json"}), len(body))
        for byte in body:
            if exchange.server.stopping.is_set():
                break
            exchange.write(bytes([byte]))
            exchange.wait(pause)
        exchange.hang_up()

    return act


def reset() -> Behaviour:
    """Read the request and break the connection."""
    return lambda exchange: exchange.reset()


def hang_up() -> Behaviour:
    """Read the request and close the connection without a word."""
    return lambda exchange: exchange.hang_up()


def truncated(answer: Reply | None = None) -> Behaviour:
    """Half of an answer (the upstream's, where none is given), then the end."""

    def act(exchange: Exchange) -> None:
        whole = answer or exchange.upstream()
        exchange.begin(whole, len(whole.body))
        exchange.write(whole.body[: len(whole.body) // 2])
        exchange.hang_up()

    return act


def forward() -> Behaviour:
    """The upstream's answer, unchanged."""
    return lambda exchange: exchange.send(exchange.upstream())


def lose_answer() -> Behaviour:
    """The upstream does it all, commits and answers; the caller only sees a broken connection."""

    def act(exchange: Exchange) -> None:
        exchange.upstream()
        exchange.reset()

    return act


def instead_of_answer(shown: Behaviour) -> Behaviour:
    """The upstream does it all, and the caller is told something else (a 502, a login page)."""

    def act(exchange: Exchange) -> None:
        exchange.upstream()
        shown(exchange)

    return act


def sometimes(
    probability: float, this: Behaviour, otherwise: Behaviour, dice: random.Random
) -> Behaviour:
    """`this` with a probability, else `otherwise`; `dice` is seeded by the test."""
    lock = threading.Lock()

    def act(exchange: Exchange) -> None:
        with lock:
            chosen = this if dice.random() < probability else otherwise
        chosen(exchange)

    return act
