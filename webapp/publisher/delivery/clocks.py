"""Machines whose clocks differ from the database's: work goes by that one (core/clock.py), and
people are told, since certificates, logs and mails go by the machines' own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import processes
from webapp.core.clock import OFF, utc_now
from webapp.core.system import System
from webapp.publisher.delivery import heartbeats
from webapp.publisher.records.models import WorkerProcess

# A worker that is so far off alone takes no work: to websites its certificates are not valid.
TOO_FAR = timedelta(minutes=10)
# What clocks that go wrong together differ by among themselves.
TOGETHER = timedelta(seconds=2)


def wrong(db: Session, system: System) -> list[str]:
    """What is to be said of the clocks, a sentence each; none where all are right."""
    workers = _ahead(db, system)
    own = ahead(system)
    if is_database_wrong([own, *workers.values()]):
        by = _seconds(-own)
        return [
            f"The database’s clock is {by} that of all machines here, so it is probably wrong. "
            "IGNY8 goes by it: set it (NTP)."
        ]
    found = {**workers, system.owner: own}
    return sorted(_said(owner, off) for owner, off in found.items() if abs(off) > OFF)


def may_work(db: Session, system: System) -> bool:
    """Whether this worker's clock lets it take work: it is about right, or all differ alike."""
    own = ahead(system)
    return abs(own) <= TOO_FAR or is_database_wrong([own, *_ahead(db, system).values()])


def is_database_wrong(ahead_of_it: Sequence[timedelta]) -> bool:
    """Whether all machines, two at least, differ from the database by about the same. Pure."""
    if len(ahead_of_it) < 2 or min(map(abs, ahead_of_it)) <= OFF:
        return False
    return max(ahead_of_it) - min(ahead_of_it) <= TOGETHER


def ahead(system: System) -> timedelta:
    """By how much this machine's clock is ahead of the one that this process goes by."""
    offset = getattr(system.clock, "offset", timedelta())
    return offset if isinstance(offset, timedelta) else timedelta()


def worst() -> sa.Select[Any]:
    """A select of one number: how many ms the worst clock of those who work is off."""
    recent = WorkerProcess.seen_at > utc_now() - heartbeats.SEEN_WITHIN
    return sa.select(sa.func.max(sa.func.abs(WorkerProcess.clock_ahead_ms))).where(
        heartbeats.IS_RUNNING, recent
    )


def _ahead(db: Session, system: System) -> dict[str, timedelta]:
    """Of each other worker that runs."""
    recent = WorkerProcess.seen_at > system.clock() - heartbeats.SEEN_WITHIN
    query = sa.select(WorkerProcess.owner, WorkerProcess.clock_ahead_ms)
    rows = db.execute(query.where(heartbeats.IS_RUNNING, recent))
    return {
        row.owner: timedelta(milliseconds=row.clock_ahead_ms)
        for row in rows
        if row.owner != system.owner and processes.runs(row.owner)
    }


def _said(owner: str, off: timedelta) -> str:
    host, pid = owner.split(":")[:2]
    told = f"The clock of {host} (process {pid}) is {_seconds(off)} the database’s"
    waits = " It takes no work until then." if abs(off) > TOO_FAR else ""
    return f"{told}, by which IGNY8 goes: set it (NTP).{waits}"


def _seconds(off: timedelta) -> str:
    seconds = abs(off).total_seconds()
    return f"{seconds:,.1f} s {'ahead of' if off > timedelta() else 'behind'}"
