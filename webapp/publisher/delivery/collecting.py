"""Asking websites for what was changed there, when they have said that something waits."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, registry
from webapp.integrations.base import DestinationError
from webapp.integrations.from_website import Collected
from webapp.integrations.models import SiteIntegration

log = structlog.get_logger()
LOOK_EVERY = 1.0
AT_ONCE = 4
# A worker that dies while it asks is followed by another one; a website that does not answer is
# asked again, and by the check of its health.
LEASE = timedelta(minutes=2)


class Collector:
    """Asks until stopped, a few websites side by side."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._stopping = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="collect")
        self._loop = threading.Thread(target=self._run, name="collector")

    def start(self) -> None:
        self._loop.start()

    def stop(self) -> None:
        """Begin nothing new, and finish what is being asked."""
        self._stopping.set()
        self._loop.join()
        self._pool.shutdown(wait=True)

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_EVERY):
            try:
                for integration_id, lease in self._system.commits.run(self._take):
                    self._pool.submit(self._ask, integration_id, lease)
            except Exception:  # a locked or restarting database must not end the worker
                log.exception("the collector could not look for work")

    def _take(self, db: Session) -> list[tuple[int, datetime]]:
        return take(db, self._system)

    def _ask(self, integration_id: int, lease: datetime) -> None:
        try:
            ask(self._system, integration_id, lease)
        except Exception:
            log.exception("asking for changes met a bug", integration=integration_id)


def take(db: Session, system: System) -> list[tuple[int, datetime]]:
    """The connections that are due, each with the lease under which it is asked now."""
    now = system.clock()
    due = (
        sa.select(SiteIntegration.id)
        .where(SiteIntegration.is_active, SiteIntegration.changes_due_at <= now)
        .order_by(SiteIntegration.changes_due_at)
        .limit(AT_ONCE)
    )
    lease = now + LEASE
    taken = sa.update(SiteIntegration).where(
        SiteIntegration.id.in_(due), SiteIntegration.changes_due_at <= now
    )
    found = db.scalars(taken.values(changes_due_at=lease).returning(SiteIntegration.id))
    return [(one, lease) for one in found]


def is_due(db: Session, integration_id: int, at: datetime) -> None:
    """The website is asked then, or earlier."""
    due = SiteIntegration.changes_due_at
    db.execute(
        sa.update(SiteIntegration)
        .where(SiteIntegration.id == integration_id, sa.or_(due.is_(None), due > at))
        .values(changes_due_at=at)
    )


def ask(system: System, integration_id: int, lease: datetime) -> Collected:
    """Ask one website, and say when it is asked again: at once while it has more, never by itself
    once it has told all. What it said meanwhile counts, too."""
    again: datetime | None = None
    try:
        with system.db.read() as db:
            target = connections.target_of(db, system, integration_id)
        collected = registry.adapter_for(system, target).collect_changes()
        if collected.waiting and collected.sent:
            again = system.clock()
        elif collected.problem:
            log.warning("a website could not tell its changes", problem=collected.problem)
    except Unreadable:
        collected = Collected(problem="the key of the connection cannot be opened")
    except DestinationError as problem:
        collected = Collected(problem=problem.failure.code)
        log.warning("a website was not asked for its changes", code=problem.failure.code)

    def note(db: Session) -> None:
        db.execute(
            sa.update(SiteIntegration)
            .where(SiteIntegration.id == integration_id, SiteIntegration.changes_due_at == lease)
            .values(changes_due_at=again)
        )

    system.commits.run(note)
    return collected
