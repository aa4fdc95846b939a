"""`content/{id}/schedule/`, `unschedule/`, `hold/`, `insert/`: a piece's time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from webapp.accounts import access
from webapp.accounts.models import Site
from webapp.api.endpoint import get, post
from webapp.api.v1 import versions
from webapp.call import Call
from webapp.core.errors import Invalid
from webapp.publisher.planning import explanation, plans, schedule
from webapp.publisher.planning.schedule import Choice, Moved
from webapp.writer import contents
from webapp.writer.models import Content

_WALL = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


class Seen(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """`seen` is the time that stood on the piece when the caller looked (null: none). Where it is
    another one by now, the answer is 409 `MOVED_MEANWHILE`."""

    seen: datetime | None | UnsetType = UNSET

    def moment(self) -> Any:
        """What was seen, with a zone."""
        return aware("seen", self.seen) if isinstance(self.seen, datetime) else self.seen


class Schedule(Seen, kw_only=True):
    """Either `scheduled_at` (a moment with its offset, such as 2026-12-01T10:00:00Z) or
    `local_time` (the site's own clock, such as 2026-12-01T10:00)."""

    scheduled_at: datetime | None = None
    local_time: str | None = None


class MovedLine(msgspec.Struct, kw_only=True):
    """Where the piece stands now (UTC, and the site's own clock). `note` tells of a change of the
    clock: "fold" is the first of two, "gap 2026-03-29T02:30" is the time that does not exist.
    `change_id` is what undoing names."""

    content_id: int
    site_id: int
    timezone: str
    before: datetime | None
    scheduled_at: datetime | None
    local_time: str | None
    note: str
    warnings: list[str]
    change_id: int


class SlotLine(msgspec.Struct):
    """A free slot: the moment, and the site's own clock."""

    at: datetime
    local_time: str
    note: str


class Planned(msgspec.Struct, kw_only=True):
    """A piece's time, why it has it, and the next free slots."""

    content_id: int
    timezone: str
    scheduled_at: datetime | None
    local_time: str | None
    pinned: bool
    why: str
    details: list[str]
    next_free: list[SlotLine]


@get("/content/{content_id:int}/schedule", gives=Planned, errors=(404,))
def planned(call: Call, content_id: FromPath[int]) -> Planned:
    """A piece's time, the reason for it, and the site's next free slots."""
    content = access.get(call.db, call.member, Content, content_id)
    site = access.get(call.db, call.member, Site, content.site_id)
    free = plans.next_free(call.db, call.system, site, content)
    return Planned(
        content_id=content.id,
        timezone=site.timezone,
        scheduled_at=content.scheduled_publish_at,
        local_time=content.scheduled_wall_time,
        pinned=content.pinned,
        why=explanation.sentence(content.plan_trace),
        details=explanation.details(content.plan_trace),
        next_free=[SlotLine(one.at, _minutes(one.wall), one.note) for one in free],
    )


@post(
    "/content/{content_id:int}/schedule",
    takes=Schedule,
    names_all=True,
    gives=MovedLine,
    errors=(404, 409, 422),
    parameters=(versions.HEADER,),
)
def schedule_at(call: Call, content_id: FromPath[int], given: Schedule) -> MovedLine:
    """Give the piece a time and pin it there; with `If-Match`, only the version that was read.

    One that had no time is approved by that if need be; one that is moved stays as it is.
    """
    content = access.get_for_update(call.db, call.member, Content, content_id)
    contents.check_version(content, versions.of(call.request, None))
    if (given.scheduled_at is None) == (given.local_time is None):
        raise Invalid({"scheduled_at": "Give either scheduled_at or local_time."})
    if given.scheduled_at is not None:
        field, at = "scheduled_at", aware("scheduled_at", given.scheduled_at)
    else:
        field, at = "local_time", local(given.local_time or "")
    schedule.check_seen(content, given.moment())
    with naming(field):
        choice = Choice(at, call.member, approves=True)
        return _line(schedule.schedule(call.db, call.system, content, choice))


@post(
    "/content/{content_id:int}/unschedule",
    takes=Seen,
    names_all=True,
    gives=MovedLine,
    errors=(404, 409, 422),
)
def unschedule(call: Call, content_id: FromPath[int], given: Seen) -> MovedLine:
    """Take its time away; it stays approved, and a person will say when it goes out."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    schedule.check_seen(content, given.moment())
    return _line(schedule.unschedule(call.db, call.system, content, by=call.member))


@post(
    "/content/{content_id:int}/hold",
    takes=Seen,
    names_all=True,
    gives=MovedLine,
    errors=(404, 409, 422),
)
def hold(call: Call, content_id: FromPath[int], given: Seen) -> MovedLine:
    """Take its time away and mark it as on hold."""
    content = access.get_for_update(call.db, call.member, Content, content_id)
    schedule.check_seen(content, given.moment())
    return _line(schedule.hold(call.db, call.system, content, by=call.member))


def aware(field: str, moment: datetime) -> datetime:
    """The moment in UTC. Raises Invalid for one without an offset, which could be any zone's, and
    for those at the ends of the calendar, which some zones cannot say."""
    if moment.tzinfo is None:
        raise Invalid({field: "Say the offset too, such as 2026-12-01T10:00:00Z."})
    if not 1970 < moment.year < 9999:
        raise Invalid({field: "This is too far away."})
    return moment.astimezone(UTC)


@contextmanager
def naming(field: str) -> Iterator[None]:
    """What a verb says of the time, under the name by which the caller sent it."""
    try:
        yield
    except Invalid as wrong:
        fields = {field if name == "at" else name: said for name, said in wrong.fields.items()}
        raise Invalid(fields) from None


def local(text: str) -> datetime:
    """A wall time of the site. Raises Invalid."""
    try:
        wall = datetime.fromisoformat(text) if _WALL.fullmatch(text) else None
    except ValueError:
        wall = None
    if wall is None or not 1970 < wall.year < 9999:
        raise Invalid({"local_time": "Write it as 2026-12-01T10:00, in the site's own time."})
    return wall


def _line(done: Moved) -> MovedLine:
    return MovedLine(
        content_id=done.content_id,
        site_id=done.site_id,
        timezone=done.zone,
        before=done.before,
        scheduled_at=done.at,
        local_time=_minutes(done.wall) if done.wall else None,
        note=done.note,
        warnings=done.warnings,
        change_id=done.change_id,
    )


def _minutes(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")


ROUTES = [planned, schedule_at, unschedule, hold]
