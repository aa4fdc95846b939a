"""Backups are whole or none, are looked at before they replace anything, and keep what was."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from tests.support.desk import Desk
from webapp import backups
from webapp.backups import about, digests
from webapp.backups.about import About, Table
from webapp.config import Config
from webapp.core import migrate, running
from webapp.core.errors import Conflict

both = pytest.mark.both_databases


def quiet(_: str) -> None:
    """Nobody watches."""


def held(url: str) -> dict[str, Table]:
    """What is in a database now."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        return digests.of(connection, quiet)


@pytest.fixture
def saved(desk: Desk, config: Config, tmp_path: Path) -> Path:
    """A backup of a desk with a few pieces, which has gone on since and was stopped."""
    desk.connect()
    for number in range(5):
        desk.published(title=f"Saved {number}")
    folder = backups.make(config, tmp_path / "backups", quiet)
    desk.write(title="Written since")
    desk.system.close()
    return folder


@both
def test_what_is_restored_is_what_was_saved(saved: Path, config: Config) -> None:
    since = held(config.database_url)
    told = backups.restore(config, saved, quiet, keep=config.var)
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
        [kept] = backups.found(aside)
        assert about.read(kept).tables == since
        backups.restore(config, kept, quiet, keep=None)
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
    backups.restore(config, saved, quiet, keep=None)
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
    changed(folder, keys=[about.mark_of(Fernet.generate_key().decode())], has_key=False)


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
        backups.restore(config, saved, quiet, keep=config.var)
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
            backups.restore(config, saved, quiet, keep=None)
    assert "Stop" in str(problem.value)


def test_while_a_database_is_replaced_nobody_opens_it(
    saved: Path, config: Config, make_system: Callable[[], object]
) -> None:
    with running.alone(config.database_url), pytest.raises(Conflict, match="being restored"):
        make_system()
    make_system()


def test_the_key_comes_back_with_the_database_that_it_opens(
    desk: Desk, config: Config, tmp_path: Path
) -> None:
    """On a new machine, which has made a key of its own at its start."""
    (tmp_path / about.KEY).write_text(config.secret_keys[0])
    folder = backups.make(config, tmp_path / "backups", quiet)
    assert about.read(folder).has_key
    desk.system.close()
    fresh = Fernet.generate_key().decode()
    (tmp_path / about.KEY).write_text(fresh)
    backups.restore(replace(config, secret_keys=(fresh,)), folder, quiet, keep=config.var)
    assert (tmp_path / about.KEY).read_text() == config.secret_keys[0]
    [aside] = config.var.glob("before-restore-*")
    assert (aside / about.KEY).read_text() == fresh


def test_a_backup_without_the_key_says_so(desk: Desk, config: Config, tmp_path: Path) -> None:
    (tmp_path / about.KEY).write_text(config.secret_keys[0])
    folder = backups.make(config, tmp_path / "backups", quiet, with_key=False)
    assert not about.read(folder).has_key
    assert not (folder / about.KEY).exists()


def test_of_many_backups_the_newest_are_kept(desk: Desk, config: Config, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    made = [backups.make(config, to, quiet) for _ in range(3)]
    shutil.copytree(made[0], to / f"{made[0].name}-9{about.UNFINISHED}")
    assert backups.found(to) == made
    assert backups.keep_newest(to, 2) == made[:1]
    assert backups.found(to) == made[1:]


def test_files_are_their_owners(saved: Path) -> None:
    assert saved.stat().st_mode & 0o077 == 0


def test_where_nothing_is_there_is_nothing_to_save(config: Config, tmp_path: Path) -> None:
    nowhere = replace(config, database_url=f"sqlite:///{tmp_path / 'none' / 'igny8.sqlite'}")
    with pytest.raises(Conflict, match="nothing to save"):
        backups.make(nowhere, tmp_path / "backups", quiet)
    assert not (tmp_path / "none").exists()


def test_what_is_told_holds_every_field(saved: Path) -> None:
    told: About = about.read(saved)
    assert (told.size, told.sha256) == (
        (saved / told.file).stat().st_size,
        about.sha256_of(saved / told.file),
    )
