"""Telling open pages that something changed.

A notice is a topic and an id, no content: the page fetches what it shows through its own access
check. On SQLite notices are rows in the same transaction; with Redis they are published after the
commit. Losing one costs nothing lasting: a page that reconnects fetches everything it shows.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy import Table
from sqlalchemy.orm import Mapped, Session

from webapp.core.clock import utc_now
from webapp.core.db import Base, before_commit
from webapp.core.prepared import Prepared
from webapp.core.shared_redis import Post

if TYPE_CHECKING:
    from webapp.core.system import System

KEPT = timedelta(hours=1)


class Notice(Base):
    """Table: something changed; `topic` and the row's id."""

    __tablename__ = "notices"

    account_id: Mapped[int]
    topic: Mapped[str]
    object_id: Mapped[int]
    at: Mapped[datetime]


_INSERT = Prepared(cast(Table, Notice.__table__).insert().inline())


def prune(db: Session, system: System) -> None:
    """Forget what every tab has heard long ago."""
    db.execute(sa.delete(Notice).where(Notice.at < system.clock() - KEPT))


def channel(name: str) -> str:
    """Where the installation of that name publishes on Redis."""
    return f"igny8:{name}:notices"


class Notices:
    """Writes notices to wherever this installation's web processes read them."""

    def __init__(self, name: Callable[[], str], post: Post | None) -> None:
        """`name` and `post` are as of Jobs."""
        self._name, self._post = name, post

    def send(self, db: Session, account_id: int, topic: str, object_id: int) -> None:
        """Announce, when this transaction has committed, that the object changed.

        However often a transaction says it, pages hear it once.
        """
        waiting: dict[tuple[int, str, int], None] = db.info.setdefault("notices", {})
        if not waiting:
            if self._post is None:
                before_commit(db, lambda: _write(db))
            else:
                self._post.leave(db, lambda pipeline: self._publish(db, pipeline))
        waiting[account_id, topic, object_id] = None

    def _publish(self, db: Session, pipeline: Any) -> None:
        for message in db.info.pop("notices", {}):
            pipeline.publish(channel(self._name()), msgspec.json.encode(message))


def _write(db: Session) -> None:
    """All notices of the transaction as rows, in one statement."""
    now = utc_now()
    rows = [
        {"account_id": account_id, "topic": topic, "object_id": object_id, "at": now}
        for account_id, topic, object_id in db.info.pop("notices", {})
    ]
    _INSERT.change_each(db, rows)
