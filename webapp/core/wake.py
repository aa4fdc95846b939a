"""Waking a worker for a job, once this transaction is on disk."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.core.system import System


def wake(db: Session, system: System, job: str, *values: int) -> None:
    """Enqueue the job after the commit, and never if it rolls back: once, however often the
    transaction asks for it, with all the values that were named."""
    asked: dict[str, set[int]] = db.info.setdefault("wake", {})
    if job not in asked:
        asked[job] = set()
        system.jobs.enqueue_after(db, job, lambda: sorted(asked.pop(job)))
    asked[job].update(values)
