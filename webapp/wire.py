"""The server's side of a connection, with an end to its patience.

uvicorn waits for ever for the head of a request and takes one of any size; both hold a connection
and memory for nothing.
"""

from __future__ import annotations

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 15.0
LONGEST_HEAD = 64 * 1024
TOO_LONG = "The head of this request is too long."
TOO_SLOW = "The head of this request took too long to arrive."


class Connection(HttpToolsProtocol):
    """A connection that ends when the head of a request does not arrive whole and in time."""

    _head_timer: TimerHandle | None = None
    _in_head = True
    _head_bytes = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > LONGEST_HEAD:
            self._give_up(TOO_LONG)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if not self._in_head:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._in_head = False
        self._stop_timer()
        size = len(self.url) + sum(len(name) + len(value) for name, value in self.headers)
        if size > LONGEST_HEAD:
            self.app = _too_long
        super().on_headers_complete()

    def _expect_head(self) -> None:
        self._in_head, self._head_bytes = True, 0
        self._stop_timer()
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up, TOO_SLOW)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self, message: str) -> None:
        self._stop_timer()
        if not self.transport.is_closing():
            self.send_400_response(message)


async def _too_long(_scope: Any, _receive: Any, send: Any) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 431, "headers": headers})
    await send({"type": "http.response.body", "body": TOO_LONG.encode()})


def settings() -> dict[str, Any]:
    """What uvicorn is started with."""
    return {"http": Connection, "ws": "none", "proxy_headers": False, "server_header": False}
