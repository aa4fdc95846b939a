"""Connections as programs read them. Keys are never part of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.accounts.models import Site
from webapp.core.errors import NotFound
from webapp.integrations import delivered, from_website
from webapp.integrations.from_website import FromWebsite
from webapp.integrations.models import SiteIntegration


class IntegrationLine(msgspec.Struct, kw_only=True):
    """A site's connection with a platform. `key_prefix` tells keys apart, it opens nothing."""

    id: int
    site_id: int
    site_name: str
    platform: str
    transport: str
    base_url: str
    default_author: str
    from_website: FromWebsite
    deliver_as: str
    is_active: bool
    is_default: bool
    key_prefix: str
    previous_key_until: datetime | None
    health: str
    health_checked_at: datetime | None
    paused_at: datetime | None
    failures_in_row: int
    posts_published_count: int
    pages_published_count: int
    products_published_count: int
    categories_synced_count: int
    tags_synced_count: int
    sectors_synced_count: int
    clusters_synced_count: int
    total_sync_operations: int
    last_publish_at: datetime | None
    created_at: datetime
    updated_at: datetime


class HealthLine(msgspec.Struct, kw_only=True):
    """What the last check found: healthy, degraded, down or unknown; each check with its reason."""

    integration_id: int
    status: str
    checked_at: datetime | None
    message: str
    checks: dict[str, Any]
    report: dict[str, Any]


_MADE = ("site_name", "from_website", "deliver_as")
_COPIED = tuple(name for name in IntegrationLine.__struct_fields__ if name not in _MADE)
COLUMNS: tuple[Any, ...] = (
    SiteIntegration.config_json,
    *(getattr(SiteIntegration, name) for name in _COPIED),
    Site.name.label("site_name"),
)
JOINS = ((Site, Site.id == SiteIntegration.site_id),)


def line(row: Any) -> IntegrationLine:
    """A row of COLUMNS."""
    return IntegrationLine(
        from_website=from_website.of_config(row.config_json),
        deliver_as=delivered.of_config(row.config_json),
        site_name=row.site_name,
        **{name: getattr(row, name) for name in _COPIED},
    )


def one(db: Session, who: Scoped, integration_id: int) -> IntegrationLine:
    """Raises NotFound."""
    row = db.execute(
        access.visible(who, SiteIntegration, *COLUMNS)
        .join(Site, Site.id == SiteIntegration.site_id)
        .where(SiteIntegration.id == integration_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return line(row)


def health(db: Session, who: Scoped, integration_id: int) -> HealthLine:
    """What is known of the connection's health; nothing is asked. Raises NotFound."""
    integration = access.get(db, who, SiteIntegration, integration_id)
    known = integration.health_report
    return HealthLine(
        integration_id=integration.id,
        status=integration.health,
        checked_at=integration.health_checked_at,
        message=known.get("message", ""),
        checks=known.get("checks", {}),
        report=known.get("report", {}),
    )
