"""Whether a worker runs, looked at once a second while anybody has a page open.

A worker that is killed tells nobody, so nothing but a look can notice it.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta

import structlog

from webapp.core.system import System
from webapp.live.feed import Hub
from webapp.publisher.delivery import due, heartbeats

log = structlog.get_logger()
LOOK_EVERY = 1.0
# What is due is begun within so much; and a little more than one look lies between two.
BEGUN_WITHIN, LOOKED_BEFORE = timedelta(seconds=1), timedelta(seconds=1.5)


async def run(system: System, hub: Hub) -> None:
    """Tell every tab when the last worker goes, when one is back, and when something that is due is
    kept."""
    there = True
    while True:
        await asyncio.sleep(LOOK_EVERY)
        if not hub.is_heard:
            there = True  # that nobody is there is told to whoever opens a page
            continue
        try:
            now, is_kept = await asyncio.to_thread(_look, system)
        except Exception as problem:  # a database that is away is noticed by everything else
            log.warning("could not look whether a worker runs", problem=str(problem))
            continue
        if there != now or is_kept:
            hub.tell_all("worker")
        there = now


def _look(system: System) -> tuple[bool, bool]:
    """Whether a worker runs, and whether something has just fallen due and was not begun: what was
    to go out then waits now, and pages say so."""
    now = system.clock()
    with system.db.read() as db:
        is_kept = due.was_kept(db, now - BEGUN_WITHIN - LOOKED_BEFORE, now - BEGUN_WITHIN)
        return heartbeats.is_anybody_there(db), is_kept
