"""How it stands with what goes to a website, for the website's own dashboard."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.accounts.models import Site
from webapp.core import codes, zones
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import counters, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer.models import Content

MOST_ACTIVITIES = 20


class Activity(msgspec.Struct, kw_only=True):
    """A publication or a retraction at the website. `message` is its last error; "": none."""

    record_id: int
    content_id: int
    content_title: str
    action: str
    status: str
    message: str
    external_url: str
    at: datetime


class Summary(msgspec.Struct, kw_only=True):
    """Numbers are of the site, `pending_today` until its day ends; activities and the last
    publication are of the connection, the newest first."""

    site_name: str
    pending_today: int
    scheduled: int
    failed: int
    last_publication: Activity | None
    activities: list[Activity]


def of(db: Session, who: Scoped, integration: SiteIntegration, now: datetime) -> Summary:
    """The summary of a connection that `who` sees."""
    site = access.get(db, who, Site, integration.site_id)
    scheduled = counters.number_of(who, states.SCHEDULED, site.id)
    worked = PublishingRecord.status.in_((states.PUBLISHED, states.PUBLISHED_WITH_ISSUES))
    last = _activities(db, who, integration.id, 1, PublishingRecord.action == "publish", worked)
    return Summary(
        site_name=site.name,
        pending_today=_number(db, who, site.id, *_is_pending(_end_of_day(site, now))),
        scheduled=max(0, int(db.scalar(sa.select(scheduled)) or 0)),
        failed=_number(db, who, site.id, *_HAS_FAILED),
        last_publication=last[0] if last else None,
        activities=_activities(db, who, integration.id, MOST_ACTIVITIES),
    )


# Written out as the index of what needs attention has it. A failed update is one, too.
_HAS_FAILED = (
    Content.attention != sa.literal_column("''"),
    Content.attention.like(sa.literal_column("'%,failed%'")),
)


def _is_pending(until: datetime) -> tuple[Any, ...]:
    is_due = sa.and_(Content.site_status == states.SCHEDULED, Content.scheduled_publish_at < until)
    return (sa.or_(Content.site_status == states.PUBLISHING, is_due),)


def _end_of_day(site: Site, now: datetime) -> datetime:
    zone = zones.zone(site.timezone)
    tomorrow = zones.local(now, zone).date() + timedelta(days=1)
    return zones.instant(datetime.combine(tomorrow, datetime.min.time()), zone).at


def _number(db: Session, who: Scoped, site_id: int, *conditions: Any) -> int:
    query = access.visible(who, Content, sa.func.count())
    return int(db.scalar(query.where(Content.site_id == site_id, *conditions)) or 0)


_COLUMNS = (
    PublishingRecord.id.label("record_id"),
    PublishingRecord.content_id,
    Content.title.label("content_title"),
    PublishingRecord.action,
    PublishingRecord.status,
    PublishingRecord.error,
    PublishingRecord.external_url,
    sa.func.coalesce(
        PublishingRecord.finished_at, PublishingRecord.started_at, PublishingRecord.created_at
    ).label("at"),
)


def _activities(
    db: Session, who: Scoped, integration_id: int, most: int, *conditions: Any
) -> list[Activity]:
    rows = db.execute(
        access.visible(who, PublishingRecord, *_COLUMNS)
        .join(Content, Content.id == PublishingRecord.content_id)
        .where(PublishingRecord.integration_id == integration_id, *conditions)
        .order_by(PublishingRecord.id.desc())
        .limit(most)
    )
    return [_activity(row._asdict()) for row in rows]


def _activity(found: dict[str, Any]) -> Activity:
    error = found.pop("error")
    message = codes.error_to_programs(error)["message"] if error else ""
    return Activity(message=message, **found)
