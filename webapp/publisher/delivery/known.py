"""What we know of the website's side of a piece: what was sent there, with what was taken over of
what was changed there since, by whichever way we learnt of it.

Kept with the placement, so that a newer publication begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import decoders
from webapp.integrations.models import Placement, WebsiteChange
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import payload, terms
from webapp.writer.payload import Payload

_IDS = {"categories": "category_ids", "tags": "tag_ids"}


def side(db: Session, placement: Placement) -> Payload | None:
    """The website's side; None where the publication has kept none."""
    query = sa.select(PublishingRecord.snapshot).where(PublishingRecord.id == placement.record_id)
    snapshot = db.scalar(query)
    if snapshot is None:
        return None
    return decoders.convert({**snapshot, **placement.heard.get("payload", {})}, Payload)


def exact(db: Session, placement: Placement) -> Payload | None:
    """The same; None where it is not exactly what is online."""
    found = side(db, placement)
    is_exact = found is not None and payload.digest(found) == placement.published_hash
    return found if is_exact else None


def learn(db: Session, placement: Placement, values: Mapping[str, Any]) -> Payload | None:
    """These fields stand there so from now on; the website's side as it is then."""
    kept = msgspec.to_builtins(dict(values))
    for field, ids in _IDS.items():
        if ids in kept and field not in kept:
            kept[field] = msgspec.to_builtins(terms.named(db, placement.site_id, kept[ids]))
    payload_there = {**placement.heard.get("payload", {}), **kept}
    placement.heard = {**placement.heard, "payload": payload_there}
    db.flush()
    found = side(db, placement)
    if found is not None:
        placement.published_hash = payload.digest(found)
    return found


def taken_over(db: Session, now: Payload, placement: Placement, fields: Iterable[str]) -> None:
    """The piece is what stands there, in these fields; what was told before is settled."""
    names = [*fields]
    names += [ids for field, ids in _IDS.items() if field in names]
    settle(db, placement)
    placement.heard = {**placement.heard, "terms": {}}
    learn(db, placement, {name: getattr(now, name) for name in names})


def settle(db: Session, placement: Placement) -> None:
    """Somebody has decided on all that the website has told so far."""
    last = db.scalar(
        sa.select(sa.func.max(WebsiteChange.id)).where(
            WebsiteChange.content_id == placement.content_id,
            WebsiteChange.integration_id == placement.integration_id,
        )
    )
    placement.heard = {**placement.heard, "settled": last or 0}


def is_settled(placement: Placement, change: WebsiteChange) -> bool:
    """Whether somebody has decided on it since."""
    return bool(change.id <= placement.heard.get("settled", 0))
