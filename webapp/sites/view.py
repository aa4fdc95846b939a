"""A site and its connections as the pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import decoders, labels, slugs
from webapp.core.errors import NotFound
from webapp.core.links import web_address
from webapp.core.system import System
from webapp.integrations import (
    delivered,
    from_website,
    handover,
    installation,
    obstacles,
    registry,
    site_findings,
    standing,
    structure,
)
from webapp.integrations.models import SiteIntegration
from webapp.integrations.obstacles import OBSTACLES, Obstacle
from webapp.integrations.platform import Platform, Step
from webapp.integrations.site_findings import OfSite
from webapp.integrations.standing import Standing
from webapp.publisher.planning import plan_input

TOLD_FOR = timedelta(days=1)
COUNTERS = (
    ("posts_published_count", "Posts"),
    ("pages_published_count", "Pages"),
    ("products_published_count", "Products"),
    ("categories_synced_count", "Categories"),
    ("tags_synced_count", "Tags"),
    ("sectors_synced_count", "Sectors"),
    ("clusters_synced_count", "Clusters"),
    ("total_sync_operations", "All operations"),
)


class Choice(NamedTuple):
    """What becomes of something that is changed at the website, and what else could."""

    name: str
    label: str
    chosen: str
    choices: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Connection:
    """One integration, with how it stands."""

    id: int
    kind: Platform
    destination: str
    standing: Standing
    base_url: str
    default_author: str
    key_prefix: str
    previous_key_until: datetime | None
    is_active: bool
    is_default: bool
    checked_at: datetime | None
    message: str
    offered: str
    checks: dict[str, dict[str, Any]]
    paused_at: datetime | None
    failing_since: datetime | None
    failures: int
    last_publish_at: datetime | None
    counters: list[tuple[str, int]]
    elsewhere: str
    foreign: int
    taken_for: str
    told_at: datetime | None
    is_told_old: bool
    handed_over: list[Step]
    from_website: list[Choice]
    delivery: Choice | None
    found: OfSite | None


@dataclass(frozen=True)
class Shown:
    """A site with its connections, the active ones first; `scheduled` is how many pieces have a
    time."""

    id: int
    name: str
    slug: str
    url: str
    zone: str
    is_public: bool
    public_address: str
    connections: list[Connection]
    connectable: list[Platform]
    obstacle: Obstacle | None
    scheduled: int
    now: datetime

    @property
    def has_published(self) -> bool:
        """Whether anything ever went out."""
        return any(one.last_publish_at for one in self.connections)


def site(db: Session, system: System, member: Member, site_id: int) -> Shown:
    """The site, or NotFound."""
    found = next(iter(_sites(db, system, member, site_id)), None)
    if found is None:
        raise NotFound
    return found


def sites(db: Session, system: System, member: Member) -> list[Shown]:
    """All sites of the account, by name. Two queries."""
    return _sites(db, system, member, None)


def behind(shown: list[Shown]) -> int:
    """How many websites have an older plugin than ours: what is new in it is not there yet."""
    checks = [one.checks for site in shown for one in site.connections if one.is_active]
    return sum(not found.get("plugin_version", {}).get("ok", True) for found in checks)


def connection(integration: SiteIntegration, now: datetime) -> Connection:
    """An integration for its card."""
    report = integration.health_report or {}
    grace = integration.previous_key_until
    return Connection(
        id=integration.id,
        kind=registry.of(integration.platform),
        destination=registry.destination_name(integration.platform, integration.base_url),
        standing=standing.of_integration(integration),
        base_url=integration.base_url,
        default_author=integration.default_author,
        key_prefix=integration.key_prefix,
        previous_key_until=grace if grace and grace > now else None,
        is_active=integration.is_active,
        is_default=integration.is_default,
        checked_at=integration.health_checked_at,
        message=report.get("message", ""),
        offered=_offered(integration),
        checks=report.get("checks", {}),
        paused_at=integration.paused_at,
        failing_since=integration.failing_since,
        failures=integration.failures_in_row,
        last_publish_at=integration.last_publish_at,
        counters=[(word, getattr(integration, name)) for name, word in COUNTERS],
        elsewhere=_elsewhere(integration, now),
        foreign=_foreign(report),
        taken_for=_taken_for(integration),
        told_at=structure.fetched_at(integration),
        is_told_old=integration.is_active and structure.is_old(integration, now),
        handed_over=handover.steps(integration, now),
        from_website=_choices(integration),
        delivery=_delivery(integration),
        found=site_findings.of_config(integration.config_json),
    )


_WORDS = {
    from_website.TAKE: "Take it over into the piece",
    from_website.SHOW: "Show it at the piece",
    from_website.IGNORE: "Ignore it",
}
_LABELS = {
    "terms": "Categories and tags",
    "relations": "Cluster, sector and keywords",
    "texts": "Title, text, excerpt and address",
    "status": "Taken offline or deleted",
}


def _choices(integration: SiteIntegration) -> list[Choice]:
    """The switches of the connection. The status is never taken over."""
    chosen = from_website.of_config(integration.config_json)
    may = {name: tuple(_WORDS.items()) for name in _LABELS}
    may["status"] = may["status"][1:]
    return [Choice(name, word, getattr(chosen, name), may[name]) for name, word in _LABELS.items()]


def _delivery(integration: SiteIntegration) -> Choice | None:
    """How pieces stand there where nobody has chosen; None where there is no choice."""
    can = registry.of(integration.platform).delivers
    if len(can) < 2:
        return None
    said = "A piece stands there as, where nobody says otherwise"
    words = tuple((one, labels.DELIVERED_AS[one]) for one in can)
    return Choice("deliver_as", said, delivered.of_config(integration.config_json), words)


def _offered(integration: SiteIntegration) -> str:
    """The address to which the website's own one leads; "" where it does not."""
    error = ((integration.health_report or {}).get("report") or {}).get("error") or {}
    return str((error.get("details") or {}).get("offered", ""))


def _elsewhere(integration: SiteIntegration, now: datetime) -> str:
    """The website that calls with this connection's key and is another one; for a day."""
    told = integration.config_json.get("elsewhere")
    if not isinstance(told, dict) or decoders.convert(told["at"], datetime) < now - TOLD_FOR:
        return ""
    return str(told["url"])


def _taken_for(integration: SiteIntegration) -> str:
    """Where the IGNY8 is whose copy the website takes us for, as it says; "" where it does not."""
    said = integration.config_json.get(installation.REFUSED)
    return web_address(said.get("address")) if isinstance(said, dict) else ""


def _foreign(report: dict[str, Any]) -> int:
    """How many posts of other installations stand there, or of nobody that is known."""
    known = report.get("report", {}).get("installation")
    if not isinstance(known, dict):
        return 0
    return sum(one for one in (known.get("foreign"), known.get("unproven")) if type(one) is int)


def _sites(db: Session, system: System, member: Member, site_id: int | None) -> list[Shown]:
    told = (obstacles.column(Site.id).label("obstacle"), _SCHEDULED.label("scheduled"))
    query = access.visible(member, Site, Site, *told).order_by(Site.name, Site.id)
    integrations = access.visible(member, SiteIntegration).order_by(
        SiteIntegration.is_active.desc(), SiteIntegration.is_default.desc(), SiteIntegration.id
    )
    if site_id is not None:
        query = query.where(Site.id == site_id)
        integrations = integrations.where(SiteIntegration.site_id == site_id)
    now = system.clock()
    by_site: dict[int, list[Connection]] = {}
    for integration in db.scalars(integrations):
        by_site.setdefault(integration.site_id, []).append(connection(integration, now))
    return [
        _shown(row, by_site.get(row.Site.id, []), system.config.public_url, now)
        for row in db.execute(query)
    ]


_SCHEDULED = sa.select(sa.func.count()).where(*plan_input.is_planned(Site.id)).scalar_subquery()


def _shown(found: Any, connections: list[Connection], public_url: str, now: datetime) -> Shown:
    row: Site = found.Site
    taken = {one.kind.name for one in connections if one.is_active}
    return Shown(
        id=row.id,
        name=row.name,
        slug=row.slug,
        url=row.url,
        zone=row.timezone,
        is_public=row.is_public,
        public_address=f"{public_url}/sites/{slugs.encoded(row.slug)}",
        connections=connections,
        connectable=[one for one in registry.PLATFORMS.values() if one.name not in taken],
        obstacle=OBSTACLES.get(found.obstacle),
        scheduled=found.scheduled,
        now=now,
    )
