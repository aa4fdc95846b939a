"""What a person may want to know of one piece on the calendar, beyond its card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.calendar import counts, sites, spans
from webapp.calendar.address import ALL_SITES
from webapp.calendar.placed import Places
from webapp.calendar.sites import SiteRow
from webapp.content import holdups, latest
from webapp.content.state import state_of, will_not_go_out
from webapp.core import zones
from webapp.core.errors import NotFound
from webapp.publisher.planning import explanation
from webapp.publisher.records import newest, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents
from webapp.writer.models import Cluster, Content


@dataclass(frozen=True)
class Details:
    """`why` is a sentence, `earlier` the slots that were passed over, `limits` say how full the
    day, week and month are, `error` is the last one's sentence, `stop` why it will not go out;
    `was_online` is since when it stood online, where it does no more."""

    content: Content
    site: SiteRow
    state: str
    at: datetime | None
    was_online: datetime | None
    cluster: str
    why: str
    earlier: list[str]
    limits: list[tuple[str, int, int]]
    attention: list[str]
    error: str
    may_move: bool
    stop: str
    holdup: str
    may_approve: bool


def load(db: Session, member: Member, content_id: int, now: datetime) -> Details:
    """Raises NotFound."""
    content = access.get(db, member, Content, content_id)
    _, chosen = sites.choose(db, member, ALL_SITES)
    site = next((one for one in chosen if one.id == content.site_id), None)
    if site is None:
        raise NotFound
    went_out = content.first_published_at
    at = content.scheduled_publish_at or (went_out if content.external_id else None)
    may_move = site.may_move and content.site_status != states.PUBLISHING
    return Details(
        content=content,
        site=site,
        state=state_of(content.status, content.site_status, content.attention),
        at=at,
        was_online=went_out if went_out and not content.external_id else None,
        cluster=_cluster(db, member, content),
        why=_why(content, site) if site.is_whole else "",
        earlier=explanation.details(content.plan_trace) if site.is_whole else [],
        limits=_limits(db, member, site, at) if at and site.is_whole else [],
        attention=sorted(content.attention),
        error=_last_error(db, member, content) if member.may(Capability.FOLLOW, site.id) else "",
        may_move=may_move,
        stop=will_not_go_out(content, obstacle=site.obstacle),
        holdup=_holdup(db, content, site, now),
        may_approve=member.may(Capability.APPROVE, site.id) and not contents.is_approved(content),
    )


def _holdup(db: Session, content: Content, site: SiteRow, now: datetime) -> str:
    record = latest.of(db, content.id) if content.site_status == states.PUBLISHING else None
    if record is not None and record.is_active:
        return holdups.of_sent(record, record.way, site.there, now)
    at = content.scheduled_publish_at
    return holdups.of_planned(content.site_status, at, site.way, site.there, now)


def _why(content: Content, site: SiteRow) -> str:
    is_online = bool(content.external_url)
    return explanation.sentence(content.plan_trace, obstacle=site.obstacle, is_online=is_online)


def _limits(db: Session, member: Member, site: SiteRow, at: datetime) -> list[tuple[str, int, int]]:
    """How much of the limits of that day, week and month is taken, where there are limits."""
    day = zones.local(at, site.tz).date()
    limits = site.settings
    wanted = [
        ("that day", [day], limits.daily_publish_limit),
        ("that week", spans.week(day), limits.weekly_publish_limit),
        ("that month", spans.month(day), limits.monthly_publish_limit),
    ]
    every = sorted({one for _, days, limit in wanted if limit is not None for one in days})
    if not every:
        return []
    used = counts.facts(db, Places.of(db, member, [site], every), with_choices=False).used
    return [
        (word, sum(used.get((spans.number(one), site.id), 0) for one in days), limit)
        for word, days, limit in wanted
        if limit is not None
    ]


def _cluster(db: Session, member: Member, content: Content) -> str:
    if content.cluster_id is None:
        return ""
    query = access.visible(member, Cluster, Cluster.name).where(Cluster.id == content.cluster_id)
    return db.scalar(query) or ""


def _last_error(db: Session, member: Member, content: Content) -> str:
    query = access.visible(member, PublishingRecord, PublishingRecord.error)
    error = db.scalar(newest.of(query, content.id))
    return str(error.get("message", "")) if error else ""
