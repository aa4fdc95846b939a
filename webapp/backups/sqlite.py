"""A copy of an SQLite database, made by SQLite itself, and one put in another's place."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from webapp.backups.about import Unusable, to_disk
from webapp.core import private
from webapp.core.errors import Conflict

FILE = "igny8.sqlite"
PAGES = 4096  # at once; 16 MB
BRIEFLY = 2.0  # seconds: who has the file open now has it open in a while
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


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


def check(path: Path, name: Path | None = None) -> None:
    """Raises Unusable where SQLite finds something wrong with a file that nobody writes. `name` is
    what people know it by."""
    with closing(_read_only(path, "immutable=1")) as database:
        found = faults(database, "integrity_check")
    if found:
        raise Unusable(f"{name or path} is damaged: {'; '.join(found)}.")


def look(path: Path) -> list[str]:
    """What SQLite finds wrong with a database that is in use: the first three faults. It reads
    every page, and leaves out only whether indexes agree with their tables."""
    with closing(_read_only(path)) as database:
        return faults(database, "quick_check")


def faults(database: sqlite3.Connection, pragma: str) -> list[str]:
    """What a check finds. Raises sqlite3.OperationalError where it cannot look."""
    try:
        found = [str(row[0]) for row in database.execute(f"PRAGMA {pragma}(3)")]
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode not in DAMAGED:
            raise
        return [str(problem)]
    return [] if found == ["ok"] else found


def put(source: Path, place: Path, aside: Path | None, compare: Callable[[Path], None]) -> None:
    """The file becomes the database at that place; what stood there goes `aside`, or away.

    At each moment there is the old database or the new one, whole: what of the old one is still in
    its journal is written into it first, and then one file takes the place of the other. `compare`
    looks at the new one before that. Raises Conflict, and the old one stands.
    """
    coming = place.with_name(f"{place.name}.restoring")
    try:
        shutil.copyfile(source, coming)
        private.give(coming, like=place if place.exists() else place.parent)
        check(coming)
        compare(coming)
        to_disk(coming)
        if place.exists():
            _settle(place)
            _keep(place, aside)
        coming.replace(place)
        to_disk(place.parent)
    finally:
        coming.unlink(missing_ok=True)


def _settle(place: Path) -> None:
    """Write all that stands in the journal into the file, and leave nothing beside it. One that is
    damaged is left as it is: nothing of it is used again."""
    try:
        with closing(_opened(place, BRIEFLY)) as database:
            is_busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            (mode,) = database.execute("PRAGMA journal_mode=DELETE").fetchone()
    except sqlite3.DatabaseError as problem:
        if problem.sqlite_errorcode in DAMAGED:
            return
        raise
    if is_busy or mode != "delete":
        raise Conflict(f"A program has {place} open. End it first; nothing was changed.")


def _keep(place: Path, aside: Path | None) -> None:
    """The old file gets a second name, or a copy where the file system knows no such."""
    left = [place.with_name(place.name + end) for end in private.JOURNALS]
    if aside is None:
        for one in left:
            one.unlink(missing_ok=True)
        return
    aside.mkdir(parents=True, exist_ok=True, mode=0o700)
    private.give(aside, like=place)
    try:
        os.link(place, aside / place.name)
    except OSError:
        shutil.copy2(place, aside / place.name)
    for one in left:  # of a damaged one only: else nothing is left
        with suppress(FileNotFoundError):
            shutil.move(one, aside / one.name)
    to_disk(aside)


def _opened(path: Path, seconds: float = 30) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=seconds, isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    return database


def _read_only(path: Path, *options: str) -> sqlite3.Connection:
    query = "&".join(("mode=ro", *options))
    return sqlite3.connect(f"{path.absolute().as_uri()}?{query}", uri=True, timeout=30)
