"""Transactions: who waits for whom, and what happens after a commit."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import pytest
import sqlalchemy as sa

from webapp.accounts.models import Account
from webapp.core import migrate
from webapp.core.db import after_commit
from webapp.core.system import System
from webapp.core.wake import wake


def names(system: System) -> list[str]:
    """The names of all accounts."""
    with system.db.read() as db:
        return list(db.scalars(sa.select(Account.name).order_by(Account.id)))


@pytest.mark.both_databases
def test_an_exception_rolls_everything_back_and_nothing_follows(system: System) -> None:
    followed: list[str] = []

    def fail() -> None:
        with system.db.write() as db:
            db.add(Account(name="lost"))
            db.flush()
            after_commit(db, lambda: followed.append("lost"))
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert names(system) == []
    assert followed == []


@pytest.mark.both_databases
def test_what_follows_a_commit_sees_what_was_committed(system: System) -> None:
    seen: list[list[str]] = []
    with system.db.write() as db:
        db.add(Account(name="kept"))
        after_commit(db, lambda: seen.append(names(system)))
        assert seen == []
    assert seen == [["kept"]]


@pytest.mark.both_databases
def test_reading_changes_nothing(system: System) -> None:
    with system.db.read() as db:
        db.add(Account(name="not kept"))
        db.flush()
    assert names(system) == []


def test_a_writer_on_sqlite_holds_the_lock_from_its_first_moment(system: System) -> None:
    """BEGIN IMMEDIATE: a second process waits at its start instead of failing at its end."""
    path = sa.make_url(system.config.database_url).database
    other = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 0.05})
    with system.db.write() as db:
        db.execute(sa.text("SELECT 1"))
        with other.connect() as connection, pytest.raises(sa.exc.OperationalError, match="locked"):
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    with other.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        connection.exec_driver_sql("ROLLBACK")
    other.dispose()


@pytest.mark.both_databases
def test_readers_are_not_held_up_by_a_writer(system: System) -> None:
    with system.db.write() as db:
        db.add(Account(name="in the making"))
        db.flush()
        began = time.monotonic()
        assert names(system) == []
        assert time.monotonic() - began < 60
    assert names(system) == ["in the making"]


@pytest.mark.both_databases
def test_writers_of_many_threads_lose_no_update(system: System) -> None:
    with system.db.write() as db:
        db.add(Account(name="shared", credits=0))

    def spend() -> None:
        for _ in range(10):
            with system.db.write() as db:
                found = db.scalars(sa.select(Account).with_for_update()).one()
                found.credits += 1

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with system.db.read() as db:
        assert db.scalars(sa.select(Account.credits)).one() == 80


def test_a_naive_moment_cannot_be_stored(system: System) -> None:
    def store() -> None:
        with system.db.write() as db:
            db.add(Account(name="x", created_at=datetime(2026, 1, 1)))  # noqa: DTZ001

    with pytest.raises(sa.exc.StatementError, match="naive"):
        store()


@pytest.mark.both_databases
def test_an_id_is_never_given_twice(system: System) -> None:
    with system.db.write() as db:
        first = Account(name="first")
        db.add(first)
        db.flush()
        gone = first.id
        db.delete(first)
    with system.db.write() as db:
        second = Account(name="second")
        db.add(second)
        db.flush()
        assert second.id > gone


DEFINITION = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE name = 'ix_contents_waiting'",
    "postgresql": "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_contents_waiting'",
}


@pytest.mark.both_databases
def test_migrations_lead_to_what_the_models_say(system: System) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.runtime.migration import MigrationContext

    from webapp.models import Base

    assert migrate.revision_of(system.db.engine) == migrate.newest_revision()
    with system.db.engine.connect() as connection:
        # Directions of columns cannot be read back from SQLite: such an index is looked at by hand.
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda _, name, *__: name != "ix_contents_waiting"}
        )
        assert compare_metadata(context, Base.metadata) == []
        definition = connection.scalar(sa.text(DEFINITION[connection.dialect.name]))
        assert "priority DESC, approved_at, id)" in definition


@pytest.mark.both_databases
def test_processes_that_start_together_migrate_once(database_url: str) -> None:
    problems: list[BaseException] = []

    def upgrade() -> None:
        try:
            migrate.upgrade(database_url)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=upgrade) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


@pytest.mark.both_databases
def test_a_job_is_woken_once_with_all_that_was_named_and_only_after_the_commit(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[tuple[object, ...]] = []
    monkeypatch.setattr(system.jobs, "enqueue", lambda *asked: woken.append(asked))
    with system.db.write() as db:
        for site in (3, 1, 3):
            wake(db, system, "assign", site)
        wake(db, system, "publish")
        wake(db, system, "publish")
        assert woken == []
    assert woken == [("assign", 1, 3), ("publish",)]

    def fail() -> None:
        with system.db.write() as db:
            wake(db, system, "publish")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        fail()
    assert len(woken) == 2
