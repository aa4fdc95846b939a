"""Who works on a row: owner, lease and attempt.

Work that outlives a process is a row. A worker takes it by writing its name, a lease and the next
number of attempt in one transaction, and renews the lease while it works. When the lease ends,
somebody else takes the row with the next number. Whoever writes an outcome names owner and attempt:
if another has taken over meanwhile, nothing matches and the late outcome is void.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.core import processes
from webapp.core.db import Base

if TYPE_CHECKING:
    from webapp.core.system import System


class LeaseLost(Exception):
    """Another worker has this row now; whatever this one found out is void."""


class Leased(Base):
    """A table whose rows are worked on. `status` says whether that is so now."""

    __abstract__ = True

    status: Mapped[str]
    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)


T = TypeVar("T", bound=Leased)


class Leases(Generic[T]):
    """The leases of one table; `working` is the status of a row that somebody works on."""

    def __init__(self, model: type[T], working: str) -> None:
        self._model = model
        self._working = working

    def taken(self, system: System, attempt: int, now: datetime) -> dict[str, Any]:
        """The columns by which this worker takes a row that had so many attempts."""
        return {"owner": system.owner, "attempt": attempt + 1, "lease_until": ends(system, now)}

    def held(self, db: Session, row_id: int, owner: str, attempt: int) -> T:
        """The row, locked, if that attempt still has it; else LeaseLost."""
        row = db.scalars(
            sa.select(self._model)
            .where(
                self._model.id == row_id,
                self._model.status == self._working,
                self._model.owner == owner,
                self._model.attempt == attempt,
            )
            .with_for_update()
            .execution_options(populate_existing=True)
        ).one_or_none()
        if row is None:
            raise LeaseLost(f"{self._model.__tablename__} {row_id}, attempt {attempt}")
        return row

    def renew(self, db: Session, system: System, row_ids: Iterable[int]) -> None:
        """The leases of what this worker works on live on."""
        ids = list(row_ids)
        if not ids:
            return
        db.execute(
            sa.update(self._model)
            .where(
                self._model.id.in_(ids),
                self._model.owner == system.owner,
                self._model.status == self._working,
            )
            .values(lease_until=ends(system, system.clock()))
        )

    def release_dead(self, db: Session, system: System) -> int:
        """End the leases of workers of this place that no longer run. Returns how many leases."""
        theirs = sa.select(self._model.owner).where(
            self._model.status == self._working, self._model.owner != system.owner
        )
        dead = [one for one in db.scalars(theirs.distinct()) if one and not processes.runs(one)]
        if not dead:
            return 0
        done = db.execute(
            sa.update(self._model)
            .where(self._model.owner.in_(dead), self._model.status == self._working)
            .values(lease_until=system.clock())
        )
        return int(getattr(done, "rowcount", 0))


def ends(system: System, now: datetime) -> datetime:
    """When a lease that is taken or renewed now ends."""
    return now + timedelta(seconds=system.config.lease_seconds)
