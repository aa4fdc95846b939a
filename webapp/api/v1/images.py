"""`writer/content/{id}/images/`: pictures by address, or as bytes that we keep."""

from __future__ import annotations

import io
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType
from multipart import MultipartError, MultipartParser, parse_options_header
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.api import reading
from webapp.api.described import words
from webapp.api.endpoint import Parameter, Tagged, delete, patch, post, put
from webapp.api.v1 import versions
from webapp.call import Call
from webapp.core import limits
from webapp.core.errors import Invalid, NotFound, gather
from webapp.publisher.planning import decisions
from webapp.writer import contents, images, pictures, reads
from webapp.writer.images import Picture
from webapp.writer.models import Content, Image
from webapp.writer.pictures import Sound
from webapp.writer.reads import ImageLine

KINDS = ("featured", "gallery", "in_article", "desktop", "mobile")
Kind = Literal["featured", "gallery", "in_article", "desktop", "mobile"]
Address = Annotated[str, limits.text("images.image_url")]
Ref = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{0,100}$")]
Filename = Annotated[str, limits.text("images.filename")]
Alt = Annotated[str, limits.text("images.alt")]
Caption = Annotated[str, limits.text("images.caption")]
ImageIds = Annotated[list[int], msgspec.Meta(max_length=limits.MOST_IMAGES)]


class NewImage(msgspec.Struct, forbid_unknown_fields=True):
    """A picture at `image_url`, or without one the bytes that come with it.

    `ref` is how the text names it (`igny8:<ref>`); one is made up if it is not given.
    """

    image_type: Kind = "in_article"
    image_url: Address = ""
    ref: Ref = ""
    filename: Filename = ""
    alt: Alt = ""
    caption: Caption = ""


class ImageChange(msgspec.Struct, forbid_unknown_fields=True):
    """What is not given stays. Another picture, by `image_url` or as the bytes that come with it,
    keeps its `ref`, so that the text shows the new one."""

    image_type: Kind | UnsetType = UNSET
    image_url: Address | UnsetType = UNSET
    filename: Filename | UnsetType = UNSET
    alt: Alt | UnsetType = UNSET
    caption: Caption | UnsetType = UNSET


class ImageOrder(msgspec.Struct, forbid_unknown_fields=True):
    """Every picture of the piece once, in the order in which they shall stand."""

    image_ids: ImageIds


class PieceImage(ImageLine, kw_only=True):
    """A picture, with the `version` that its piece has by now."""

    content_id: int
    version: int


class ImageRemoved(msgspec.Struct):
    """What was put away, with the `version` that its piece has by now."""

    id: int
    content_id: int
    version: int


class ImagesOrdered(msgspec.Struct):
    """The piece's pictures in their order, with the `version` that it has by now."""

    content_id: int
    version: int
    images: list[ImageLine]


def _query(into: type[msgspec.Struct]) -> tuple[Parameter, ...]:
    """The fields beside the picture, where the body is the picture itself."""
    schemas: dict[str, dict[str, Any]] = {
        "image_type": {"type": "string", "enum": list(KINDS)},
        "ref": {"type": "string", "pattern": "^[A-Za-z0-9_-]{0,100}$"},
        "filename": {"type": "string", "maxLength": limits.of("images.filename")},
        "alt": {"type": "string", "maxLength": limits.of("images.alt")},
        "caption": {"type": "string", "maxLength": limits.of("images.caption")},
    }
    about = "For a body that is the bytes themselves. {}."
    return tuple(
        Parameter(name, about.format(words.described(name, {})["description"]), schema)
        for name, schema in schemas.items()
        if name in into.__struct_fields__
    )


@post(
    "/writer/content/{content_id:int}/images",
    gives=PieceImage,
    status=201,
    takes_file=NewImage,
    errors=(404, 409, 422),
    parameters=(versions.HEADER, *_query(NewImage)),
)
def add(call: Call, content_id: FromPath[int], body: bytes) -> Tagged:
    """Give a piece a picture; a new featured one takes the place of the old one."""
    with call.system.db.read() as db:  # before anything is made of the picture
        access.get(db, call.member, Content, content_id)
    given, file, wrong = _read(call, body, NewImage)
    picture = Picture(
        given.image_type, given.ref, given.image_url, file, given.filename, given.alt, given.caption
    )
    if wrong:
        raise Invalid(_also(images.wrong_of(picture), wrong))
    content = _locked(call, content_id)
    image = decisions.add_image(call.db, call.system, content, picture, by=call.member)
    return _answer(call, content, image.id)


@patch(
    "/writer/content/{content_id:int}/images/{image_id:int}",
    gives=PieceImage,
    takes_file=ImageChange,
    errors=(404, 409, 422),
    parameters=(versions.HEADER, *_query(ImageChange)),
)
def change_image(
    call: Call, content_id: FromPath[int], image_id: FromPath[int], body: bytes
) -> Tagged:
    """Replace a picture, or what is said of it. An approved piece goes back to review by that."""
    with call.system.db.read() as db:  # before anything is made of the picture
        _image(db, call.member, content_id, image_id)
    read, file, wrong = _read(call, body, ImageChange)
    given = {k: v for k, v in msgspec.structs.asdict(read).items() if v is not UNSET}
    if wrong:
        raise Invalid(_also(images.wrong_change(given, file), wrong))
    content = _locked(call, content_id)
    image = _image(call.db, call.member, content_id, image_id)
    decisions.change_image(call.db, call.system, content, image, given, file, by=call.member)
    return _answer(call, content, image_id)


@delete(
    "/writer/content/{content_id:int}/images/{image_id:int}",
    gives=ImageRemoved,
    errors=(404, 409, 422),
    parameters=(versions.HEADER,),
)
def remove_image(call: Call, content_id: FromPath[int], image_id: FromPath[int]) -> Tagged:
    """Put a picture away. An approved piece goes back to review by that."""
    content = _locked(call, content_id)
    image = _image(call.db, call.member, content_id, image_id)
    decisions.remove_image(call.db, call.system, content, image, by=call.member)
    gone = ImageRemoved(image_id, content_id, content.version)
    return versions.with_tag(gone, content.version)


@put(
    "/writer/content/{content_id:int}/images/order",
    takes=ImageOrder,
    gives=ImagesOrdered,
    errors=(404, 409, 422),
    parameters=(versions.HEADER,),
)
def order_images(call: Call, content_id: FromPath[int], given: ImageOrder) -> Tagged:
    """Put a piece's pictures in another order; each of them is named once."""
    content = _locked(call, content_id)
    decisions.order_images(call.db, call.system, content, given.image_ids, by=call.member)
    ordered = reads.pictures(call.db, call.member, content_id)
    return versions.with_tag(ImagesOrdered(content_id, content.version, ordered), content.version)


def _locked(call: Call, content_id: int) -> Content:
    """The piece, to be changed, in the version that the caller has read."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    return content


def _image(db: Session, who: Member, content_id: int, image_id: int) -> Image:
    """A picture of this piece. Raises NotFound, also for another piece's."""
    image = access.get(db, who, Image, image_id)
    if image.content_id != content_id:
        raise NotFound
    return image


def _answer(call: Call, content: Content, image_id: int) -> Tagged:
    line = msgspec.structs.asdict(reads.picture(call.db, call.member, image_id))
    image = PieceImage(**line, content_id=content.id, version=content.version)
    return versions.with_tag(image, content.version)


T = TypeVar("T", bound=msgspec.Struct)


def _read(call: Call, body: bytes, into: type[T]) -> tuple[T, Sound | None, dict[str, str]]:
    """What comes with the picture, the picture, and what is wrong with either: JSON, a form, or the
    bytes as they are. Raises Malformed."""
    kind, options = parse_options_header(call.request.headers.get("content-type", ""))
    data: bytes | None = None
    if kind == "multipart/form-data":
        fields, data = _read_form(body, options.get("boundary", ""))
        body = msgspec.json.encode(fields)
    elif kind.startswith("image/") or kind == "application/octet-stream":
        data, body = body, msgspec.json.encode(dict(call.request.query_params))
    given, wrong = reading.partly(body, into)
    with gather(wrong):
        return given, pictures.sound(data) if data is not None else None, wrong
    return given, None, wrong


def _also(found: dict[str, str], wrong: dict[str, str]) -> dict[str, str]:
    """All that is wrong; where the picture is, or its address, nobody asks for the other."""
    if wrong.keys() & {"file", "image_url"}:
        found.pop("image_url", None)
    return found | wrong


def _read_form(body: bytes, boundary: str) -> tuple[dict[str, str], bytes | None]:
    """The form's fields, and the bytes of its `file`."""
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
    return fields, data


ROUTES = [add, order_images, change_image, remove_image]
