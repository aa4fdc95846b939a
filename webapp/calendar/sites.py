"""The sites that a calendar shows, each with its zone, its limits and its health."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.calendar.address import ALL_SITES
from webapp.content import holdups
from webapp.content.holdups import There, Through
from webapp.core import zones
from webapp.core.errors import NotFound
from webapp.core.web import id_in
from webapp.integrations import obstacles, standing
from webapp.integrations.models import IS_DEFAULT, SiteIntegration
from webapp.integrations.standing import Standing
from webapp.publisher.planning.settings_fields import DEFAULTS
from webapp.publisher.records.models import PublishingSettings


@dataclass(frozen=True)
class SiteRow:
    """A site of the calendar. `standing` is its default connection's, None without one; `obstacle`
    is why nothing goes out by its connections, "" if it does; `way` is how its pieces go out.
    `is_whole` says that the reader sees all of it, so that what is counted can be held against its
    limits."""

    id: int
    name: str
    url: str
    zone: str
    settings: PublishingSettings
    standing: Standing | None
    obstacle: str
    may_move: bool
    is_whole: bool
    way: Through

    @property
    def tz(self) -> ZoneInfo:
        return zones.zone(self.zone)

    @property
    def timezone(self) -> str:
        """The zone, as the planner names it."""
        return self.zone

    @property
    def there(self) -> There:
        """As what waits is judged by."""
        return There(self.zone, self.settings.paused)

    def today(self, now: datetime) -> date:
        return zones.local(now, self.tz).date()


def choose(db: Session, member: Member, wanted: str) -> tuple[list[SiteRow], list[SiteRow]]:
    """All sites of the account, and those that the calendar shows; one query.

    `wanted` is an id, "all", or "" for what the site switcher says. Raises NotFound.
    """
    default = sa.and_(SiteIntegration.site_id == Site.id, IS_DEFAULT)
    rows = db.execute(
        access.visible(
            member,
            Site,
            Site,
            PublishingSettings,
            obstacles.column(Site.id).label("obstacle"),
            *standing.COLUMNS,
            *holdups.columns(),
        )
        .outerjoin(PublishingSettings, PublishingSettings.site_id == Site.id)
        .outerjoin(SiteIntegration, default)
        .order_by(sa.func.lower(Site.name), Site.id)
    ).all()
    everything = [
        SiteRow(
            id=row.Site.id,
            name=row.Site.name,
            url=row.Site.url,
            zone=row.Site.timezone,
            settings=row.PublishingSettings or _usual(row.Site),
            standing=standing.of(row) if row.is_active else None,
            obstacle=row.obstacle,
            may_move=member.may(Capability.PUBLISH, row.Site.id),
            is_whole=member.sees_setup(row.Site.id),
            way=holdups.Through(row.down_since, row.config_json, row.workers),
        )
        for row in rows
    ]
    is_there = any(site.id == member.site_id for site in everything)
    if wanted == ALL_SITES or (not wanted and not is_there):
        return everything, everything
    site_id = id_in(wanted) if wanted else member.site_id
    chosen = [site for site in everything if site.id == site_id]
    if not chosen:
        raise NotFound
    return everything, chosen


def _usual(site: Site) -> PublishingSettings:
    """What holds for a site whose settings nobody has touched; not stored."""
    return PublishingSettings(account_id=site.account_id, site_id=site.id, **DEFAULTS)
