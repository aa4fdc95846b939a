"""Pictures of a content: at an address, or as bytes that we hold."""

from __future__ import annotations

import mimetypes
import re
import secrets
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import limits
from webapp.core.errors import Invalid
from webapp.writer.models import Content, Image, MediaFile
from webapp.writer.pictures import Sound

TYPES = ("featured", "gallery", "in_article", "desktop", "mobile")


def store(db: Session, account_id: int, picture: Sound) -> MediaFile:
    """Keep the bytes once per account."""
    found = db.scalars(
        sa.select(MediaFile).where(
            MediaFile.account_id == account_id, MediaFile.sha256 == picture.sha256
        )
    ).one_or_none()
    if found is None:
        found = MediaFile(
            account_id=account_id,
            sha256=picture.sha256,
            media_type=picture.media_type,
            size=len(picture.data),
            data=picture.data,
        )
        db.add(found)
        db.flush()
    return found


@dataclass(frozen=True)
class Picture:
    """One that a piece is to have: its bytes, as `file`, or an address."""

    image_type: str
    ref: str = ""
    url: str = ""
    file: Sound | None = None
    filename: str = ""
    alt: str = ""
    caption: str = ""

    @property
    def texts(self) -> dict[str, str]:
        """What was typed, by column."""
        typed = {"ref": self.ref, "image_url": self.url}
        return {**typed, "alt": self.alt, "caption": self.caption}


def add(db: Session, content: Content, picture: Picture) -> Image:
    """Give the content a picture. A new featured image takes the place of the old one.

    The caller then calls `writer.contents.changed`, because the content's hash has moved.
    """
    file, ref = picture.file, picture.ref
    wrong = _wrong(picture) | limits.wrong("images", picture.texts)
    if ref and _is_taken(db, content.id, ref, picture.image_type):
        wrong["ref"] = "Another picture of this piece has this name."
    if wrong:
        raise Invalid(wrong)
    if file is not None:
        store(db, content.account_id, file)
    if picture.image_type == "featured":
        remove_featured(db, content)
    image = Image(
        **{**picture.texts, "ref": ref or secrets.token_hex(6)},
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        image_type=picture.image_type,
        sha256=file.sha256 if file else "",
        filename=_named(picture.filename, file) if file else picture.filename[-limits.NAME :],
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


def _named(filename: str, file: Sound) -> str:
    """The file's name with the ending of what it really is."""
    stem, _, ending = filename.rpartition(".")
    is_right = mimetypes.guess_type(f"a.{ending}")[0] == file.media_type
    if stem and is_right and len(filename) <= limits.NAME:
        return filename
    longest = limits.NAME - len(file.ending) - 1
    return f"{(stem or ending or file.sha256[:16])[:longest]}.{file.ending}"


def _wrong(picture: Picture) -> dict[str, str]:
    wrong: dict[str, str] = {}
    url = picture.url
    if picture.image_type not in TYPES:
        wrong["image_type"] = f"Choose one of: {', '.join(TYPES)}."
    if (picture.file is None) == (not url):
        wrong["image_url"] = "Give either an address or a file."
    elif url and not url.startswith(("http://", "https://")):
        wrong["image_url"] = "An address begins with http:// or https://."
    elif url and _names_somebody(url):
        wrong["image_url"] = "An address holds no user name and no password."
    return wrong


def _names_somebody(url: str) -> bool:
    """Whether a user name or a password stands before the host: such an address is not called."""
    host = re.split(r"[/\\?#]", url.split("://", 1)[1], maxsplit=1)[0]
    return "@" in host


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
