"""Files that only their owner reads: databases with all beside them, keys, a first password."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

import sqlalchemy as sa

MODE = 0o600
OTHERS = 0o077
BESIDE = ("", "-wal", "-shm", "-journal")
NAMES = ("secret.key", "demo-login.json")


def ask_for() -> None:
    """From now on whatever this process writes is for its owner only."""
    os.umask(OTHERS)


def database(url: str) -> None:
    """Make an SQLite database's file before SQLite does, which would let everybody read it.

    SQLite gives the files beside it the same rights.
    """
    path = _file(url)
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
    databases = [path for path in map(_file, urls) if path is not None]
    beside = [Path(f"{path}{end}") for path in databases for end in BESIDE]
    return [path for path in (*beside, *(var / name for name in NAMES)) if path.is_file()]


def _file(url: str) -> Path | None:
    parsed = sa.make_url(url) if url.startswith("sqlite") else None
    return Path(parsed.database) if parsed is not None and parsed.database else None
