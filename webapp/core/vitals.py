"""How this process itself is: its release, its connections, what it takes of the machine."""

from __future__ import annotations

import os
import resource
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

import sqlalchemy as sa


@cache
def release() -> str:
    """The release that this process runs."""
    return metadata.version("igny8")


def of_process(engine: sa.Engine) -> dict[str, Any]:
    """Release, connections in use and at most, bytes of memory, seconds of the processor."""
    in_use, most = connections(engine)
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "version": release(),
        "connections": in_use,
        "connections_limit": most,
        "memory": memory(),
        "cpu": round(used.ru_utime + used.ru_stime, 2),
    }


def connections(engine: sa.Engine) -> tuple[int, int]:
    """Of the database's pool: how many are in use, and how many there may be."""
    pool: Any = engine.pool
    if not isinstance(pool, sa.pool.QueuePool):
        return 0, 0
    return pool.checkedout(), pool.size() + pool._max_overflow


def memory() -> int:
    """Bytes of this process that are in memory; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
