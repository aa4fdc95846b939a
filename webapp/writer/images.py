"""Pictures of a content: at an address, or as bytes that we hold."""

from __future__ import annotations

import mimetypes
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import limits
from webapp.core.clock import utc_now
from webapp.core.errors import Invalid
from webapp.writer import media
from webapp.writer.media import SAID
from webapp.writer.models import Content, Image, MediaFile
from webapp.writer.pictures import KINDS, Sound

ENDINGS = dict(KINDS.values())
TYPES = ("featured", "gallery", "in_article", "desktop", "mobile")
TAKEN = "Another picture of this piece has this name."
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_REF = re.compile("[A-Za-z0-9_-]*")


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

    Done within `writer.contents.editing`, because the content's hash has moved.
    """
    file, ref = picture.file, picture.ref
    wrong = wrong_of(picture)
    if ref and _is_taken(db, content.id, ref, picture.image_type):
        wrong["ref"] = TAKEN
    if wrong:
        raise Invalid(wrong)
    if file is not None:
        media.store(db, content.account_id, file)
    if picture.image_type == "featured":
        remove_featured(db, content)
    image = Image(
        **{**picture.texts, "ref": ref or secrets.token_hex(6)},
        account_id=content.account_id,
        site_id=content.site_id,
        content_id=content.id,
        image_type=picture.image_type,
        sha256=file.sha256 if file else "",
        filename=name_of(picture.filename, file.media_type, file.sha256)
        if file
        else one_line(picture.filename)[-limits.NAME :],
        position=_next_position(db, content.id),
    )
    db.add(image)
    db.flush()
    return image


def change(
    db: Session, content: Content, image: Image, given: Mapping[str, str], file: Sound | None = None
) -> None:
    """Change a picture: `given` by column (type, address, filename, alt, caption), the rest stays.

    A new `file` or address takes the place of the old one under the same `ref`, so that the text
    shows it. One that becomes the featured image takes that one's place. Raises Invalid with every
    wrong field. Done within `writer.contents.editing`.
    """
    wrong = wrong_change(given, file)
    if wrong:
        raise Invalid(wrong)
    if given.get("image_type") == "featured" != image.image_type:
        remove_featured(db, content)
    is_another = file is not None or given.get("image_url", image.image_url) != image.image_url
    if is_another:
        media.leave(db, image)
    for column, value in given.items():
        setattr(image, column, value)
    if is_another:
        _put_picture(db, image, file)
        image.filename = one_line(given.get("filename", ""))
    if image.sha256 and (is_another or "filename" in given):
        kind = _media_type(db, image.account_id, image.sha256) or ""
        image.filename = name_of(image.filename, kind, image.sha256)
    db.flush()


def remove(image: Image) -> None:
    """Put a picture away; the row stays. Done within `writer.contents.editing`."""
    image.deleted_at = utc_now()


def put_in_order(db: Session, content: Content, ids: list[int]) -> None:
    """Let the piece's pictures stand as `ids` name them. Raises Invalid unless that is each of
    them once. Done within `writer.contents.editing`."""
    images = db.scalars(
        sa.select(Image).where(Image.content_id == content.id, Image.deleted_at.is_(None))
    )
    known = {image.id: image for image in images}
    if sorted(ids) != sorted(known):
        named = ", ".join(map(str, sorted(known))) or "there are none"
        raise Invalid({"image_ids": f"Name each picture of this piece once: {named}."})
    for position, image_id in enumerate(ids):
        known[image_id].position = position
    db.flush()


def listed(db: Session, content: Content) -> list[dict[str, str]]:
    """The piece's pictures in their order, by column."""
    rows = db.execute(
        sa.select(*(getattr(Image, name) for name in SAID))
        .where(Image.content_id == content.id, Image.deleted_at.is_(None))
        .order_by(Image.position, Image.id)
    )
    return [dict(row._mapping) for row in rows]


def merged(
    base: list[dict[str, str]], theirs: list[dict[str, str]], ours: list[dict[str, str]]
) -> list[dict[str, str]]:
    """Two lists as `listed` gives them, both made of `base`, in one: ours where we changed it."""
    if theirs == base:
        return ours
    known, mine = ({one["ref"]: one for one in rows} for rows in (base, ours))
    there = {one["ref"] for one in theirs}
    found = []
    for one in theirs:
        ref = one["ref"]
        if ref in mine:
            found.append(one if mine[ref] == known.get(ref) else mine[ref])
        elif ref not in known:
            found.append(one)
    return found + [one for one in ours if one["ref"] not in there and one != known.get(one["ref"])]


def put_all(db: Session, content: Content, wanted: list[dict[str, str]]) -> list[dict[str, str]]:
    """Let these be the piece's pictures, in this order, as `listed` gives them; returns those whose
    bytes nobody has any more. Done within `writer.contents.editing`."""
    held = media.held(db, content.account_id, {one["sha256"] for one in wanted})
    rows = db.scalars(sa.select(Image).where(Image.content_id == content.id).order_by(Image.id))
    by_ref: dict[str, Image] = {}
    for row in rows:
        if row.ref not in by_ref or row.deleted_at is None:
            by_ref[row.ref] = row
        row.deleted_at = row.deleted_at or utc_now()
    lost = []
    for position, one in enumerate(wanted):
        if one["sha256"] and one["sha256"] not in held:
            lost.append(one)
            continue
        image = by_ref.get(one["ref"]) or _new(db, content)
        if image.sha256 != one["sha256"]:
            media.leave(db, image)
        for name in SAID:
            setattr(image, name, one[name])
        image.position, image.deleted_at = position, None
    db.flush()
    return lost


def _new(db: Session, content: Content) -> Image:
    image = Image(account_id=content.account_id, site_id=content.site_id, content_id=content.id)
    db.add(image)
    return image


def remove_featured(db: Session, content: Content) -> None:
    """Put the featured image away, if there is one."""
    db.execute(
        sa.update(Image)
        .where(
            Image.content_id == content.id,
            Image.image_type == "featured",
            Image.deleted_at.is_(None),
        )
        .values(deleted_at=utc_now())
    )


def bytes_of(db: Session, account_id: int, sha256: str) -> tuple[str, bytes] | None:
    """Media type and bytes of a stored image."""
    row = db.execute(
        sa.select(MediaFile.media_type, MediaFile.data).where(
            MediaFile.account_id == account_id, MediaFile.sha256 == sha256
        )
    ).one_or_none()
    return (row.media_type, row.data) if row else None


def _put_picture(db: Session, image: Image, file: Sound | None) -> None:
    """Let the image be these bytes, or without them what stands at its address."""
    image.sha256 = file.sha256 if file else ""
    if file is not None:
        media.store(db, image.account_id, file)
        image.image_url = ""


def _media_type(db: Session, account_id: int, sha256: str) -> str | None:
    """What kind the bytes are; None where nobody has them."""
    held = sa.select(MediaFile.media_type).where(
        MediaFile.account_id == account_id, MediaFile.sha256 == sha256
    )
    return db.scalars(held).one_or_none()


def one_line(filename: str) -> str:
    """A file's name as what people read: without what ends lines, steers terminals, or turns
    letters round."""
    return " ".join(_UNSEEN.sub(" ", filename).split())


def name_of(filename: str, media_type: str, sha256: str) -> str:
    """The file's name, as one line, with the ending of what it really is."""
    filename = one_line(filename)
    stem, _, ending = filename.rpartition(".")
    is_right = mimetypes.guess_type(f"a.{ending}")[0] == media_type
    if stem and is_right and len(filename) <= limits.NAME:
        return filename
    right = ENDINGS[media_type]
    longest = limits.NAME - len(right) - 1
    return f"{(stem or ending or sha256[:16])[:longest]}.{right}"


def wrong_of(picture: Picture) -> dict[str, str]:
    """A sentence for each field that is wrong whatever the piece has."""
    wrong = limits.wrong("images", picture.texts) | _wrong_type(picture.image_type)
    if not _REF.fullmatch(picture.ref):
        wrong["ref"] = "Use letters, digits, - and _."
    if (picture.file is None) == (not picture.url):
        wrong["image_url"] = "Give either an address or a file."
    elif picture.url:
        wrong |= _wrong_address(picture.url)
    return wrong


def wrong_change(given: Mapping[str, str], file: Sound | None) -> dict[str, str]:
    """A sentence for each wrong field of what a picture is to be from now on."""
    wrong = limits.wrong("images", given)
    wrong |= _wrong_type(given["image_type"]) if "image_type" in given else {}
    if "image_url" not in given:
        return wrong
    if file is not None:
        return {**wrong, "image_url": "Give either an address or a file."}
    return wrong | _wrong_address(given["image_url"])


def _wrong_type(image_type: str) -> dict[str, str]:
    return {} if image_type in TYPES else {"image_type": f"Choose one of: {', '.join(TYPES)}."}


def _wrong_address(url: str) -> dict[str, str]:
    if not url.startswith(("http://", "https://")):
        return {"image_url": "An address begins with http:// or https://."}
    if _names_somebody(url):
        return {"image_url": "An address holds no user name and no password."}
    return {}


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
