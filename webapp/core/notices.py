"""Telling open pages that something changed.

A notice is a topic and an id, no content: the page fetches what it shows through its own access
check. On SQLite notices are rows in the same transaction; with Redis they are published after the
commit. Losing one costs nothing lasting: a page that reconnects fetches everything it shows.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
import structlog
from sqlalchemy import insert
from sqlalchemy.orm import Mapped, Session

from webapp.core.clock import utc_now
from webapp.core.db import Base, after_commit

log = structlog.get_logger()
CHANNEL = "igny8:notices"


class Notice(Base):
    """Table: something changed; `topic` and the row's id."""

    __tablename__ = "notices"

    account_id: Mapped[int]
    topic: Mapped[str]
    object_id: Mapped[int]
    at: Mapped[datetime]


class Notices:
    """Writes notices to wherever this installation's web processes read them."""

    def __init__(self, queue_url: str) -> None:
        self._redis: Any = None
        if not queue_url.startswith("sqlite"):
            import redis

            self._redis = redis.Redis.from_url(queue_url, socket_timeout=2)

    def send(self, db: Session, account_id: int, topic: str, object_id: int) -> None:
        """Announce, when this transaction has committed, that the object changed."""
        if self._redis is None:
            row = {"account_id": account_id, "topic": topic, "object_id": object_id}
            db.execute(insert(Notice).values(at=utc_now(), **row))
            return
        waiting: set[tuple[int, str, int]] = db.info.setdefault("notices", set())
        if not waiting:
            after_commit(db, lambda: self._publish(db))
        waiting.add((account_id, topic, object_id))

    def _publish(self, db: Session) -> None:
        messages = db.info.pop("notices", set())
        try:
            pipeline = self._redis.pipeline(transaction=False)
            for message in messages:
                pipeline.publish(CHANNEL, msgspec.json.encode(message))
            pipeline.execute()
        except Exception as problem:  # pages refresh on reconnect: news may be lost, rows not
            log.warning("notices could not be sent", problem=str(problem))
