"""How the installation is: database, migrations, queue and workers, each really tried."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import migrate
from webapp.core.system import System
from webapp.publisher.delivery import clocks, heartbeats
from webapp.publisher.records.models import WorkerProcess

Found = dict[str, dict[str, Any]]
Look = Callable[[System], tuple[bool, str]]
NO_ANSWER = "It has not answered in time."


def checks(system: System) -> Found:
    """Database, migrations, queue and worker, each really tried."""
    return {**needs(system), **_looked(system, BESIDE)}


def needs(system: System) -> Found:
    """Of these, what a web process needs to serve pages."""
    return _looked(system, SERVES)


def serves(found: Found) -> bool:
    """Whether what was found lets a web process serve pages."""
    return all(found.get(name, {}).get("ok") for name in SERVES)


def workers_seen(db: Session) -> int:
    """How many workers gave a sign of life in the last minute."""
    count = sa.select(sa.func.count()).select_from(WorkerProcess)
    return db.scalar(count.where(heartbeats.seen_lately())) or 0


def _looked(system: System, looks: Mapping[str, Look]) -> Found:
    found: Found = {}
    for name, look in looks.items():
        try:
            ok, message = look(system)
        except Exception as problem:  # whatever a database or queue raises is the finding
            ok, message = False, f"{type(problem).__name__}: {problem}"
        found[name] = {"ok": ok, "message": message}
    return found


def _database(system: System) -> tuple[bool, str]:
    """It is read, and could be written: a standby, and a file without rights, are none to serve
    from. Nobody is waited for, and nobody made to wait."""
    with system.db.read() as db:
        if not system.db.is_sqlite:
            db.execute(sa.select(sa.func.txid_current()))
            is_read_only = db.scalar(sa.text("SHOW transaction_read_only")) == "on"
            return not is_read_only, "It cannot be written." if is_read_only else ""
        db.execute(sa.text("SELECT 1"))
    path = sa.make_url(system.config.database_url).database or ""
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("UPDATE alembic_version SET version_num = version_num")
        except sqlite3.OperationalError as problem:
            if "locked" not in str(problem):  # else somebody is writing
                raise
        finally:
            connection.rollback()
    return True, ""


def _migrations(system: System) -> tuple[bool, str]:
    """The schema fits where it has all that this release needs; one of the next release has it too,
    and says so."""
    with system.db.engine.connect() as connection:
        there, needed = migrate.revision_in(connection), migrate.needed()
        if there is None or there < needed:
            return False, "Run `igny8 migrate`."
        if there == needed:
            return True, ""
        floor = migrate.floor_in(connection)
    if floor is None or floor > needed:
        return False, "A newer release has taken away what this one needs. Stop this one."
    return True, "A newer release has migrated it, and this one works with it."


def _queue(system: System) -> tuple[bool, str]:
    return True, f"{system.jobs.waiting()} waiting"


def _worker(system: System) -> tuple[bool, str]:
    with system.db.read() as db:
        seen = workers_seen(db)
    return seen > 0, f"{seen} running" if seen else "No worker runs. Start `igny8 worker`."


def _clocks(system: System) -> tuple[bool, str]:
    with system.db.read() as db:
        told = clocks.wrong(db, system)
    return not told, " ".join(told)


def unanswered() -> Found:
    """What is found where nothing answered."""
    return {name: {"ok": False, "message": NO_ANSWER} for name in SERVES}


# What a web process needs to serve pages. All else is only said: that Redis is away or no worker
# runs would not be better elsewhere.
SERVES: dict[str, Look] = {"database": _database, "migrations": _migrations}
BESIDE: dict[str, Look] = {"queue": _queue, "worker": _worker, "clocks": _clocks}
