"""Who has an SQLite database open: each process holds a lock beside it, together with the others;
one that replaces the database must be alone. Whoever dies holds nothing any more.

PostgreSQL knows by itself who is there (backups/postgresql.py).
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from webapp.core import private
from webapp.core.errors import Conflict

ENDING = private.LOCKS[0]
IN_USE = (
    "IGNY8 runs on this database: a web process, a worker, or another command. Stop it first; "
    "nothing was changed."
)


def share(url: str) -> IO[str] | None:
    """A share of the lock, until it is closed or the process ends; None where there is none to
    have. Raises Conflict while the database is being replaced."""
    lock = private.lock_of(url, ENDING)
    if lock is None:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise Conflict("The database is being restored. Wait until that is done.") from None
    return lock


@contextmanager
def shared(url: str) -> Iterator[None]:
    """The same for as long as something lasts."""
    lock = share(url)
    try:
        yield
    finally:
        if lock is not None:
            lock.close()


@contextmanager
def alone(url: str) -> Iterator[None]:
    """Nobody else has the database open, and nobody opens it meanwhile. Raises Conflict."""
    lock = private.lock_of(url, ENDING)
    if lock is None:
        yield
        return
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(IN_USE) from None
        yield
