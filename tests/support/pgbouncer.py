"""A private pgbouncer on a free port, before a PostgreSQL of the tests' own."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from tests.support.processes import free_port, kill, listens, spawn, wait_until


class PgbouncerMissing(RuntimeError):
    """There is no pgbouncer on this machine."""


@contextmanager
def pooled(url: str, **settings: str) -> Iterator[str]:
    """The same database through pgbouncer, which pools by transaction; as IGNY8_DATABASE_URL."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")
    if program is None:
        raise PgbouncerMissing("pgbouncer: install the package pgbouncer")
    server, port = sa.make_url(url), free_port()
    # Not below pytest's directories: an unprivileged user may not enter those.
    directory = Path(tempfile.mkdtemp(prefix="igny8-pgbouncer-"))
    given = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        **settings,
    }
    lines = [
        "[databases]",
        f"* = host={server.query['host']} user={server.username}",
        "[pgbouncer]",
        *(f"{name} = {text}" for name, text in given.items()),
    ]
    (directory / "pgbouncer.ini").write_text("\n".join(lines) + "\n")
    command = [program, str(directory / "pgbouncer.ini")]
    if os.geteuid() == 0:
        shutil.chown(directory, "postgres", "postgres")
        command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
    process = spawn(command, Path(f"{directory}.log"), cwd=Path("/"))
    try:
        wait_until(lambda: listens(port), "pgbouncer")
        yield f"postgresql+psycopg://{server.username}@127.0.0.1:{port}/{server.database}"
    finally:
        kill(process)
        shutil.rmtree(directory, ignore_errors=True)
        Path(f"{directory}.log").unlink(missing_ok=True)
