"""How a camera was held, from a picture's EXIF: this one number is read, nothing else. Pure."""

from __future__ import annotations

import struct

UPRIGHT = 1
TAG = 0x0112
_ORDERS = {b"II": "<", b"MM": ">"}
_NUMBERS = {3: "H", 4: "I"}


def orientation(exif: bytes) -> int:
    """1 to 8 as EXIF counts them; upright where it does not say, or says something else."""
    try:
        said = _said(exif.removeprefix(b"Exif\0\0"))
    except struct.error:
        return UPRIGHT
    return said if 1 <= said <= 8 else UPRIGHT


def _said(tiff: bytes) -> int:
    order = _ORDERS.get(tiff[:2])
    if order is None:
        return UPRIGHT
    (at,) = struct.unpack_from(f"{order}I", tiff, 4)
    (entries,) = struct.unpack_from(f"{order}H", tiff, at)
    for entry in range(at + 2, at + 2 + 12 * entries, 12):
        tag, number = struct.unpack_from(f"{order}HH", tiff, entry)
        if tag == TAG:
            return int(struct.unpack_from(order + _NUMBERS.get(number, "H"), tiff, entry + 8)[0])
    return UPRIGHT
