"""A website that answers the plugin's contract after a fixed time, in a process of its own.

As cheap as can be: one asyncio protocol, no framework, so that the time it takes is the delay.
It keeps its pages, because the publisher looks for title and text in them.
"""

from __future__ import annotations

import asyncio
import html
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvloop

from tests.support.processes import free_port, kill, spawn, wait_until

KINDS = ("categories", "tags", "sectors", "clusters")
_pages: dict[int, bytes] = {}


@contextmanager
def running(delay: float, log: Path) -> Iterator[str]:
    """Its address while it runs; every answer comes `delay` seconds after its request."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.destination", str(port), str(delay)]
    process = spawn(command, log)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _answers(url), "the destination")
        yield url
    finally:
        kill(process)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url + "/counted", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


class _Website(asyncio.Protocol):
    """One connection: requests one after another, each answered after the delay."""

    counted = 0

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        lines = head.decode("latin-1").split("\r\n")
        method, target, _ = lines[0].split(" ", 2)
        lengths = [one[15:] for one in lines if one.lower().startswith("content-length:")]
        length = int(lengths[0]) if lengths else 0
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        if target == "/counted":
            self._write(str(_Website.counted).encode(), "text/plain")
            return
        _Website.counted += 1
        body, kind = _answer(method, target, rest[:length])
        asyncio.get_running_loop().call_later(self._delay, self._write, body, kind)

    def _write(self, body: bytes, kind: str) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        if self._transport is not None:
            self._transport.write(head.encode() + body)


def _answer(method: str, target: str, body: bytes) -> tuple[bytes, str]:
    if method == "POST":
        asked = msgspec.json.decode(body)
        _pages[asked["content_id"]] = _page(asked)
        return _json(_published(asked)), "application/json"
    number = int(target.strip("/").rpartition("/")[2])
    if "/wp-json/" in target:
        return _json(_stored(number)), "application/json"
    return _pages[number], "text/html"


def _page(asked: dict[str, Any]) -> bytes:
    """As readers get it: all that the publisher looks for is there."""
    described = html.escape(asked["meta_description"] or "")
    head = f'<title>{asked["title"]}</title><meta name="description" content="{described}">'
    return (
        f"<html><head>{head}</head><h1>{asked['title']}</h1>{asked['content_html']}</html>".encode()
    )


def _published(asked: dict[str, Any]) -> dict[str, Any]:
    number = asked["content_id"]
    none: dict[str, Any] = {
        name: [] for name in ("requested", "created", "existing", "skipped", "assigned")
    }
    return {
        "content_id": number,
        "publish_key": asked["publish_key"],
        "post_id": number,
        "post_url": _url(number),
        "post_type": "post",
        "post_status": "publish",
        "result": "created",
        "replayed": False,
        "post_date_utc": asked["published_at"] or "2026-11-21T08:00:00Z",
        "post_date_site": "2026-11-21T08:00:00+00:00",
        "site_timezone": "UTC",
        "date_clamped": False,
        "content_hash": asked["content_hash"],
        "stored_hash": "0" * 64,
        "taxonomies_processed": {kind: {**none, "fallback": False} for kind in KINDS},
        "seo_plugin": {
            "active": "none",
            "version": None,
            "keywords_supported": False,
            "focus_keyword_set": False,
        },
        "featured_image": None,
        "gallery": {
            "attached": 0,
            "gallery_images_skipped": 0,
            "gallery_overflow_post_id": None,
            "gallery_images_inline": 0,
            "attachment_ids": [],
        },
        "inline_images": {},
        "removed_html": [],
        "sequence": 1,
        "stored": {
            "posts_with_this_id": 1,
            "terms": {kind: [] for kind in KINDS},
            "featured_image_url": None,
            "permalink": _url(number),
            "title": asked["title"],
            "slug": f"piece-{number}",
            "author_id": 1,
        },
        "steps": [
            {"step": "taxonomies", "ms": 3},
            {"step": "creating_post", "ms": 9},
            {"step": "seo_metadata", "ms": 4},
        ],
    }


def _stored(number: int) -> dict[str, Any]:
    post = {
        "post_id": number,
        "post_type": "post",
        "post_status": "publish",
        "post_url": _url(number),
        "modified_utc": "2026-11-21T08:00:00Z",
        "content_hash": None,
        "stored_hash": "0" * 64,
        "edited_there": False,
        "publish_key": None,
        "sequence": 1,
        "terms": {kind: [] for kind in KINDS},
        "featured_image_url": None,
    }
    there = {"exists": True, "posts_with_this_id": 1, "post": post, "publish": None}
    return {"content_id": number, **there}


def _url(number: int) -> str:
    return f"http://127.0.0.1:{sys.argv[1]}/{number}/"


def _json(data: dict[str, Any]) -> bytes:
    return msgspec.json.encode({"success": True, "data": data})


async def _serve(port: int, delay: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Website(delay), "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
