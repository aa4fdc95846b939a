"""What the planner is told about a site, read from the database: the plan's input it plans on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.models import Site
from webapp.core import zones
from webapp.core.prepared import Prepared
from webapp.publisher.planning import misfits
from webapp.publisher.planning.limits import FIRST, UPDATE, Limits
from webapp.publisher.planning.planner import Item, Published, Taken, Timetable
from webapp.publisher.planning.slots import Rules
from webapp.publisher.records import states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import statuses
from webapp.writer.models import Content

# Goes before all that was ever approved.
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
Columns = tuple[Any, ...]
# The first and the last.
Dates = tuple[date, date]
DAY = timedelta(days=1)
EVERY = Limits(0, 0, 0)
# A finding of a check afterwards does not stop the next version; everything else waits for people.
HARMLESS = (frozenset[str](), frozenset({"issues"}))
# Approved, without a time, and not what is online already: what the tray shows.
IN_TRAY = (
    Content.status == statuses.APPROVED,
    Content.scheduled_publish_at.is_(None),
    Content.deleted_at.is_(None),
    Content.site_status.in_((states.NOT_PUBLISHED, states.PUBLISHED)),
    Content.published_hash != Content.content_hash,
)
# ... and what the scheduler may give a time by itself.
LOOKS_FOR_TIME = (
    *IN_TRAY,
    Content.pinned.is_(False),
    Content.approved_hash == Content.content_hash,
    Content.attention.in_(HARMLESS),
)


@dataclass(frozen=True)
class PlanInput(Timetable):
    """A timetable as it was read, with the `items` that look for a time.

    `rows` are all of these and of the taken ones as they stand in the database, by content id.
    """

    taken: list[Taken]
    items: list[Item] = field(default_factory=list)
    rows: dict[int, Any] = field(default_factory=dict)


class Look(NamedTuple):
    """How a plan is looked at. `without` leaves one content out: the one that is to be moved.

    `zone`: another one than the site's. `replan`: all that nobody pinned and that is not about to
    go out looks for a time again; `only_misfits`: of that, what the rules have no place for where
    it stands. `lock`: the pieces that have a time stay as they are until the
    transaction ends. `also`: more columns for `rows`.
    """

    without: int | None = None
    zone: ZoneInfo | None = None
    replan: bool = False
    only_misfits: bool = False
    lock: bool = False
    also: Columns = ()


PLAIN = Look()


def read(db: Session, site: Site, rules: Rules, now: datetime, look: Look = PLAIN) -> PlanInput:
    """Who has which time."""
    zone = look.zone or zones.zone(site.timezone)
    today = zones.local(now, zone).date()
    since, _ = _periods((today, today), EVERY)
    found = PlanInput(rules, zone, now, [], _published(db, site, since))
    columns = (*PLACE, *look.also, _RETRYING.label("retrying"))
    movable: list[Taken] = []
    for row in _rows(db, _has_time(columns, site.id, since), look.lock):
        if row.id == look.without:
            continue
        found.rows[row.id] = row
        moves = look.replan and _may_move(row, now, rules)
        (movable if moves else found.taken).append(_taken(row, now))
    again = misfits.among(found, movable) if look.only_misfits else movable
    moving = {one.id for one in again}
    found.items.extend(item(found.rows[one.id]) for one in again)
    found.taken.extend(one for one in movable if one.id not in moving)
    return found


class Zoned(Protocol):
    """A Site, or a row of one."""

    @property
    def id(self) -> int: ...
    @property
    def timezone(self) -> str: ...


def around(
    db: Session, site: Zoned, rules: Rules, now: datetime, dates: Dates, *, without: int
) -> PlanInput:
    """What counts for the limits on those dates, without `rows` and without one content: the one
    that a person moves, who waits for it."""
    since, until = _periods(dates, Limits.of(rules))
    given = {"site": site.id, "since": since, "until": until}
    published = [Published(row.id, row.first_published_at) for row in _GONE_OUT.rows(db, given)]
    taken = [_taken(row, now) for row in _NEAR.rows(db, given) if row.id != without]
    return PlanInput(rules, zones.zone(site.timezone), now, taken, published)


def _rows(db: Session, queries: tuple[sa.Select[Any], ...], lock: bool) -> Iterator[Any]:
    for query in queries:
        yield from db.execute(query.with_for_update(of=Content) if lock else query)


def add_waiting(
    db: Session, site: Site, found: PlanInput, *, lock: bool = False, also: Columns = ()
) -> PlanInput:
    """Add the pieces that look for a time; locked, without those that others hold."""
    query = sa.select(*PLACE, *also).where(Content.site_id == site.id, *LOOKS_FOR_TIME)
    for row in db.execute(query.with_for_update(of=Content, skip_locked=True) if lock else query):
        found.items.append(item(row))
        found.rows[row.id] = row
    return found


def tray(db: Session, site: Site) -> list[Item]:
    """Everything that is approved and has no time."""
    return [
        item(row)
        for row in db.execute(sa.select(*PLACE).where(Content.site_id == site.id, *IN_TRAY))
    ]


class Counted(Protocol):
    """A Content, or a row with these of its columns: what limits count."""

    id: int
    first_published_at: datetime | None
    site_status_updated_at: datetime | None


class Waiting(Counted, Protocol):
    """What the planner gives a time."""

    approved_at: datetime | None
    priority: int


class Timed(Counted, Protocol):
    """What has one."""

    scheduled_publish_at: datetime | None
    site_status: str
    pinned: bool


class Retrying(Timed, Protocol):
    """The same, with whether a record of it is under way."""

    retrying: bool


def kind_of(content: Counted) -> str:
    """Whether its next publication is its first; updates need no place under a limit."""
    return FIRST if content.first_published_at is None else UPDATE


def item(content: Waiting) -> Item:
    """What the planner is told of a Content, or a row with its columns."""
    approved_at = content.approved_at or content.site_status_updated_at or LONG_AGO
    return Item(content.id, approved_at, content.priority, kind_of(content))


def _periods(dates: Dates, limits: Limits) -> tuple[datetime, datetime]:
    """From before the limited periods of these dates begin, in any zone, until after they end."""
    first, last = [dates[0]], [dates[1]]
    if limits.week is not None:
        first.append(dates[0] - dates[0].weekday() * DAY)
        last.append(dates[1] + (6 - dates[1].weekday()) * DAY)
    if limits.month is not None:
        first.append(dates[0].replace(day=1))
        last.append(dates[1].replace(day=28) + 3 * DAY)
    return _midnight(min(first) - 2 * DAY), _midnight(max(last) + 3 * DAY)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


PLACE: Columns = (
    Content.id,
    Content.scheduled_publish_at,
    Content.scheduled_wall_time,
    Content.scheduled_zone,
    Content.pinned,
    Content.site_status,
    Content.attention,
    Content.approved_at,
    Content.priority,
    Content.first_published_at,
    Content.site_status_updated_at,
    Content.external_url,
)
_RETRYING = sa.exists().where(
    PublishingRecord.content_id == Content.id, PublishingRecord.status.in_(states.ACTIVE)
)


def is_planned(site_id: Any) -> tuple[sa.ColumnElement[bool], ...]:
    """Conditions for the pieces of a site, by its id or by its column, that have a time."""
    return (
        Content.site_id == site_id,
        # Written out, not bound: only so do databases find the partial indexes.
        Content.site_status == sa.literal_column(f"'{states.SCHEDULED}'"),
        Content.deleted_at.is_(None),
    )


def _has_time(columns: Columns, site: Any, since: Any) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """What is scheduled, and what is publishing: one by one, each along the index, which an OR of
    the two would not use."""
    of_site = sa.select(*columns).where(Content.site_id == site, Content.deleted_at.is_(None))
    return (
        of_site.where(
            Content.site_status == states.SCHEDULED, Content.scheduled_publish_at >= since
        ),
        of_site.where(Content.site_status == states.PUBLISHING),
    )


def _gone_out(site: Any, since: Any) -> sa.Select[Any]:
    columns: Columns = (Content.id, Content.first_published_at)
    return sa.select(*columns).where(Content.site_id == site, Content.first_published_at >= since)


def _published(db: Session, site: Site, since: datetime) -> list[Published]:
    return [
        Published(row.id, row.first_published_at) for row in db.execute(_gone_out(site.id, since))
    ]


# Enough to count, and to see what is taken.
_COUNTED: Columns = (
    Content.id,
    Content.scheduled_publish_at,
    Content.site_status_updated_at,
    Content.site_status,
    Content.first_published_at,
    sa.literal(True).label("pinned"),
)
_ASKED: dict[str, Any] = {name: sa.bindparam(name) for name in ("site", "since")}
_UNTIL: Any = sa.bindparam("until")
_SCHEDULED, _PUBLISHING = _has_time(_COUNTED, **_ASKED)
_NEAR = Prepared(sa.union_all(_SCHEDULED.where(Content.scheduled_publish_at < _UNTIL), _PUBLISHING))
_GONE_OUT = Prepared(_gone_out(**_ASKED).where(Content.first_published_at < _UNTIL))


def _may_move(row: Retrying, now: datetime, rules: Rules) -> bool:
    """Assigned by the scheduler, not about to go out, not on its way."""
    soon = now + timedelta(minutes=rules.min_lead_minutes)
    return (
        row.site_status == states.SCHEDULED
        and not row.pinned
        and not row.retrying
        and row.scheduled_publish_at is not None
        and row.scheduled_publish_at >= soon
    )


def _taken(row: Retrying, now: datetime) -> Taken:
    at = row.scheduled_publish_at or row.site_status_updated_at or now
    stays = row.pinned or bool(row.retrying)
    return Taken(row.id, at, stays, row.site_status, kind_of(row))
