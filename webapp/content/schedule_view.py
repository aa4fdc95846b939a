"""What the schedule dialog shows: where the piece stands, why, the next free times, a judgement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call
from webapp.content.state import will_not_go_out
from webapp.content.zone_words import in_zones
from webapp.core import dates, labels, zones
from webapp.core.codes import Code, sentence
from webapp.core.errors import Invalid, Problem
from webapp.core.system import System
from webapp.core.zones import Moment
from webapp.forms import Form, Id, Number
from webapp.integrations import connections, obstacles
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import changes, explanation, near, plans, schedule, settings, trace
from webapp.publisher.records import goes, site_status, stands, states
from webapp.writer import contents
from webapp.writer.models import Content

OFFERED = 5
NO_OFFSET = (
    "Write the time as the site’s clock shows it, such as 2026-12-01T10:00, without Z or +05:00."
)
# Where the dialog stands, and the page that one returns to.
HOMES = {
    "content": ("/content/{id}", "the piece"),
    "review": ("/review/{id}", "Review"),
    "queue": ("/publisher/publishing-queue?tab=scheduled", "the queue"),
    "calendar": ("/publisher/content-calendar", "the calendar"),
}


class DialogForm(Form):
    """The dialog as it was opened, and what was typed in it.

    `home` is where it stands; `at` a wall time; `done` the step just made, which can be undone
    here; `version` the one that is shown where the dialog is opened.
    """

    home: str = "content"
    at: str = ""
    done: Id = None
    version: Number = None

    @property
    def typed(self) -> str:
        return self.at


@dataclass(frozen=True)
class Judged:
    """What is to be said of a time. `problem` is why it cannot be had, "" if it can."""

    zones: str
    notes: list[str]
    warnings: list[str]
    problem: str = ""


@dataclass(frozen=True)
class Offer:
    """A free slot: its wall time as a form sends it, and as people read it."""

    value: str
    text: str
    note: str


@dataclass(frozen=True)
class Shown:
    """`value` is the wall time in the field, `seen` the piece's present time as the form keeps it.

    `step` is the change just made, 0 for none; `refusal` says why no time can be chosen at all,
    `stop` why the piece will not go out at the time that it has. Choosing a time `approves` a piece
    that has none, in the `version` that the person has before them.
    """

    content: Content
    version: int
    site: str
    zone: str
    destination: str
    goes: str
    home: str
    back: str
    back_word: str
    value: str
    earliest: str
    seen: str
    standing: str
    why: str
    details: list[str]
    offers: list[Offer]
    judged: Judged
    step: int
    refusal: str
    approves: bool
    stop: str
    may_decide: bool
    can_release: bool
    is_released: bool
    now: datetime
    problem: Problem | None

    @property
    def is_approved(self) -> bool:
        return contents.is_approved(self.content)

    @property
    def is_stopped_there(self) -> bool:
        """Whether `stop` names what is wrong with the site's connections, as `refusal` does."""
        return bool(self.stop) and self.is_approved

    @property
    def is_scheduled(self) -> bool:
        return self.content.site_status == states.SCHEDULED

    @property
    def is_edited(self) -> bool:
        """Whether choosing a time would approve another text than the one that was shown."""
        return self.approves and self.version != self.content.version


def load(
    call: Call, content_id: int, opened: DialogForm, *, problem: Problem | None = None
) -> Shown:
    """The dialog of a piece, or NotFound."""
    db, system, member = call.db, call.system, call.member
    content = access.get(db, member, Content, content_id)
    site = access.get(db, member, Site, content.site_id)
    chosen = settings.of(db, site)
    now, zone = system.clock(), zones.zone(site.timezone)
    current = zones.local(now, zone)
    free = plans.next_free(db, system, site, content, OFFERED + 1)
    others = [moment for moment in free if moment.at != content.scheduled_publish_at]
    offers = [_offer(moment, current.date()) for moment in others[:OFFERED]]
    home = opened.home if opened.home in HOMES else "content"
    back, back_word = HOMES[home]
    planned = content.scheduled_publish_at
    value = opened.typed or _value(content, zone, now, offers)
    integration, obstacle = connections.default_of(db, site.id), obstacles.of(db, site.id)
    return Shown(
        content=content,
        version=opened.version or content.version,
        site=site.name,
        zone=site.timezone,
        destination=stands.name_of(integration),
        goes=goes.mark_of(integration),
        home=home,
        back=back.format(id=content.id),
        back_word=back_word,
        value=value,
        earliest=_minute(current),
        seen=planned.isoformat() if planned else "",
        standing=labels.moment(planned, site.timezone) if planned else "",
        why=explanation.sentence(
            content.plan_trace, obstacle=obstacle, is_online=bool(content.external_url)
        ),
        details=explanation.details(content.plan_trace),
        offers=offers,
        judged=judge(db, system, member, content, value),
        step=_step(call, content, opened.done),
        refusal=_refusal(db, content, integration),
        approves=planned is None and not contents.is_approved(content),
        stop=will_not_go_out(content, obstacle=obstacle),
        may_decide=member.may(Capability.PUBLISH, site.id),
        is_released=chosen.auto_publish_enabled and not content.pinned and planned is None,
        can_release=chosen.auto_publish_enabled and bool(content.pinned or planned),
        now=now,
        problem=problem,
    )


def _step(call: Call, content: Content, named: int | None) -> int:
    """The step that the address names, as far as Undo can be offered for it here; else 0."""
    of = {"site_id": content.site_id, "content_id": content.id}
    steps = changes.offered(call.db, call.member, [named], **of) if named else []
    return steps[0].id if steps else 0


def judge(db: Session, system: System, member: Member, content: Content, text: str) -> Judged:
    """What is to be said of the wall time that was typed for a piece."""
    site = access.get(db, member, Site, content.site_id)
    now = system.clock()
    try:
        wall = wall_time(text)
    except Invalid as problem:
        return Judged("", [], [], problem.fields["at"])
    if wall is None:
        return Judged("", [], [], "Choose a date and a time.")
    moment = zones.instant(wall, zones.zone(site.timezone))
    said = in_zones(moment.at, site.timezone, member.timezone)
    if moment.at <= now:
        return Judged(said, [], [], sentence(Code.IN_THE_PAST))
    if moment.at > now + schedule.FARTHEST:
        return Judged(said, [], [], "That is more than five years away.")
    place = near.read(db, system, content, site, moment.wall.date())
    note = _note(moment)
    return Judged(said, [note] if note else [], near.warnings(place, content, moment))


def wall_time(text: str) -> datetime | None:
    """What a field of date and time sends; None for what is none. Raises Invalid for a moment of
    another clock: the field means the site's own."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.tzinfo is not None:
        raise Invalid({"at": NO_OFFSET})
    return found if 1970 < found.year < 9000 else None


def _offer(moment: Moment, today: date) -> Offer:
    days = (moment.wall.date() - today).days
    near = {0: "Today", 1: "Tomorrow"}.get(days, dates.day(moment.wall))
    return Offer(_minute(moment.wall), f"{near}, {moment.wall:%H:%M}", _note(moment))


def _note(moment: Moment) -> str:
    return trace.clock({"wall": _minute(moment.wall), "note": moment.note}).strip()


def _value(content: Content, zone: ZoneInfo, now: datetime, offers: list[Offer]) -> str:
    """What stands in the field at first: its time, the next free slot, or the next hour."""
    if content.scheduled_publish_at is not None:
        return _minute(zones.local(content.scheduled_publish_at, zone))
    if offers:
        return offers[0].value
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    return _minute(zones.local(hour, zone))


def _refusal(db: Session, content: Content, integration: SiteIntegration | None) -> str:
    """Why no time can be chosen; "" where one can."""
    if content.site_status == states.PUBLISHING:
        return sentence(Code.IN_FLIGHT)
    if integration is None:
        return sentence(Code.INTEGRATION_MISSING)
    if there := stands.elsewhere(db, content, integration):
        return stands.stays(there)
    if site_status.is_up_to_date(content):
        return sentence(Code.ALREADY_PUBLISHED)
    return ""


def _minute(wall: datetime) -> str:
    return wall.isoformat(timespec="minutes")
