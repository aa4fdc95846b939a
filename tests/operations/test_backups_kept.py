"""What goes along with a backup and what becomes of it: keys, passwords, the nightly ones."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from glob import glob
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from psycopg import sql

from tests.operations.holding import held, quiet
from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.postgres import Postgres
from webapp import backups
from webapp.backups import about, daily, folders, postgresql
from webapp.backups.about import About
from webapp.config import KEY_FILE, Config
from webapp.core import migrate
from webapp.core.clock import host
from webapp.core.errors import Conflict
from webapp.core.system import System

both = pytest.mark.both_databases


def test_the_key_comes_back_with_the_database_that_it_opens(
    desk: Desk, config: Config, tmp_path: Path
) -> None:
    """On a new machine, which has made a key of its own at its start."""
    (tmp_path / KEY_FILE).write_text(config.secret_keys[0])
    folder = backups.make(config, tmp_path / "backups", quiet)
    assert about.read(folder).has_key
    desk.system.close()
    fresh = Fernet.generate_key().decode()
    (tmp_path / KEY_FILE).write_text(fresh)
    backups.restore(replace(config, secret_keys=(fresh,)), folder, quiet, keep=True)
    assert (tmp_path / KEY_FILE).read_text() == config.secret_keys[0]
    [aside] = config.var.glob("before-restore-*")
    assert (aside / KEY_FILE).read_text() == fresh


def test_a_backup_without_the_key_says_so(desk: Desk, config: Config, tmp_path: Path) -> None:
    (tmp_path / KEY_FILE).write_text(config.secret_keys[0])
    folder = backups.make(config, tmp_path / "backups", quiet, with_key=False)
    assert not about.read(folder).has_key
    assert not (folder / KEY_FILE).exists()


def test_of_many_backups_the_newest_are_kept(desk: Desk, config: Config, tmp_path: Path) -> None:
    to = tmp_path / "backups"
    made = [backups.make(config, to, quiet) for _ in range(3)]
    shutil.copytree(made[0], to / f"{made[0].name}-9{folders.UNFINISHED}")
    assert folders.found(to) == made
    assert folders.keep_newest(to, 2) == made[:1]
    assert folders.found(to) == made[1:]


def test_of_the_folder_a_shell_names_backups_only(
    desk: Desk, config: Config, tmp_path: Path
) -> None:
    """`igny8 restore DIR/*`, also where the release before this one has made backups."""
    to = tmp_path / "backups"
    to.mkdir()
    (to / "lock").touch()
    made = backups.make(config, to, quiet)
    assert glob(f"{to}/*") == [str(made)]


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


def test_under_a_program_that_reads_nothing_is_replaced(saved: Path, config: Config) -> None:
    """One that holds no lock of ours: SQLite's own shell, say."""
    place = config.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(place, isolation_level=None)) as writer:
        writer.execute("UPDATE contents SET title = 'In the journal'")
        with closing(sqlite3.connect(place, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM contents").fetchone()
            writer.execute("UPDATE contents SET title = 'Also in the journal'")
            before = held(config.database_url)
            with pytest.raises(Conflict, match=r"End it first|locked"):
                backups.restore(config, saved, quiet)
            assert held(config.database_url) == before
    backups.restore(config, saved, quiet)


def test_a_damaged_database_gives_way_to_a_whole_one(saved: Path, config: Config) -> None:
    place = Path(config.database_url.removeprefix("sqlite:///"))
    place.write_bytes(b"SQLite format 3\0" + b"\xff" * 9000)
    told = backups.restore(config, saved, quiet)
    assert held(config.database_url) == told.tables
    [aside] = config.var.glob("before-restore-*")
    assert (aside / place.name).read_bytes().endswith(b"\xff")


@both
def test_what_is_discarded_is_gone(saved: Path, config: Config) -> None:
    backups.restore(config, saved, quiet, keep=False)
    assert list(config.var.glob("before-restore-*")) == []
    assert list(config.var.glob("*.restoring")) == []


def test_a_backup_whose_key_was_lost_or_exchanged_replaces_nothing(
    desk: Desk, config: Config, tmp_path: Path
) -> None:
    (tmp_path / KEY_FILE).write_text(config.secret_keys[0])
    folder = backups.make(config, tmp_path / "backups", quiet)
    desk.system.close()
    before = held(config.database_url)
    fresh = Fernet.generate_key().decode()
    (tmp_path / KEY_FILE).write_text(fresh)
    for key in (None, Fernet.generate_key().decode()):
        (folder / KEY_FILE).unlink(missing_ok=True)
        if key is not None:
            (folder / KEY_FILE).write_text(key)
        with pytest.raises(Conflict, match="locked with other keys"):
            backups.restore(replace(config, secret_keys=(fresh,)), folder, quiet)
    assert held(config.database_url) == before


def test_each_night_one_is_made_and_a_damaged_one_is_passed_over(
    system: System,
    config: Config,
    clock: FakeClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    to = tmp_path / "backups"
    system.config = replace(config, backups=to, backups_kept=2)
    for name, value in settings_of(config).items():
        monkeypatch.setenv(name, value)
    clock.now = host()
    daily.back_up(system)
    daily.back_up(system)
    assert len(folders.found(to)) == 1
    [made] = folders.found(to)
    assert (made / KEY_FILE).exists() is False
    clock.now += timedelta(days=1)
    daily.back_up(system)
    assert len(folders.found(to)) == 1, "the command itself goes by the real clock: not yet night"
    (made / about.NAME).write_text("{")
    assert daily.taken_at(system) is None
    daily.back_up(system)
    assert len(folders.found(to)) == 2


@pytest.mark.parametrize(
    ("now", "since"),
    [
        ("2026-11-30T02:46", "2026-11-29T02:47"),
        ("2026-11-30T02:47", "2026-11-30T02:47"),
        ("2026-12-01T01:00", "2026-11-30T02:47"),
    ],
)
def test_since_when_one_is_due(now: str, since: str) -> None:
    moments = [datetime.fromisoformat(f"{one}:00+00:00") for one in (now, since)]
    assert daily.tonight(moments[0]) == moments[1]


def test_what_is_left_of_a_backup_that_was_killed_goes(
    desk: Desk, config: Config, tmp_path: Path
) -> None:
    to = tmp_path / "backups"
    left = to / f"{folders.PREFIX}20200101T000000Z{folders.UNFINISHED}"
    left.mkdir(parents=True)
    (left / KEY_FILE).write_text("a key")
    backups.make(config, to, quiet)
    assert not left.exists()


@pytest.mark.heavy
def test_a_password_of_odd_characters_is_asked_for_and_stays_secret(tmp_path: Path) -> None:
    password = "a%/:@'\" b#?&"
    server = Postgres()
    try:
        server.start()
        name = server.create()
        with psycopg.connect(
            server.url(name).replace("+psycopg", ""), autocommit=True
        ) as connection:
            connection.execute(sql.SQL("ALTER ROLE postgres PASSWORD {}").format(password))
        (server.directory / "data" / "pg_hba.conf").write_text("local all all scram-sha-256\n")
        url = sa.make_url(server.url(name)).set(password=password)
        config = Config(
            database_url=url.render_as_string(hide_password=False),
            queue_url="redis://127.0.0.1:1",
            secret_keys=(Fernet.generate_key().decode(),),
            public_url="http://127.0.0.1:8000",
            var=tmp_path,
        )
        with sa.create_engine(url, poolclass=sa.pool.NullPool).connect() as connection:
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        migrate.upgrade(config.database_url)
        folder = backups.make(config, tmp_path / "backups", quiet)
        backups.rehearse(config, folder, quiet)
        backups.restore(config, folder, quiet)
        assert password not in (folder / about.NAME).read_text()
    finally:
        server.stop()


def test_what_the_programs_cannot_be_told_is_refused() -> None:
    with pytest.raises(Conflict, match="has keepalives_idle"):
        postgresql.environment("postgresql://desk@db/desk?keepalives_idle=5")


def settings_of(config: Config) -> dict[str, str]:
    """As a process of its own is told them."""
    return {
        "IGNY8_VAR": str(config.var),
        "IGNY8_DATABASE_URL": config.database_url,
        "IGNY8_QUEUE_URL": config.queue_url,
        "IGNY8_SECRET_KEYS": config.secret_keys[0],
        "IGNY8_PUBLIC_URL": config.public_url,
    }
