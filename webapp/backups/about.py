"""What a backup is: a folder with the database, what it held, and the key that opens its secrets.

`about.json` says what must be found in it, so that a backup is looked at before anything is
replaced by it, and what was restored can be compared with what was saved.
"""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path

import msgspec

from webapp.core import decoders
from webapp.core.errors import Conflict

NAME = "about.json"
FORMAT = 1


class Table(msgspec.Struct, frozen=True):
    """How many rows a table has, and a digest of all of them in the order of their ids."""

    rows: int
    digest: str


class About(msgspec.Struct, frozen=True):
    """`kind` is "sqlite" or "postgresql", `revision` the newest migration of the database. `keys`
    are marks of the keys that open its secrets; `size` (bytes) and `sha256` are of its `file`."""

    format: int
    version: str
    taken_at: datetime
    kind: str
    revision: str
    file: str
    size: int
    sha256: str
    keys: list[str]
    has_key: bool
    tables: dict[str, Table]

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(table.rows for table in self.tables.values())


class Unusable(Conflict):
    """A folder that is no backup, or no whole one: the message says what is wrong, what helps."""


def write(folder: Path, about: About) -> None:
    """The last file of a backup: without it the folder is none."""
    path = folder / NAME
    path.write_bytes(msgspec.json.format(msgspec.json.encode(about), indent=1))
    to_disk(path)


def read(folder: Path) -> About:
    """What the folder says of itself. Raises Unusable."""
    try:
        about = decoders.decode((folder / NAME).read_bytes(), About)
    except FileNotFoundError:
        raise Unusable(f"{folder} is no backup: there is no {NAME} in it.") from None
    except (OSError, msgspec.MsgspecError) as problem:
        raise Unusable(f"{folder / NAME} cannot be read: {problem}") from None
    if about.format != FORMAT:
        raise Unusable(f"{folder} was made by a newer release of IGNY8. Install that one first.")
    return about


def check_file(folder: Path, about: About) -> Path:
    """The database's file, as long and as it was when it was written. Raises Unusable."""
    path = folder / about.file
    if not path.is_file():
        raise Unusable(f"{folder} lacks its database, {about.file}. Use another backup.")
    if path.stat().st_size != about.size or sha256_of(path) != about.sha256:
        raise Unusable(f"{path} is damaged: it is not what was written. Use another backup.")
    return path


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def to_disk(path: Path) -> None:
    """Wait until a file or a folder's names are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
