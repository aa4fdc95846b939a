"""Whether bytes are the picture that they say they are, and the picture without anything else.

A file's parts are walked one by one: what a format needs for its pixels and colours stays byte for
byte, and what tells of a person, a place or a program goes: EXIF, XMP, IPTC, comments, whatever
follows the end. Nothing is decoded before its size in pixels is known, and how many parts and
scans it has: a few bytes can ask for any amount of work. No database, no network.
"""

from __future__ import annotations

import hashlib
import io
import re
import struct
import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageOps

from webapp.core.errors import Invalid
from webapp.writer.orientation import TAG, UPRIGHT, orientation

LARGEST = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_FRAMES = 1_000
# Each scan goes over all pixels once more, however few bytes it has.
MOST_SCANS = 64
MOST_SCANNED = 16 * MOST_PIXELS
# Parts of a file, and fill bytes before one; a large file may have a part for so many bytes more.
MOST_PARTS = 4_096
BYTES_A_PART = 128
# Up to here the pixels themselves are decoded, to see whether they are there.
DECODED = 12_000_000
KINDS = {
    "PNG": ("image/png", "png"),
    "JPEG": ("image/jpeg", "jpg"),
    "GIF": ("image/gif", "gif"),
    "WEBP": ("image/webp", "webp"),
}
_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP",
     b"sBIT", b"bKGD", b"pHYs", b"acTL", b"fcTL", b"fdAT")
)  # fmt: skip
_WEBP_KEPT = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_GIF_PROGRAMS = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")
_FILL = re.compile(rb"\xff+")
_END_OF_SCAN = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
Image.MAX_IMAGE_PIXELS = None  # ours is looked at before anything is decoded
_ONE_AT_A_TIME = threading.Lock()  # decoding takes memory, however many send pictures


class _Broken(Exception):
    """The bytes are not what their first ones promise."""


@dataclass(frozen=True)
class _Walked:
    """What stays of a file, and what was counted and found on the way."""

    kept: bytes
    frames: int = 1
    scans: int = 1
    exif: bytes = b""


@dataclass(frozen=True)
class Sound:
    """A picture that was looked at: its bytes as they are kept, and their hash."""

    media_type: str
    ending: str
    data: bytes
    sha256: str


def sound(data: bytes) -> Sound:
    """The picture in these bytes, clean. Raises Invalid, saying what is wrong with the file.

    Called outside of a transaction: nobody waits for the database while a picture is looked at.
    """
    if len(data) > LARGEST:
        most = LARGEST // 1024 // 1024
        raise _refused(f"Use an image of at most {most} MB: this has {len(data)} bytes.")
    kind = _kind(data)
    try:
        walked = _WALKS[kind](data)
        _check_counts(walked)
        with _ONE_AT_A_TIME:
            clean = _looked_at(kind, walked)
    except (_Broken, OSError, ValueError, SyntaxError, IndexError, struct.error) as problem:
        raise _refused(f"This {kind} file is damaged or is something else ({problem}).") from None
    digest = hashlib.sha256(clean).hexdigest()
    return Sound(*KINDS[kind], clean, digest)


def _refused(sentence: str) -> Invalid:
    return Invalid({"file": sentence}, "This picture was not taken.")


def _kind(data: bytes) -> str:
    if data.startswith(_PNG):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise _refused("Use a JPEG, PNG, GIF or WebP image.")


def _check_counts(walked: _Walked) -> None:
    if walked.frames > MOST_FRAMES:
        raise _refused(f"Use an image of at most {MOST_FRAMES} frames: this has {walked.frames}.")
    if walked.scans > MOST_SCANS:
        raise _refused(f"Use an image of at most {MOST_SCANS} scans: this has {walked.scans}.")


def _looked_at(kind: str, walked: _Walked) -> bytes:
    """The clean bytes, once their pixels were seen; turned where the camera was."""
    image = _opened(kind, walked.kept)
    _check_size(image.width, image.height)
    _check_work(image.width * image.height, walked.scans)
    turn = orientation(walked.exif) if walked.frames == 1 else UPRIGHT
    if turn != UPRIGHT:
        return _turned(kind, image, turn)
    if kind == "JPEG":
        image.draft("RGB", (image.width // 8, image.height // 8))  # an eighth shows it as well
    if kind == "JPEG" or image.width * image.height <= DECODED:
        image.load()
    else:
        image.verify()
    return walked.kept


def _opened(kind: str, data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=[kind])


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise _refused(
            f"Use an image of at most {most} megapixels: this has {width} by {height} pixels."
        )


def _check_work(pixels: int, scans: int) -> None:
    most = MOST_SCANNED // max(pixels, 1)
    if scans > most:
        raise _refused(f"Use an image of at most {most} scans at this size: this has {scans}.")


def _turned(kind: str, image: Image.Image, turn: int) -> bytes:
    image.getexif()[TAG] = turn
    upright = ImageOps.exif_transpose(image)
    profile = image.info.get("icc_profile")
    for quality in (95, 85, 75):
        out = io.BytesIO()
        upright.save(out, kind, quality=quality, icc_profile=profile, exif=b"")
        if out.tell() <= LARGEST:
            break
    return out.getvalue()


def _check_parts(parts: int, data: bytes) -> None:
    most = MOST_PARTS + len(data) // BYTES_A_PART
    if parts > most:
        raise _refused(f"Use an image of at most {most} parts: this has more.")


def _png(data: bytes) -> _Walked:
    kept, at, frames, parts, name = bytearray(_PNG), len(_PNG), 1, 0, b""
    while name != b"IEND":
        parts += 1
        _check_parts(parts, data)
        length, name = struct.unpack_from(">I4s", data, at)
        chunk = data[at : at + 12 + length]
        if len(chunk) != 12 + length or zlib.crc32(chunk[4:-4]) != _number(chunk[-4:]):
            raise _Broken("a part is cut off or changed")
        if at == len(_PNG) and name != b"IHDR":
            raise _Broken("it does not begin with its size")
        if name in _PNG_KEPT:
            kept += chunk
        elif not name[0] & 0x20:
            raise _Broken("it has a part that nobody knows")
        if name == b"acTL":
            frames = _number(chunk[8:12])
        at += 12 + length
    return _Walked(bytes(kept), frames)


def _number(four: bytes) -> int:
    return int.from_bytes(four)


def _jpeg(data: bytes) -> _Walked:
    kept, at, scans, exif = bytearray(b"\xff\xd8"), 2, 0, b""
    for _ in range(MOST_PARTS):
        at = _marker(data, at)
        marker = data[at + 1]
        if marker == 0xD9:
            return _Walked(bytes(kept + b"\xff\xd9"), scans=scans, exif=exif)
        length = struct.unpack_from(">H", data, at + 2)[0]
        segment = data[at : at + 2 + length]
        if length < 2 or len(segment) != 2 + length:
            raise _Broken("a part is cut off")
        at += 2 + length
        if marker == 0xDA:
            scans += 1
            end = _end_of_scan(data, at)
            segment += data[at:end]
            at = end
        if marker == 0xE1 and segment[4:].startswith(b"Exif\0"):
            exif = exif or segment[4:]
        if _is_kept(marker, segment[4:]):
            kept += segment
    raise _refused(f"Use an image of at most {MOST_PARTS} parts: this has more.")


def _marker(data: bytes, at: int) -> int:
    """Where the next part begins, behind bytes that only fill."""
    fill = _FILL.match(data, at)
    if fill is None:
        raise _Broken("a part does not begin where it should")
    if fill.end() - at > MOST_PARTS:
        raise _Broken("more fills it than is in it")
    return fill.end() - 1


def _is_kept(marker: int, body: bytes) -> bool:
    """Of what applications add only JFIF's, Adobe's (the colours need it) and the profile stay."""
    if marker == 0xE2:
        return body.startswith(b"ICC_PROFILE\0")
    if marker == 0xE0:
        return body.startswith(b"JFIF\0")
    if marker == 0xEE:
        return body.startswith(b"Adobe")
    return not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands that is none of the pixels' own."""
    found = _END_OF_SCAN.search(data, at)
    if found is None:
        raise _Broken("it is cut off")
    return found.start()


def _gif(data: bytes) -> _Walked:
    flags = data[10]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    kept, frames, parts = bytearray(data[:at]), 0, 0
    while data[at] != 0x3B:
        end, blocks = _end_of_block(data, at)
        parts += 1 + blocks
        _check_parts(parts, data)
        if data[at] == 0x2C:
            frames += 1
        is_program = data[at + 1] == 0xFF and data[at + 3 : at + 14] in _GIF_PROGRAMS
        if data[at] == 0x2C or data[at + 1] == 0xF9 or is_program:
            kept += data[at:end]
        at = end
    if not frames:
        raise _Broken("there is no picture in it")
    return _Walked(bytes(kept + b"\x3b"), frames)


def _end_of_block(data: bytes, at: int) -> tuple[int, int]:
    """Where it ends, and how many pieces it has."""
    if data[at] == 0x21:
        at += 2
    elif data[at] == 0x2C:
        flags = data[at + 9]
        at += 11 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    else:
        raise _Broken("a part does not begin where it should")
    blocks = 0
    while data[at]:
        at += 1 + data[at]
        blocks += 1
        _check_parts(blocks, data)
    return at + 1, blocks


def _webp(data: bytes) -> _Walked:
    whole = 8 + struct.unpack_from("<I", data, 4)[0]
    if whole > len(data):
        raise _Broken("it is cut off")
    kept, frames, exif = bytearray(), 0, b""
    for parts, (name, chunk) in enumerate(_riff(data[:whole])):
        _check_parts(parts, data)
        if name in _WEBP_KEPT:
            kept += chunk
        frames += name == b"ANMF"
        exif = exif or (chunk[8:] if name == b"EXIF" else b"")
    _check_size(*_size_of_webp(kept))  # opening one takes the memory of its pixels already
    if kept.startswith(b"VP8X"):
        kept[8] &= 0xF3  # it said that EXIF and XMP follow
    whole_file = b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept
    return _Walked(whole_file, max(frames, 1), exif=exif)


def _size_of_webp(parts: bytearray) -> tuple[int, int]:
    little = int.from_bytes
    if parts.startswith(b"VP8X"):
        return 1 + little(parts[12:15], "little"), 1 + little(parts[15:18], "little")
    if parts.startswith(b"VP8L"):
        bits = little(parts[9:13], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if parts.startswith(b"VP8 "):
        return little(parts[14:16], "little") & 0x3FFF, little(parts[16:18], "little") & 0x3FFF
    raise _Broken("there is no picture in it")


def _riff(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12
    while at < len(data):
        name, length = struct.unpack_from("<4sI", data, at)
        end = at + 8 + length + length % 2
        if end > len(data):
            raise _Broken("a part is cut off")
        yield name, data[at:end]
        at = end


_WALKS = {"PNG": _png, "JPEG": _jpeg, "GIF": _gif, "WEBP": _webp}
