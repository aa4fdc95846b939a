"""One of several acts in a transaction, taken back alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from webapp.core.errors import Problem


@contextmanager
def savepoint(db: Session) -> Iterator[None]:
    """What is done within is taken back where it cannot be done, unless the Problem keeps it."""
    kept: Problem | None = None
    with db.begin_nested():
        try:
            yield
        except Problem as problem:
            if not problem.keeps:
                raise
            kept = problem
    if kept is not None:
        raise kept
