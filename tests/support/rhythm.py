"""Workers that come and go, times that pass, pieces that fall due: the verbs of such tests."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from webapp.core.system import System
from webapp.publisher.delivery import due, heartbeats
from webapp.publisher.planning import settings
from webapp.writer.models import Content

ALL_DAY = {
    "publish_days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    "publish_time_slots": [{"start": "00:00", "end": "24:00"}],
    "daily_publish_limit": None,
    "slot_spacing_minutes": 30,
}


def alive(system: System) -> None:
    """A worker's heartbeat."""
    system.commits.run(lambda db: heartbeats.seen(db, system, 4))


def stay(desk: Desk, clock: FakeClock, minutes: int) -> None:
    """Time passes while the worker runs."""
    for _ in range(minutes * 3):
        clock.advance(20)
        alive(desk.system)


def gone(system: System) -> None:
    """It signs off."""
    system.commits.run(lambda db: heartbeats.deregister(db, system))


def choose(desk: Desk, **values: Any) -> None:
    """Change the site's settings."""
    with desk.system.db.write() as db:
        settings.change(db, desk.system, settings.for_update(db, desk.site), values)


def claim(desk: Desk, system: System | None = None) -> int:
    """Take what is due, as a worker does; how many were settled."""
    worker = system or desk.system
    return worker.commits.run(lambda db: due.claim_due(db, worker))


def scheduled(desk: Desk, minutes: float = 0, **values: Any) -> int:
    """An approved piece with a time, so many minutes from now."""
    content_id = desk.approved()
    desk.schedule(content_id, minutes * 60)
    if values:
        with desk.system.db.write() as db:
            db.execute(sa.update(Content).where(Content.id == content_id).values(**values))
    return content_id


def missed_by(desk: Desk, clock: FakeClock, minutes: int, **values: Any) -> int:
    """A piece whose time passed so many minutes ago, while no worker ran."""
    content_id = scheduled(desk, 1, **values)
    gone(desk.system)
    clock.advance(minutes=minutes + 1)
    alive(desk.system)
    return content_id


def stands(desk: Desk, content_id: int) -> tuple[str, frozenset[str]]:
    """Its state and marks, without what the missing web server makes the verification find."""
    content = desk.content(content_id)
    return content.site_status, content.attention - {"issues"}
