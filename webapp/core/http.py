"""The one gate for every call that leaves the house.

Addresses that people can type (sites, images) go through here: scheme and port are checked, the
name is resolved once and that very address is connected to (so a second answer of the name server
cannot lead elsewhere), private ranges are refused unless the configuration allows them, redirects
pass the same checks, and both size and total time of an answer are bounded.
"""

from __future__ import annotations

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

MEGABYTE = 1024 * 1024
PORTS = (80, 443, 8000, 8080, 8443)
CONNECTIONS_PER_SITE = 16
MOST_SITES = 200
# Translators to IPv4 (RFC 6052, and the old IPv4-compatible form): the last 32 bits say where.
_LAST_32_BITS = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
# Ranges that lead nowhere public and that `is_global` does not know in every version of Python.
_NOWHERE = (
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("64:ff9b:1::/48"),
    ipaddress.ip_network("3fff::/20"),
    ipaddress.ip_network("5f00::/16"),
)
Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
_limit = threading.local()


class Refused(Exception):
    """The gate does not let this address through; the message says why."""


class TooLarge(Exception):
    """The answer is larger than the caller takes."""


@dataclass(frozen=True)
class Answer:
    """A whole answer. `url` is where redirects led."""

    status: int
    headers: httpx.Headers
    body: bytes
    url: str


class Gate:
    """Hands out one client per site. `own_url` is the installation itself, always allowed.

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
        self._clients: dict[str, httpx.Client] = {}
        self._lock = threading.Lock()

    def check(self, url: str) -> None:
        """Raise Refused where scheme, host or port is not one that we call."""
        try:
            parts = httpx.URL(url)  # the same reading that the call itself goes by
        except (httpx.InvalidURL, ValueError, UnicodeError) as problem:
            raise Refused(f"this is no address: {problem}") from None
        if parts.scheme not in ("http", "https") or not parts.host:
            raise Refused("only http and https addresses are called")
        if parts.userinfo:
            raise Refused("an address with a user name in it is not called")
        default = 443 if parts.scheme == "https" else 80
        self._check_port(parts.host, default if parts.port is None else parts.port)

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

        Raises Refused, TooLarge, httpx.TimeoutException or another httpx.TransportError.
        """
        with _deadline(seconds):
            for _ in range(redirects + 1):
                self.check(url)
                request = self._client(url).build_request(
                    method, url, headers=headers, content=content, timeout=seconds
                )
                answer = self._send(request, max_bytes)
                target = answer.headers.get("location")
                if answer.status not in (301, 302, 303, 307, 308) or not target or not redirects:
                    return answer
                before, url = url, _joined(url, target)
                if _origin(before) != _origin(url):
                    headers = {k: v for k, v in (headers or {}).items() if k.lower() == "range"}
        raise Refused("too many redirects")

    def close(self) -> None:
        for client in self._clients.values():
            client.close()

    def _send(self, request: httpx.Request, max_bytes: int) -> Answer:
        response = self._client(str(request.url)).send(request, stream=True)
        try:
            body = bytearray()
            for part in response.iter_bytes():
                body += part
                if len(body) > max_bytes:
                    raise TooLarge(f"the answer is larger than {max_bytes} bytes")
            return Answer(response.status_code, response.headers, bytes(body), str(response.url))
        finally:
            response.close()

    def _client(self, url: str) -> httpx.Client:
        site = _origin(url)
        with self._lock:
            client = self._clients.pop(site, None) or self._new_client()
            self._clients[site] = client
            if len(self._clients) > MOST_SITES:
                # The one not called for longest. Somebody may be reading from it, so it is not
                # closed here: its connections end with the last who holds it.
                self._clients.pop(next(iter(self._clients)))
            return client

    def _new_client(self) -> httpx.Client:
        # httpx offers no parameter for the network backend, which is where an address can be
        # pinned without breaking TLS names: the pool behind its transport is replaced.
        transport = httpx.HTTPTransport()
        transport._pool = httpcore.ConnectionPool(
            ssl_context=_tls(),
            max_connections=CONNECTIONS_PER_SITE,
            max_keepalive_connections=CONNECTIONS_PER_SITE,
            keepalive_expiry=15,
            network_backend=_Pinned(self),
        )
        return httpx.Client(transport=transport, follow_redirects=False, trust_env=False)

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
        for ip in _led_to(ipaddress.ip_address(address.split("%", maxsplit=1)[0])):
            is_local = (ip.is_loopback or ip.is_private) and not ip.is_link_local
            if not (self._allow_private and is_local) and not _is_public(ip):
                raise Refused(f"{host} leads to {ip}, which is not a public address")

    def _is_own(self, host: str | None, port: int) -> bool:
        own_port = self._own.port or (443 if self._own.scheme == "https" else 80)
        return (host, port) == (self._own.hostname, own_port)


@cache
def _tls() -> ssl.SSLContext:
    """Reading the certificate authorities takes a while: once per process."""
    return ssl.create_default_context()


def _origin(url: str) -> str:
    parts = httpx.URL(url)
    return f"{parts.scheme}://{parts.netloc.decode('ascii')}"


def _joined(url: str, target: str) -> str:
    try:
        return str(httpx.URL(url).join(target))
    except (httpx.InvalidURL, ValueError, UnicodeError) as problem:
        raise Refused(f"a redirect leads to no address: {problem}") from None


def _led_to(ip: Ip) -> list[Ip]:
    """The address, and the IPv4 addresses to which a translating IPv6 address leads."""
    if isinstance(ip, ipaddress.IPv4Address) or ip.is_loopback:
        return [ip]
    if ip.ipv4_mapped:
        return [ip.ipv4_mapped]
    inner = [one for one in (ip.sixtofour, *(ip.teredo or ())) if one]
    if any(ip in network for network in _LAST_32_BITS):
        inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [ip, *inner]


def _is_public(ip: Ip) -> bool:
    is_old_local = isinstance(ip, ipaddress.IPv6Address) and ip.is_site_local
    is_nowhere = any(ip in network for network in _NOWHERE)
    return ip.is_global and not (ip.is_multicast or is_old_local or is_nowhere)


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

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
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
        for address in self._gate.addresses(host, port):
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
