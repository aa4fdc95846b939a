"""What an answer may be: how large, and packed how."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.support import misbehaving as how
from tests.support.misbehaving import Misbehaving, Reply
from webapp.core.http import OutboundHttp, TooLarge

OWN = "http://desk.example:8000"


@pytest.fixture
def loose() -> Iterator[OutboundHttp]:
    """As on one machine: loopback may be called."""
    http = OutboundHttp(allow_private=True, own_url=OWN)
    yield http
    http.close()


def test_an_answer_that_is_too_large_is_cut_off(
    loose: OutboundHttp, misbehaving: Misbehaving
) -> None:
    misbehaving.on("GET", "*", how.reply(Reply(200, b"x" * 300_000)))
    with pytest.raises(TooLarge):
        loose.fetch("GET", misbehaving.url, seconds=5, max_bytes=200_000)
    assert len(loose.fetch("GET", misbehaving.url, seconds=5, max_bytes=300_000).body) == 300_000


def _deflated(data: bytes) -> bytes:
    bare = zlib.compressobj(wbits=-15)
    return bare.compress(data) + bare.flush()


PACKINGS: dict[str, Any] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
}
BARE = {**PACKINGS, "Deflate": _deflated}


@pytest.mark.parametrize(("packing", "pack"), BARE.items(), ids=list(BARE))
@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 65_537, 1_000_000])
def test_what_was_packed_once_is_unpacked(
    loose: OutboundHttp,
    misbehaving: Misbehaving,
    packing: str,
    pack: Callable[[bytes], bytes],
    size: int,
) -> None:
    text = (b"so it is " * (size // 9 + 1))[:size]
    packed = Reply(200, pack(text), {"Content-Encoding": packing})
    misbehaving.on("GET", "*", how.reply(packed))
    assert loose.fetch("GET", misbehaving.url, seconds=5).body == text
    with_noise = Reply(200, pack(text) + b"<b>Notice</b>", {"Content-Encoding": packing})
    misbehaving.on("GET", "*", how.reply(with_noise))
    assert loose.fetch("GET", misbehaving.url, seconds=5).body == text


@pytest.mark.parametrize(
    "packing", ["gzip, gzip", "gzip,gzip,gzip", "identity, gzip, deflate", "br", "zstd", "br, gzip"]
)
def test_what_was_packed_twice_or_strangely_is_not_unpacked(
    loose: OutboundHttp, misbehaving: Misbehaving, packing: str
) -> None:
    body = gzip.compress(gzip.compress(b"text"))
    misbehaving.on("GET", "*", how.reply(Reply(200, body, {"Content-Encoding": packing})))
    with pytest.raises(httpx.DecodingError, match="packed as"):
        loose.fetch("GET", misbehaving.url, seconds=5)


@pytest.mark.parametrize(
    "body", [b"no gzip", gzip.compress(b"text" * 99)[:-9]], ids=["not packed", "cut off"]
)
def test_what_cannot_be_unpacked_to_its_end_is_no_answer(
    loose: OutboundHttp, misbehaving: Misbehaving, body: bytes
) -> None:
    misbehaving.on("GET", "*", how.reply(Reply(200, body, {"Content-Encoding": "gzip"})))
    with pytest.raises(httpx.DecodingError):
        loose.fetch("GET", misbehaving.url, seconds=5)


BOMB = """
import gc, sys, threading, time
import httpx
from webapp.core.http import OutboundHttp, TooLarge

def held():
    with open("/proc/self/statm") as pages:
        return int(pages.read().split()[1]) * 4096

most = 0
def watch():
    global most
    while True:
        most = max(most, held())
        time.sleep(0.001)

http = OutboundHttp(allow_private=True, own_url="http://desk.example:8000")
http.fetch("GET", sys.argv[1] + "/calm", seconds=30)
before = most = held()
threading.Thread(target=watch, daemon=True).start()
try:
    http.fetch("GET", sys.argv[1] + "/bomb", seconds=30, max_bytes=int(sys.argv[2]))
except (TooLarge, httpx.DecodingError) as problem:
    print(type(problem).__name__, most - before)
"""


@pytest.mark.parametrize("kind", ["gzip", "deflate", "gzip, gzip", "deflate, gzip", "br"])
def test_a_bomb_costs_little(misbehaving: Misbehaving, kind: str) -> None:
    """Measured from outside: another process fetches it, and looks at what it holds meanwhile."""
    body = b"\0" * 100_000_000
    for one in reversed(kind.replace("br", "gzip").split(", ")):
        body = PACKINGS[one](body)
    assert len(body) < 150_000
    misbehaving.on("GET", "/calm", how.status(200, "calm"))
    misbehaving.on("GET", "/bomb", how.reply(Reply(200, body, {"Content-Encoding": kind})))
    command = [sys.executable, "-c", BOMB, misbehaving.url, str(8 * 2**20)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    problem, cost = done.stdout.split()
    assert problem == ("TooLarge" if kind in PACKINGS else "DecodingError")
    assert int(cost) < 20_000_000
