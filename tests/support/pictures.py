"""Pictures that are pictures."""

from __future__ import annotations

import io

from PIL import Image


def picture(
    kind: str = "PNG", size: tuple[int, int] = (8, 8), shade: int = 90, **how: object
) -> bytes:
    """A small picture of one colour; `how` as Pillow's save takes it."""
    out = io.BytesIO()
    Image.new("RGB", size, (shade, 40, 200)).save(out, kind, **how)
    return out.getvalue()


PNG = picture()
