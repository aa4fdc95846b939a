"""Machines whose clocks differ from the database's: work goes by that one (core/clock.py), and
people are told, since certificates, logs and mails go by the machines' own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import processes
from webapp.core.clock import OFF
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import heartbeats
from webapp.publisher.delivery.destinations import CLOCK
from webapp.publisher.records.models import WorkerProcess

# A worker that is so far off alone takes no work: to websites its certificates are not valid.
TOO_FAR = timedelta(minutes=10)
# What clocks that go wrong together differ by among themselves.
TOGETHER = timedelta(seconds=2)
# Of websites, whose clocks are told to a second and by answers that take a while; the last health
# check of each counts.
TOLD_OFF, TOLD_WITHIN = timedelta(seconds=5), timedelta(minutes=15)
MOST = 200


def wrong(db: Session, system: System) -> list[str]:
    """What is to be said of the clocks, a sentence each; none where all are right."""
    workers = _ahead(db, system)
    own = ahead(system)
    machines, websites = [own, *workers.values()], _websites(db, system)
    if is_database_wrong(machines, websites):
        by = _seconds(-middle(machines))
        also = f", and {_websites_said(websites)} go with them" if differ(websites) else ""
        return [
            f"The database’s clock is {by} that of all machines here{also}, so it is probably "
            "wrong. IGNY8 goes by it: set it (NTP)."
        ]
    found = {**workers, system.owner: own}
    told = sorted(_said(owner, off) for owner, off in found.items() if abs(off) > OFF)
    if not told and differ(websites):
        by = _seconds(-middle(websites))
        told = [
            f"The clock here is {by} that of {_websites_said(websites)}: look whether it is right, "
            "and set it (NTP). IGNY8 goes by it."
        ]
    return told


def may_work(db: Session, system: System) -> bool:
    """Whether this worker's clock lets it take work: it is about right, or all differ alike."""
    own = ahead(system)
    if abs(own) <= TOO_FAR:
        return True
    return is_database_wrong([own, *_ahead(db, system).values()], _websites(db, system))


def is_database_wrong(machines: Sequence[timedelta], websites: Sequence[timedelta] = ()) -> bool:
    """Whether it is the database whose clock is wrong, by how much others are ahead of it: all
    machines are to one side of it, and so are the websites; where none has said its time, two
    machines at least that differ by about the same. Pure."""
    if min(map(abs, machines)) <= OFF:
        return False
    if websites:
        sides = {one > timedelta() for one in (*machines, middle(websites))}
        return differ(websites) and len(sides) == 1
    return len(machines) > 1 and max(machines) - min(machines) <= TOGETHER


def middle(offsets: Sequence[timedelta]) -> timedelta:
    """One that half of the others are ahead of. Pure."""
    return sorted(offsets)[len(offsets) // 2]


def differ(websites: Sequence[timedelta]) -> bool:
    """Whether the times that websites told differ from ours by more than an answer's way. Pure."""
    return bool(websites) and abs(middle(websites)) > TOLD_OFF


def ahead(system: System) -> timedelta:
    """By how much this machine's clock is ahead of the one that this process goes by."""
    offset = getattr(system.clock, "offset", timedelta())
    return offset if isinstance(offset, timedelta) else timedelta()


def worst() -> sa.Select[Any]:
    """A select of one number: how many ms the worst clock of those who work is off."""
    off = sa.func.max(sa.func.abs(WorkerProcess.clock_ahead_ms))
    return sa.select(off).where(heartbeats.seen_lately())


def _ahead(db: Session, system: System) -> dict[str, timedelta]:
    """Of each other worker that runs."""
    query = sa.select(WorkerProcess.owner, WorkerProcess.clock_ahead_ms)
    rows = db.execute(query.where(heartbeats.seen_lately()))
    return {
        row.owner: timedelta(milliseconds=row.clock_ahead_ms)
        for row in rows
        if row.owner != system.owner and processes.runs(row.owner)
    }


def _websites(db: Session, system: System) -> list[timedelta]:
    """By how much each website's server was ahead a short while ago; hosts count once."""
    recent = SiteIntegration.health_checked_at > system.clock() - TOLD_WITHIN
    told = sa.cast(SiteIntegration.health_report[CLOCK].as_string(), sa.BigInteger)
    query = sa.select(SiteIntegration.base_url, told.label("ahead")).where(
        SiteIntegration.is_active, recent, told.is_not(None)
    )
    hosts = {urlsplit(row.base_url).netloc: row.ahead for row in db.execute(query.limit(MOST))}
    return [timedelta(milliseconds=one) for one in hosts.values()]


def _websites_said(websites: Sequence[timedelta]) -> str:
    return "1 website" if len(websites) == 1 else f"{len(websites)} websites"


def _said(owner: str, off: timedelta) -> str:
    host, pid = owner.split(":")[:2]
    told = f"The clock of {host} (process {pid}) is {_seconds(off)} the database’s"
    waits = " It takes no work until then." if abs(off) > TOO_FAR else ""
    return f"{told}, by which IGNY8 goes: set it (NTP).{waits}"


def _seconds(off: timedelta) -> str:
    seconds = abs(off).total_seconds()
    return f"{seconds:,.1f} s {'ahead of' if off > timedelta() else 'behind'}"
