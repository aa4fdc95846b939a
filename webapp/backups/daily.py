"""The backup that a worker makes by itself, every night, and how old the newest is."""

from __future__ import annotations

import fcntl
from datetime import datetime, timedelta

import structlog

from webapp import backups
from webapp.backups import about
from webapp.core.errors import Problem
from webapp.core.system import System

log = structlog.get_logger()
# Of several workers with one folder, and after a restart in the same night, one backup is enough.
ENOUGH = timedelta(hours=20)
LATE = timedelta(hours=26)


def back_up(system: System) -> None:
    """Make one below IGNY8_BACKUPS, if that is set, and keep the newest IGNY8_BACKUPS_KEPT."""
    to, config = system.config.backups, system.config
    if to is None:
        return
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (to / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        newest = taken_at(system)
        if newest is not None and system.clock() - newest < ENOUGH:
            return
        try:
            made = backups.make(config, to, lambda _: None)
        except (Problem, OSError) as problem:
            log.error("no backup could be made", folder=str(to), problem=str(problem))
            return
        gone = backups.keep_newest(to, config.backups_kept)
    log.info("backup made", folder=str(made), rows=about.read(made).rows, removed=len(gone))


def taken_at(system: System) -> datetime | None:
    """Of when the newest backup is; None where there is none."""
    to = system.config.backups
    found = backups.found(to) if to is not None else []
    return about.read(found[-1]).taken_at if found else None
