"""The content calendar: the page, single days of it, and what is known of one piece."""

from __future__ import annotations

from typing import Any

from litestar import Response

from webapp.calendar import details, reading, view
from webapp.calendar.address import STATUSES, VIEWS, parse_days
from webapp.calendar.view import Part
from webapp.call import Call, get


@get("/publisher/content-calendar")
def index(call: Call) -> Response[str]:
    """The view that the address names; a script that turns the page gets the board."""
    address = reading.address(call.request, call.system)
    shown = view.load(call.db, call.system, call.member, address)
    context: dict[str, Any] = {
        "shown": shown,
        "address": address,
        "views": VIEWS,
        "statuses": STATUSES,
        "chips": LEGEND,
    }
    if call.is_htmx:
        return call.fragment("calendar/_board.html", **context)
    return call.page("calendar/index.html", **context)


@get("/publisher/content-calendar/days")
def days(call: Call, days: str = "", ids: str = "", new: str = "") -> Response[str]:
    """Some of the days shown, those on which the pieces `ids` stand now among them, with the tray
    and the bars: what has to be drawn again after a change."""
    address = reading.address(call.request, call.system)
    named, moved = parse_days(days, address.days()), reading.ids(ids)
    part = Part(named, where=moved, always=reading.ids(new))
    shown = view.load(call.db, call.system, call.member, address, part)
    return call.fragment("calendar/_changed.html", shown=shown)


@get("/publisher/content-calendar/days/{day:str}")
def whole_day(call: Call, day: str) -> Response[str]:
    """Everything on one day, for "+N more"."""
    address = reading.address(call.request, call.system)
    only = parse_days(day, address.days())[:1]
    part = Part(only, whole_day=True)
    shown = view.load(call.db, call.system, call.member, address, part)
    return call.fragment("calendar/_whole_day.html", shown=shown)


@get("/publisher/content-calendar/pieces/{content_id:int}")
def piece(call: Call, content_id: int) -> Response[str]:
    """Why it stands where it stands, and what went wrong last."""
    known = details.load(call.db, call.member, content_id, call.system.clock())
    return call.fragment("calendar/_details.html", known=known)


# Every state that a card can have, the tray's last; what is private looks as a draft does.
LEGEND = (
    "scheduled",
    "publishing",
    "published",
    "published_with_issues",
    "delivered",
    "failed",
    "held",
    "retracted",
    "approved",
)
ROUTES = [index, days, whole_day, piece]
