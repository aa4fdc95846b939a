"""A copy of a PostgreSQL database, made by its own programs, and one put in another's place."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from webapp.backups.about import to_disk
from webapp.core import migrate
from webapp.core.errors import Conflict

FILE = "igny8.dump"
# Of its own schema all tables and functions, those of extensions apart.
CLEAR = """
DO $clear$
DECLARE one record;
BEGIN
  FOR one IN
    SELECT oid::regclass::text AS name FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
  LOOP
    EXECUTE format('DROP TABLE IF EXISTS %s CASCADE', one.name);
  END LOOP;
  FOR one IN
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace AND prokind = 'f'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE format('DROP FUNCTION IF EXISTS %s CASCADE', one.name);
  END LOOP;
END
$clear$
"""
# Whoever holds the lock is who asks.
OTHERS = sa.text(
    """
    SELECT coalesce(nullif(application_name, ''), 'a program') || ' on '
      || coalesce(host(client_addr), 'this machine')
    FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend'
      AND pid <> pg_backend_pid()
      AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock)
    """
).bindparams(lock=migrate.LOCK_ID)


def dump(url: str, target: Path, snapshot: str) -> None:
    """All of the database as it was at that snapshot."""
    how = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}")
    _run("pg_dump", url, *how, f"--file={target}")
    to_disk(target)


def load(source: Path, url: str) -> None:
    """The dump takes the place of what the database holds, in one transaction: after a failure it
    holds what it held. What is not in the dump goes, too, such as a newer release's tables."""
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "restore.sql"
        told = ["--no-owner", "--no-privileges", "--no-comments", f"--file={script}"]
        _call(["pg_restore", *told, str(source)], {})
        quiet = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
        _run("psql", url, *quiet, f"--command={CLEAR}", f"--file={script}")


def check(source: Path) -> None:
    """Raises Conflict where the file is no dump that can be read."""
    _call(["pg_restore", "--list", str(source)], {})


def others(url: str) -> list[str]:
    """Who has the database open besides us, who hold `migrate.lock`."""
    server = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with server.connect() as connection:
        return sorted({str(row[0]) for row in connection.execute(OTHERS)})


@contextmanager
def empty(url: str) -> Iterator[str]:
    """A database of its own beside that one, gone afterwards; its address."""
    name = f"igny8_rehearsal_{uuid4().hex[:12]}"
    server = sa.create_engine(url, poolclass=sa.pool.NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE template0")
    try:
        made = sa.make_url(url).set(database=name)
        yield made.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _run(program: str, url: str, *options: str) -> None:
    """The password goes by the environment: arguments are seen by everybody on the machine."""
    place = sa.make_url(url)
    plain = place.set(drivername="postgresql", password=None).render_as_string()
    command = [program, f"--dbname={plain}", *options]
    _call(command, {"PGPASSWORD": place.password} if place.password else {})


def _call(command: list[str], env: dict[str, str]) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise Conflict(
            f"{command[0]} is not on this machine. Install PostgreSQL's client programs, of the "
            "server's version or newer."
        )
    done = subprocess.run(  # noqa: S603  # our own programs and options
        [program, *command[1:]],
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.strip() or f"it ended with {done.returncode}"
        raise Conflict(f"{command[0]} could not do it: {said}")
