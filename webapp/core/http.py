"""The one gate for every call that leaves the house.

Addresses that people can type (sites, images) go through here: scheme and port are checked, the
name is resolved once and that very address is connected to (so a second answer of the name server
cannot lead elsewhere), private ranges are refused unless the configuration allows them, redirects
pass the same checks, and both size and total time of an answer are bounded.

Calls are made with httpcore, where an address can be pinned without breaking TLS names; of httpx,
which costs as much again, only addresses and exceptions are used. Unpacking is our own.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from webapp.core import trail, unpacking
from webapp.core.addresses import is_public, led_to
from webapp.core.told_times import ToldTimes

MEGABYTE = 1024 * 1024
PORTS = (80, 443, 8000, 8080, 8443)
CONNECTIONS_PER_SITE = 16
MOST_SITES = 200
REDIRECTS = (301, 302, 303, 307, 308)
ALWAYS = {"Accept": "*/*", "Accept-Encoding": unpacking.ACCEPTED, "User-Agent": "IGNY8"}
Origin = tuple[bytes, bytes, int]  # scheme, host, port
_limit = threading.local()


class Refused(Exception):
    """The gate does not let this address through; the message says why."""


class TooLarge(Exception):
    """The answer is larger than the caller takes."""


@dataclass(frozen=True)
class Answer:
    """A whole answer. Names of headers are in lower case; `url` is where redirects led."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class OutboundHttp:
    """Keeps one pool of connections per site. `own_url` is the installation itself, always allowed.

    `resolve` is asked once for each connection; tests give one that lies.
    """

    def __init__(
        self, *, allow_private: bool, own_url: str, ports: tuple[int, ...] = PORTS,
        resolve: Callable[..., list[Any]] = socket.getaddrinfo,
    ) -> None:  # fmt: skip
        self._allow_private = allow_private
        self._ports = ports
        self._resolve = resolve
        self._own = urlsplit(own_url)
        self._pools: dict[Origin, httpcore.ConnectionPool] = {}
        self._lock = threading.Lock()
        self.told = ToldTimes(self._own.netloc)

    def check(self, url: str) -> None:
        """Raise Refused where scheme, host or port is not one that we call."""
        self._checked(url)

    def _checked(self, url: str) -> httpx.URL:
        """The address as it was read for the check: the call goes by that very reading."""
        try:
            parts = httpx.URL(url)
        except (httpx.InvalidURL, ValueError, UnicodeError) as problem:
            raise Refused(f"this is no address: {problem}") from None
        if parts.scheme not in ("http", "https") or not parts.host:
            raise Refused("only http and https addresses are called")
        if parts.userinfo:
            raise Refused("an address with a user name in it is not called")
        self._check_port(parts.host, _port(parts))
        return parts

    def _check_port(self, host: str, port: int) -> None:
        if not 0 < port < 2**16:
            raise Refused(f"{port} is no port")
        if port not in self._ports and not self._allow_private and not self._is_own(host, port):
            raise Refused(f"port {port} is not called")

    def fetch(
        self,
        method: str,
        url: str,
        *,
        seconds: float,
        max_bytes: int = 2 * MEGABYTE,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        redirects: int = 0,
    ) -> Answer:
        """One call, whole, within `seconds` and `max_bytes`.

        Raises Refused, TooLarge, httpx.TimeoutException or another httpx.TransportError, or
        httpx.DecodingError where it is packed in a way that nobody asked for.
        """
        with _deadline(seconds):
            for _ in range(redirects + 1):
                target = self._checked(url)
                request = _request(method, target, headers or {}, content, seconds)
                answer = self._send(target, request, max_bytes)
                location = answer.headers.get("location")
                if answer.status not in REDIRECTS or not location or not redirects:
                    return answer
                url = _joined(target, location)
                if _origin(target) != _origin(self._checked(url)):
                    headers = {k: v for k, v in (headers or {}).items() if k.lower() == "range"}
        raise Refused("too many redirects")

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _send(self, url: httpx.URL, request: httpcore.Request, max_bytes: int) -> Answer:
        with _as_httpx_says():
            response = self._pool(_origin(url)).handle_request(request)
            try:
                raw = response.headers
                found = [(str(a, "latin-1").lower(), str(b, "latin-1")) for a, b in raw]
                body = _body(response, found, max_bytes)
                kept = dict(reversed(found))  # of two, the first counts
                self.told.note(url.netloc.decode("ascii"), kept)
                return Answer(response.status, kept, body, str(url))
            finally:
                response.close()

    def _pool(self, origin: Origin) -> httpcore.ConnectionPool:
        with self._lock:
            pool = self._pools.pop(origin, None) or self._new_pool()
            self._pools[origin] = pool
            if len(self._pools) > MOST_SITES:
                # Not called for longest; not closed: somebody may read from it.
                self._pools.pop(next(iter(self._pools)))
            return pool

    def _new_pool(self) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=CONNECTIONS_PER_SITE,
            max_keepalive_connections=CONNECTIONS_PER_SITE,
            keepalive_expiry=15,
            network_backend=_Pinned(self),
        )

    def addresses(self, host: str, port: int) -> list[str]:
        """What the host resolves to; Refused if any of it lies in a range that is not called."""
        self._check_port(host, port)
        try:
            found = self._resolve(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as problem:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {problem}") from problem
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not self._is_own(host, port):
            for address in addresses:
                self._check_address(host, address)
        return addresses

    def _check_address(self, host: str, address: str) -> None:
        for ip in led_to(ipaddress.ip_address(address.split("%", maxsplit=1)[0])):
            is_local = (ip.is_loopback or ip.is_private) and not ip.is_link_local
            if not (self._allow_private and is_local) and not is_public(ip):
                raise Refused(f"{host} leads to {ip}, which is not a public address")

    def _is_own(self, host: str | None, port: int) -> bool:
        own_port = self._own.port or (443 if self._own.scheme == "https" else 80)
        return (host, port) == (self._own.hostname, own_port)


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificate authorities takes a while: once per process."""
    return ssl.create_default_context()


def _port(url: httpx.URL) -> int:
    return url.port if url.port is not None else (443 if url.scheme == "https" else 80)


def _origin(url: httpx.URL) -> Origin:
    return url.raw_scheme, url.raw_host, _port(url)


def _joined(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError, UnicodeError) as problem:
        raise Refused(f"a redirect leads to no address: {problem}") from None


def _request(
    method: str, url: httpx.URL, headers: dict[str, str], content: bytes | None, seconds: float
) -> httpcore.Request:
    scheme, host, port = _origin(url)
    return httpcore.Request(
        method,
        httpcore.URL(scheme=scheme, host=host, port=port, target=url.raw_path),
        headers=_headers(url, headers, content),
        content=content,
        extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), seconds)},
    )


def _headers(
    url: httpx.URL, given: dict[str, str], content: bytes | None
) -> list[tuple[bytes, bytes]]:
    """Ours, and those that every call has."""
    made = {"Host": url.netloc.decode("ascii"), **ALWAYS, **trail.outgoing(), **given}
    if content is not None:
        made["Content-Length"] = str(len(content))
    return [(name.encode("ascii"), value.encode("ascii")) for name, value in made.items()]


def _body(response: httpcore.Response, headers: list[tuple[str, str]], max_bytes: int) -> bytes:
    """All of it, unpacked; never more than `max_bytes` and a little are held."""
    packings = [value for name, value in headers if name == "content-encoding"]
    body = bytearray()
    for part in unpacking.unpacked(response.iter_stream(), packings):
        body += part
        if len(body) > max_bytes:
            raise TooLarge(f"the answer is larger than {max_bytes} bytes")
    return bytes(body)


@contextmanager
def _as_httpx_says() -> Iterator[None]:
    """httpcore's problems under httpx's names, by which callers know them."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as problem:
        raise getattr(httpx, type(problem).__name__)(str(problem)) from problem


@contextmanager
def _deadline(seconds: float) -> Iterator[None]:
    """Bounds all reads and writes of this thread's call together: a slow drip ends too."""
    _limit.at = time.monotonic() + seconds
    try:
        yield
    finally:
        _limit.at = None


def _remaining(timeout: float | None, error: type[Exception]) -> float | None:
    at = getattr(_limit, "at", None)
    if at is None:
        return timeout
    left = float(at) - time.monotonic()
    if left <= 0:
        raise error("the whole call took too long")
    return left if timeout is None else min(timeout, left)


class _Pinned(httpcore.NetworkBackend):
    """Connects to an address that was checked, and puts the call's deadline on the stream."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http
        self._real = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        problem: Exception | None = None
        for address in self._http.addresses(host, port):
            try:
                stream = self._real.connect_tcp(
                    address,
                    port,
                    _remaining(timeout, httpcore.ConnectTimeout),
                    local_address,
                    socket_options,
                )
                return _Bounded(stream)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as failed:
                problem = failed
        raise problem or httpcore.ConnectError(f"{host} has no address")


class _Bounded(httpcore.NetworkStream):
    """A stream whose reads and writes share the call's deadline."""

    def __init__(self, real: httpcore.NetworkStream) -> None:
        self._real = real

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._real.read(max_bytes, _remaining(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._real.write(buffer, _remaining(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._real.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _remaining(timeout, httpcore.ConnectTimeout)
        return _Bounded(self._real.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._real.get_extra_info(info)
