"""A migration beside people who work: it waits for them, and nobody waits for it."""

from __future__ import annotations

import threading
from contextlib import closing

import pytest
import sqlalchemy as sa
from alembic import command

from tests.support.postgres import Postgres
from tests.support.processes import wait_until
from webapp.core import migrate
from webapp.core.errors import Conflict

pytestmark = pytest.mark.heavy

READ = "SELECT 1 FROM worker_processes LIMIT 1"
WAITS = (
    "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'worker_processes'::regclass"
)


@pytest.fixture
def before(
    postgres: Postgres, postgres_template: str, monkeypatch: pytest.MonkeyPatch
) -> sa.Engine:
    """A database before a migration that changes a table of the workers."""
    monkeypatch.setattr(migrate, "PAUSES", (0.3,) * 40)
    monkeypatch.setattr(migrate, "LOCKED", "300ms")
    url = postgres.url(postgres.create(postgres_template))
    command.downgrade(migrate._config(url), "0024")
    return sa.create_engine(url, poolclass=sa.pool.NullPool)


def address(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_migration_that_waits_for_who_reads_keeps_nobody_waiting(before: sa.Engine) -> None:
    """A dump reads the table, the migration wants it, and pages read behind the migration."""
    with closing(before.connect()) as dump, before.connect() as page:
        dump.exec_driver_sql(READ)
        thread = threading.Thread(target=migrate.upgrade, args=[address(before)])
        thread.start()
        try:
            with before.connect().execution_options(isolation_level="AUTOCOMMIT") as look:
                wait_until(lambda: look.exec_driver_sql(WAITS).scalar() == 1, "the migration")
            page.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            page.exec_driver_sql(READ)
            page.rollback()
        finally:
            dump.close()
            thread.join(60)
    assert migrate.revision(address(before)) == migrate.newest_revision()


def test_a_migration_that_finds_no_moment_says_so(
    before: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrate, "PAUSES", (0.1,))
    with before.connect() as dump:
        dump.exec_driver_sql(READ)
        with pytest.raises(Conflict, match="Run `igny8 migrate` again"):
            migrate.upgrade(address(before))
    migrate.upgrade(address(before))
    assert migrate.revision(address(before)) == migrate.newest_revision()
