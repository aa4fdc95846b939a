"""How many publications each destination takes at once, across all workers."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import sqlalchemy as sa

from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import states
from webapp.publisher.records.models import IS_ACTIVE, PublishingRecord


class Concurrency:
    """How much each destination can take, by what it is working on."""

    def __init__(self, system: System, busy: list[Any], limited: list[Any]) -> None:
        """From the answers of BUSY and LIMITED."""
        self._default = system.config.destination_parallel
        self._busy: Counter[int] = Counter(dict(busy))
        self._limits = {
            row.id: 0 if row.paused_at else min(row.parallel_limit, self._default)
            for row in limited
        }

    def full(self) -> list[int]:
        """The destinations that take no more."""
        known = {*self._busy, *self._limits}
        return [one for one in known if self._busy[one] >= self._limit(one)]

    def acquire(self, integration_id: int) -> bool:
        """One more for this destination; whether it takes that."""
        if self._busy[integration_id] >= self._limit(integration_id):
            return False
        self._busy[integration_id] += 1
        return True

    def release(self, integration_id: int) -> None:
        """One that was counted does not come after all."""
        self._busy[integration_id] -= 1

    def _limit(self, integration_id: int) -> int:
        return self._limits.get(integration_id, self._default)


_R = cast(sa.Table, PublishingRecord.__table__).c
BUSY = Prepared(
    sa.select(_R.integration_id, sa.func.count())
    .where(IS_ACTIVE, _R.status == states.PUBLISHING, _R.lease_until > sa.bindparam("now"))
    .group_by(_R.integration_id)
)
_I = cast(sa.Table, SiteIntegration.__table__).c
LIMITED = Prepared(
    sa.select(_I.id, _I.parallel_limit, _I.paused_at).where(
        sa.or_(_I.parallel_limit.is_not(None), _I.paused_at.is_not(None))
    )
)
