"""Unpacking an answer bit by bit: what comes out is bounded however much it would become.

We ask for gzip and deflate. An answer that is packed in another way, or more than once, is one
that nobody asked for; each layer may multiply by a thousand.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import httpx

ACCEPTED = "gzip, deflate"
AT_ONCE = 64 * 1024
_ZLIB = 15
_GZIP = 16 + _ZLIB
_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class _Decompressor(Protocol):
    @property
    def unconsumed_tail(self) -> bytes: ...

    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def unpacked(parts: Iterable[bytes], packings: Iterable[str]) -> Iterator[bytes]:
    """The parts of a body whose Content-Encoding headers are `packings`, in pieces of AT_ONCE.

    Raises httpx.DecodingError.
    """
    layers = [
        layer
        for packing in packings
        for one in packing.split(",")
        if (layer := one.strip().lower()) not in ("", "identity")
    ]
    if not layers:
        yield from parts
    elif len(layers) > 1 or layers[0] not in _BITS:
        raise httpx.DecodingError(f"the answer is packed as {', '.join(layers)[:100]}")
    else:
        yield from _inflated(parts, layers[0])


def _inflated(parts: Iterable[bytes], packing: str) -> Iterator[bytes]:
    """What stands behind the end of the packed data is left alone."""
    machine: _Decompressor | None = None
    for part in parts:
        if not part:
            continue
        if machine is None:
            machine = _machine(packing, part)
        left, is_full = part, True
        while is_full and not machine.eof:
            try:
                piece = machine.decompress(left, AT_ONCE)
            except zlib.error as problem:
                raise httpx.DecodingError(f"the answer cannot be unpacked: {problem}") from problem
            yield piece
            left, is_full = machine.unconsumed_tail, len(piece) == AT_ONCE
    if machine is not None and not machine.eof:
        raise httpx.DecodingError("the answer ends before its packed data does")


def _machine(packing: str, beginning: bytes) -> _Decompressor:
    """`deflate` comes with a header of zlib, as it should, or bare, as some servers send it."""
    bits = _BITS[packing]
    if packing == "deflate" and beginning[0] & 0x0F != zlib.DEFLATED:
        bits = -_ZLIB
    return zlib.decompressobj(bits)
