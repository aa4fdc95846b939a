"""A line of the queue: where a piece stands, why, and what can be done about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from webapp.accounts.access import Member
from webapp.accounts.rights import Capability
from webapp.content.state import Planned, state_of, will_not_go_out
from webapp.core import labels, zones
from webapp.core.links import web_address
from webapp.integrations.obstacles import OBSTACLES
from webapp.integrations.registry import destination_name
from webapp.publisher.planning import explanation, missed
from webapp.publisher.planning.schedule import DISMISSED
from webapp.publisher.records import goes
from webapp.publisher.records.states import FAILED as FAILED_STATUS
from webapp.publisher.records.states import PENDING, PLANNED, WORKED
from webapp.writer import contents

LATE = timedelta(minutes=1)
LONGEST_DETAILS = 120
FAILED_GROUP, OVERDUE_GROUP = "Failed", "Overdue"
FAILED = frozenset({"failed", "failed_update"})
WAITING = frozenset({"held", "missed"})
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
class Problem:
    """What went wrong: a sentence, and behind it the code and the beginning of the details."""

    text: str
    code: str
    step: str
    details: str


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


class Piece(Planned, Protocol):
    """The columns of a content that its line needs; `moment` is the one of its tab."""

    id: int
    version: int
    title: str
    attention: frozenset[str]
    content_type: str
    site_id: int
    scheduled_publish_at: datetime | None
    pinned: bool
    external_url: str
    external_id: str
    published_hash: str
    plan_trace: dict[str, Any] | None
    moment: datetime | None


class Destination(Protocol):
    """Where a piece goes or stands; None in all of them where a site has no default."""

    integration_id: int | None
    platform: str | None
    base_url: str | None


class Home(Destination, Protocol):
    """A piece's site with its default destination."""

    id: int
    name: str
    timezone: str
    obstacle: str
    paused: bool | None


class Latest(Destination, goes.Sending, Protocol):
    """The newest record of a piece."""

    id: int
    content_id: int
    action: str
    mode: str
    attempt: int
    error: dict[str, Any] | None
    next_attempt_at: datetime
    missed_seconds: int | None


class Step(Protocol):
    """The last step that a record has told."""

    record_id: int
    step: str
    step_number: int
    attempt: int


class Around(NamedTuple):
    """What belongs to a piece's line: the columns of its site, those of its latest record and the
    last step of that (or None), and who looks at it, where and when."""

    tab: str
    site: Home
    record: Latest | None
    step: Step | None
    member: Member
    now: datetime


def make(row: Piece, around: Around) -> Row:
    """The line of a content's columns."""
    tab, site, record = around.tab, around.site, around.record
    member, now = around.member, around.now
    waits = record is not None and record.status == PENDING and bool(record.error)
    pending = record is not None and (record.status, record.action) == (PENDING, "publish")
    stop = will_not_go_out(row, waits=pending, obstacle=site.obstacle)
    is_unclear = record is not None and "unclear" in row.attention
    acts = _acts(row, record, waits, bool(stop)) if member.may(Capability.PUBLISH, site.id) else ()
    at = row.moment or now
    place = _place(row, site, record)
    is_late = tab == "scheduled" and at < now - LATE
    local = at.astimezone(zones.zone(site.timezone))
    group = _group(tab, row, is_late, local, now)
    day = f"{local.day} {local:%b}, " if group in (FAILED_GROUP, OVERDUE_GROUP) else ""
    return Row(
        id=row.id,
        version=row.version,
        title=row.title or "Without a title",
        state=state_of(row.status, row.site_status, row.attention, takes_down=_takes_down(record)),
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
        notes=_notes(row, around, waits, is_late and bool(site.paused)),
        next_try_at=record.next_attempt_at if record and (waits or is_unclear) else None,
        problem=_problem(record) if waits or is_unclear or row.attention & FAILED else None,
        url=web_address(row.external_url),
        acts=acts,
        first=_first(tab, acts, record, row.attention),
        stop=stop,
    )


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
    if _takes_down(record):
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
    return f"{near}{local:%a} {local.day} {local:%b %Y}"


def _takes_down(record: Latest | None) -> bool:
    """Whether the newest record is about taking the piece offline, and is not over."""
    return record is not None and record.action == "retract" and record.status not in WORKED


def _first(
    tab: str, acts: tuple[str, ...], record: Latest | None, attention: frozenset[str]
) -> str:
    """What stands on the row: to go on with what was begun, and never its opposite."""
    if "edited_there" in attention:
        return ""  # its page shows what was edited there
    if _takes_down(record):
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
        "retries": (failed or waits) and not _takes_down(record),
        "publications": not busy and not failed and not waits and not up_to_date,
        "schedule": not busy and not up_to_date,
        "times": not busy and not up_to_date and row.site_status != "scheduled",
        "withdrawals": row.site_status == "scheduled" or (busy and waits),
        "holds": row.site_status == "scheduled",
        "dismissals": bool(row.attention & DISMISSED),
        "retractions": bool(row.external_id) and (not busy or (waits and _takes_down(record))),
    }
    return tuple(act for act, is_possible in possible.items() if is_possible)


def _notes(row: Piece, around: Around, waits: bool, is_paused: bool) -> list[str]:
    """What is to be said beside the title, the most important first."""
    tab, site, record = around.tab, around.site, around.record
    found = []
    if tab == "attention":
        held = explanation.sentence(
            row.plan_trace, obstacle=site.obstacle, is_online=bool(row.external_url)
        )
        reason = held if row.attention & WAITING else ""
        said = row.attention - FAILED - (WAITING if reason else {"held"})
        found += [_attention(word, record) for word in sorted(said)]
        found += [reason] if reason else []
    if record and _takes_down(record) and (waits or record.status == FAILED_STATUS):
        found.insert(0, "Taking it offline failed")
    if is_paused:
        found.append("The site is paused.")
    if record is None or row.site_status not in ("publishing", "scheduled", "published"):
        return found
    step = None if "unclear" in row.attention else around.step
    if step is not None and step.attempt == record.attempt:
        found.append(f"Step {step.step_number} of 7: {labels.STEPS.get(step.step, step.step)}")
    elif record.status == PENDING and not waits:
        found.append("Waiting for the worker")
    if "unclear" in row.attention and tab != "attention":
        found.append(_attention("unclear", record))
    if record.attempt > 1 and row.site_status != "published":
        found.append(f"Attempt {record.attempt}")
    if record.missed_seconds is not None:
        found.append(f"Late by {missed.late_by(record.missed_seconds)}")
    return found


def _attention(word: str, record: Latest | None) -> str:
    """What a mark says, of a piece with this newest record."""
    if word == "unclear" and _takes_down(record):
        return labels.UNCLEAR_OFFLINE
    return labels.ATTENTION.get(word, word)


def _problem(record: Latest | None) -> Problem | None:
    error = (record.error if record else None) or None
    if error is None:
        return None
    told = "\n".join(f"{name}: {value}" for name, value in (error.get("details") or {}).items())
    cut = told[:LONGEST_DETAILS] + (" …" if len(told) > LONGEST_DETAILS else "")
    step = "" if _takes_down(record) else labels.STEPS.get(error.get("step", ""), "")
    return Problem(error.get("message", ""), error.get("code", ""), step, cut)
