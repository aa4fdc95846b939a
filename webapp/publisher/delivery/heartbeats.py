"""When workers were there: each keeps a row that grows with its heartbeat.

Rows outlive their workers, because it is asked later whether somebody was there at a due moment.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import processes, vitals
from webapp.core.clock import iso, utc_now
from webapp.core.system import System
from webapp.publisher.planning.missed import Interval
from webapp.publisher.records.models import WorkerProcess

KEPT = timedelta(days=30)
# The longest that a worker of another machine is silent before it is taken for gone.
SEEN_WITHIN = timedelta(minutes=1)


def pause(system: System) -> timedelta:
    """From one heartbeat to the next."""
    return timedelta(seconds=system.config.lease_seconds) / 3


def seen_lately() -> sa.ColumnElement[bool]:
    """A condition on WorkerProcess: registered, and seen a short while ago. One of this place that
    was killed since is told by its process: `any_runs`."""
    recent = WorkerProcess.seen_at > utc_now() - SEEN_WITHIN
    return sa.and_(WorkerProcess.stopped_at.is_(None), recent)


def is_anybody_there(db: Session) -> bool:
    """Whether a worker runs now: one of this place by its process, which may have been killed;
    another one by its last sign of life."""
    return any_runs(db.scalar(owners_seen()))


def owners_seen() -> sa.Select[Any]:
    """A select of one text: those who are registered and were seen a short while ago."""
    owners = sa.func.aggregate_strings(WorkerProcess.owner, ",")
    return sa.select(owners).where(seen_lately())


def any_runs(owners: str | None) -> bool:
    """Whether one of those whom `owners_seen` has found runs."""
    return any(map(processes.runs, owners.split(","))) if owners else False


def seen(db: Session, system: System, threads: int, clock_ahead_ms: int = 0, busy: int = 0) -> None:
    """This worker is alive now, `busy` of its threads with a publication.

    A silence that is longer than a lease is a hole and not a late heartbeat: the machine slept,
    the clock was set, the database was away. What was due in it counts as missed.
    """
    now = system.clock()
    row = _own(db, system)
    if row is not None and now - row.seen_at > timedelta(seconds=system.config.lease_seconds):
        row.stopped_at = row.seen_at
        row.owner = f"{row.owner} until {iso(row.seen_at)} #{row.id}"
        db.flush()
        row = None
    if row is None:
        row = _registered(db, system, threads, now)
    row.clock_ahead_ms = clock_ahead_ms
    row.figures = {"busy": busy, **vitals.of_process(system.db.engine)}
    row.seen_at = now
    row.started_at = min(row.started_at, now)  # the clock may have been set back


def deregister(db: Session, system: System) -> None:
    """This worker stops: it is not waited for."""
    row = _own(db, system)
    if row is not None:
        row.seen_at = row.stopped_at = system.clock()


def since(db: Session, system: System, moment: datetime) -> list[Interval]:
    """When workers were there, from the moment until now.

    One that did not deregister is believed for one heartbeat longer; this one itself until now.
    """
    now = system.clock()
    rows = db.scalars(
        sa.select(WorkerProcess).where(
            sa.or_(
                WorkerProcess.seen_at >= moment - pause(system), WorkerProcess.owner == system.owner
            )
        )
    )
    return [Interval(row.started_at, _until(system, row, now)) for row in rows]


def prune(db: Session, system: System) -> None:
    """Forget workers of long ago."""
    db.execute(sa.delete(WorkerProcess).where(WorkerProcess.seen_at < system.clock() - KEPT))


def _until(system: System, row: WorkerProcess, now: datetime) -> datetime:
    if row.stopped_at is not None:
        return row.stopped_at
    if row.owner == system.owner and now - row.seen_at <= timedelta(
        seconds=system.config.lease_seconds
    ):
        return now
    return row.seen_at + pause(system)


def _own(db: Session, system: System) -> WorkerProcess | None:
    return db.scalars(
        sa.select(WorkerProcess).where(WorkerProcess.owner == system.owner)
    ).one_or_none()


def _registered(db: Session, system: System, threads: int, now: datetime) -> WorkerProcess:
    row = WorkerProcess(
        owner=system.owner,
        host=system.owner.split(":", 1)[0],
        pid=os.getpid(),
        threads=threads,
        started_at=now,
        seen_at=now,
    )
    db.add(row)
    return row
