"""Who a process is, and whether it still runs.

A name is host:pid:place:start:random. Host and pid are for people; two containers may have both in
common. The place is where pids are counted, one kernel's namespace since its boot, and only there
can a pid be looked at; the start tells a process from another one that got its pid later.
"""

from __future__ import annotations

import os
import socket
import uuid
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

NOT_KNOWN = ""


class Name(NamedTuple):
    """The parts of a name."""

    host: str
    pid: str
    place: str
    start: str
    random: str

    def __str__(self) -> str:
        return ":".join(self)


def name_of(pid: int | None = None) -> str:
    """A new name for a process of this place; for this one, where none is given."""
    number = os.getpid() if pid is None else pid
    start = _stat(number).start
    return str(Name(socket.gethostname(), str(number), place(), start, uuid.uuid4().hex[:8]))


def runs(name: str) -> bool:
    """Whether it may still run; of other places that is not known. One that was stopped, by SIGSTOP
    or a debugger, works on nothing."""
    read = _read(name)
    if read is None or not read.pid.isdecimal():
        return True
    try:
        os.kill(int(read.pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    now = _stat(int(read.pid))
    if read.start and now.start and read.start != now.start:
        return False
    return now.state not in ("Z", "T", "t")


@cache
def place() -> str:
    """Where this process's pids are counted; of systems that do not tell, the host."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        told = f"{boot} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        told = socket.gethostname()
    return sha256(told.encode()).hexdigest()[:8]


class _Stat(NamedTuple):
    """What Linux tells of a process: whether it is stopped, and when it was started, since boot."""

    state: str = NOT_KNOWN
    start: str = NOT_KNOWN


def _stat(pid: int) -> _Stat:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return _Stat(told[0], told[19])
    except (OSError, IndexError):
        return _Stat()


def _read(name: str) -> Name | None:
    """The name's parts, if it is of this place; those of an older release are of none."""
    parts = name.split(":")
    return Name(*parts) if len(parts) == 5 and parts[2] == place() else None
