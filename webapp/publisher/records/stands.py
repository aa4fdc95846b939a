"""Where a piece stands: at the connection by which it went online, whatever its site's default is.

Until each destination has a row of its own for a piece (docs/decisions/0026), its records tell.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict
from webapp.integrations import connections
from webapp.integrations.base import destination_name
from webapp.integrations.models import SiteIntegration
from webapp.integrations.wordpress_plugin import website
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

_NEWEST = sa.func.max(PublishingRecord.id)
_WORKED = PublishingRecord.status.in_(states.WORKED)
# Of a piece's records, an aggregate: the newest that worked; where none did, the newest.
TELLS = sa.func.coalesce(sa.func.max(sa.case((_WORKED, PublishingRecord.id))), _NEWEST)


def connection_of(db: Session, content: Content) -> SiteIntegration | None:
    """The connection where the piece stands, active or not; where no record tells, the default.

    One that was made anew to the same website stands for the one before.
    """
    record = sa.select(TELLS).where(PublishingRecord.content_id == content.id).scalar_subquery()
    found = db.scalars(
        sa.select(SiteIntegration)
        .join(PublishingRecord, PublishingRecord.integration_id == SiteIntegration.id)
        .where(PublishingRecord.id == record)
    ).one_or_none()
    if found is None:
        return connections.default_of(db, content.site_id)
    return found if found.is_active else _made_anew(db, found) or found


def elsewhere(
    db: Session, content: Content, goes: SiteIntegration | None
) -> SiteIntegration | None:
    """The other connection at which the piece is online; None where it is at `goes`, or nowhere."""
    if not content.external_url or goes is None:
        return None
    there = connection_of(db, content)
    return there if there is not None and there.id != goes.id else None


def check_goes(db: Session, content: Content, goes: SiteIntegration | None) -> None:
    """Raises Conflict where a publication to `goes` would leave a post online elsewhere."""
    there = elsewhere(db, content, goes)
    if there is not None:
        raise Conflict(
            stays(there),
            code=Code.ONLINE_ELSEWHERE,
            details={"destination": name_of(there), "url": content.external_url},
        )


def to_take_down(db: Session, content: Content) -> SiteIntegration:
    """The connection at which the piece can be taken offline. Raises Conflict where none can."""
    there = connection_of(db, content)
    if there is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    if not there.is_active:
        raise _refusal(Code.CONNECTION_OFF, there)
    if there.platform == "wordpress" and not there.credentials:
        raise _refusal(Code.KEY_MISSING, there)
    return there


def stays(there: SiteIntegration) -> str:
    """Why a piece that is online there does not go out elsewhere, in sentences."""
    off = "" if there.is_active else " That connection is switched off; switch it on for that."
    remedies = "take it offline there first, or make that connection the default again."
    return f"It stays online at {name_of(there)}; {remedies}{off}"


def name_of(integration: SiteIntegration | None) -> str:
    """A destination in a word; "" for none."""
    if integration is None:
        return ""
    return destination_name(integration.platform, integration.base_url)


def _refusal(code: Code, there: SiteIntegration) -> Conflict:
    name: dict[str, Any] = {"destination": name_of(there)}
    return Conflict(
        f"It stays online at {name_of(there)}. {sentence(code)}", code=code, details=name
    )


def _made_anew(db: Session, before: SiteIntegration) -> SiteIntegration | None:
    """The active connection to the same website, or to our own pages."""
    now = db.scalars(
        sa.select(SiteIntegration).where(
            SiteIntegration.site_id == before.site_id,
            SiteIntegration.platform == before.platform,
            SiteIntegration.is_active,
        )
    ).one_or_none()
    if now is None or website.place_of(now.base_url) != website.place_of(before.base_url):
        return None
    return now
