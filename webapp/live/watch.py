"""Whether a worker runs, looked at once a second while anybody has a page open.

A worker that is killed tells nobody, so nothing but a look can notice it.
"""

from __future__ import annotations

import asyncio

import structlog

from webapp.core.system import System
from webapp.live.feed import Hub
from webapp.publisher.delivery import heartbeats

log = structlog.get_logger()
LOOK_EVERY = 1.0


async def run(system: System, hub: Hub) -> None:
    """Tell every tab when the last worker goes, and when one is back."""
    there = True
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if not hub.is_heard:
            there = True  # that nobody is there is told to whoever opens a page
            continue
        try:
            now = await asyncio.to_thread(_look, system)
        except Exception as problem:  # a database that is away is noticed by everything else
            log.warning("could not look whether a worker runs", problem=str(problem))
            continue
        if there != now:
            hub.tell_all("worker")
        there = now


def _look(system: System) -> bool:
    with system.db.read() as db:
        return heartbeats.is_anybody_there(db)
