"""What every request and every answer passes, before and behind all routes.

A request must name a host of ours and send its body in time; every answer carries the headers that
keep browsers from guessing and from framing. Here and not in the routes, so that also a file, a
404, a stream and an answer about a bug have them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import msgspec
from litestar.exceptions import HTTPException

from webapp.config import Config
from webapp.core import origins
from webapp.core.bodies import bounded

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]
# What machines beside the process ask, by whichever name they know it.
PROBES = ("/healthz", "/readyz", "/metrics")
# A body may pause this long, and as a whole take as long as a slow line needs.
PATIENCE = 20.0
BYTES_A_SECOND = 16 * 1024
POLICY = (
    "default-src 'none'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"content-security-policy": POLICY.encode(),
    b"cache-control": b"no-store",
}
HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
NO_HOST = "This request does not say which host it is for."
WRONG_HOST = (
    "IGNY8 is not reached under this name. Its operator sets the names in IGNY8_PUBLIC_URL and "
    "IGNY8_HOSTS."
)
TOO_SLOW = "This took too long to arrive. Send it again."


class Entrance:
    """The application behind its entrance."""

    def __init__(self, app: App, config: Config) -> None:
        self._app = app
        self._hosts = _own_hosts(config)
        self._may_insist = config.secure_cookies

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [_with_charset(*one) for one in message.get("headers", ())]
                names = {name.lower() for name, _ in given}
                given += [one for one in self._headers(scope) if one[0] not in names]
                message["headers"] = given
            await send(message)

        refused = self._refusal(scope)
        if refused:
            await _refuse(scope, send_with_headers, *refused)
            return
        await self._app(scope, bounded(scope, _in_time(receive)), send_with_headers)

    def _headers(self, scope: Any) -> list[tuple[bytes, bytes]]:
        """That only https is to be used is said by https alone: else anybody could say it."""
        is_safe = self._may_insist and scope["scheme"] == "https"
        return [*HEADERS.items(), *([HSTS] if is_safe else [])]

    def _refusal(self, scope: Any) -> tuple[int, str, str] | None:
        named = [value for name, value in scope["headers"] if name == b"host"]
        host = _host(named[0]) if len(named) == 1 else ""
        if not host:
            return 400, "BAD_REQUEST", NO_HOST
        is_probe = scope["path"] in PROBES and origins.is_local(host)
        return None if host in self._hosts or is_probe else (421, "WRONG_HOST", WRONG_HOST)


class _OwnHosts:
    """The names by which this installation is called."""

    def __init__(self, names: set[str]) -> None:
        self._names = names
        # On one's own machine its several names mean the same.
        self._is_local = any(origins.is_local(name) for name in names)

    def __contains__(self, host: str) -> bool:
        return host in self._names or (self._is_local and origins.is_local(host))


def _own_hosts(config: Config) -> _OwnHosts:
    public = urlsplit(config.public_url).hostname or ""
    return _OwnHosts({public, *(name.strip("[]") for name in config.hosts)})


def _with_charset(name: bytes, value: bytes) -> tuple[bytes, bytes]:
    """All text of ours is UTF-8, and says so."""
    is_text = value.startswith((b"text/", b"application/xml")) or b"+xml" in value
    if name.lower() == b"content-type" and is_text and b"charset" not in value:
        return name, value + b"; charset=utf-8"
    return name, value


def _host(value: bytes) -> str:
    """The name in a Host header, without its port; "" where it is none."""
    try:
        parts = urlsplit(f"//{value.decode('ascii')}")
        name, _ = parts.hostname or "", parts.port
    except ValueError:
        return ""
    if parts.path or parts.query or parts.fragment or parts.username is not None:
        return ""
    return name.removesuffix(".")


def _in_time(receive: Receive) -> Receive:
    """`receive` that gives up on a body which stands still or drips."""
    begun, came, is_whole = 0.0, 0, False

    async def receive_in_time() -> Message:
        nonlocal begun, came, is_whole
        if is_whole:  # what comes now is the end of the connection, whenever that is
            return await receive()
        now = asyncio.get_running_loop().time()
        begun = begun or now
        left = begun + PATIENCE + came / BYTES_A_SECOND - now
        try:
            message = await asyncio.wait_for(receive(), timeout=max(left, 0.0))
        except TimeoutError:
            raise HTTPException(
                detail=TOO_SLOW, status_code=408, headers={"Connection": "close"}
            ) from None
        came += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        return message

    return receive_in_time


async def _refuse(scope: Any, send: Send, status: int, code: str, message: str) -> None:
    is_program = scope["path"].startswith("/api/")
    error = {"success": False, "error": {"code": code, "message": message}}
    body = msgspec.json.encode(error) if is_program else message.encode()
    kind = b"application/json" if is_program else b"text/plain; charset=utf-8"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body if scope["method"] != "HEAD" else b""})
