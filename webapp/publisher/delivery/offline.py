"""Whether a piece that was to be taken down is offline. That the destination knows nothing of it is
no proof: it may have forgotten what still stands there."""

from __future__ import annotations

from webapp.core.codes import Code, sentence
from webapp.core.system import System
from webapp.integrations import placements
from webapp.integrations.base import Adapter, NeedsAction, RetryLater
from webapp.publisher.delivery import seeing
from webapp.publisher.records import stands
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content


def is_offline(system: System, adapter: Adapter, content_id: int) -> bool:
    """What the destination says, and its address where it knows of nothing. Raises RetryLater
    where neither tells."""
    there = adapter.lookup(content_id)
    return not there.is_online if there is not None else not _address(system, adapter, content_id)


def make_sure(system: System, adapter: Adapter, content_id: int) -> None:
    """The destination has nothing to take down. Raises where the address shows the piece, and where
    it shows nothing that tells."""
    url = _address(system, adapter, content_id)
    if url:
        raise NeedsAction(Code.STILL_THERE, "verification", url=url)


def _address(system: System, adapter: Adapter, content_id: int) -> str:
    """The address that still shows the piece as it went out, or ""."""
    with system.db.read() as db:
        there = stands.same_place(db, adapter.target.integration_id)
        placed = placements.at(db, content_id, there)
        if placed is None or not placed.external_url:
            return ""
        url, sent = placed.external_url, None
        if placed.record_id is not None:
            sent = db.get_one(PublishingRecord, placed.record_id).snapshot
        title = str(sent["title"]) if sent else db.get_one(Content, content_id).title
    seen = seeing.look_at(system.http, url, title)
    if seen.shown is None:
        said = f"{sentence(Code.NOT_SEEN)} ({seen.why})"
        raise RetryLater(Code.NOT_SEEN, "verification", said, url=url, error=seen.why)
    return url if seen.shown else ""
