"""A copy of an SQLite database, made by SQLite itself, and one put in another's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from webapp.backups.about import Unusable, to_disk

FILE = "igny8.sqlite"
PAGES = 4096  # at once; 16 MB
BESIDE = ("-wal", "-shm", "-journal")


def copy(source: Path, target: Path, tell: Callable[[str], None]) -> None:
    """The database as it is at this moment, in one file of its own; others go on writing."""

    def progress(_status: int, remaining: int, total: int) -> None:
        tell(f"{total - remaining:,} of {total:,} pages")

    with closing(_opened(source)) as origin, closing(_opened(target)) as made:
        origin.execute("BEGIN")  # one moment for all pages, whoever writes meanwhile
        origin.execute("SELECT count(*) FROM sqlite_master").fetchone()
        origin.backup(made, pages=PAGES, progress=progress)
        origin.execute("ROLLBACK")
        made.execute("PRAGMA journal_mode=DELETE")
    to_disk(target)


def check(path: Path) -> None:
    """Raises Unusable where SQLite finds something wrong with the file."""
    found = faults(path, "integrity_check")
    if found:
        raise Unusable(f"{path} is damaged: {'; '.join(found)}.")


def faults(path: Path, pragma: str = "quick_check") -> list[str]:
    """What SQLite finds wrong with the file: the first three. The quick check reads every page, and
    leaves out only whether indexes agree with their tables."""
    try:
        with closing(_opened(path)) as database:
            found = [str(row[0]) for row in database.execute(f"PRAGMA {pragma}(3)")]
    except sqlite3.DatabaseError as problem:
        return [str(problem)]
    return [] if found == ["ok"] else found


def put(source: Path, place: Path, aside: Path) -> None:
    """The file becomes the database at that place; what stood there goes `aside`.

    At each moment there is the old database or the new one, whole: what of the old one is still in
    its journal is written into it first, and then one file takes the place of the other.
    """
    coming = place.with_name(f"{place.name}.restoring")
    shutil.copyfile(source, coming)
    check(coming)
    to_disk(coming)
    if place.exists():
        _settle(place)
        aside.mkdir(parents=True, exist_ok=True)
        os.link(place, aside / place.name)
    for end in BESIDE:
        left = place.with_name(place.name + end)
        if left.exists():
            aside.mkdir(parents=True, exist_ok=True)
            left.rename(aside / left.name)
    coming.replace(place)
    to_disk(place.parent)


def _settle(place: Path) -> None:
    """Leave nothing beside the file. One that is too damaged for that is put aside as it is."""
    try:
        with closing(_opened(place)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            database.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError:
        return


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=30, isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    return database
