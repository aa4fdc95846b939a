"""What was found at a destination that differs from what we left: one row per piece and
connection, and a mark on the piece by the same word.

A row is about one publication. A newer one, or taking the piece offline, makes it void without
having to touch it.
"""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.core import decoders
from webapp.core.errors import Conflict
from webapp.core.system import System
from webapp.integrations import placements
from webapp.integrations.from_website import FromWebsite
from webapp.integrations.models import Placement
from webapp.integrations.theirs import PostState, There
from webapp.publisher.records import records
from webapp.publisher.records.models import Drift
from webapp.writer.models import Content

GONE, UNPUBLISHED_THERE, EDITED_THERE = "gone", "unpublished_there", "edited_there"
TRASH = "trash"
KINDS = (GONE, UNPUBLISHED_THERE, EDITED_THERE)
NOTHING = "The website has this piece as we left it, as far as we know."
# Joins a row with what it is about.
IS_ABOUT = sa.and_(
    Placement.content_id == Drift.content_id,
    Placement.integration_id == Drift.integration_id,
    Placement.status.in_(placements.STANDING),
    sa.func.coalesce(Placement.record_id, 0) == sa.func.coalesce(Drift.record_id, 0),
)


class Found(NamedTuple):
    """A drift, and what stands there by our own account."""

    drift: Drift
    placement: Placement

    @property
    def there(self) -> There | None:
        """The post as it was seen; None where there is none."""
        kept = self.drift.there
        return decoders.convert(kept, There) if kept is not None else None


def kind_of(
    state: PostState, switches: FromWebsite, *, is_put_back: bool = False, is_hidden: bool = False
) -> str:
    """What became of the post, in one of KINDS; "" where it stands as we left it, or nobody is to
    be shown what became of it. `is_put_back`: it is older than that. `is_hidden`: we had delivered
    it without showing it."""
    if not state.is_there or state.status == TRASH:
        return "" if switches.ignores("deleted") else GONE
    if not state.is_public and not is_hidden and not switches.ignores("status"):
        return UNPUBLISHED_THERE
    return EDITED_THERE if state.over or is_put_back else ""


def of(db: Session, who: Scoped, content_id: int) -> Found:
    """What was found of a piece. Raises Conflict where nothing was, NotFound without the piece."""
    found = seen_by(db, who, content_id)
    if found is None:
        raise Conflict(NOTHING)
    return found


def seen_by(db: Session, who: Scoped, content_id: int) -> Found | None:
    """The same, None where nothing was. Raises NotFound."""
    access.get(db, who, Content, content_id)
    return find(db, content_id)


def find(db: Session, content_id: int) -> Found | None:
    """The same for those who have the piece already."""
    query = sa.select(Drift, Placement).join(Placement, IS_ABOUT)
    rows = db.execute(query.where(Drift.content_id == content_id).order_by(Drift.id).limit(1))
    return next((Found(row.Drift, row.Placement) for row in rows), None)


def note(db: Session, system: System, content: Content, drift: Drift) -> None:
    """This was found; it takes the place of what was found before. `content` is locked."""
    _forget(db, content.id, drift.integration_id)
    db.add(drift)
    content.attention = (content.attention - set(KINDS)) | {drift.kind}
    content.site_status_updated_at = system.clock()
    records.announce(db, system, content)


def end(db: Session, system: System, content: Content, integration_id: int) -> None:
    """The website has the piece as we know it. `content` is locked."""
    _forget(db, content.id, integration_id)
    content.attention = content.attention - set(KINDS)
    records.announce(db, system, content)


def is_free(db: Session, content: Content) -> bool:
    """Whether nothing of the piece is on its way, so that what stands there is what was left."""
    return content.site_status != "publishing" and records.active_record(db, content.id) is None


def prune(db: Session, system: System) -> None:  # noqa: ARG001
    """Forget what is void."""
    holds = sa.select(Drift.id).join(Placement, IS_ABOUT)
    db.execute(sa.delete(Drift).where(Drift.id.not_in(holds)))


def _forget(db: Session, content_id: int, integration_id: int) -> None:
    gone = sa.delete(Drift).where(Drift.content_id == content_id)
    db.execute(gone.where(Drift.integration_id == integration_id))
    db.flush()
