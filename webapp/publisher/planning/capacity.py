"""How full a site's days, weeks and months are, and when what waits will have gone out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from webapp.core import dates
from webapp.core.zones import local
from webapp.publisher.planning.limits import FIRST, Limits, Used
from webapp.publisher.planning.planner import Item, Timetable, plan
from webapp.publisher.planning.slots import Rules

_WEEK = timedelta(days=7)


class Week(msgspec.Struct, frozen=True):
    """One ISO week: what counts in it already, what the forecast adds, and the limit."""

    monday: date
    used: int
    planned: int
    limit: int | None


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """When contents that wait will have gone out, if nothing changes.

    `last` is the site's date of the last that finds a slot; `unplaced` find none, for `reason`.
    """

    waiting: int
    last: date | None
    unplaced: int
    reason: str | None
    weeks: list[Week]


def used(table: Timetable) -> Used:
    """The distinct first publications by the site's day, ISO week and month."""
    return Used(table.zone, (*table.published, *table.taken))


def exceeded(rules: Rules, counted: Used, content_id: int, day: date) -> dict[str, tuple[int, int]]:
    """The periods of the date that hold more than their limit with the content: count and limit.

    A person may schedule there all the same, and is told.
    """
    return {
        place.period: (len(place.held | {content_id}), place.limit)
        for place in counted.places(day, Limits.of(rules))
        if place.is_full(content_id)
    }


def forecast(table: Timetable, waiting: int | Sequence[Item]) -> Forecast:
    """Plan what waits (the items, or so many first publications) and tell how it spreads."""
    if isinstance(waiting, int):
        waiting = [Item(-number, table.now) for number in range(1, waiting + 1)]
    kinds = {item.id: item.kind for item in waiting}
    plans = plan(table, waiting)
    days = [one.wall.date() for one in plans if one.wall is not None]
    counting = [one.wall.date() for one in plans if one.wall and kinds[one.id] == FIRST]
    unplaced = [one.reason for one in plans if one.wall is None]
    today, last = local(table.now, table.zone).date(), max(days, default=None)
    return Forecast(
        waiting=len(plans),
        last=last,
        unplaced=len(unplaced),
        reason=unplaced[0] if unplaced else None,
        weeks=_weeks(table.rules, used(table), counting, today, last or today),
    )


def sentence(rules: Rules, found: Forecast) -> str:
    """A forecast in words: "At 3 a day the 41 approved pieces end on Thu 14 Jan 2027."."""
    if not found.waiting:
        return "Nothing waits for a time."
    pieces = "approved piece" if found.waiting == 1 else f"{found.waiting} approved pieces"
    if found.last is None:
        return f"{_pace(rules)} the {pieces} {_verb(found.waiting, 'find')} no time."
    ends = f"{_pace(rules)} the {pieces} {_verb(found.waiting, 'end')} on {dates.day(found.last)}"
    if found.unplaced:
        ends += f", and {found.unplaced} of them {_verb(found.unplaced, 'find')} no time"
    return f"{ends}."


def _weeks(rules: Rules, counted: Used, days: list[date], today: date, last: date) -> list[Week]:
    planned = Counter(_monday(day) for day in days)
    mondays = [_monday(today)]
    while mondays[-1] < _monday(last):
        mondays.append(mondays[-1] + _WEEK)
    limit = rules.weekly_publish_limit
    return [Week(one, counted.week(one), planned[one], limit) for one in mondays]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _pace(rules: Rules) -> str:
    limits = zip(Limits.of(rules), ("day", "week", "month"), strict=True)
    paces = [f"{limit} a {period}" for limit, period in limits if limit is not None]
    return f"At {' and '.join(paces)}" if paces else "Without a limit"


def _verb(count: int, verb: str) -> str:
    return f"{verb}s" if count == 1 else verb
