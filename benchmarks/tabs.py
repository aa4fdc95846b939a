"""Many open tabs in a process of their own: when did each hear of each change?

Started by benchmarks.events with the address, the seconds to listen and one cookie per line of
stdin. Says `ready` when every tab is connected, then prints lines "change moment" at the end.
The clock is CLOCK_MONOTONIC, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import sys
import time
from typing import cast
from urllib.parse import urlsplit

import msgspec
import uvloop

HELLO = b"event: hello"
heard: list[tuple[int, float]] = []


class Tab(asyncio.Protocol):
    """One connection to /events."""

    def __init__(self, cookie: str, host: str, greeted: asyncio.Event) -> None:
        self._request = (
            f"GET /events HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n"
            "Accept: text/event-stream\r\n\r\n"
        )
        self._greeted = greeted
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if line.startswith(HELLO):
                self._greeted.set()
            elif line.startswith(b'data: {"topic'):
                ids = msgspec.json.decode(line[6:])["ids"]
                heard.extend((one, now) for one in ids)


async def listen(url: str, seconds: float, cookies: list[str]) -> None:
    address = urlsplit(url)
    loop = asyncio.get_running_loop()
    for cookie in cookies:
        greeted = asyncio.Event()
        await loop.create_connection(
            lambda cookie=cookie, greeted=greeted: Tab(cookie, address.netloc, greeted),  # type: ignore[misc]
            address.hostname or "",
            address.port or 80,
        )
        await asyncio.wait_for(greeted.wait(), 10)
    print("ready", flush=True)
    await asyncio.sleep(seconds)
    print("\n".join(f"{one} {moment}" for one, moment in heard))


if __name__ == "__main__":
    uvloop.run(listen(sys.argv[1], float(sys.argv[2]), sys.stdin.read().split("\n")))
