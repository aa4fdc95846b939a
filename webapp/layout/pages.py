"""The files below static/, and the parts of the layout that tabs fetch anew after a change."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import litestar
from litestar import Request, Response
from litestar.params import FromPath

from webapp.call import Call, get
from webapp.core import assets


@get("/layout/count")
def count(call: Call) -> Response[str]:
    """The number beside Review."""
    return call.page("shared/_count.html")


@get("/layout/attention")
def attention(call: Call) -> Response[str]:
    """The number beside Queue."""
    return call.page("shared/_attention.html")


@get("/layout/line")
def line(call: Call) -> Response[str]:
    """What is wrong right now."""
    return call.page("shared/_line.html")


_PATH = "/static/{named:str}/{file_path:path}"
_OPTIONS = {"is_public_file": True}


@litestar.get(_PATH, opt=_OPTIONS)
async def file(
    request: Request[Any, Any, Any], named: FromPath[str], file_path: FromPath[PurePath]
) -> Response[bytes]:
    """A file below static/; 404 for what is not there."""
    body, headers = _sent(request, named, file_path)
    return Response(body, headers=headers)


@litestar.head(_PATH, opt=_OPTIONS)
async def file_head(
    request: Request[Any, Any, Any], named: FromPath[str], file_path: FromPath[PurePath]
) -> Response[None]:
    """What `file` would say of itself."""
    return Response(None, headers=_sent(request, named, file_path)[1])


def _sent(request: Request[Any, Any, Any], named: str, path: PurePath) -> assets.Sent:
    found = assets.find(path.as_posix().lstrip("/"))
    return found.as_sent(named, request.headers.get("accept-encoding", ""))


ROUTES = [count, attention, line]
FILES = [file, file_head]
