"""What became of a piece's versions: which of them somebody approved, and which is online where."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.models import Site, User
from webapp.integrations.models import Placement
from webapp.integrations.placements import ONLINE
from webapp.writer.models import Content, ReviewComment

APPROVED = "approved"


class Mark(NamedTuple):
    """`kind` is APPROVED, by `who`, or ONLINE, on the site `who`, at `url`."""

    kind: str
    who: str
    at: datetime
    url: str = ""


def of(db: Session, content: Content) -> dict[str, list[Mark]]:
    """The marks by content hash, which revisions carry, the oldest first. A piece that the site
    approved by itself has nobody's name."""
    found: dict[str, list[Mark]] = defaultdict(list)
    signed = sa.select(ReviewComment.content_hash, User.name, ReviewComment.created_at)
    signed = signed.join(User, User.id == ReviewComment.user_id).where(
        ReviewComment.content_id == content.id, ReviewComment.kind == "approval"
    )
    for row in db.execute(signed.order_by(ReviewComment.id)):
        found[row.content_hash].append(Mark(APPROVED, row.name, row.created_at))
    if content.approved_hash and content.approved_by is None and content.approved_at:
        found[content.approved_hash].append(Mark(APPROVED, "", content.approved_at))
    online = (
        sa.select(
            Placement.published_hash, Site.name, Placement.external_url, Placement.published_at
        )
        .join(Site, Site.id == Placement.site_id)
        .where(Placement.content_id == content.id, Placement.status == ONLINE)
    )
    for place in db.execute(online.order_by(Placement.id)):
        mark = Mark(ONLINE, place.name, place.published_at, place.external_url)
        found[place.published_hash].append(mark)
    return dict(found)
