"""The files below static/, and the parts of the layout that tabs fetch anew after a change."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import litestar
from litestar import Request, Response
from litestar.params import FromPath
from litestar.response.file import ASGIFileResponse
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.core import assets
from webapp.core.handlers import get
from webapp.core.web import page


@get("/layout/count")
def count(request: Request[Member, str, Any], db: Session) -> Response[str]:
    """The number beside Review."""
    return page(request, db, "shared/_count.html")


@get("/layout/attention")
def attention(request: Request[Member, str, Any], db: Session) -> Response[str]:
    """The number beside Queue."""
    return page(request, db, "shared/_attention.html")


@get("/layout/line")
def line(request: Request[Member, str, Any], db: Session) -> Response[str]:
    """What is wrong right now."""
    return page(request, db, "shared/_line.html")


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
