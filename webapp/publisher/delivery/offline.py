"""Whether a piece that was to be taken down is offline. That the destination knows nothing of it is
no proof: it may have forgotten what still stands there."""

from __future__ import annotations

from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import Adapter, NeedsAction
from webapp.publisher.delivery import verification
from webapp.publisher.records import placements, stands
from webapp.writer.models import Content


def is_offline(system: System, adapter: Adapter, content_id: int) -> bool:
    """What the destination says, and its address where it knows of nothing."""
    there = adapter.lookup(content_id)
    return not there.is_online if there is not None else not _address(system, adapter, content_id)


def make_sure(system: System, adapter: Adapter, content_id: int) -> None:
    """The destination has nothing to take down. Raises where the address shows the piece."""
    url = _address(system, adapter, content_id)
    if url:
        raise NeedsAction(Code.STILL_THERE, "verification", url=url)


def _address(system: System, adapter: Adapter, content_id: int) -> str:
    """The address that still shows the piece, or ""."""
    with system.db.read() as db:
        there = stands.same_place(db, adapter.target.integration_id)
        placed = placements.at(db, content_id, there)
        url = placed.external_url if placed is not None else ""
        title = db.get_one(Content, content_id).title
    return url if url and verification.still_shows(system.gate, url, title) else ""
