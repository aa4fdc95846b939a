"""Two transactions that wait for each other: PostgreSQL ends one of them, and that begins anew.

A click locks the piece and then its record, a worker the record and then the piece. Nothing of what
was ended is in the database, so the same act is simply done again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

T = TypeVar("T")
TIMES = 3
# PostgreSQL's codes for a deadlock and for what cannot be put in an order.
_CODES = ("40P01", "40001")


def again(act: Callable[[], T]) -> T:
    """What the act gives, which is one whole transaction and may be done anew."""
    for left in reversed(range(TIMES)):
        try:
            return act()
        except sa.exc.DBAPIError as problem:
            if not left or getattr(problem.orig, "sqlstate", None) not in _CODES:
                raise
    raise AssertionError("the last time has answered or raised")
