"""From a request's query to an address of the calendar."""

from __future__ import annotations

from typing import Any

from litestar import Request

from webapp.accounts.access import Member
from webapp.calendar.address import STATUSES, VIEWS, WEEKS, Address, parse_day
from webapp.core import zones
from webapp.core.system import System
from webapp.core.web import id_in

MOST_IDS = 200


def address(request: Request[Member, str, Any], system: System) -> Address:
    """What the query says; whatever it says wrongly is as if it were not there."""
    asked = request.query_params
    view, status = asked.get("view", WEEKS), asked.get("status", "")
    today = zones.local(system.clock(), zones.zone(request.user.timezone)).date()
    skip = asked.get("skip", "")
    return Address(
        view=view if view in VIEWS else WEEKS,
        day=parse_day(asked.get("date", ""), today),
        site=asked.get("site", ""),
        status=status if status in STATUSES else "",
        content_type=asked.get("type", ""),
        author=asked.get("author", ""),
        cluster=id_in(asked.get("cluster", "")),
        skip=int(skip) if skip.isascii() and skip.isdigit() and len(skip) < 7 else 0,
    )


def ids(text: str) -> list[int]:
    """The ids in "12,13"; what is none is left out."""
    found = [id_in(one) for one in text.split(",")[:MOST_IDS]]
    return [one for one in found if one is not None]
