"""`writer/content/{id}/images/`: pictures by address, or as bytes that we keep."""

from __future__ import annotations

import io
from typing import Annotated, Literal

import msgspec
from litestar.params import FromPath
from multipart import MultipartError, MultipartParser, parse_options_header

from webapp.accounts import access
from webapp.api import reading
from webapp.api.endpoint import Parameter, post
from webapp.api.v1 import versions
from webapp.call import Call
from webapp.core import limits
from webapp.core.errors import Invalid
from webapp.publisher.planning import decisions
from webapp.writer import contents, pictures, reads
from webapp.writer.images import Picture
from webapp.writer.models import Content
from webapp.writer.pictures import Sound
from webapp.writer.reads import ImageLine

KINDS = ("featured", "gallery", "in_article", "desktop", "mobile")


class NewImage(msgspec.Struct, forbid_unknown_fields=True):
    """A picture at `image_url`, or without one the bytes that come with it.

    `ref` is how the text names it (`igny8:<ref>`); one is made up if it is not given.
    """

    image_type: Literal["featured", "gallery", "in_article", "desktop", "mobile"] = "in_article"
    image_url: Annotated[str, limits.text("images.image_url")] = ""
    ref: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,100}$")] = ""
    filename: Annotated[str, limits.text("images.filename")] = ""
    alt: Annotated[str, limits.text("images.alt")] = ""
    caption: Annotated[str, limits.text("images.caption")] = ""


_QUERY = tuple(
    Parameter(name, "For a body that is the bytes themselves.", schema)
    for name, schema in (
        ("image_type", {"type": "string", "enum": list(KINDS)}),
        ("ref", {"type": "string", "pattern": "^[A-Za-z0-9_-]{0,100}$"}),
        ("filename", {"type": "string", "maxLength": limits.of("images.filename")}),
        ("alt", {"type": "string", "maxLength": limits.of("images.alt")}),
        ("caption", {"type": "string", "maxLength": limits.of("images.caption")}),
    )
)


@post(
    "/writer/content/{content_id:int}/images",
    gives=ImageLine,
    status=201,
    takes_file=NewImage,
    errors=(404, 409, 422),
    parameters=(versions.HEADER, *_QUERY),
)
def add(call: Call, content_id: FromPath[int], body: bytes) -> ImageLine:
    """Give a piece a picture; a new featured one takes the place of the old one."""
    with call.system.db.read() as db:  # before anything is made of the picture
        access.get(db, call.member, Content, content_id)
    given, data = _read(call, body)
    file = pictures.sound(data) if data is not None else None
    return _add(call, content_id, given, file)


def _add(call: Call, content_id: int, given: NewImage, file: Sound | None) -> ImageLine:
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    picture = Picture(
        given.image_type, given.ref, given.image_url, file, given.filename, given.alt, given.caption
    )
    image = decisions.add_image(call.db, call.system, content, picture, by=call.member)
    return reads.picture(call.db, call.member, image.id)


def _read(call: Call, body: bytes) -> tuple[NewImage, bytes | None]:
    """What comes with the picture, and its bytes: JSON, a form, or the bytes as they are."""
    kind, options = parse_options_header(call.request.headers.get("content-type", ""))
    if kind == "multipart/form-data":
        return _read_form(body, options.get("boundary", ""))
    if kind.startswith("image/") or kind == "application/octet-stream":
        query = msgspec.json.encode(dict(call.request.query_params))
        return reading.body(query, NewImage), body
    return reading.body(body, NewImage), None


def _read_form(body: bytes, boundary: str) -> tuple[NewImage, bytes | None]:
    fields: dict[str, str] = {}
    data: bytes | None = None
    try:
        parser = MultipartParser(
            io.BytesIO(body),
            boundary,
            content_length=len(body),
            part_limit=20,
            spool_limit=len(body) + 1,
            memory_limit=2 * len(body) + 1,
        )
        for part in parser:
            if part.name == "file":
                data = part.raw
                fields.setdefault("filename", part.filename or "")
            else:
                fields[part.name] = part.value
    except (MultipartError, UnicodeDecodeError) as problem:
        raise reading.Malformed(f"The form cannot be read: {problem}.") from None
    if data is None and not fields.get("image_url"):
        raise Invalid({"file": "Send the picture as `file`, or its address as `image_url`."})
    return reading.body(msgspec.json.encode(fields), NewImage), data


ROUTES = [add]
