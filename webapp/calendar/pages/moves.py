"""Moving pieces on the calendar. The answer holds what has to be drawn again, and what to say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from litestar import Response

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.calendar import reading, view
from webapp.calendar.address import parse_days
from webapp.call import Call, Form, get, post
from webapp.core import words, zones
from webapp.core.errors import Invalid
from webapp.core.web import id_in, templates
from webapp.core.zones import FOLD, GAP
from webapp.publisher.planning import changes, plans, schedule, slots
from webapp.publisher.planning.schedule import Moved, Seen
from webapp.writer.models import Content

NO_STORE = {"Cache-Control": "no-store"}


@post("/publisher/content-calendar/moves", status_code=200)
def move(call: Call, data: Form) -> Response[dict[str, Any]]:
    """Put a piece on a day (`time` empty: at the time of day that it has), or into the tray where
    `day` is empty. `seen` is the time that stood on its card; `insert` moves later pieces along."""
    content = access.get_for_update(call.db, call.member, Content, id_in(data.get("id", "")) or 0)
    had_time = content.scheduled_publish_at is not None
    try:
        told = _move(call, content, data)
    except Invalid as wrong:  # a toast has no fields: it says the sentences
        raise Invalid(wrong.fields, " ".join(wrong.fields.values())) from None
    every = reading.address(call.request, call.system).days() if data.get("insert") else None
    between_days = had_time and content.scheduled_publish_at is not None
    return _drawn(call, data, [content.id], told, every, with_tray=not between_days)


def _move(call: Call, content: Content, data: dict[str, str]) -> dict[str, Any]:
    seen = _seen(data.get("seen", ""))
    if data.get("insert"):
        return _insert(call, content, data, seen)
    if not data.get("day"):
        moved = schedule.unschedule(call.db, call.system, content, by=call.member, seen=seen)
    elif data.get("time"):
        wall = _wall(data)
        moved = schedule.schedule_wall(
            call.db, call.system, content, wall, by=call.member, seen=seen, approves=False
        )
    else:
        moved = schedule.move_to_day(
            call.db, call.system, content, _day(data), by=call.member, seen=seen
        )
    return {"text": _sentence(moved), "note": _notes(moved), "undo": moved.change_id}


@get("/publisher/content-calendar/insertion")
def preview(call: Call, id: int, day: str = "", time: str = "") -> Response[str]:
    """What would make room if the piece were put there."""
    content = access.get(call.db, call.member, Content, id)
    site = access.get(call.db, call.member, Site, content.site_id)
    zone = zones.zone(site.timezone)
    at = _moment(content, site, {"day": day, "time": time})
    found = plans.preview_insert(call.db, call.system, site, content, at)
    return call.fragment(
        "calendar/_insertion.html",
        found=found,
        content=content,
        zone=site.timezone,
        at=at,
        wall=zones.local(at, zone),
    )


@post("/publisher/content-calendar/undo", status_code=200)
def undo(call: Call, data: Form) -> Response[dict[str, Any]]:
    """Take a move, or a whole insertion, back."""
    undone = changes.undo(call.db, call.system, id_in(data.get("change", "")) or 0, by=call.member)
    call.db.flush()
    text = changes.told(len(undone.restored), len(undone.left))
    return _drawn(call, data, undone.restored, {"text": text})


def _insert(call: Call, content: Content, data: dict[str, str], seen: Seen) -> dict[str, Any]:
    site = access.get(call.db, call.member, Site, content.site_id)
    at = _moment(content, site, data)
    step = plans.insert(call.db, call.system, site, content, at, by=call.member, seen=seen)
    call.db.flush()
    text = f"Inserted at {_when(zones.local(at, zones.zone(site.timezone)))}"
    if step.moved > 1:
        text += f"; {words.counted(step.moved - 1, 'piece')} moved along"
    return {"text": text, "undo": step.change_id}


def _drawn(
    call: Call,
    data: dict[str, str],
    ids: list[int],
    told: dict[str, Any],
    days: list[date] | None = None,
    *,
    with_tray: bool = True,
) -> Response[dict[str, Any]]:
    """The days that the page says are concerned and those where the pieces stand now."""
    address = reading.address(call.request, call.system)
    if days is None:
        days = parse_days(data.get("days", ""), address.days())
    if len(ids) > reading.MOST_IDS:
        days, ids = address.days(), []
    shown = view.load(
        call.db,
        call.system,
        call.member,
        address,
        only=days,
        where=ids,
        always=ids,
        with_tray=with_tray,
    )
    html = (
        templates().get_template("calendar/_changed.html").render(shown=shown, member=call.member)
    )
    return Response({**told, "html": html}, headers=NO_STORE)


def _moment(content: Content, site: Site, given: dict[str, str]) -> datetime:
    """The instant that a form names; without a time, the piece's own time of day."""
    zone = zones.zone(site.timezone)
    if given.get("time"):
        return zones.instant(_wall(given), zone).at
    if content.scheduled_publish_at is None:
        raise Invalid({"time": "Say at which time it shall be inserted."})
    time = zones.local(content.scheduled_publish_at, zone).time()
    return zones.instant(datetime.combine(_day(given), time), zone).at


def _day(given: dict[str, str]) -> date:
    try:
        day = date.fromisoformat(given.get("day", ""))
    except ValueError:
        raise Invalid({"day": "This is no date."}) from None
    if not 1970 < day.year < 9999:  # where calendars end, zones cannot be reckoned
        raise Invalid({"day": "This is no date that can be planned for."})
    return day


def _wall(given: dict[str, str]) -> datetime:
    try:
        minutes = slots.minutes(given.get("time", "")[:5])
    except ValueError:
        raise Invalid({"time": "This is no time of day."}) from None
    if minutes >= slots.DAY_MINUTES:
        raise Invalid({"time": "This is no time of day."})
    day = _day(given)
    return datetime(day.year, day.month, day.day, minutes // 60, minutes % 60)  # noqa: DTZ001


def _seen(text: str) -> Seen:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 1970 < at.year < 9999:
        raise Invalid({"seen": "This is no moment."})
    return at


def _sentence(moved: Moved) -> str:
    if moved.wall is None:
        return "Taken off the calendar"
    return f"{'Moved to' if moved.before else 'Scheduled for'} {_when(moved.wall)}"


def _notes(moved: Moved) -> str:
    """What has to be said of a change of the clock and of limits, in sentences."""
    found = list(moved.warnings)
    if moved.note == FOLD:
        found.insert(0, "That time comes twice on this day; it runs at the first.")
    elif moved.note.startswith(GAP):
        found.insert(0, "The clock is put forward over that time; it runs right after.")
    return " ".join(found)


def _when(wall: datetime) -> str:
    """ "Thu 14 Jan, 09:45"."""
    return f"{wall:%a} {wall.day} {wall:%b}, {wall:%H:%M}"


ROUTES = [move, preview, undo]
