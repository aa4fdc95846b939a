"""The files below static/, at addresses that name their release, so that a browser asks for each
of them once.

The release stands before the path, not behind it: what a style sheet or an icon names relative to
itself is then of the same release.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from functools import cache
from pathlib import PurePath

from litestar.file_system import BaseLocalFileSystem
from litestar.response.file import ASGIFileResponse
from litestar.static_files import StaticFiles

from webapp.config import root

_FOLDER = root() / "static"
_FOREVER = "public, max-age=31536000, immutable"
# While machines go over to a new release one by one, a page of one may ask another for its files:
# it gets those that are there, and asks again the next time.
_ASK_AGAIN = "no-cache"
# As Biome lays it out: at the beginning of a line, perhaps over several, of a relative path.
_IMPORT = re.compile(r'^import\b[^;"]*"(\.[^"]+)";', re.M)


@cache
def release() -> str:
    """Ten digits that change whenever one of the files does."""
    digest = hashlib.sha256()
    for path in sorted(_FOLDER.rglob("*")):
        if path.is_file():
            digest.update(f"{path.relative_to(_FOLDER)}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:10]


def address(path: str) -> str:
    """Where a browser finds a file below static/."""
    return f"/static/{release()}/{path}"


@cache
def imports(path: str) -> tuple[str, ...]:
    """The modules that a script imports, with those that these import, each once."""
    found = {path: None}
    waiting = [path]
    while waiting:
        one = waiting.pop()
        text = (_FOLDER / one).read_text()
        named = [posixpath.join(posixpath.dirname(one), other) for other in _IMPORT.findall(text)]
        new = [other for other in map(posixpath.normpath, named) if other not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(found)[1:]


def _files(cache: str) -> StaticFiles:
    return StaticFiles(
        is_html_mode=False,
        directories=[_FOLDER],
        file_system=BaseLocalFileSystem(),
        headers={"Cache-Control": cache},
    )


_OURS, _OTHERS = _files(_FOREVER), _files(_ASK_AGAIN)


async def send(named: str, file_path: PurePath, *, is_head: bool) -> ASGIFileResponse:
    """The file that was asked for under the name of a release."""
    files = _OURS if named == release() else _OTHERS
    return await files.handle(file_path.as_posix(), is_head_response=is_head)
