"""Files that only their owner reads: databases with all beside them, keys, a first password."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import IO

import sqlalchemy as sa

MODE = 0o600
OTHERS = 0o077
JOURNALS = ("-wal", "-shm", "-journal")
LOCKS = (".running-lock", ".migrate-lock")
NAMES = ("secret.key", "demo-login.json")


def ask_for() -> None:
    """From now on whatever this process writes is for its owner only."""
    os.umask(OTHERS)


def database(url: str) -> None:
    """Make an SQLite database's file before SQLite does, which would let everybody read it.

    SQLite gives the files beside it the same rights.
    """
    path = file_of(url)
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=MODE)


def repair(var: Path, urls: Iterable[str]) -> list[Path]:
    """Take what others may do with our files; those where that did not work."""
    left = []
    for path in _files(var, urls):
        try:
            if stat.S_IMODE(path.stat().st_mode) & OTHERS:
                path.chmod(MODE)
        except FileNotFoundError:  # SQLite puts its own away
            continue
        except PermissionError:
            left.append(path)
    return left


def _files(var: Path, urls: Iterable[str]) -> list[Path]:
    databases = [path for path in map(file_of, urls) if path is not None]
    beside = [Path(f"{path}{end}") for path in databases for end in ("", *JOURNALS, *LOCKS)]
    return [path for path in (*beside, *(var / name for name in NAMES)) if path.is_file()]


def file_of(url: str) -> Path | None:
    """The file of an SQLite database, wherever a link leads; None of another one."""
    parsed = sa.make_url(url) if url.startswith("sqlite") else None
    return Path(parsed.database).resolve() if parsed is not None and parsed.database else None


def lock_of(url: str, ending: str) -> IO[str] | None:
    """A file beside an SQLite database to lock, which belongs to whom that does, whoever made it:
    also a command that was called by root. None of another database."""
    path = file_of(url)
    if path is None:
        return None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(f"{path}{ending}", os.O_RDWR | os.O_CREAT, MODE)
    give(handle, like=path if path.exists() else path.parent)
    return os.fdopen(handle, "r+")


def give(made: Path | int, *, like: Path) -> None:
    """What root has made belongs to whom the other one does."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(made, owner.st_uid, owner.st_gid)
