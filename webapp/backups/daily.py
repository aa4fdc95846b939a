"""The backup that a worker makes by itself, every night, and how old the newest is."""

from __future__ import annotations

import subprocess
import sys
import threading
from datetime import datetime, time, timedelta
from pathlib import Path

import structlog

from webapp.backups import folders
from webapp.core import figures
from webapp.core.errors import Conflict
from webapp.core.system import System

log = structlog.get_logger()
# Each night's begins here, in UTC; one that nobody was there for is made up for.
AT = time(2, 47)
LATE = timedelta(hours=26)
LONGEST = timedelta(hours=6)
_making = threading.Lock()
_WANTED = figures.moment(
    "igny8_backup_wanted_timestamp_seconds",
    "When a worker last looked whether a nightly backup is to be made",
)
_BACKUP = figures.moment(
    "igny8_backup_last_success_timestamp_seconds", "When the last nightly backup was made"
)


def back_up(system: System) -> None:
    """Make one below IGNY8_BACKUPS, if that is set and there is none since tonight; keep the newest
    IGNY8_BACKUPS_KEPT. In a process of its own: it reads every row, and publications wait for
    nobody. Raises Conflict where none could be made."""
    to = system.config.backups
    if to is not None:
        _WANTED.set_to_current_time()
    newest = taken_at(system)
    if to is None or (newest is not None and newest >= tonight(system.clock())):
        return
    if not _making.acquire(blocking=False):
        return
    try:
        _make(to, system.config.backups_kept)
    finally:
        _making.release()


def _make(to: Path, kept: int) -> None:
    done = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "webapp.cli", "backup", "--to", str(to), "--nightly"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LONGEST.total_seconds(),
        check=False,
    )
    if done.returncode != 0:
        log.error("no backup could be made", folder=str(to), problem=done.stderr.strip())
        raise Conflict(f"No backup could be made in {to}. The log says why.")
    _BACKUP.set_to_current_time()
    log.info("backup made", folder=done.stdout.strip())
    folders.keep_newest(to, kept)


def taken_at(system: System) -> datetime | None:
    """Of when the newest backup is that can be read; None where there is none."""
    to = system.config.backups
    newest = folders.newest(to) if to is not None else None
    return newest[1] if newest else None


def tonight(now: datetime) -> datetime:
    """The last moment at which a backup was to be made."""
    today = datetime.combine(now.date(), AT, now.tzinfo)
    return today if today <= now else today - timedelta(days=1)
