"""The pictures of a piece beside its text: given, replaced, said something of, moved, put away."""

from __future__ import annotations

from typing import Any

import litestar
from litestar import Response
from litestar.params import FromPath

from webapp.accounts import access
from webapp.api.endpoint import in_turn
from webapp.call import Call, get, in_transaction, post
from webapp.content.pages.pieces import IMAGE_HEADERS
from webapp.core.errors import NotFound, Problem
from webapp.editor import pictures
from webapp.editor.at import At, locked
from webapp.forms import Form
from webapp.writer import images
from webapp.writer.images import Picture
from webapp.writer.models import Content
from webapp.writer.pictures import sound

NO_STORE = {"Cache-Control": "no-store"}


class PictureForm(Form):
    """What is done (`act`), with which picture; the rest is said of it."""

    act: str = ""
    ref: str = ""
    url: str = ""
    alt: str = ""
    caption: str = ""
    image_type: str = "gallery"


@get("/content/{content_id:int}/pictures")
def show(call: Call, content_id: int) -> Response[str]:
    """All of them."""
    return _shown(call, access.get(call.db, call.member, Content, content_id))


@get("/content/{content_id:int}/pictures/{ref:str}")
def show_one(call: Call, content_id: int, ref: str) -> Response[bytes]:
    """The bytes of one, also while it lies beside the piece only."""
    content = access.get(call.db, call.member, Content, content_id)
    held = {one["ref"]: one["sha256"] for one in pictures.of(call.db, content)}
    sha256 = held.get(ref)
    found = images.bytes_of(call.db, content.account_id, sha256) if sha256 else None
    if found is None:
        raise NotFound
    return Response(found[1], media_type=found[0], headers=IMAGE_HEADERS)


@post("/content/{content_id:int}/pictures", status_code=200)
def act(call: Call, content_id: int, data: PictureForm) -> Response[str]:
    """Do something with one of them."""
    at = locked(call, content_id)
    content, problem = at.content, None
    try:
        _act(at, data)
        call.db.flush()
    except Problem as refused:
        if refused.is_of_page:
            raise
        problem = refused
        call.roll_back()
        content = access.get(call.db, call.member, Content, content_id)
    return _shown(call, content, data, problem)


def _act(at: At, data: PictureForm) -> None:
    if data.act == "add":
        picture = Picture(data.image_type, url=data.url, alt=data.alt, caption=data.caption)
        pictures.add(at, picture)
    elif data.act == "remove":
        pictures.remove(at, data.ref)
    elif data.act in pictures.MOVES:
        pictures.move(at, data.ref, pictures.MOVES[data.act])
    else:
        given = {name: getattr(data, name) for name in pictures.TEXTS if name in data.sent}
        pictures.change(at, data.ref, given)


def upload(call: Call, content_id: FromPath[int], body: bytes) -> Response[Any]:
    """Take the bytes of a new picture, as what `image_type` says, or with `ref` those that replace
    one. Under a `name` of its own one that is sent again, because no answer came, is there once."""
    with call.system.db.read() as db:  # before anything is made of the picture
        access.get(db, call.member, Content, content_id)
    file = sound(body)
    at, ref, filename = locked(call, content_id), call.query("ref"), call.query("filename")
    if ref:
        pictures.replace(at, ref, file, filename)
    else:
        kind, name = call.query("image_type", "gallery"), call.query("name")
        picture = Picture(kind, ref=name, file=file, filename=filename)
        ref = pictures.add(at, picture)["ref"]
    return Response({"ref": ref}, headers=NO_STORE)


_PATH = "/content/{content_id:int}/picture-files"
take = litestar.post(_PATH, status_code=200)(in_turn(in_transaction(upload, True, _PATH)))


def _shown(
    call: Call, content: Content, data: PictureForm | None = None, problem: Problem | None = None
) -> Response[str]:
    status = problem.status if problem else 200
    return call.fragment(
        "editor/_pictures.html",
        status=status,
        content=content,
        pictures=pictures.of(call.db, content),
        refused=data.ref if data and problem else None,
        problem=problem,
    )


ROUTES = [show, show_one, act, take]
