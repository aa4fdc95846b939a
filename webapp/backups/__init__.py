"""Backups that are looked at: made while everything runs, checked when they are made, and checked
again before anything is replaced by one. `igny8 backup`, `restore` and `rehearse-restore` are
these verbs.

    make       the database as it is at one moment, with what it holds and the key
    restore    a backup in the place of what is there, which is kept
    rehearse   a backup in an empty place: what it holds is compared, and nothing else is touched
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

import sqlalchemy as sa

from webapp.backups import about, digests, folders, keys, postgresql, sqlite
from webapp.backups.about import About, Table, Unusable
from webapp.backups.digests import Tell
from webapp.config import Config
from webapp.core import connecting, migrate, private, running
from webapp.core.clock import utc_now
from webapp.core.errors import Conflict
from webapp.integrations import known_keys

NOTHING = "There is nothing to save: the database is empty."


class _Copy(NamedTuple):
    """What of the database is in a new folder: its file, its schema, and what it holds."""

    file: Path
    revision: str
    tables: dict[str, Table]


def make(
    config: Config, to: Path, tell: Tell, *, with_key: bool = True, since: datetime | None = None
) -> Path:
    """A new folder below `to`; it has its name only once it is whole and was checked. One that was
    made `since` then is enough. Raises Conflict where it cannot be made."""
    with _told(f"No backup could be made in {to}"):
        if not _is_there(config):
            raise Conflict(NOTHING)
        with ExitStack() as stack:
            stack.enter_context(folders.taken(to))
            if since is not None and (newest := folders.newest(to)) and newest[1] >= since:
                return newest[0]
            now = utc_now()
            part, folder = stack.enter_context(folders.begun(to, now))
            copied = _copied(config, part, tell)
            manifest = About(
                format=about.FORMAT,
                version=metadata.version("igny8"),
                taken_at=now,
                kind=_kind(config),
                revision=copied.revision,
                file=copied.file.name,
                size=copied.file.stat().st_size,
                sha256=about.sha256_of(copied.file),
                keys=known_keys.marks(config),
                has_key=with_key and keys.put_along(config, part),
                tables=copied.tables,
            )
            about.write(part, manifest)
            folders.finish(part, folder)
        return folder


def check(config: Config, folder: Path, tell: Tell) -> About:
    """What the backup holds, once it is known to be whole and to fit this release and database.
    Raises Conflict."""
    told = about.read(folder)
    if told.kind != _kind(config):
        raise Unusable(
            f"{folder} is of a database of another kind: {told.kind}, and this one is "
            f"{_kind(config)}. Set IGNY8_DATABASE_URL to one of that kind."
        )
    if told.revision > migrate.newest_revision():
        raise Unusable(
            f"{folder} was made by a newer release of IGNY8 ({told.version}). Install that first."
        )
    tell("checking the backup")
    file = about.check_file(folder, told)
    (sqlite if config.is_sqlite else postgresql).check(file)
    return told


def restore(
    config: Config,
    folder: Path,
    tell: Tell,
    *,
    keep: bool = True,
    then: Callable[[], None] = lambda: None,
) -> About:
    """The backup becomes the database. What was there goes beside it, unless not to `keep`.

    Nobody else may run meanwhile; whoever starts waits, until `then` has run, too. Raises Conflict:
    unless its sentence says that the new data is in place, nothing has changed.
    """
    with _told("The backup could not be restored"):
        told = check(config, folder, tell)
        key = keys.that_fits(config, folder, told)
        aside = _aside(config) if keep else None
        with migrate.lock(config.database_url):
            with running.alone(config.database_url):
                tell("putting the backup in its place")
                _put(config, folder / told.file, told, aside, tell)
                if key is not None:
                    keys.put_in_place(config, key, aside)
            then()
    return told


def rehearse(config: Config, folder: Path, tell: Tell) -> About:
    """Restore into an empty place, compare, bring it to the newest schema, and put it away again.
    Raises Conflict with what is not as it was saved."""
    with _told("The backup could not be rehearsed"):
        told = check(config, folder, tell)
        with _elsewhere(config) as url:
            tell("restoring into an empty place")
            if config.is_sqlite:
                place = private.file_of(url)
                assert place is not None
                sqlite.put(folder / told.file, place, None, _comparing(told, tell))
            else:
                postgresql.load(folder / told.file, url)
                _compare(url, told, tell)
            tell("bringing it to the newest schema")
            migrate.upgrade(url)
    return told


def _copied(config: Config, part: Path, tell: Tell) -> _Copy:
    """The database's file in the folder, and what it holds; all of one moment."""
    if config.is_sqlite:
        file = part / sqlite.FILE
        with running.shared(config.database_url):
            sqlite.copy(_place(config), file, tell)
        tell("checking the copy")
        sqlite.check(file)
        with _connected(_url_of(file)) as connection:
            return _Copy(file, migrate.revision_in(connection) or "", digests.of(connection, tell))
    with _connected(config.database_url, isolation_level="REPEATABLE READ") as connection:
        file = part / postgresql.FILE
        snapshot = str(connection.scalar(sa.select(sa.func.pg_export_snapshot())))
        tables = digests.of(connection, tell)
        tell("dumping the database")
        postgresql.dump(connection, config.database_url, file, snapshot)
        postgresql.check(file)
        return _Copy(file, migrate.revision_in(connection) or "", tables)


def _put(config: Config, file: Path, told: About, aside: Path | None, tell: Tell) -> None:
    if config.is_sqlite:
        sqlite.put(file, _place(config), aside, _comparing(told, tell))
        return
    url = config.database_url
    if others := postgresql.others(url):
        raise Conflict(
            f"Others have the database open: {', '.join(others)}. Stop them first, and look that "
            "none is left; nothing was changed."
        )
    kept = ""
    if aside is not None and _is_there(config):
        tell("keeping what is there")
        kept = f" What was there is in {make(config, aside, tell)}."
    postgresql.load(file, url)
    try:
        _compare(url, told, tell)
    except Unusable as problem:
        raise Unusable(f"The new data is in place, but {problem.message}{kept}") from problem


def _compare(url: str, told: About, tell: Tell) -> None:
    tell("comparing")
    with _connected(url) as connection:
        different = digests.differences(told.tables, digests.of(connection, tell))
    if different:
        raise Unusable(f"what was restored is not what was saved: {'; '.join(different)}.")


def _comparing(told: About, tell: Tell) -> Callable[[Path], None]:
    return lambda file: _compare(_url_of(file), told, tell)


def _is_there(config: Config) -> bool:
    """Whether there is a database with a schema."""
    file = private.file_of(config.database_url)
    if file is not None and not file.is_file():
        return False
    return migrate.revision(config.database_url) is not None


def _kind(config: Config) -> str:
    return "sqlite" if config.is_sqlite else "postgresql"


def _place(config: Config) -> Path:
    place = private.file_of(config.database_url)
    assert place is not None
    return place


def _aside(config: Config) -> Path:
    """Where what is there is kept: beside an SQLite database, on its file system."""
    beside = _place(config).parent if config.is_sqlite else config.var
    return beside / f"before-restore-{utc_now():{folders.STAMP}}"


def _url_of(file: Path) -> str:
    return sa.URL.create("sqlite", database=str(file)).render_as_string()


@contextmanager
def _connected(url: str, **options: str) -> Iterator[sa.Connection]:
    engine = connecting.unpooled(url)
    with engine.connect().execution_options(**options) as connection:
        yield connection


@contextmanager
def _elsewhere(config: Config) -> Iterator[str]:
    """The address of an empty place for a database, gone afterwards."""
    if not config.is_sqlite:
        with postgresql.empty(config.database_url) as url:
            yield url
        return
    beside = _place(config).parent
    with tempfile.TemporaryDirectory(prefix="igny8-rehearsal-", dir=beside) as directory:
        yield _url_of(Path(directory) / sqlite.FILE)


@contextmanager
def _told(what: str) -> Iterator[None]:
    """What the machine or the database refuses is told in a sentence."""
    try:
        yield
    except (OSError, sqlite3.Error, sa.exc.SQLAlchemyError) as problem:
        said = str(getattr(problem, "orig", None) or problem).strip()
        raise Conflict(f"{what}: {said}") from problem
