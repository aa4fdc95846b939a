"""Where a piece stands: where it went online, whatever its site's default connection is by now."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import links
from webapp.core.codes import Code, sentence
from webapp.core.errors import Conflict
from webapp.integrations import placements, registry
from webapp.integrations.models import Placement, SiteIntegration
from webapp.writer.models import Content


def connection_of(db: Session, content: Content) -> SiteIntegration | None:
    """The connection where the piece is online, active or not; None where it is nowhere.

    One that was made anew to the same website stands for the one before.
    """
    found = placed(db, content)
    return found[1] if found is not None else None


def placed(db: Session, content: Content) -> tuple[Placement, SiteIntegration] | None:
    """The same, with what stands there."""
    return next(iter(_placed(db, content)), None)


def elsewhere(
    db: Session, content: Content, goes: SiteIntegration | None
) -> SiteIntegration | None:
    """Another connection at which the piece is online; None where it is at `goes`, or nowhere."""
    if not content.external_url or goes is None:
        return None
    return next((one for _, one in _placed(db, content) if one.id != goes.id), None)


def same_place(db: Session, integration_id: int) -> list[int]:
    """The connections of its site that lead to the same website, itself among them."""
    this = db.get_one(SiteIntegration, integration_id)
    alike = sa.select(SiteIntegration).where(
        SiteIntegration.site_id == this.site_id, SiteIntegration.platform == this.platform
    )
    return [one.id for one in db.scalars(alike) if one is this or _is_same_place(one, this)]


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
    if registry.of(there.platform).has_key and not there.credentials:
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
    return registry.destination_name(integration.platform, integration.base_url)


def _refusal(code: Code, there: SiteIntegration) -> Conflict:
    name: dict[str, Any] = {"destination": name_of(there)}
    return Conflict(
        f"It stays online at {name_of(there)}. {sentence(code)}", code=code, details=name
    )


def _placed(db: Session, content: Content) -> list[tuple[Placement, SiteIntegration]]:
    found = placements.standing(db, content.id)
    return [(what, at if at.is_active else _made_anew(db, at) or at) for what, at in found]


def _made_anew(db: Session, before: SiteIntegration) -> SiteIntegration | None:
    """The active connection to the same website, or to our own pages."""
    now = db.scalars(
        sa.select(SiteIntegration).where(
            SiteIntegration.site_id == before.site_id,
            SiteIntegration.platform == before.platform,
            SiteIntegration.is_active,
        )
    ).one_or_none()
    return now if now is not None and _is_same_place(now, before) else None


def _is_same_place(one: SiteIntegration, other: SiteIntegration) -> bool:
    return links.place_of(one.base_url) == links.place_of(other.base_url)
