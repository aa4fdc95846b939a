"""A copy of a PostgreSQL database, made by its own programs, and one put in another's place.

A script of SQL, packed, and not a dump in a format of its own: any newer server takes it, and it
comes back in one transaction together with the removal of what was there.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import sqlalchemy as sa

from webapp.backups.about import Unusable, to_disk
from webapp.core import connecting, migrate
from webapp.core.errors import Conflict

FILE = "igny8.sql.gz"
_BLOCK = 1024 * 1024
# How PostgreSQL's programs are told what stands in an address. Not as arguments: everybody on the
# machine sees those.
VARIABLES = {
    "host": "PGHOST",
    "port": "PGPORT",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "dbname": "PGDATABASE",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "channel_binding": "PGCHANNELBINDING",
    "gssencmode": "PGGSSENCMODE",
    "service": "PGSERVICE",
    "passfile": "PGPASSFILE",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "options": "PGOPTIONS",
}
PATIENT = "-c lock_timeout=15s -c statement_timeout=0 -c idle_in_transaction_session_timeout=0"
# Of its own schema all that tables and functions are, those of extensions apart.
CLEAR = """
DO $clear$
DECLARE one record;
BEGIN
  FOR one IN
    SELECT oid::regclass::text AS name,
      CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END AS kind
    FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
      AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass
          AND objid = pg_class.oid AND deptype = 'e')
    ORDER BY relkind = 'v' DESC, relkind = 'm' DESC
  LOOP
    EXECUTE format('DROP %s IF EXISTS %s CASCADE', one.kind, one.name);
  END LOOP;
  FOR one IN
    SELECT oid::regprocedure::text AS name FROM pg_proc
    WHERE pronamespace = current_schema()::regnamespace
      AND NOT EXISTS (
        SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass
          AND objid = pg_proc.oid AND deptype = 'e')
  LOOP
    EXECUTE format('DROP ROUTINE IF EXISTS %s CASCADE', one.name);
  END LOOP;
END
$clear$
"""
# Whoever holds the migrations' lock is who asks.
OTHERS = sa.text(
    """
    SELECT coalesce(nullif(application_name, ''), 'a program') || ' on '
      || coalesce(host(client_addr), 'this machine')
    FROM pg_stat_activity
    WHERE datname = current_database() AND usesysid IS NOT NULL AND pid <> pg_backend_pid()
      AND pid NOT IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock)
    """
).bindparams(lock=migrate.LOCK_ID)
SCHEMAS = """
SELECT nspname FROM pg_namespace
WHERE nspname <> current_schema() AND nspname <> 'information_schema' AND nspname !~ '^pg_'
"""
LIKE_THIS = """
SELECT pg_encoding_to_char(encoding) AS encoding, datcollate, datctype FROM pg_database
WHERE datname = current_database()
"""
END = b"PostgreSQL database dump complete"


def dump(connection: sa.Connection, url: str, target: Path, snapshot: str) -> None:
    """All of our schema as it was at that snapshot."""
    others = connection.exec_driver_sql(SCHEMAS).scalars()
    options = ["--no-owner", "--no-privileges", "--no-comments", "--compress=6"]
    options += [f"--exclude-schema={name}" for name in others]
    _call(["pg_dump", *options, f"--snapshot={snapshot}", f"--file={target}"], url)
    to_disk(target)


def load(source: Path, url: str) -> None:
    """The script takes the place of what the database holds, in one transaction: after a failure it
    holds what it held. What is not in the script goes, too, such as a newer release's tables."""
    how = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    _call(["psql", *how, f"--command={CLEAR}", "--file=-"], url, source)


def check(source: Path) -> None:
    """Raises Unusable where the script is not whole."""
    last = b""
    try:
        with gzip.open(source) as file:
            while block := file.read(_BLOCK):
                last = (last + block)[-400:]
    except (OSError, EOFError) as problem:
        raise Unusable(f"{source} cannot be unpacked: {problem}.") from None
    if END not in last:
        raise Unusable(f"{source} ends before its end. Use another backup.")


def others(url: str) -> list[str]:
    """Who has the database open besides us, who hold `migrate.lock`."""
    server = connecting.unpooled(url)
    with server.connect() as connection:
        return sorted({str(row[0]) for row in connection.execute(OTHERS)})


@contextmanager
def empty(url: str) -> Iterator[str]:
    """A database of its own beside that one, like it, gone afterwards; its address."""
    name = f"igny8_rehearsal_{uuid4().hex[:12]}"
    server = connecting.unpooled(url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        like = connection.exec_driver_sql(LIKE_THIS).one()
        connection.exec_driver_sql(
            f"CREATE DATABASE {name} TEMPLATE template0 ENCODING '{like.encoding}' "
            f"LC_COLLATE '{like.datcollate}' LC_CTYPE '{like.datctype}'"
        )
    try:
        made = sa.make_url(url).set(database=name)
        yield made.render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE IF EXISTS {name}")


def environment(url: str) -> dict[str, str]:
    """What an address says, as PostgreSQL's programs take it. Raises Conflict for what they do not
    know."""
    place = sa.make_url(url)
    given = {
        "host": place.host,
        "port": place.port,
        "user": place.username,
        "password": place.password,
        "dbname": place.database,
        **{name: _text(value) for name, value in place.query.items()},
    }
    told = {name: str(value) for name, value in given.items() if value is not None}
    told["options"] = f"{told.get('options', '')} {PATIENT}".strip()
    unknown = sorted(told.keys() - VARIABLES.keys())
    if unknown:
        raise Conflict(
            f"IGNY8_DATABASE_URL has {', '.join(unknown)}, which pg_dump and psql cannot be told. "
            "Leave it out for backups."
        )
    return {VARIABLES[name]: value for name, value in told.items()}


def _text(value: str | tuple[str, ...]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def _call(command: list[str], url: str, source: Path | None = None) -> None:
    """`source` is unpacked into its standard input."""
    program = shutil.which(command[0])
    if program is None:
        raise Conflict(
            f"{command[0]} is not on this machine. Install PostgreSQL's client programs, of the "
            "server's major version."
        )
    with (
        subprocess.Popen(  # noqa: S603  # our own programs and options
            [program, "--no-password", *command[1:]],
            env={**os.environ, **environment(url)},
            stdin=subprocess.PIPE if source else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        ) as process
    ):
        if source is not None:
            _feed(process, source)
        said = process.stderr.read().decode(errors="replace").strip() if process.stderr else ""
    if process.returncode != 0:
        raise Conflict(f"{command[0]} could not do it: {said or process.returncode}")


def _feed(process: subprocess.Popen[bytes], source: Path) -> None:
    assert process.stdin is not None
    try:
        with gzip.open(source) as file, process.stdin:
            shutil.copyfileobj(file, process.stdin, _BLOCK)
    except BrokenPipeError:
        return  # it has ended, and says why
