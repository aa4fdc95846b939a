"""Whether a piece that was to be taken down is offline. That the destination knows nothing of it is
no proof: it may have forgotten what still stands there."""

from __future__ import annotations

from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import Adapter, NeedsAction
from webapp.publisher.delivery import verification
from webapp.writer.models import Content


def is_offline(system: System, adapter: Adapter, content_id: int) -> bool:
    """What the destination says, and its address where it knows of nothing."""
    there = adapter.lookup(content_id)
    return not there.is_online if there is not None else not _address(system, content_id)


def make_sure(system: System, content_id: int) -> None:
    """The destination has nothing to take down. Raises where the address shows the piece."""
    url = _address(system, content_id)
    if url:
        raise NeedsAction(Code.STILL_THERE, "verification", url=url)


def _address(system: System, content_id: int) -> str:
    """The address that still shows the piece, or ""."""
    with system.db.read() as db:
        content = db.get_one(Content, content_id)
        url, title = content.external_url, content.title
    return url if url and verification.still_shows(system.gate, url, title) else ""
