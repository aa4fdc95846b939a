"""Cover pictures for the demo, drawn here: discs on a plain ground, as small indexed PNGs."""

from __future__ import annotations

import math
import random
import struct
import zlib

WIDTH, HEIGHT = 1200, 630
GROUNDS = (
    ((28, 54, 68), (222, 142, 86), (240, 214, 170), (80, 120, 124)),
    ((58, 42, 38), (196, 120, 74), (238, 222, 200), (120, 84, 64)),
    ((36, 62, 46), (146, 170, 96), (232, 226, 190), (78, 110, 78)),
    ((44, 44, 74), (214, 108, 110), (244, 212, 186), (92, 88, 138)),
    ((70, 46, 58), (226, 168, 92), (246, 232, 208), (136, 86, 92)),
    ((24, 66, 84), (118, 178, 180), (236, 228, 204), (226, 132, 92)),
)


def cover(seed: int) -> bytes:
    """A PNG of 1200 by 630; the same seed gives the same bytes."""
    dice = random.Random(seed)  # noqa: S311  decoration, not a secret
    colours = GROUNDS[seed % len(GROUNDS)]
    discs = [
        (
            dice.randint(0, WIDTH),
            dice.randint(80, HEIGHT),
            dice.randint(70, 330),
            dice.randint(1, len(colours) - 2),
        )
        for _ in range(dice.randint(4, 7))
    ]
    horizon = dice.randint(HEIGHT // 2, HEIGHT - 90)
    rows = bytearray()
    for y in range(HEIGHT):
        row = bytearray([0 if y < horizon else 3]) * WIDTH
        for x, centre, radius, colour in discs:
            reach = radius * radius - (y - centre) ** 2
            if reach > 0 and y < horizon:
                half = math.isqrt(reach)
                left, right = max(0, x - half), min(WIDTH, x + half)
                row[left:right] = bytes([colour]) * max(0, right - left)
        rows += b"\0" + row
    palette = b"".join(bytes(colour) for colour in colours)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"PLTE", palette)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 6))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
