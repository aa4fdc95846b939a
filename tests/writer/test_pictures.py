"""Pictures are what they say they are, and nothing else stays in them."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from tests.support.desk import Desk
from tests.support.pictures import PNG, picture
from webapp.core.errors import Invalid
from webapp.writer import pictures
from webapp.writer.models import Image as Row
from webapp.writer.models import MediaFile

KINDS = ("PNG", "JPEG", "GIF", "WEBP")
SECRET = b"Anna Muster, 52.5163 13.3777"
PHP = b"<?php system($_GET['c']); ?>"


def photograph(kind: str, orientation: int = 1, **how: Any) -> bytes:
    """What a telephone makes: who, where and when, a profile, and how it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = orientation, SECRET.decode()
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (60, 40), (10, 200, 30))
    image.paste((250, 0, 0), (0, 0, 20, 40))  # red on the left
    out = io.BytesIO()
    image.save(out, kind, exif=exif, icc_profile=profile, xmp=SECRET, comment=SECRET, **how)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        pictures.sound(data)
    return refused.value.fields["file"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_plain_picture_stays_byte_for_byte(kind: str) -> None:
    data = picture(kind)
    found = pictures.sound(data)
    assert found.data == data
    assert found.media_type == f"image/{kind.lower()}"


@pytest.mark.parametrize("how", [{"progressive": True}, {"quality": 30, "optimize": True}])
def test_a_photograph_keeps_its_pixels(how: dict[str, Any]) -> None:
    noise = Image.frombytes("RGB", (200, 150), random.Random(1).randbytes(90_000))
    out = io.BytesIO()
    noise.save(out, "JPEG", exif=b"Exif\0\0" + SECRET, restart_marker_blocks=4, **how)
    clean = pictures.sound(out.getvalue()).data
    assert opened(clean).tobytes() == opened(out.getvalue()).tobytes()
    assert SECRET not in clean


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_who_and_where_does_not_stay_and_the_colours_do(kind: str) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", SECRET.decode())
    data = photograph(kind, pnginfo=text)
    assert SECRET in data
    clean = pictures.sound(data).data
    assert SECRET not in clean
    for word in (b"Exif", b"EXIF", b"eXIf", b"XMP ", b"tEXt", b"iTXt"):
        assert word not in clean
    after = opened(clean)
    assert after.info["icc_profile"] == opened(data).info["icc_profile"]
    assert after.tobytes() == opened(data).tobytes()
    assert not after.getexif()


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", [2, 3, 6, 8])
def test_a_camera_that_was_turned(kind: str, orientation: int) -> None:
    clean = opened(pictures.sound(photograph(kind, orientation)).data)
    assert clean.size == ((40, 60) if orientation in (6, 8) else (60, 40))
    where = {2: (55, 20), 3: (55, 20), 6: (20, 5), 8: (20, 55)}[orientation]
    red, green, _ = clean.convert("RGB").getpixel(where)  # type: ignore[misc]
    assert red > 150 > green
    assert not clean.getexif()
    assert clean.info["icc_profile"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_the_end_goes(kind: str) -> None:
    data = picture(kind)
    assert pictures.sound(data + PHP + b"PK\x03\x04" + b"x" * 99).data == data


def test_a_program_that_begins_like_a_picture_is_refused() -> None:
    for data in (
        b"GIF89a" + PHP,
        b"GIF89a/*" + b"x" * 30 + b"*/=1;alert(1)//;",
        b"\x89PNG\r\n\x1a\n" + PHP,
        b"\xff\xd8\xff" + PHP,
        b"RIFF\xff\0\0\0WEBP" + PHP,
        b"\x89PNG\r\n\x1a\n" + b"0" * 64,
        b"GIF89a" + b"\0" * 7 + b";",
    ):
        assert "damaged or is something else" in refusal(data)
    for data in (b"", b"<svg onload='x()'/>", PHP, b"%PDF-1.4", b"BM" + b"\0" * 60):
        assert "JPEG, PNG, GIF or WebP" in refusal(data)


def test_a_program_in_a_comment_goes() -> None:
    gif = picture("GIF")
    comment = b"\x21\xfe" + bytes([len(PHP)]) + PHP + b"\0"
    hidden = gif[:-1].replace(b"\x2c\0\0\0\0", comment + b"\x2c\0\0\0\0", 1) + b";"
    assert PHP in hidden
    assert pictures.sound(hidden).data == gif
    assert PHP not in pictures.sound(picture("JPEG", comment=PHP)).data


def test_moving_pictures_stay_whole() -> None:
    for kind in ("GIF", "WEBP", "PNG"):
        frames = [Image.new("RGB", (8, 8), (n * 40, 0, 0)) for n in range(5)]
        out = io.BytesIO()
        frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=50, loop=0)
        clean = Image.open(io.BytesIO(pictures.sound(out.getvalue()).data))
        assert getattr(clean, "n_frames", 1) == 5, kind
        assert clean.info.get("loop") == 0


def png_of(width: int, height: int) -> bytes:
    """A PNG of so many grey pixels, in as few bytes as they take."""
    squeeze = zlib.compressobj(9)
    row = b"\0" * (1 + (width + 7) // 8)
    packed = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)),
        (b"IDAT", packed),
        (b"IEND", b""),
    )
    chunks = (
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def test_a_900_megapixel_picture_costs_nothing() -> None:
    canvas = struct.pack("<I", 10) + b"\0\0\0\0" + b"\xff\x3f\0" * 2
    plain, corner = picture("GIF"), b"\x2c\0\0\0\0"
    bombs = {
        "PNG": png_of(30_000, 30_000),
        "GIF": b"GIF89a" + b"\xff" * 4 + plain[10:],
        "GIF frame": plain.replace(corner + b"\x08\0\x08\0", corner + b"\xff" * 4),
        "WEBP": b"RIFF" + struct.pack("<I", 30) + b"WEBPVP8X" + canvas + b"VP8L\0\0\0\0",
    }
    for name, data in bombs.items():
        assert len(data) < 200_000
        tracemalloc.start()
        said = refusal(data)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert "megapixels" in said, name
        assert peak < 5_000_000, name


def progressive(size: tuple[int, int], scans: int) -> bytes:
    """A JPEG whose last scan, a few bytes of it, comes so many times more."""
    data = picture("JPEG", size, progressive=True)
    return data[:-2] + data[data.rfind(b"\xff\xda") : -2] * scans + b"\xff\xd9"


def nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def opens(*_: object) -> None:
        raise AssertionError("this was to be refused by what was counted")

    monkeypatch.setattr(pictures, "_opened", opens)


def test_scans_are_counted_before_anything_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pictures.sound(progressive((8, 8), 20)).data
    nothing_is_decoded(monkeypatch)
    said = refusal(progressive((8, 8), 260))
    assert said == "Use an image of at most 64 scans: this has 270."


def test_a_large_picture_has_fewer_scans(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each goes over all pixels: what is allowed to a small one would be minutes for a large."""
    data = progressive((80, 60), 20)
    monkeypatch.setattr(pictures, "MOST_SCANNED", 16 * 80 * 60, raising=False)
    assert "at most 16 scans at this size: this has 30" in refusal(data)


@pytest.mark.parametrize("turn", [1, 6])
def test_one_number_is_read_of_what_the_camera_says(
    turn: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its other entries may name any amount of bytes again and again: nobody follows them."""
    entries = [struct.pack("<HHII", tag, 7, 50_000, 8) for tag in range(0x8000, 0x8000 + 2_000)]
    entries.insert(0, struct.pack("<HHIHH", 0x0112, 3, 1, turn, 0))
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + b"".join(entries)
    exif = b"Exif\0\0" + tiff + bytes(60_000 - len(tiff))
    data = picture("JPEG", (60, 40), exif=exif)
    tracemalloc.start()
    clean = pictures.sound(data).data
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert opened(clean).size == ((40, 60) if turn == 6 else (60, 40))
    assert peak < 5_000_000


def test_parts_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    jpeg, gif, webp, png = (picture(kind) for kind in ("JPEG", "GIF", "WEBP", "PNG"))
    nothing_is_decoded(monkeypatch)
    many = 10_000
    chunk = struct.pack(">I4s", 0, b"tEXt") + struct.pack(">I", zlib.crc32(b"tEXt"))
    riff = webp[12:] + b"JUNK\0\0\0\0" * many
    for kind, data in {
        "JPEG": jpeg[:2] + b"\xff\xfe\0\x02" * many + jpeg[2:],
        "GIF": gif[:-1] + b"\x21\xfe\x01x\0" * many + b";",
        "GIF of small pieces": gif[:-1] + b"\x21\xfe" + b"\x01x" * many + b"\0;",
        "WEBP": b"RIFF" + struct.pack("<I", len(riff) + 4) + b"WEBP" + riff,
        "PNG": png[:-12] + chunk * many + png[-12:],
    }.items():
        assert "parts: this has more" in refusal(data), kind
    assert "more fills it" in refusal(jpeg[:2] + b"\xff" * 5_000 + jpeg[2:])


def test_pixels_that_are_not_there_are_missed() -> None:
    for kind in KINDS:
        data = picture(kind, (400, 300), quality=90) if kind != "GIF" else picture(kind, (400, 300))
        assert "damaged" in refusal(data[: len(data) // 2]), kind
    broken = bytearray(PNG)
    broken[45] ^= 0xFF
    assert "damaged" in refusal(bytes(broken))


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_nothing_that_is_sent_is_an_error_of_ours() -> None:
    chance = random.Random(7)
    for kind in KINDS:
        data = photograph(kind) if kind != "GIF" else picture(kind)
        for _ in range(300):
            odd = bytearray(data)
            for _ in range(chance.randint(1, 6)):
                odd[chance.randrange(len(odd))] = chance.randrange(256)
            cut = bytes(odd[: chance.randint(1, len(odd))] if chance.random() < 0.3 else odd)
            try:
                kept = pictures.sound(cut)
            except Invalid:
                continue
            assert opened(kept.data).size


def test_the_hash_is_of_what_is_kept(desk: Desk) -> None:
    taken = photograph("JPEG")
    content_id = desk.write()
    desk.add_image(content_id, image_type="featured", data=taken, filename="me.php")
    kept = desk.rows(MediaFile)[0]
    assert kept.sha256 == pictures.sound(taken).sha256
    with desk.system.db.read() as db:
        data = db.get_one(MediaFile, kept.id).data
    assert SECRET not in data
    assert desk.rows(Row)[0].filename == "me.jpg"
    assert kept.size == len(data)
