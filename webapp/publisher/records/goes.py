"""Where a publication that is asked for now would go, and the mark by which a form names that.

A page shows a destination, and its forms carry the mark: a click means that one and no other.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.rows import typed
from webapp.core.secrets import fingerprint
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.integrations.registry import destination_name
from webapp.publisher.records import newest, stands, states
from webapp.publisher.records.models import IS_ACTIVE, PublishingRecord
from webapp.writer.models import Content

# The mark of a page that showed no destination.
NOWHERE = "nowhere"
# Of a record, what `keeps` asks.
COLUMNS = (
    PublishingRecord.status,
    PublishingRecord.content_hash,
    PublishingRecord.snapshot.is_not(None).label("has_snapshot"),
)


class Act(NamedTuple):
    """What a click was to do, in words."""

    done: str
    again: str


SENDING, SCHEDULING = Act("sent", "Publish"), Act("scheduled", "Schedule")


def of(db: Session, content: Content) -> SiteIntegration | None:
    """Where the piece is on its way to, or would go: to the site's default; None for nowhere."""
    query = sa.select(PublishingRecord.integration_id, *COLUMNS).where(IS_ACTIVE)
    for active in typed(_Active, db.execute(newest.of(query, content.id))):
        if keeps(active, content.content_hash):
            return db.get_one(SiteIntegration, active.integration_id)
    return connections.default_of(db, content.site_id)


class Sending(Protocol):
    """A row with COLUMNS."""

    status: str
    content_hash: str
    has_snapshot: bool


class _Active(Sending, Protocol):
    integration_id: int


def keeps(record: Sending, content_hash: str) -> bool:
    """Whether a click goes on with this record, and not with a new one: it is under way, and has
    begun to send no older text."""
    if record.status == states.PENDING:
        return not record.has_snapshot or record.content_hash == content_hash
    return record.status in states.ACTIVE


def mark(integration_id: int | None, platform: str | None, base_url: str | None) -> str:
    """A destination as a form carries it: another connection or another address has another."""
    if integration_id is None:
        return NOWHERE
    name = destination_name(platform, base_url)
    return f"{integration_id}-{fingerprint(name)[:8]}"


def mark_of(goes: SiteIntegration | None) -> str:
    """The mark of a connection, or of none."""
    if goes is None:
        return NOWHERE
    return mark(goes.id, goes.platform, goes.base_url)


def check_shown(db: Session, content: Content, shown: str, act: Act = SENDING) -> None:
    """Raises Conflict where the piece would go elsewhere than the page `shown` by this mark said,
    or stays where it is online.

    Without a mark nothing is checked: programs name no destination.
    """
    goes = of(db, content)
    if not shown or goes is None or mark_of(goes) == shown:
        return
    stands.check_goes(db, content, goes)
    name = stands.name_of(goes)
    said = "no destination" if shown == NOWHERE else "another destination"
    raise Conflict(
        f"Nothing was {act.done}: it would go to {name} now, and the page showed {said}. "
        f"{act.again} it again if it shall go there.",
        code=Code.DESTINATION_CHANGED,
        details={"destination": name},
    )
