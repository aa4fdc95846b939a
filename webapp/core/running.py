"""Who has an SQLite database open: each process holds a lock beside it, together with the others;
one that replaces the database must be alone. Whoever dies holds nothing any more.

PostgreSQL knows by itself who is there (backups/postgresql.py).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import sqlalchemy as sa

from webapp.core import private
from webapp.core.errors import Conflict

SOMEBODY = (
    "IGNY8 runs on this database: a web process, a worker, or another command. Stop it first; "
    "nothing was changed."
)


def together(url: str) -> IO[str] | None:
    """A share of the lock, until it is closed or the process ends; None where there is none to
    have. Raises Conflict while the database is being replaced."""
    path = _path(url)
    if path is None:
        return None
    lock = _opened(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Conflict("The database is being restored. Wait until that is done.") from None
    return lock


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Nobody else has the database open, and nobody opens it meanwhile. Raises Conflict."""
    path = _path(url)
    if path is None:
        yield
        return
    with _opened(path) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(SOMEBODY) from None
        yield


def _opened(path: Path) -> IO[str]:
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, private.MODE), "r+")


def _path(url: str) -> Path | None:
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    path = Path(parsed.database).with_suffix(".running-lock")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path
