"""Backups that are looked at: made while everything runs, checked when they are made, and checked
again before anything is replaced by one. `igny8 backup`, `restore` and `rehearse-restore` are
these verbs.

    make       the database as it is at one moment, with what it holds and the key
    restore    a backup in the place of what is there, which is kept
    rehearse   a backup in an empty place: what it holds is compared, and nothing else is touched
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import metadata
from pathlib import Path

import sqlalchemy as sa

from webapp.backups import about, digests, postgresql, sqlite
from webapp.backups.about import About, Table, Unusable
from webapp.config import Config
from webapp.core import migrate, running
from webapp.core.clock import utc_now
from webapp.core.errors import Conflict

Tell = Callable[[str], None]
PREFIX = "igny8-"
_STAMP = "%Y%m%dT%H%M%SZ"


def make(config: Config, to: Path, tell: Tell, *, with_key: bool = True) -> Path:
    """A new folder below `to`; it has its name only once it is whole and was checked. Raises
    Conflict where it cannot be made."""
    now, revision = utc_now(), _revision(config)
    folder = _free(to, now)
    part = folder.with_name(folder.name + about.UNFINISHED)
    part.mkdir(parents=True, mode=0o700)
    try:
        name, tables = _copied(config, part, tell)
        has_key = with_key and _put_key(config, part)
        made = part / name
        about.write(
            part,
            About(
                format=about.FORMAT,
                version=metadata.version("igny8"),
                taken_at=now,
                kind=_kind(config),
                revision=revision,
                file=name,
                size=made.stat().st_size,
                sha256=about.sha256_of(made),
                keys=[about.mark_of(key) for key in config.secret_keys],
                has_key=has_key,
                tables=tables,
            ),
        )
        about.to_disk(part)
        part.rename(folder)
        about.to_disk(to)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def check(config: Config, folder: Path, tell: Tell) -> About:
    """What the backup holds, once it is known to be whole and to fit this release and database.
    Raises Conflict."""
    told = about.read(folder)
    if told.kind != _kind(config):
        raise Unusable(
            f"{folder} is of a database of another kind: {told.kind}, and this one is "
            f"{_kind(config)}. `igny8 move-to` takes contents from one to the other."
        )
    if told.revision > migrate.newest_revision():
        raise Unusable(
            f"{folder} was made by a newer release of IGNY8 ({told.version}). Install that first."
        )
    tell("checking the backup")
    file = about.check_file(folder, told)
    if config.is_sqlite:
        with _beside(file) as copied:
            sqlite.check(copied)
    else:
        postgresql.check(file)
    return told


def restore(config: Config, folder: Path, tell: Tell, *, keep: Path | None) -> About:
    """The backup becomes the database. What was there goes below `keep`, or is lost without one.

    Nobody else may run meanwhile; whoever starts waits. Raises Conflict, and nothing has changed.
    """
    told = check(config, folder, tell)
    with running.alone(config.database_url), migrate.lock(config.database_url):
        others = [] if config.is_sqlite else postgresql.others(config.database_url)
        if others:
            raise Conflict(
                f"Others have the database open: {', '.join(others)}. Stop them first, and look "
                "that none is left."
            )
        key = _key_that_fits(config, folder, told)
        aside = (keep or config.var) / f"before-restore-{utc_now():{_STAMP}}"
        tell("putting the backup in its place")
        if config.is_sqlite:
            sqlite.put(folder / told.file, _place(config), aside)
        else:
            if keep is not None and migrate.revision(config.database_url):
                tell("keeping what is there")
                make(config, aside, tell)
            postgresql.load(folder / told.file, config.database_url)
        if key is not None:
            _take_key(config, key, aside)
        tell("comparing")
        _compare(config.database_url, told, tell)
    return told


def rehearse(config: Config, folder: Path, tell: Tell) -> About:
    """Restore into an empty place, compare, bring it to the newest schema, and put it away again.
    Raises Conflict with what is not as it was saved."""
    told = check(config, folder, tell)
    with _elsewhere(config) as url:
        tell("restoring into an empty place")
        if config.is_sqlite:
            place = Path(sa.make_url(url).database or "")
            sqlite.put(folder / told.file, place, place.with_name("aside"))
        else:
            postgresql.load(folder / told.file, url)
        _compare(url, told, tell)
        tell("bringing it to the newest schema")
        migrate.upgrade(url)
    return told


def found(to: Path) -> list[Path]:
    """The finished backups in a folder, the newest last."""
    folders = [one for one in to.glob(f"{PREFIX}*") if (one / about.NAME).is_file()]
    return sorted(one for one in folders if one.suffix != about.UNFINISHED)


def keep_newest(to: Path, number: int) -> list[Path]:
    """Remove all but so many of the newest; those that went."""
    gone = found(to)[:-number]
    for folder in gone:
        shutil.rmtree(folder)
    return gone


def _copied(config: Config, part: Path, tell: Tell) -> tuple[str, dict[str, Table]]:
    """The database's file in the folder, and what it holds; both of one moment."""
    if config.is_sqlite:
        file = part / sqlite.FILE
        sqlite.copy(_place(config), file, tell)
        tell("checking the copy")
        sqlite.check(file)
        return sqlite.FILE, _held(f"sqlite:///{file}", tell)
    engine = sa.create_engine(config.database_url, poolclass=sa.pool.NullPool)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(sa.select(sa.func.pg_export_snapshot()))
        tell("dumping the database")
        postgresql.dump(config.database_url, part / postgresql.FILE, str(snapshot))
        return postgresql.FILE, digests.of(connection, tell)


def _held(url: str, tell: Tell) -> dict[str, Table]:
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        return digests.of(connection, tell)


def _compare(url: str, told: About, tell: Tell) -> None:
    different = digests.differences(told.tables, _held(url, tell))
    if different:
        raise Unusable(f"What was restored is not what was saved: {'; '.join(different)}.")


def _revision(config: Config) -> str:
    is_there = not config.is_sqlite or _place(config).is_file()
    revision = migrate.revision(config.database_url) if is_there else None
    if revision is None:
        raise Conflict("There is nothing to save: the database is empty.")
    return revision


def _key_that_fits(config: Config, folder: Path, told: About) -> Path | None:
    """The key's file to put in place; None where the key here opens the backup's secrets. Raises
    Unusable where nothing does."""
    if {about.mark_of(key) for key in config.secret_keys} & set(told.keys):
        return None
    if told.has_key and _key_file(config).is_file():
        return folder / about.KEY
    raise Unusable(
        "The connection keys in this backup were locked with another key than IGNY8 has here. Set "
        "IGNY8_SECRET_KEYS as it was when the backup was made, and begin again."
    )


def _put_key(config: Config, part: Path) -> bool:
    """The key's file goes along where the installation has made its key itself."""
    own = _key_file(config)
    if not own.is_file() or own.read_text().strip() not in config.secret_keys:
        return False
    kept = part / about.KEY
    kept.touch(mode=0o600)
    kept.write_bytes(own.read_bytes())
    about.to_disk(kept)
    return True


def _take_key(config: Config, key: Path, aside: Path) -> None:
    own = _key_file(config)
    aside.mkdir(parents=True, exist_ok=True)
    shutil.copy2(own, aside / own.name)
    coming = own.with_name(f"{own.name}.restoring")
    coming.touch(mode=0o600)
    coming.write_bytes(key.read_bytes())
    about.to_disk(coming)
    coming.replace(own)


def _key_file(config: Config) -> Path:
    return config.var / about.KEY


def _kind(config: Config) -> str:
    return "sqlite" if config.is_sqlite else "postgresql"


def _place(config: Config) -> Path:
    return Path(sa.make_url(config.database_url).database or "")


def _free(to: Path, now: datetime) -> Path:
    """A name of its own, also for the second one of a second."""
    name, number = f"{PREFIX}{now:{_STAMP}}", 1
    while (to / name).exists() or (to / f"{name}{about.UNFINISHED}").exists():
        number += 1
        name = f"{PREFIX}{now:{_STAMP}}-{number}"
    return to / name


@contextmanager
def _beside(file: Path) -> Iterator[Path]:
    """A copy to open: SQLite may write beside what it reads, and a backup is left as it is."""
    with tempfile.TemporaryDirectory(prefix="igny8-") as directory:
        yield Path(shutil.copyfile(file, Path(directory) / file.name))


@contextmanager
def _elsewhere(config: Config) -> Iterator[str]:
    """The address of an empty place for a database, gone afterwards."""
    if not config.is_sqlite:
        with postgresql.empty(config.database_url) as url:
            yield url
        return
    with tempfile.TemporaryDirectory(prefix="igny8-", dir=config.var) as directory:
        yield f"sqlite:///{Path(directory) / sqlite.FILE}"
