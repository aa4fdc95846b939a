"""The folder that backups are in: their names, what is left over of one, how many stay."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from webapp.backups import about

log = structlog.get_logger()
PREFIX, UNFINISHED = "igny8-", ".part"
# A shell's `*` passes it over. The release before this one, which may still run, has another.
LOCK, LOCK_BEFORE = ".lock", "lock"
STAMP = "%Y%m%dT%H%M%SZ"


@contextmanager
def taken(to: Path) -> Iterator[None]:
    """One makes a backup there at a time; the next one waits. What is left of one that was killed
    is removed."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    with ExitStack() as stack:
        before = to / LOCK_BEFORE
        for path in (to / LOCK, *([before] if before.exists() else [])):
            fcntl.flock(stack.enter_context(path.open("w")), fcntl.LOCK_EX)
        before.unlink(missing_ok=True)
        for left in to.glob(f"{PREFIX}*{UNFINISHED}"):
            shutil.rmtree(left)
        yield


@contextmanager
def begun(to: Path, now: datetime) -> Iterator[tuple[Path, Path]]:
    """A new folder to fill, and the name that it gets once it is whole; within `taken`."""
    name, number = f"{PREFIX}{now:{STAMP}}", 1
    while (to / name).exists():
        number += 1
        name = f"{PREFIX}{now:{STAMP}}-{number:02}"
    part = to / f"{name}{UNFINISHED}"
    part.mkdir(mode=0o700)
    try:
        yield part, to / name
    finally:
        shutil.rmtree(part, ignore_errors=True)


def finish(part: Path, folder: Path) -> None:
    """All of it is on the disk before it has its name."""
    about.to_disk(part)
    part.rename(folder)
    about.to_disk(folder.parent)


def found(to: Path) -> list[Path]:
    """The finished backups in a folder, the newest last."""
    folders = [one for one in to.glob(f"{PREFIX}*") if one.suffix != UNFINISHED]
    return sorted(one for one in folders if (one / about.NAME).is_file())


def newest(to: Path) -> tuple[Path, datetime] | None:
    """The newest backup that can be read, and of when it is; None where there is none."""
    for folder in reversed(found(to)):
        try:
            return folder, about.read(folder).taken_at
        except about.Unusable as problem:
            log.warning("a backup cannot be read", problem=problem.message)
    return None


def keep_newest(to: Path, number: int) -> list[Path]:
    """Remove all but so many of the newest, each first by its name; those that went."""
    gone = found(to)[:-number]
    for folder in gone:
        left = folder.with_name(folder.name + UNFINISHED)
        folder.rename(left)
        shutil.rmtree(left)
    return gone
