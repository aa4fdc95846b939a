"""The files below static/, and the parts of the layout that tabs fetch anew after a change."""

from __future__ import annotations

from pathlib import PurePath

import litestar
from litestar import Response
from litestar.params import FromPath
from litestar.response.file import ASGIFileResponse

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
async def file(named: FromPath[str], file_path: FromPath[PurePath]) -> ASGIFileResponse:
    """A file below static/; 404 for what is not there."""
    return await assets.send(named, file_path, is_head=False)


@litestar.head(_PATH, opt=_OPTIONS)
async def file_head(named: FromPath[str], file_path: FromPath[PurePath]) -> ASGIFileResponse:
    """What `file` would say of itself."""
    return await assets.send(named, file_path, is_head=True)


ROUTES = [count, attention, line]
FILES = [file, file_head]
