"""How the installation is: database, migrations, queue and workers, each really tried."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import migrate
from webapp.core.system import System
from webapp.publisher.delivery import heartbeats
from webapp.publisher.records.models import WorkerProcess


def checks(system: System) -> dict[str, dict[str, Any]]:
    """Database, migrations, queue and worker, each really tried."""
    found: dict[str, dict[str, Any]] = {}
    for name, look in (
        ("database", _database),
        ("migrations", _migrations),
        ("queue", _queue),
        ("worker", _worker),
    ):
        try:
            ok, message = look(system)
        except Exception as problem:  # whatever a database or queue raises is the finding
            ok, message = False, f"{type(problem).__name__}: {problem}"
        found[name] = {"ok": ok, "message": message}
    return found


def workers_seen(db: Session, system: System) -> int:
    """How many workers gave a sign of life in the last minute."""
    return int(
        db.scalar(
            sa.select(sa.func.count())
            .select_from(WorkerProcess)
            .where(
                heartbeats.IS_RUNNING,
                WorkerProcess.seen_at > system.clock() - heartbeats.SEEN_WITHIN,
            )
        )
        or 0
    )


def _database(system: System) -> tuple[bool, str]:
    with system.db.read() as db:
        db.execute(sa.text("SELECT 1"))
    return True, ""


def _migrations(system: System) -> tuple[bool, str]:
    current = migrate.is_current(system.db.engine)
    return current, "" if current else "Run `igny8 migrate`."


def _queue(system: System) -> tuple[bool, str]:
    return True, f"{system.jobs.waiting()} waiting"


def _worker(system: System) -> tuple[bool, str]:
    with system.db.read() as db:
        seen = workers_seen(db, system)
    return seen > 0, f"{seen} running" if seen else "No worker runs. Start `igny8 worker`."
