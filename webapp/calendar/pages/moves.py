"""Moving pieces on the calendar. The answer holds what has to be drawn again, and what to say."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from litestar import Response

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.calendar import reading, view
from webapp.calendar.address import parse_days
from webapp.calendar.view import Part
from webapp.call import Call, get, post
from webapp.core import dates, labels, zones
from webapp.core.errors import Invalid
from webapp.core.web import templates
from webapp.core.zones import FOLD, GAP
from webapp.forms import Day, Form, Id, Instant, Time, one_of
from webapp.publisher.planning import plans, schedule
from webapp.publisher.planning.schedule import Choice, Moved
from webapp.writer.models import Content

NO_STORE = {"Cache-Control": "no-store"}


class DaysForm(Form):
    """`days`: those that the page shows and that are concerned."""

    days: str = ""

    def named(self, call: Call) -> list[date]:
        """Those of them that the calendar's address shows."""
        return parse_days(self.days, reading.address(call.request, call.system).days())


class SpotForm(DaysForm):
    """A day of the calendar, and the time on it; without one it is the time of day that the piece
    has."""

    id: Id = None
    day: Day = None
    time: Time = None

    def moment(self, content: Content, zone: ZoneInfo) -> datetime:
        """The instant that is meant for the piece."""
        if self.day is None:
            raise Invalid({"day": "This is no date."})
        planned = content.scheduled_publish_at
        time = self.time or (zones.local(planned, zone).time() if planned else None)
        if time is None:
            raise Invalid({"time": "Say at which time it shall be inserted."})
        return zones.instant(datetime.combine(self.day, time), zone).at


# Scripts say "1".
_INSERT = one_of("1", "")


class MoveForm(SpotForm):
    """To a spot, or into the tray where `day` is empty. `seen` is the time that stood on the card;
    `insert` moves later pieces along."""

    seen: Instant = None
    insert: Annotated[str, _INSERT] = ""


@post("/publisher/content-calendar/moves", status_code=200)
def move(call: Call, data: MoveForm) -> Response[dict[str, Any]]:
    """Put a piece on a day, or into the tray."""
    content = access.get_for_update(call.db, call.member, Content, data.id or 0)
    had_time = content.scheduled_publish_at is not None
    try:
        told = _move(call, content, data)
    except Invalid as wrong:  # a toast has no fields: it says the sentences
        raise Invalid(wrong.fields, " ".join(wrong.fields.values())) from None
    between_days = had_time and content.scheduled_publish_at is not None
    every = reading.address(call.request, call.system).days() if data.insert else data.named(call)
    return _drawn(call, told, content.id, Part(every, with_tray=not between_days))


def _move(call: Call, content: Content, data: MoveForm) -> dict[str, Any]:
    if "day" not in data.sent:
        raise Invalid({"day": "This is missing."})
    schedule.check_seen(content, data.seen)
    if data.insert:
        return _insert(call, content, data)
    if data.day is None:
        moved = schedule.unschedule(call.db, call.system, content, by=call.member)
    elif data.time is not None:
        choice = Choice(datetime.combine(data.day, data.time), call.member)
        moved = schedule.schedule(call.db, call.system, content, choice)
    else:
        moved = schedule.move_to_day(call.db, call.system, content, data.day, by=call.member)
    return {
        "text": _sentence(content, moved),
        "note": _notes(moved),
        "undo": _steps(moved.change_id),
    }


@get("/publisher/content-calendar/insertion")
def preview(call: Call) -> Response[str]:
    """What would make room if the piece were put there."""
    spot = call.asked(SpotForm)
    if spot.id is None:
        raise Invalid({"id": "Say which piece."})
    content = access.get(call.db, call.member, Content, spot.id)
    site = access.get(call.db, call.member, Site, content.site_id)
    zone = zones.zone(site.timezone)
    at = spot.moment(content, zone)
    found = plans.preview_insert(call.db, call.system, site, content, at)
    return call.fragment(
        "calendar/_insertion.html",
        found=found,
        content=content,
        zone=site.timezone,
        at=at,
        wall=zones.local(at, zone),
    )


def _insert(call: Call, content: Content, data: MoveForm) -> dict[str, Any]:
    zone = zones.zone(access.get(call.db, call.member, Site, content.site_id).timezone)
    at = data.moment(content, zone)
    step = plans.insert(call.db, call.system, content, at, by=call.member)
    call.db.flush()
    text = f"{labels.named(content.title)} inserted at {dates.time(zones.local(at, zone))}"
    if step.moved > 1:
        text += f"; {labels.counted(step.moved - 1, 'piece')} moved along"
    return {"text": text, "undo": _steps(step.change_id)}


def _drawn(
    call: Call, told: dict[str, Any], content_id: int, part: Part
) -> Response[dict[str, Any]]:
    """What was done, with the part of the calendar in which the piece moved."""
    address = reading.address(call.request, call.system)
    part = part._replace(where=[content_id], always=[content_id])
    shown = view.load(call.db, call.system, call.member, address, part)
    html = (
        templates().get_template("calendar/_changed.html").render(shown=shown, member=call.member)
    )
    return Response({**told, "html": html}, headers=NO_STORE)


def _steps(change_id: int) -> list[int]:
    return [change_id] if change_id else []


def _sentence(content: Content, moved: Moved) -> str:
    name = labels.named(content.title)
    if moved.wall is None:
        return f"{name} taken off the calendar"
    return f"{name} {'moved to' if moved.before else 'scheduled for'} {dates.time(moved.wall)}"


def _notes(moved: Moved) -> str:
    """What has to be said of a change of the clock and of limits, in sentences."""
    found = list(moved.warnings)
    if moved.note == FOLD:
        found.insert(0, "That time comes twice on this day; it runs at the first.")
    elif moved.note.startswith(GAP):
        found.insert(0, "The clock is put forward over that time; it runs right after.")
    return " ".join(found)


ROUTES = [move, preview]
