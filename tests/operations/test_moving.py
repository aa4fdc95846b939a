"""From SQLite to PostgreSQL: all of it, as it was, or nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.operations.holding import held, quiet
from tests.support.desk import Desk
from tests.support.pictures import PNG
from tests.support.postgres import Postgres
from webapp.accounts.models import Sector, Site, User
from webapp.backups import moving
from webapp.config import Config
from webapp.core import migrate
from webapp.core import system as systems
from webapp.core.errors import Conflict, Invalid
from webapp.publisher.delivery import heartbeats
from webapp.publisher.records.models import WorkerProcess
from webapp.writer.models import Content
from webapp.writer.pictures import sound

pytestmark = pytest.mark.heavy


@pytest.fixture
def target(postgres: Postgres) -> str:
    """An empty database."""
    return postgres.url(postgres.create())


ODD_JSON = json.dumps({"a": [1.0, 1e30, None, "ü \\ 😀"], "b": {"c": 9007199254740993}})


@pytest.fixture
def stopped(desk: Desk) -> Desk:
    """A desk with pieces in many states, some of them odd, that was stopped."""
    desk.connect()
    for number in range(3):
        desk.published(title=f"Published {number}", categories=[{"name": "Ünïcode 😀"}])
    desk.schedule(desk.approved(title="A \\ \"quoted\" 'title'\n"), 24 * 3600)
    desk.add_image(desk.write(), image_type="featured", file=sound(PNG))
    with desk.system.db.write() as db:
        for content_id, trace in ((1, "null"), (2, ODD_JSON), (3, None)):
            change = sa.text("UPDATE contents SET plan_trace = :trace WHERE id = :one")
            db.execute(change, {"one": content_id, "trace": trace})
    desk.system.close()
    return desk


@pytest.mark.usefixtures("stopped")
def test_everything_arrives_and_goes_on(config: Config, target: str) -> None:
    before = held(config.database_url)
    told: list[str] = []
    moved = moving.move(config, target, told.append)
    assert moved == {name: before[name].rows for name in moved}
    assert set(before) - set(moved) == {"alembic_version"}
    assert held(config.database_url) == before, "the source is as it was"
    assert "comparing contents" in told
    assert any(one.startswith("copying contents: ") for one in told)
    system = systems.create(replace(config, database_url=target))
    try:
        with system.db.read() as db:
            traces = [one.plan_trace for one in db.query(Content).order_by(Content.id).limit(3)]
            kinds = "SELECT plan_trace IS NULL FROM contents ORDER BY id LIMIT 3"
            assert db.scalars(sa.text(kinds)).all() == [False, False, True]
            owner = db.query(User).order_by(User.id).first()
        assert traces[0] is traces[2] is None
        assert traces[1] == json.loads(ODD_JSON) | {"a": [1.0, 10**30, None, "ü \\ 😀"]}
        assert owner is not None
        with system.db.write() as db:  # our triggers work again, and ids go on
            site = db.query(Site).first()
            assert site is not None
            made = Sector(account_id=site.account_id, site_id=site.id, name="New", slug="new")
            db.add(made)
            db.flush()
            made.name = "N" * 999
            with pytest.raises(Invalid):
                db.flush()
            db.rollback()
    finally:
        system.close()


def test_an_id_that_was_given_is_not_given_again(desk: Desk, config: Config, target: str) -> None:
    site = desk.site
    with desk.system.db.write() as db:
        gone = Sector(account_id=site.account_id, site_id=site.id, name="Gone", slug="gone")
        db.add(gone)
        db.flush()
        gone_id = gone.id
        db.delete(gone)
    desk.system.close()
    moving.move(config, target, quiet)
    with sa.create_engine(target, poolclass=sa.pool.NullPool).connect() as connection:
        following = "SELECT nextval(pg_get_serial_sequence('sectors', 'id'))"
        assert connection.scalar(sa.text(following)) == gone_id + 1


def test_a_worker_starts_at_once_on_what_was_moved(desk: Desk, config: Config, target: str) -> None:
    """SQLite keeps the last id of some tables only; there, the rows say it."""
    with desk.system.db.write() as db:
        heartbeats.seen(db, desk.system, threads=8)
    desk.system.close()
    moving.move(config, target, quiet)
    system = systems.create(replace(config, database_url=target))
    try:
        with system.db.write() as db:
            heartbeats.seen(db, system, threads=8)
        with system.db.read() as db:
            assert db.scalar(sa.select(sa.func.count(WorkerProcess.id))) == 2
    finally:
        system.close()


def test_nothing_is_moved_from_under_who_works(desk: Desk, config: Config, target: str) -> None:
    with pytest.raises(Conflict, match="Stop it first; nothing was changed"):
        moving.move(config, target, quiet)
    assert held(target) == {}


@pytest.mark.usefixtures("stopped")
def test_nothing_is_moved_onto_what_is_there(config: Config, target: str) -> None:
    engine = sa.create_engine(target, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE of_others (id INTEGER PRIMARY KEY)")
    with pytest.raises(Conflict, match="is not empty: it has of_others"):
        moving.move(config, target, quiet)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE of_others")
    moving.move(config, target, quiet)
    there = held(target)
    with pytest.raises(Conflict, match="is not empty"):
        moving.move(config, target, quiet)
    assert held(target) == there


@pytest.mark.usefixtures("stopped")
def test_what_another_program_keeps_there_stays(config: Config, target: str) -> None:
    """It uses Alembic as well, so its database has a table that ours has, too."""
    engine = sa.create_engine(target, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE alembic_version (version_num varchar(32))")
        connection.exec_driver_sql("CREATE TABLE customers (id serial PRIMARY KEY)")
        connection.exec_driver_sql("INSERT INTO customers VALUES (1)")
    with pytest.raises(Conflict, match="is not empty: it has customers"):
        moving.move(config, target, quiet)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM customers").scalar() == 1


@pytest.mark.usefixtures("stopped")
def test_what_begins_while_the_lock_is_awaited_stays(
    config: Config, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that starts on the target has the lock first, and then somebody an account."""
    within = migrate.lock

    def late(url: str) -> AbstractContextManager[None]:
        if url == target:
            migrate.upgrade_alone(url)
            with sa.create_engine(url, poolclass=sa.pool.NullPool).begin() as connection:
                connection.exec_driver_sql(
                    "INSERT INTO accounts (name, credits, created_at, updated_at) "
                    "VALUES ('Somebody', 0, now(), now())"
                )
        return within(url)

    monkeypatch.setattr(migrate, "lock", late)
    with pytest.raises(Conflict, match="is not empty"):
        moving.move(config, target, quiet)
    with sa.create_engine(target, poolclass=sa.pool.NullPool).connect() as connection:
        assert connection.exec_driver_sql("SELECT name FROM accounts").scalars().all() == [
            "Somebody"
        ]


@pytest.mark.usefixtures("stopped")
def test_what_postgresql_refuses_leaves_nothing(config: Config, target: str) -> None:
    """A row that names one which is not there, as only SQLite could be made to keep."""
    with sa.create_engine(config.database_url).begin() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("UPDATE contents SET cluster_id = 987654 WHERE id = 1")
    before = held(config.database_url)
    with pytest.raises(Conflict, match="cluster"):
        moving.move(config, target, quiet)
    assert held(target) == {}
    assert held(config.database_url) == before


@pytest.mark.usefixtures("stopped")
def test_rows_that_postgresql_does_not_take_are_named(config: Config, target: str) -> None:
    with sa.create_engine(config.database_url).begin() as connection:
        change = "UPDATE contents SET plan_trace = ? WHERE id = 2"
        connection.exec_driver_sql(change, (json.dumps({"a": "x\0y"}),))
    with pytest.raises(Conflict, match="contents, rows 1 to 5: unsupported Unicode"):
        moving.move(config, target, quiet)
    assert held(target) == {}


@pytest.mark.usefixtures("stopped")
def test_a_row_that_differs_is_named(
    config: Config, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody meddles between copying and comparing."""
    within = moving._count_on

    def meddle(reading: sa.Connection, writing: sa.Connection, tables: list[sa.Table]) -> None:
        within(reading, writing, tables)
        writing.exec_driver_sql("UPDATE contents SET title = title || '.' WHERE id = 2")

    monkeypatch.setattr(moving, "_count_on", meddle)
    with pytest.raises(Conflict, match="Row 2 of contents did not arrive as it was"):
        moving.move(config, target, quiet)
    assert held(target) == {}


@pytest.mark.usefixtures("stopped")
def test_the_command(config: Config, target: str, tmp_path: Path) -> None:
    settings = {
        "IGNY8_VAR": str(tmp_path),
        "IGNY8_DATABASE_URL": config.database_url,
        "IGNY8_SECRET_KEYS": config.secret_keys[0],
    }

    def igny8(*command: str) -> subprocess.CompletedProcess[str]:
        env = {name: one for name, one in os.environ.items() if not name.startswith("IGNY8_")}
        return subprocess.run(
            [sys.executable, "-m", "webapp.cli", *command],
            env={**env, **settings},
            capture_output=True,
            text=True,
            check=False,
        )

    refused = igny8("move-to", "postgresql://me:secret@127.0.0.1/desk")
    assert refused.returncode == 2
    assert "Write the address into a file" in refused.stderr
    address = tmp_path / "database"
    address.write_text(target.replace("+psycopg", "") + "\n")
    done = igny8("move-to", str(address))
    assert done.returncode == 0, done.stderr
    assert "each compared" in done.stdout
    assert "IGNY8_QUEUE_URL" in done.stdout
