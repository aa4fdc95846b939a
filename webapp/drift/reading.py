"""What the pages of drift show: the list of pieces that differ, and one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core.paging import Order, cut
from webapp.core.rows import typed
from webapp.core.system import System
from webapp.drift import differing
from webapp.drift.differing import Differing
from webapp.integrations import placements
from webapp.integrations.base import Difference
from webapp.integrations.models import Placement, SiteIntegration
from webapp.publisher.delivery import decided
from webapp.publisher.delivery.drift import watch_of
from webapp.publisher.records import drifts, taking
from webapp.publisher.records.drifts import IS_ABOUT
from webapp.publisher.records.models import Drift, PublishingRecord
from webapp.writer.models import Content

ON_A_PAGE = 50
NEWEST = Order((Drift.id,))


class Line(Protocol):
    """A row of the list."""

    id: int
    content_id: int
    site_id: int
    kind: str
    status_there: str
    over: str
    changed_by: str
    changed_at: datetime | None
    found_at: datetime
    title: str
    site: str
    timezone: str
    external_url: str


COLUMNS = (
    Drift.id,
    Drift.content_id,
    Drift.site_id,
    Drift.kind,
    Drift.status_there,
    Drift.over,
    Drift.changed_by,
    Drift.changed_at,
    Drift.found_at,
    Content.title,
    Site.name.label("site"),
    Site.timezone,
    Placement.external_url,
)


@dataclass(frozen=True)
class Piece:
    """A piece, and what was found of it: `found` is None where nothing was. `differing` is None
    where no post is there. `others` no field of a piece can hold; `own` is the website's alone."""

    content: Content
    site: Site
    found: Drift | None
    url: str
    sent_at: datetime | None
    differing: Differing | None
    others: list[Difference]
    own: list[tuple[str, str]]
    may_decide: bool
    is_told: bool
    is_busy: bool


def listed(
    db: Session, who: Member, *, kind: str = "", site_id: int | None = None, before: int | None
) -> tuple[list[Line], bool]:
    """The pieces that differ there, what was found last first; and whether there are more."""
    query = (
        access.visible(who, Drift, *COLUMNS)
        .join(Placement, IS_ABOUT)
        .join(Content, Content.id == Drift.content_id)
        .join(Site, Site.id == Drift.site_id)
    )
    if kind in drifts.KINDS:
        query = query.where(Drift.kind == kind)
    if site_id is not None:
        query = query.where(Drift.site_id == site_id)
    rows = typed(Line, db.execute(NEWEST.page(query, ON_A_PAGE, [before] if before else [])))
    return cut(rows, ON_A_PAGE)


def connections(db: Session, who: Member, site_id: int | None) -> list[int]:
    """The connections that are looked at for this member: of a site, or of all they see."""
    query = access.visible(who, SiteIntegration, SiteIntegration.id)
    if site_id is not None:
        query = query.where(SiteIntegration.site_id == site_id)
    return list(db.scalars(query.where(SiteIntegration.is_active)))


def site_of(db: Session, who: Member, content_id: int) -> int:
    """The site of a piece that the member sees, or NotFound."""
    return access.get(db, who, Content, content_id).site_id


def piece(db: Session, system: System, who: Member, content_id: int, *, may: bool) -> Piece:
    """One piece, or NotFound."""
    content = access.get(db, who, Content, content_id)
    site = access.get(db, who, Site, content.site_id)
    found = drifts.find(db, content_id)
    stands = found.there if found is not None else None
    sides = decided.of(db, content, found.placement, stands) if found and stands else None
    there: Mapping[str, Any] = (found.drift.there or {}) if found is not None else {}
    placed = found.placement if found is not None else _placed(db, content_id)
    return Piece(
        content=content,
        site=site,
        found=found.drift if found is not None else None,
        url=placed.external_url if placed is not None else "",
        sent_at=_sent_at(db, who, placed),
        differing=differing.of(sides.sent, sides.there, sides.here, sides.both) if sides else None,
        others=taking.others(found.there) if found is not None and found.there else [],
        own=_own(there.get("own") or {}),
        may_decide=may,
        is_told=placed is not None and watch_of(db, system, placed.integration_id) is not None,
        is_busy=content.site_status == "publishing",
    )


def _placed(db: Session, content_id: int) -> Placement | None:
    return next((one for one, _ in placements.standing(db, content_id)), None)


def _sent_at(db: Session, who: Member, placed: Placement | None) -> datetime | None:
    if placed is None or placed.record_id is None:
        return None
    query = access.visible(who, PublishingRecord, PublishingRecord.finished_at)
    sent_at: datetime | None = db.scalar(query.where(PublishingRecord.id == placed.record_id))
    return sent_at


def _own(own: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is WordPress's own, each with its name; what is as usual is left out."""
    told = [
        ("Template", own.get("template", "")),
        ("Format", own.get("format", "")),
        ("Comments", "" if own.get("comments_open", True) else "closed"),
        ("Sticky", "yes" if own.get("is_sticky") else ""),
        ("Password", "set" if own.get("has_password") else ""),
        ("Language", own.get("language", "")),
        ("Translations", ", ".join(one["language"] for one in own.get("translations", []))),
    ]
    fields = [(one["name"], one["value"]) for one in own.get("custom_fields", [])]
    return [(name, str(value)) for name, value in (*told, *fields) if value]
