"""What a site's rules have no place for where it stands. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from webapp.core import zones
from webapp.publisher.planning import slots
from webapp.publisher.planning.limits import FIRST, Limits, Used, first_full
from webapp.publisher.planning.planner import Taken, Timetable


def among(table: Timetable, planned: Iterable[Taken]) -> list[Taken]:
    """Of what is planned, beside what the table holds, that for which the rules have no place where
    it stands: no slot, another content there, or a period full with those before it."""
    rules, zone = table.rules, table.zone
    counted, limits = Used(zone, (*table.published, *table.taken)), Limits.of(rules)
    occupied = {one.at for one in table.taken}
    slots_of = lru_cache(lambda day: {moment.at for moment in slots.of_day(rules, zone, day)})
    found = []
    for one in sorted(planned, key=lambda one: (one.at, one.id)):
        day = zones.local(one.at, zone).date()
        is_full = one.kind == FIRST and first_full(counted.places(day, limits), one.id)
        if is_full or one.at in occupied or one.at not in slots_of(day):
            found.append(one)
            continue
        occupied.add(one.at)
        if one.kind == FIRST:
            counted.add(one.id, day)
    return found
