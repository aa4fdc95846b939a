"""The files below static/, at addresses that name their release, so that a browser asks for each
of them once.

The release stands before the path, not behind it: what a style sheet or an icon names relative to
itself is then of the same release. A process reads and packs each file once. A style sheet is sent
with those that it imports in their places: a browser would learn of them only when it has it, and
ask for each.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from functools import cache
from typing import NamedTuple

from webapp.config import root
from webapp.core.errors import NotFound

_FOLDER = root() / "static"
_FOREVER = "public, max-age=31536000, immutable"
# While machines go over to a new release one by one, a page of one may ask another for its files:
# it gets those that are there, and asks again the next time.
_ASK_AGAIN = "no-cache"
# As Biome lays it out: at the beginning of a line, perhaps over several, of a relative path.
_IMPORT = re.compile(r'^import\b[^;"]*"(\.[^"]+)";', re.M)
_SHEET = re.compile(r'^@import url\("([^"]+)"\) layer\((\w+)\)( \([^()]+\))?;$', re.M)
# Our own scripts explain themselves in lines of their own, and are indented: nobody has to load
# that. The lines stay, so that an error is told with the line where it is.
_FOR_READERS = re.compile(rb"^[ ]+(?://.*)?|^//.*", re.M)
_BESIDE = re.compile(r'url\("(\.[^"]+)"\)')
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",  # packed already
}
_TEXT = "text/plain; charset=utf-8"

Sent = tuple[bytes, dict[str, str]]


class Asset(NamedTuple):
    """A file as it is sent; `packed` for those who read gzip, the same where that gains nothing."""

    body: bytes
    packed: bytes
    media_type: str

    def as_sent(self, named: str, accepts: str) -> Sent:
        """Its bytes and headers for who asked by the name of a release and reads such codings."""
        is_packed = "gzip" in accepts and self.packed is not self.body
        body = self.packed if is_packed else self.body
        headers = {
            "Cache-Control": _FOREVER if named == release() else _ASK_AGAIN,
            "Content-Type": self.media_type,
            "Content-Length": str(len(body)),
            "Vary": "Accept-Encoding",
        }
        return body, headers | ({"Content-Encoding": "gzip"} if is_packed else {})


@cache
def _paths() -> frozenset[str]:
    """All files; nothing else is given away."""
    return frozenset(
        path.relative_to(_FOLDER).as_posix() for path in _FOLDER.rglob("*") if path.is_file()
    )


@cache
def release() -> str:
    """Ten digits that change whenever one of the files does."""
    digest = hashlib.sha256()
    for path in sorted(_paths()):
        digest.update(f"{path}\n".encode())
        digest.update(hashlib.sha256((_FOLDER / path).read_bytes()).digest())
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


def find(path: str) -> Asset:
    """The file below static/; raises NotFound for what is not there."""
    if path not in _paths():
        raise NotFound
    return _read(path)


@cache
def _read(path: str) -> Asset:
    ending = posixpath.splitext(path)[1]
    body = joined(path).encode() if ending == ".css" else (_FOLDER / path).read_bytes()
    if ending == ".js" and path.startswith("js/"):
        body = _FOR_READERS.sub(b"", body)
    packed = body if ending == ".woff2" else gzip.compress(body, mtime=0)
    return Asset(body, packed, _TYPES.get(ending, _TEXT))


def joined(path: str) -> str:
    """A style sheet with those that it imports in their places, each in its layer, and for the
    widths that the import names. What they name relative to themselves is named from where they
    then stand."""
    home = posixpath.dirname(path)

    def placed(found: re.Match[str]) -> str:
        named, layer, widths = found.groups()
        other = posixpath.normpath(posixpath.join(home, named))
        theirs = posixpath.dirname(other)

        def renamed(beside: re.Match[str]) -> str:
            there = posixpath.join(theirs, beside[1])
            return f'url("./{posixpath.relpath(there, home or ".")}")'

        rules = _BESIDE.sub(renamed, joined(other))
        rules = f"@media{widths} {{\n{rules}\n}}" if widths else rules
        return f"@layer {layer} {{\n{rules}\n}}"

    return _SHEET.sub(placed, (_FOLDER / path).read_text("utf-8"))
