"""Backups are whole or none, are looked at before they replace anything, and keep what was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from tests.operations.holding import held, quiet
from webapp import backups
from webapp.backups import about, digests, folders
from webapp.backups.about import Table
from webapp.config import Config
from webapp.core import migrate, running
from webapp.core.errors import Conflict
from webapp.core.secrets import key_mark

both = pytest.mark.both_databases


@both
def test_what_is_restored_is_what_was_saved(saved: Path, config: Config) -> None:
    since = held(config.database_url)
    told = backups.restore(config, saved, quiet, keep=True)
    assert held(config.database_url) == told.tables
    assert digests.differences(told.tables, since) == [
        f"contents: {told.tables['contents'].rows} rows were saved, "
        f"{since['contents'].rows} are there",
        *[one for one in digests.differences(told.tables, since) if "contents:" not in one],
    ]
    [aside] = config.var.glob("before-restore-*")
    if config.is_sqlite:
        assert held(f"sqlite:///{aside / 'igny8.sqlite'}") == since
    else:
        [kept] = folders.found(aside)
        assert about.read(kept).tables == since
        backups.restore(config, kept, quiet, keep=False)
        assert held(config.database_url) == since


@both
def test_a_rehearsal_compares_all_and_leaves_nothing(saved: Path, config: Config) -> None:
    before, files = held(config.database_url), sorted(config.var.iterdir())
    told = backups.rehearse(config, saved, quiet)
    assert told.rows == about.read(saved).rows > 100
    assert (held(config.database_url), sorted(config.var.iterdir())) == (before, files)
    one = told.tables["contents"]
    other = {**told.tables, "contents": Table(one.rows, "0" * 64), "gone": Table(1, "")}
    about.write(saved, msgspec.structs.replace(told, tables=other))
    with pytest.raises(Conflict) as problem:
        backups.rehearse(config, saved, quiet)
    assert "contents: its 6 rows are not" in str(problem.value).replace("5 rows", "6 rows")
    assert "gone: is not there" in str(problem.value)


@both
def test_a_newer_schema_goes_with_the_database_that_had_it(saved: Path, config: Config) -> None:
    """What is not in the backup is not there afterwards, tables and all."""
    engine = sa.create_engine(config.database_url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_tomorrow (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    backups.restore(config, saved, quiet, keep=False)
    assert migrate.revision(config.database_url) == migrate.newest_revision()
    assert "of_tomorrow" not in held(config.database_url)


def flipped(folder: Path) -> None:
    path = folder / about.read(folder).file
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)


def truncated(folder: Path) -> None:
    path = folder / about.read(folder).file
    path.write_bytes(path.read_bytes()[:-4096])


def lost(folder: Path) -> None:
    (folder / about.read(folder).file).unlink()


def unnamed(folder: Path) -> None:
    (folder / about.NAME).unlink()


def garbled(folder: Path) -> None:
    (folder / about.NAME).write_text("{")


def changed(folder: Path, **fields: object) -> None:
    about.write(folder, msgspec.structs.replace(about.read(folder), **fields))


def newer(folder: Path) -> None:
    changed(folder, revision="9999", version="9.9")


def newest(folder: Path) -> None:
    changed(folder, format=99)


def other_kind(folder: Path) -> None:
    is_sqlite = about.read(folder).kind == "sqlite"
    changed(folder, kind="postgresql" if is_sqlite else "sqlite")


def other_key(folder: Path) -> None:
    changed(folder, keys=[key_mark(Fernet.generate_key().decode())], has_key=False)


@both
@pytest.mark.parametrize(
    ("happens", "said"),
    [
        (flipped, "is damaged"),
        (truncated, "is damaged"),
        (lost, "lacks its database"),
        (unnamed, "is no backup"),
        (garbled, "cannot be read"),
        (newer, "newer release of IGNY8 (9.9)"),
        (newest, "newer release of IGNY8"),
        (other_kind, "of another kind"),
        (other_key, "Set IGNY8_SECRET_KEYS as it was"),
    ],
)
def test_what_is_no_whole_backup_replaces_nothing(
    saved: Path, config: Config, happens: Callable[[Path], None], said: str
) -> None:
    before = held(config.database_url)
    happens(saved)
    with pytest.raises(Conflict) as problem:
        backups.restore(config, saved, quiet, keep=True)
    assert said in str(problem.value)
    assert held(config.database_url) == before
    assert list(config.var.glob("before-restore-*")) == []


@both
def test_nothing_is_restored_under_somebody_who_works(
    saved: Path, config: Config, make_system: Callable[[], object]
) -> None:
    system = make_system()
    with system.db.read() as db:  # type: ignore[attr-defined]
        db.execute(sa.text("SELECT 1"))
        with pytest.raises(Conflict) as problem:
            backups.restore(config, saved, quiet, keep=False)
    assert "Stop" in str(problem.value)


def test_while_a_database_is_replaced_nobody_opens_it(
    saved: Path, config: Config, make_system: Callable[[], object]
) -> None:
    with running.alone(config.database_url), pytest.raises(Conflict, match="being restored"):
        make_system()
    make_system()
