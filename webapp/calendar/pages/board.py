"""The content calendar: the page, single days of it, and what is known of one piece."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.calendar import details, reading, view
from webapp.calendar.address import STATUSES, VIEWS, parse_days
from webapp.core.handlers import get
from webapp.core.system import System
from webapp.core.web import fragment, is_htmx, page


@get("/publisher/content-calendar")
def index(
    request: Request[Member, str, Any], db: Session, system: System, member: Member
) -> Response[str]:
    """Month, week or list, as the address says; a script that turns the page gets the board."""
    address = reading.address(request, system)
    shown = view.load(db, system, member, address)
    context: dict[str, Any] = {
        "shown": shown, "address": address, "views": VIEWS, "statuses": STATUSES,
        "chips": LEGEND,
    }  # fmt: skip
    if is_htmx(request):
        return fragment(request, "calendar/_board.html", **context)
    return page(request, db, "calendar/index.html", **context)


@get("/publisher/content-calendar/days")
def days(
    request: Request[Member, str, Any], db: Session, system: System, member: Member,
    days: str = "", ids: str = "", new: str = "",
) -> Response[str]:  # fmt: skip
    """Some of the days shown, those on which the pieces `ids` stand now among them, with the tray
    and the bars: what has to be drawn again after a change."""
    address = reading.address(request, system)
    named, moved = parse_days(days, address.days()), reading.ids(ids)
    shown = view.load(db, system, member, address, only=named, where=moved, always=reading.ids(new))
    return fragment(request, "calendar/_changed.html", shown=shown)


@get("/publisher/content-calendar/days/{day:str}")
def whole_day(
    request: Request[Member, str, Any], db: Session, system: System, member: Member, day: str
) -> Response[str]:
    """Everything on one day, for "+N more"."""
    address = reading.address(request, system)
    only = parse_days(day, address.days())[:1]
    shown = view.load(db, system, member, address, only=only, whole_day=True)
    return fragment(request, "calendar/_whole_day.html", shown=shown)


@get("/publisher/content-calendar/pieces/{content_id:int}")
def piece(
    request: Request[Member, str, Any], db: Session, member: Member, content_id: int
) -> Response[str]:
    """Why it stands where it stands, and what went wrong last."""
    known = details.load(db, member, content_id)
    return fragment(request, "calendar/_details.html", known=known)


LEGEND = ("scheduled", "publishing", "published", "published_with_issues", "failed", "held")
ROUTES = [index, days, whole_day, piece]
