"""A line of the queue: where a piece stands, why, and what can be done about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from webapp.accounts.rights import Capability
from webapp.content import holdups
from webapp.content.holdups import There
from webapp.content.state import state_of, will_not_go_out
from webapp.core import dates, zones
from webapp.core.links import web_address
from webapp.integrations.obstacles import OBSTACLES
from webapp.integrations.registry import destination_name
from webapp.publisher.planning.schedule import DISMISSED, FAILED
from webapp.publisher.records import goes
from webapp.publisher.records.states import ACTIVE, PENDING, PLANNED
from webapp.queue import notes
from webapp.queue.notes import Problem
from webapp.queue.shapes import Around, Destination, Home, Latest, Piece
from webapp.writer import contents

LATE = timedelta(minutes=1)
FAILED_GROUP, OVERDUE_GROUP = "Failed", "Overdue"
# What stands on the row itself; everything that is possible stands in its menu.
FIRST_ACT = {
    "attention": ("approvals", "retries", "schedule", "dismissals"),
    "publishing": ("approvals", "retries"),
    "scheduled": ("approvals", "retries", "schedule"),
    "published": (),
}


# Where the row of a piece that could not be taken offline has that on it.
TAKES_UP = frozenset({"attention", "publishing"})


@dataclass(frozen=True)
class Row:
    """A piece in the queue. `group` is the heading it stands under, `gutter` the time beside
    it, `wall` what the site's clock shows then.

    `acts` are the nouns of what can be done with it (webapp/queue/acts.py); `first` is the one
    that stands on the row, "" for none. `stop` says why it will not go out, "" if it will.
    """

    id: int
    version: int
    title: str
    state: str
    at: datetime
    wall: datetime
    group: str
    gutter: str
    is_late: bool
    site_id: int
    site: str
    zone: str
    destination: str
    goes: str
    nowhere: str
    content_type: str
    is_pinned: bool
    record_id: int | None
    notes: list[str]
    next_try_at: datetime | None
    problem: Problem | None
    url: str
    acts: tuple[str, ...]
    first: str
    stop: str


def make(row: Piece, around: Around) -> Row:
    """The line of a content's columns."""
    tab, site, record = around.tab, around.site, around.record
    member, now = around.member, around.now
    waits = record is not None and record.status == PENDING and bool(record.error)
    pending = record is not None and (record.status, record.action) == (PENDING, "publish")
    stop = will_not_go_out(row, waits=pending, obstacle=site.obstacle)
    holdup = "" if stop else _holdup(row, around)
    is_unclear = record is not None and "unclear" in row.attention
    tries_again = (waits and not holdup) or is_unclear
    acts = _acts(row, record, waits, bool(stop)) if member.may(Capability.PUBLISH, site.id) else ()
    at = row.moment or now
    place = _place(row, site, record)
    is_late = tab == "scheduled" and at < now - LATE
    local = at.astimezone(zones.zone(site.timezone))
    group = _group(tab, row, is_late, local, now)
    day = f"{dates.short(local)}, " if group in (FAILED_GROUP, OVERDUE_GROUP) else ""
    return Row(
        id=row.id,
        version=row.version,
        title=row.title or "Without a title",
        state=_state(tab, row, record),
        at=at,
        wall=local.replace(tzinfo=None),
        group=group,
        gutter=f"{day}{local:%H:%M}",
        is_late=is_late,
        site_id=site.id,
        site=site.name,
        zone=site.timezone,
        destination=destination_name(place.platform, place.base_url),
        goes=_mark(row, site, record),
        nowhere="" if place.platform else OBSTACLES[site.obstacle].word,
        content_type=row.content_type,
        is_pinned=row.pinned and tab == "scheduled",
        record_id=record.id if record else None,
        notes=notes.of(row, around, waits, holdup),
        next_try_at=record.next_attempt_at if record and tries_again else None,
        problem=notes.problem(record) if waits or is_unclear or row.attention & FAILED else None,
        url=web_address(row.external_url),
        acts=acts,
        first=_first(tab, acts, record, row.attention),
        stop=stop,
    )


def _state(tab: str, row: Piece, record: Latest | None) -> str:
    """The word of the row. Among what is published, that is what stands online; where its text here
    is, notes.py says."""
    status = "published" if tab == row.site_status == "published" else row.status
    return state_of(status, row.site_status, row.attention, takes_down=notes.takes_down(record))


def _holdup(row: Piece, around: Around) -> str:
    site, record = around.site, around.record
    there = There(site.timezone, bool(site.paused))
    if record is not None and record.status in ACTIVE:
        return holdups.of_sent(record, record, there, around.now)
    return holdups.of_planned(row.site_status, row.scheduled_publish_at, site, there, around.now)


def _place(row: Piece, site: Home, record: Latest | None) -> Destination:
    """Where the row says that the piece goes, or stands: where its record took it, or else where
    it would go now."""
    if record is None:
        return site
    stands_there = row.site_status == "published" and not row.attention & FAILED
    takes_down = record.action == "retract" and row.site_status not in PLANNED
    return record if stands_there or takes_down else _goes(row, site, record)


def _goes(row: Piece, site: Home, record: Latest | None) -> Destination:
    """Where a click would send it: on with its record, or to the site's default."""
    return record if record is not None and goes.keeps(record, row.content_hash) else site


def _mark(row: Piece, site: Home, record: Latest | None) -> str:
    """What the row's form carries of that; nothing where a click takes the piece down again."""
    if notes.takes_down(record):
        return ""
    place = _goes(row, site, record)
    return goes.mark(place.integration_id, place.platform, place.base_url)


def in_order(rows: list[Row], *, newest_first: bool) -> list[Row]:
    """Trouble first, then by what the site's clock shows: with several zones on one page the
    order of instants would jump to and fro between hours and days."""
    rows = sorted(rows, key=lambda row: row.wall, reverse=newest_first)
    return sorted(rows, key=lambda row: row.group not in (FAILED_GROUP, OVERDUE_GROUP))


def _group(tab: str, row: Piece, is_late: bool, local: datetime, now: datetime) -> str:
    """Trouble has a group of its own on top; everything else stands under its site's day."""
    if tab == "attention" and row.attention & FAILED:
        return FAILED_GROUP
    return OVERDUE_GROUP if is_late else day_name(local, now)


def day_name(local: datetime, now: datetime) -> str:
    """ "Today", "Tomorrow", "Yesterday", else "Tue 1 Dec 2026", of a time in a zone."""
    zone = local.tzinfo if isinstance(local.tzinfo, ZoneInfo) else None
    days = (local.date() - now.astimezone(zone).date()).days
    near = {-1: "Yesterday, ", 0: "Today, ", 1: "Tomorrow, "}.get(days, "")
    return f"{near}{dates.day(local)}"


def _first(
    tab: str, acts: tuple[str, ...], record: Latest | None, attention: frozenset[str]
) -> str:
    """What stands on the row: to go on with what was begun, and never its opposite."""
    if "edited_there" in attention:
        return ""  # its page shows what was edited there
    if notes.takes_down(record):
        return "retractions" if tab in TAKES_UP and "retractions" in acts else ""
    return next((act for act in FIRST_ACT[tab] if act in acts), "")


def _acts(row: Piece, record: Latest | None, waits: bool, stops: bool) -> tuple[str, ...]:
    busy = row.site_status == "publishing"
    failed = bool(row.attention & FAILED) and record is not None and record.status == "failed"
    up_to_date = bool(row.external_url) and row.published_hash == row.content_hash
    is_approved = contents.is_approved(row)
    lacks_approval = "needs_approval" in row.attention or ((stops or failed) and not is_approved)
    possible = {
        "approvals": lacks_approval and row.status in ("draft", "review"),
        "retries": (failed or waits) and not notes.takes_down(record),
        "publications": not busy and not failed and not waits and not up_to_date,
        "schedule": not busy and not up_to_date,
        "times": not busy and not up_to_date and row.site_status != "scheduled",
        "withdrawals": row.site_status == "scheduled" or (busy and waits),
        "holds": row.site_status == "scheduled",
        "dismissals": bool(row.attention & DISMISSED),
        "retractions": bool(row.external_id) and (not busy or (waits and notes.takes_down(record))),
    }
    return tuple(act for act, is_possible in possible.items() if is_possible)
