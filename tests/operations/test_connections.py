"""Connections to PostgreSQL: never more than was given, and nothing left in a pool of pgbouncer."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from tests.conftest import missing
from tests.destinations.product import Product
from tests.operations.test_start import igny8
from tests.support.pgbouncer import PgbouncerMissing, pooled
from tests.support.postgres import Postgres
from tests.support.processes import free_port
from webapp.commands import MAY_PASS
from webapp.core import connecting
from webapp.core.connecting import Limits
from webapp.core.db import Database
from webapp.integrations.models import HeadlessDocument

pytestmark = pytest.mark.heavy
NO_REDIS = {"IGNY8_QUEUE_URL": "redis://127.0.0.1:1"}


@contextmanager
def through_pgbouncer(url: str, **settings: str) -> Iterator[str]:
    """Where there is none: skipped, or failed, as for all services."""
    try:
        with pooled(url, **settings) as address:
            yield address
    except PgbouncerMissing as reason:
        missing(reason)


@pytest.fixture
def url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


def test_a_process_has_no_more_connections_than_it_was_given(url: str) -> None:
    database = Database(url, Limits(connections=3))
    most, lock = [0], threading.Lock()
    mine = sa.text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")

    def ask() -> None:
        with database.read() as db:
            seen = db.execute(mine).scalar_one()
            time.sleep(0.02)
        with lock:
            most[0] = max(most[0], seen)

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    database.dispose()
    assert most == [3]


@pytest.mark.parametrize("ignored", ["", "options"])
def test_pgbouncer_of_which_nobody_has_said_is_refused(
    url: str, tmp_path: Path, ignored: str
) -> None:
    with through_pgbouncer(url, ignore_startup_parameters=ignored) as address:
        settings = {"IGNY8_DATABASE_URL": address, **NO_REDIS}
        code, told = igny8("migrate", var=tmp_path, **settings)
        assert code == 1
        assert "Set IGNY8_PGBOUNCER=1" in told
        assert "Traceback" not in told


def test_a_lock_keeps_others_waiting_without_a_connection(url: str) -> None:
    """A pool of two: the one who works needs both, however many wait."""
    with through_pgbouncer(url, default_pool_size="2") as address:
        order: list[str] = []

        def work(name: str) -> None:
            with connecting.lock(address, 7, 0.02):
                order.append(name)
                with connecting.unpooled(address).connect() as connection:
                    connection.exec_driver_sql("SELECT pg_sleep(0.05)")
                order.append(name)

        threads = [threading.Thread(target=work, args=(name,)) for name in "abcde"]
        for one in threads:
            one.start()
        for one in threads:
            one.join(20)
        assert [order[n] for n in range(0, 10, 2)] == [order[n] for n in range(1, 10, 2)]
        assert len(order) == 10


def test_all_works_through_pgbouncer_and_leaves_nothing_there(
    postgres: Postgres, redis_url: str, tmp_path: Path
) -> None:
    """From nothing: the schema, then pieces published by two workers, through three connections."""
    name = postgres.create()
    with through_pgbouncer(postgres.url(name), default_pool_size="3") as address:
        servers = {"IGNY8_DATABASE_URL": address, "IGNY8_QUEUE_URL": redis_url}
        settings = {**servers, "IGNY8_PGBOUNCER": "1"}
        with Product(tmp_path, **settings, IGNY8_VERIFY_SECONDS="0.01") as product:
            product.desk.connect("headless")
            for _ in range(2):
                product.start_worker()
            ids = [product.desk.approved(title=f"Pooled {number}") for number in range(25)]
            product.click(ids)
            product.settle(ids)
            documents = product.desk.rows(HeadlessDocument)
            assert sorted(one.content_id for one in documents) == sorted(ids)
            assert {one.sequence for one in documents} == {1}
            assert '"level": "error"' not in product.log()
            assert left_behind(address) == [(0, 0, "0")]
    postgres.drop(name)


def left_behind(address: str) -> list[tuple[int, int, str]]:
    """What the pool's connections keep: statements, locks, and how long a lock is awaited."""
    asked = sa.text(
        "SELECT (SELECT count(*) FROM pg_prepared_statements), (SELECT count(*) FROM pg_locks"
        " WHERE locktype = 'advisory'), current_setting('lock_timeout'), pg_sleep(0.05)"
    )
    found: set[tuple[int, int, str]] = set()

    def ask() -> None:
        with connecting.unpooled(address).connect() as connection:
            row = connection.execute(asked).one()
            found.add((row[0], row[1], row[2]))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return sorted(found)


# A process as it is started, but that the server lets nobody in any more once it has migrated.
THEN_FULL = """
import sys
import psycopg
from webapp import commands
from webapp.cli import main
server, role = sys.argv.pop(1), sys.argv.pop(1)
migrate = commands.migrate
def and_then_full(config):
    ready = migrate(config)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"ALTER ROLE {role} CONNECTION LIMIT 0")
    return ready
commands.migrate = and_then_full
main()
"""


@pytest.mark.parametrize("kind", ["web", "worker"])
def test_a_process_that_is_let_in_no_more_while_it_starts_ends_with_a_sentence(
    url: str, tmp_path: Path, redis_url: str, kind: str
) -> None:
    """Then whoever keeps it running starts it again; one that stayed would never be ready."""
    server, role = url.replace("+psycopg", ""), f"late_{kind}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE ROLE {role} LOGIN IN ROLE postgres".encode())
        settings = {
            "IGNY8_VAR": str(tmp_path),
            "IGNY8_DATABASE_URL": url.replace("postgres@", f"{role}@"),
            "IGNY8_QUEUE_URL": redis_url,
            "IGNY8_PORT": str(free_port()),
        }
        done = subprocess.run(
            [sys.executable, "-c", THEN_FULL, server, role, kind],
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        admin.execute(f"DROP ROLE {role}".encode())
    assert done.returncode == MAY_PASS
    assert "The database cannot be reached: " in done.stderr
    assert "too many connections" in done.stderr
    assert "Traceback" not in done.stderr
