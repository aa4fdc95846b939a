"""Pictures of a content: at an address, or as bytes that we hold."""

from __future__ import annotations

import hashlib
import secrets

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.errors import Invalid
from webapp.writer.models import Content, Image, MediaFile

TYPES = ("featured", "gallery", "in_article", "desktop", "mobile")
LARGEST = 10 * 1024 * 1024
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"GIF87a", "image/gif", "gif"),
    (b"GIF89a", "image/gif", "gif"),
)


def kind_of(data: bytes) -> tuple[str, str] | None:
    """Media type and file ending by the bytes themselves; None for what we do not take."""
    for signature, media_type, ending in _SIGNATURES:
        if data.startswith(signature):
            return media_type, ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp", "webp"
    return None


def store(db: Session, account_id: int, data: bytes) -> MediaFile:
    """Keep the bytes once per account. Raises Invalid when they are no image that we take."""
    kind = kind_of(data)
    if kind is None:
        raise Invalid({"file": "Use a JPEG, PNG, GIF or WebP image."})
    if len(data) > LARGEST:
        raise Invalid({"file": f"Use an image of at most {LARGEST // 1024 // 1024} MB."})
    sha256 = hashlib.sha256(data).hexdigest()
    found = db.scalars(
        sa.select(MediaFile).where(MediaFile.account_id == account_id, MediaFile.sha256 == sha256)
    ).one_or_none()
    if found is None:
        found = MediaFile(
            account_id=account_id, sha256=sha256, media_type=kind[0], size=len(data), data=data
        )
        db.add(found)
        db.flush()
    return found


def add(
    db: Session, content: Content, *, image_type: str, ref: str = "", url: str = "",
    data: bytes | None = None, filename: str = "", alt: str = "", caption: str = "",
) -> Image:  # fmt: skip
    """Give the content a picture. A new featured image takes the place of the old one.

    The caller then calls `writer.content.changed`, because the content's hash has moved.
    """
    wrong = _wrong(image_type, url, data)
    if ref and _is_taken(db, content.id, ref, image_type):
        wrong["ref"] = "Another picture of this piece has this name."
    if wrong:
        raise Invalid(wrong)
    sha256 = ending = ""
    if data is not None:
        sha256 = store(db, content.account_id, data).sha256
        ending = (kind_of(data) or ("", ""))[1]
    if image_type == "featured":
        remove_featured(db, content)
    image = Image(
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        ref=ref or secrets.token_hex(6),
        image_type=image_type,
        image_url=url,
        sha256=sha256,
        filename=filename or (f"{sha256[:16]}.{ending}" if sha256 else ""),
        alt=alt,
        caption=caption,
        position=_next_position(db, content.id),
    )
    db.add(image)
    db.flush()
    return image


def remove_featured(db: Session, content: Content) -> None:
    db.execute(
        sa.delete(Image).where(Image.content_id == content.id, Image.image_type == "featured")
    )


def bytes_of(db: Session, account_id: int, sha256: str) -> tuple[str, bytes] | None:
    """Media type and bytes of a stored image."""
    row = db.execute(
        sa.select(MediaFile.media_type, MediaFile.data).where(
            MediaFile.account_id == account_id, MediaFile.sha256 == sha256
        )
    ).one_or_none()
    return (row.media_type, row.data) if row else None


def _wrong(image_type: str, url: str, data: bytes | None) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if image_type not in TYPES:
        wrong["image_type"] = f"Choose one of: {', '.join(TYPES)}."
    if (data is None) == (not url):
        wrong["image_url"] = "Give either an address or a file."
    elif url and not url.startswith(("http://", "https://")):
        wrong["image_url"] = "An address begins with http:// or https://."
    return wrong


def _is_taken(db: Session, content_id: int, ref: str, image_type: str) -> bool:
    """Whether a picture has this name that stays when the new one comes."""
    named = sa.select(Image.id).where(
        Image.content_id == content_id, Image.ref == ref, Image.deleted_at.is_(None)
    )
    if image_type == "featured":
        named = named.where(Image.image_type != "featured")
    return db.scalar(named.limit(1)) is not None


def _next_position(db: Session, content_id: int) -> int:
    last = db.scalar(sa.select(sa.func.max(Image.position)).where(Image.content_id == content_id))
    return 0 if last is None else last + 1
