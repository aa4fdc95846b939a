"""The queue's lists: which pieces, in which order, page by page, and how many in each tab.

Every list is read along an index, from where the page before ended; how much there is comes from
kept counters (publisher/records/counters.py). The cost of a page does not grow with the number of
pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.content import holdups
from webapp.core.paging import Order
from webapp.core.rows import typed
from webapp.core.system import System
from webapp.integrations import obstacles
from webapp.integrations.models import IS_DEFAULT, SiteIntegration
from webapp.integrations.obstacles import OBSTACLES, Obstacle
from webapp.publisher.records import counters
from webapp.publisher.records.models import PublishingSettings
from webapp.queue import records, rows
from webapp.queue.filters import Cursor, Filters
from webapp.queue.rows import Row
from webapp.queue.shapes import Around, Home, Piece
from webapp.writer.draft import TYPES
from webapp.writer.models import Content

PAGE_SIZE, MOST_NAMED = 75, 3
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Part:
    """A part of a tab: which rows, by which moment, the newest or the oldest first."""

    where: tuple[Any, ...]
    moment: Any
    newest_first: bool

    @property
    def order(self) -> Order:
        return Order((self.moment, Content.id), self.newest_first)


@dataclass(frozen=True)
class Queue:
    """One page of a tab. `first` and `last` are places in the list; `total` is exact, or a floor.

    `sites` are those that are shown, `choices` those that can be chosen.
    """

    rows: list[Row]
    counts: dict[str, int]
    sites: list[ShownSite]
    choices: list[ShownSite]
    types: list[str]
    first: int
    last: int
    total: int
    is_floor: bool
    next_cursor: Cursor | None
    now: datetime

    @property
    def groups(self) -> list[tuple[str, list[Row]]]:
        """The rows under their headings, by what the clocks of their sites show."""
        found: dict[str, list[Row]] = {}
        for one in self.rows:
            found.setdefault(one.group, []).append(one)
        return list(found.items())

    @property
    def page_size(self) -> int:
        return PAGE_SIZE

    @property
    def zones(self) -> list[str]:
        return sorted({site.timezone for site in self.sites})

    @property
    def stopped(self) -> list[tuple[ShownSite, Obstacle]]:
        """Where something is scheduled at all, the sites from which nothing goes out, and why."""
        found = [(one, OBSTACLES[one.obstacle]) for one in self.sites if one.obstacle]
        return found[:MOST_NAMED] if self.counts.get("scheduled") else []

    @property
    def paused(self) -> list[ShownSite]:
        return [site for site in self.sites if site.paused]


def _is(state: str) -> Any:
    """Written out, not bound: only so do databases find the partial indexes."""
    return Content.site_status == sa.literal_column(f"'{state}'")


_MARKED = Content.attention != sa.literal_column("''")
_FAILED = Content.attention.like(sa.literal_column("'%,failed%'"))
PARTS = {
    "attention": (
        Part((_MARKED, _FAILED), Content.site_status_updated_at, True),
        Part((_MARKED, ~_FAILED), Content.site_status_updated_at, True),
    ),
    "publishing": (Part((_is("publishing"),), Content.site_status_updated_at, False),),
    "scheduled": (Part((_is("scheduled"),), Content.scheduled_publish_at, False),),
    "published": (Part((_is("published"),), Content.site_status_updated_at, True),),
}


def load(db: Session, system: System, member: Member, filters: Filters) -> Queue:
    """A page of the queue."""
    found = _page(db, member, filters)
    shown = found[:PAGE_SIZE]
    everywhere = sites_of(db, member)
    sites = [one for one in everywhere if filters.site_id in (None, one.id)]
    counts = counters.counts(db, member, filters.site_id)
    total, is_floor = _total(db, member, filters, counts)
    seen = filters.after.seen if filters.after else 0
    types = {row.content_type for row in shown} | TYPES | {filters.content_type}
    now = system.clock()
    made = _rows(db, member, filters.tab, shown, sites, now)
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return Queue(
        rows=made,
        counts=counts,
        sites=sites,
        choices=everywhere,
        types=sorted(types - {""}),
        first=seen + 1 if made else 0,
        last=seen + len(made),
        total=max(total, seen + len(made)),
        is_floor=is_floor,
        next_cursor=Cursor(last.part, last.moment or now, last.id, seen + PAGE_SIZE)
        if last
        else None,
        now=now,
    )


class _Single(Piece, Protocol):
    belongs: bool


def one(
    db: Session, system: System, member: Member, tab: str, content_id: int
) -> tuple[Row, bool] | None:
    """A single row as it stands now, and whether it still belongs to the tab."""
    belongs = sa.or_(*(sa.and_(*part.where) for part in PARTS[tab]))
    query = _select(member, PARTS[tab][0], 0).add_columns(belongs.label("belongs"))
    found = typed(_Single, db.execute(query.where(Content.id == content_id)))
    if not found:
        return None
    sites = sites_of(db, member)
    made = _rows(db, member, tab, found, sites, system.clock())
    return made[0], bool(found[0].belongs)


class ShownSite(Home, Protocol):
    """A site with its default destination, and since when it is paused."""

    paused_at: datetime | None


def sites_of(db: Session, member: Member) -> list[ShownSite]:
    """All sites with their zones, default destinations and whether they are paused."""
    default = sa.and_(SiteIntegration.site_id == Site.id, IS_DEFAULT)
    query = (
        access.visible(
            member,
            Site,
            Site.id,
            Site.name,
            Site.timezone,
            SiteIntegration.id.label("integration_id"),
            SiteIntegration.platform,
            SiteIntegration.base_url,
            obstacles.column(Site.id).label("obstacle"),
            PublishingSettings.paused,
            PublishingSettings.paused_at,
            *holdups.columns(),
        )
        .outerjoin(SiteIntegration, default)
        .outerjoin(PublishingSettings, PublishingSettings.site_id == Site.id)
        .order_by(sa.func.lower(Site.name), Site.id)
    )
    return typed(ShownSite, db.execute(query))


_COLUMNS = (
    Content.id,
    Content.version,
    Content.title,
    Content.status,
    Content.site_status,
    Content.attention,
    Content.content_type,
    Content.site_id,
    Content.scheduled_publish_at,
    Content.pinned,
    Content.site_status_updated_at,
    Content.external_url,
    Content.external_id,
    Content.content_hash,
    Content.published_hash,
    Content.approved_hash,
    Content.plan_trace,
)


def _select(member: Member, part: Part, number: int) -> sa.Select[Any]:
    labels = (part.moment.label("moment"), sa.literal(number).label("part"))
    return access.visible(member, Content, *_COLUMNS, *labels)


class Placed(Piece, Protocol):
    """A piece in its part of a tab."""

    part: int


def _page(db: Session, member: Member, filters: Filters) -> list[Placed]:
    """The rows after the cursor, one more than a page holds; from the next part where one ends."""
    parts = PARTS[filters.tab]
    mark = filters.after
    found: list[Placed] = []
    for number, part in enumerate(parts):
        if mark is not None and number < mark.part:
            continue
        query = _narrowed(_select(member, part, number).where(*part.where), filters)
        after = (mark.at, mark.content_id) if mark is not None and number == mark.part else ()
        page = part.order.page(query, PAGE_SIZE - len(found), after)
        found += typed(Placed, db.execute(page))
        if len(found) > PAGE_SIZE:
            break
    return found


def _narrowed(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    if filters.site_id is not None:
        query = query.where(Content.site_id == filters.site_id)
    if filters.content_type:
        query = query.where(Content.content_type == filters.content_type)
    for word in filters.q.split()[:8]:
        query = query.where(Content.title.icontains(word, autoescape=True))
    return query


def _total(
    db: Session, member: Member, filters: Filters, counts: dict[str, int]
) -> tuple[int, bool]:
    if not filters.are_set:
        return counts[filters.tab], False
    wanted = sa.or_(*(sa.and_(*part.where) for part in PARTS[filters.tab]))
    matching = _narrowed(access.visible(member, Content, Content.id).where(wanted), filters)
    some = matching.limit(MOST_COUNTED).subquery()
    number = db.scalar(sa.select(sa.func.count()).select_from(some)) or 0
    return number, number >= MOST_COUNTED


def _rows(
    db: Session,
    member: Member,
    tab: str,
    found: Sequence[Piece],
    sites: Sequence[ShownSite],
    now: datetime,
) -> list[Row]:
    newest = records.latest(db, member, [row.id for row in found])
    running = [one.id for one in newest.values() if one.status == "publishing"]
    steps = records.steps(db, member, running) if running else {}
    marked = [newest[row.id].id for row in found if "issues" in row.attention and row.id in newest]
    findings = records.findings(db, member, marked) if marked else {}
    homes = {site.id: site for site in sites}
    made = []
    for row in found:
        record = newest.get(row.id)
        step = steps.get(record.id) if record else None
        seen = findings.get(record.id, []) if record else []
        around = Around(tab, homes[row.site_id], record, step, member, now, seen)
        made.append(rows.make(row, around))
    return rows.in_order(made, newest_first=PARTS[tab][0].newest_first)
