"""The pictures of a piece as its writer has them, and what can be done with one of them.

They are a list like any other field: a change of it lies beside a piece whose text may go out.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import limits
from webapp.core.errors import Conflict, Invalid
from webapp.editor.at import At
from webapp.publisher.planning import beside, decisions
from webapp.writer import images, media, payload, working
from webapp.writer.draft import Change, Draft
from webapp.writer.images import Picture
from webapp.writer.models import Content, MediaFile
from webapp.writer.pictures import Sound
from webapp.writer.working import Pictures

FEATURED = "featured"
GONE = "This picture was put away meanwhile. Nothing was changed."
TEXTS = ("alt", "caption", "image_type")
MOVES = {"up": -1, "down": 1}
GALLERY = ("gallery", "desktop", "mobile")


def of(db: Session, content: Content) -> Pictures:
    """The pictures as they stand in the editor."""
    found: Pictures = working.standing(db, content).values[working.PICTURES]
    return found


def add(at: At, picture: Picture) -> dict[str, str]:
    """Give the piece a picture; a new featured one takes the place of the old one. One that was
    sent before, under the same name, is answered as it is. Raises Invalid with every wrong field.
    """
    wrong = images.wrong_of(picture)
    there = [one for one in of(at.db, at.content) if one["ref"] == picture.ref]
    if there and picture.file and there[0]["sha256"] == picture.file.sha256:
        return there[0]
    if there:
        wrong["ref"] = images.TAKEN
    if wrong:
        raise Invalid(wrong)
    made = {**_texts_of(picture), **_bytes_of(at.db, at.content, picture.file, picture.filename)}
    kept = [one for one in of(at.db, at.content) if not _is_replaced(one, made)]
    _put(at, [*kept, made])
    return made


def change(at: At, ref: str, given: Mapping[str, str]) -> None:
    """Say something else of a picture. Raises Invalid with every wrong field."""
    wrong = images.wrong_change(given, None)
    if wrong:
        raise Invalid(wrong)
    found = of(at.db, at.content)
    this = {**found[_at(found, ref)], **given}
    kept = [this if one["ref"] == ref else one for one in found]
    becomes = given.get("image_type") == FEATURED
    kept = [one for one in kept if one is this or not becomes or one["image_type"] != FEATURED]
    _put(at, kept)


def replace(at: At, ref: str, file: Sound, filename: str) -> None:
    """Let other bytes take the place of a picture, under the name by which the text shows it."""
    found = of(at.db, at.content)
    this = {**found[_at(found, ref)], **_bytes_of(at.db, at.content, file, filename)}
    _put(at, [this if one["ref"] == ref else one for one in found])


def remove(at: At, ref: str) -> None:
    """Put a picture away."""
    found = of(at.db, at.content)
    _at(found, ref)
    _put(at, [one for one in found if one["ref"] != ref])


def move(at: At, ref: str, step: int) -> None:
    """One place up or down."""
    found = list(of(at.db, at.content))
    here = _at(found, ref)
    to = min(max(here + step, 0), len(found) - 1)
    found.insert(to, found.pop(here))
    _put(at, found)


def payload_of(db: Session, content: Content, pictures: Pictures) -> dict[str, Any]:
    """The pictures as they would be sent, by the names of a payload."""
    shas = {one["sha256"] for one in pictures if one["sha256"]}
    rows = db.execute(
        sa.select(MediaFile.sha256, MediaFile.media_type, MediaFile.size).where(
            MediaFile.account_id == content.account_id, MediaFile.sha256.in_(shas)
        )
    )
    held = {row.sha256: (row.media_type, row.size) for row in rows}
    made = [(one["image_type"], _payload(one, held.get(one["sha256"]))) for one in pictures]
    return {
        "featured_image": next((one for kind, one in made if kind == FEATURED), None),
        "gallery": [one for kind, one in made if kind in GALLERY],
        "inline_images": [one for kind, one in made if kind == "in_article"],
    }


def _payload(one: dict[str, str], held: tuple[str, int] | None) -> payload.Picture:
    media_type, size = held or ("", 0)
    return payload.Picture(
        ref=one["ref"],
        url="" if one["sha256"] else one["image_url"],
        sha256=one["sha256"],
        filename=one["filename"],
        alt=one["alt"],
        caption=one["caption"],
        media_type=media_type,
        size=size,
    )


def _put(at: At, wanted: Pictures) -> None:
    if len(wanted) > limits.MOST_IMAGES:
        raise Conflict(f"A piece holds at most {limits.MOST_IMAGES} pictures.")
    if working.goes_beside(at.content) or working.find(at.db, at.content) is not None:
        beside.keep(at.db, at.system, at.content, Draft(), by=at.by, pictures=wanted)
    else:
        decisions.edit(at.db, at.system, at.content, Change(), by=at.by, pictures=wanted)


def _at(pictures: Pictures, ref: str) -> int:
    """Where it stands among them. Raises Conflict where it does not any more."""
    for at, one in enumerate(pictures):
        if one["ref"] == ref:
            return at
    raise Conflict(GONE)


def _is_replaced(one: dict[str, str], by: dict[str, str]) -> bool:
    return one["image_type"] == FEATURED == by["image_type"]


def _texts_of(picture: Picture) -> dict[str, str]:
    ref = picture.ref or secrets.token_hex(6)
    return {**picture.texts, "ref": ref, "image_type": picture.image_type}


def _bytes_of(db: Session, content: Content, file: Sound | None, filename: str) -> dict[str, str]:
    """What is said of the bytes, which are kept; of a picture at an address nothing."""
    if file is None:
        return {"sha256": "", "filename": images.one_line(filename)[-limits.NAME :]}
    media.store(db, content.account_id, file)
    name = images.name_of(filename, file.media_type, file.sha256)
    return {"sha256": file.sha256, "image_url": "", "filename": name}
