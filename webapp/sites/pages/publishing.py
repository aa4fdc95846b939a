"""A site's publishing settings: changed after a look at what that moves, paused, planned anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Any, Self

from litestar import Response
from sqlalchemy.orm import Session

from webapp.accounts import access, audit
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.call import Call, get, post
from webapp.core import zones
from webapp.core.codes import Code, sentence
from webapp.core.errors import Invalid
from webapp.core.system import System
from webapp.core.web import id_in, local_path
from webapp.forms import Form, Number, Tick
from webapp.publisher.planning import changes, plans, settings, settings_change, slots
from webapp.publisher.planning.capacity import Forecast
from webapp.publisher.planning.plans import Preview
from webapp.publisher.planning.settings_change import Change
from webapp.publisher.planning.settings_fields import DAYS
from webapp.publisher.planning.slots import Rules
from webapp.publisher.planning.times import Step
from webapp.publisher.records.models import PublishingSettings
from webapp.sites import settings_form, view
from webapp.sites.settings_form import Typed

LISTED = 12
# The fields that say when something may go out: a change of the others moves nothing.
PLANNED_BY = {*Rules.__struct_fields__, "timezone"}
WEEKS = 8


def _weekdays(sent: Any) -> list[str]:
    days = [day for day in (sent if isinstance(sent, list) else [sent]) if day]
    if not set(days) <= set(DAYS):
        raise ValueError(f"Choose among: {', '.join(DAYS)}.")
    return days


class SettingsForm(Form, rename={"days": "day"}):
    """The settings as they were typed, and how the change goes on: `previewed` names what was
    shown of it, `then` is "move" where scheduled pieces move along."""

    previewed: str = ""
    then: str = ""
    version: Number = None
    auto_approval_enabled: Tick = False
    auto_publish_enabled: Tick = False
    missed_however_late: Tick = False
    days: Annotated[list[str], _weekdays] = []

    @classmethod
    def read(cls, sent: Mapping[str, Any]) -> Self:
        """Only days and dates may be sent more than once."""
        twice = {
            name: "This was sent more than once."
            for name, value in sent.items()
            if isinstance(value, list) and name not in ("day", "blackout")
        }
        if twice:
            raise Invalid(twice, " ".join(sorted(set(twice.values()))))
        return super().read(sent)

    @property
    def typed(self) -> Typed:
        return settings_form.read(self.sent)


class HomeForm(Form):
    """`home`: the page that the button stands on."""

    home: str = ""

    def of(self, site_id: int) -> str:
        """That page, else the site's settings."""
        return local_path(self.home, f"/settings/sites/{site_id}/publishing")


@dataclass(frozen=True)
class Outlook:
    """What settings lead to: the slots of a day, when the waiting pieces are out, week by week."""

    slots: list[str]
    spacing: int
    sentence: str
    forecast: Forecast
    remarks: list[str]


@dataclass(frozen=True)
class Applied:
    """What was done last: the steps that Undo takes back, and how many pieces they moved.
    `is_undone`: they were taken back since."""

    steps: list[int] = field(default_factory=list)
    moved: int = 0
    is_undone: bool = False


@get("/settings/sites/{site_id:int}/publishing")
def show(call: Call, site_id: int, done: str | None = None) -> Response[str]:
    """The settings; `done` names what was just applied."""
    site = access.get(call.db, call.member, Site, site_id)
    typed = _stored(site, settings.of(call.db, site))
    return _page(call, site, typed, applied=_applied(call, site_id, done))


@post("/settings/sites/{site_id:int}/publishing")
def change(call: Call, site_id: int, data: SettingsForm) -> Response[str]:
    """Show what the change moves; once that was seen (`previewed`), apply it."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    held = settings.for_update(call.db, site)
    typed = data.typed
    if typed.problems:
        return _page(call, site, typed, problems=typed.problems, status=422)
    if typed.version != held.version:
        problem = {"version": sentence(Code.VERSION_CONFLICT)}
        newer = Typed(typed.given, typed.timezone, held.version)
        return _page(call, site, newer, problems=problem, status=409)
    changed = settings_form.changes(_stored(site, held), typed)
    found = plans.preview_change(call.db, call.system, site, typed.given, timezone=typed.timezone)
    moves_some = bool(PLANNED_BY.intersection(changed)) and bool(found.moved or found.lost)
    if moves_some and data.previewed != typed.digest:
        return _page(call, site, typed, preview=found)
    change = Change(typed.given, typed.version, typed.timezone, data.then == "move")
    steps = settings_change.apply(call.db, call.system, site, change, by=call.member)
    audit.note(call.db, call.system, Act.SETTINGS_CHANGED, site.name, by=call.member)
    return call.redirect(f"/settings/sites/{site_id}/publishing?done={_told(steps)}")


@post("/settings/sites/{site_id:int}/publishing/outlook")
def look_ahead(call: Call, site_id: int, data: SettingsForm) -> Response[str]:
    """What the settings, as they stand in the form, would lead to. Nothing is stored."""
    site = access.get(call.db, call.member, Site, site_id)
    typed = data.typed
    ahead = None if typed.problems else _outlook(call.db, call.system, site, typed)
    return call.fragment("sites/_publishing_outlook.html", outlook=ahead, weeks=WEEKS)


@get("/settings/sites/{site_id:int}/publishing/replan")
def preview_replan(call: Call, site_id: int) -> Response[str]:
    """What planning anew would move."""
    site = access.get(call.db, call.member, Site, site_id)
    typed = _stored(site, settings.of(call.db, site))
    found = plans.preview_replan(call.db, call.system, site)
    return _page(call, site, typed, preview=found, is_replan=True)


@post("/settings/sites/{site_id:int}/publishing/replan")
def replan(call: Call, site_id: int) -> Response[str]:
    """Plan anew all that nobody pinned: one step, with one Undo."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    step = plans.replan(call.db, call.system, site, by=call.member)
    return call.redirect(f"/settings/sites/{site_id}/publishing?done={_told([step])}")


@post("/settings/sites/{site_id:int}/pause")
def pause(call: Call, site_id: int, data: HomeForm) -> Response[str]:
    """From now on nothing goes out by itself."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    settings.pause(call.db, call.system, settings.for_update(call.db, site))
    return call.redirect(data.of(site_id))


@post("/settings/sites/{site_id:int}/resumption")
def resume(call: Call, site_id: int, data: HomeForm) -> Response[str]:
    """Go on; what fell due meanwhile goes by the rule for missed times."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    settings.resume(call.db, call.system, settings.for_update(call.db, site))
    return call.redirect(data.of(site_id))


def _page(
    call: Call,
    site: Site,
    typed: Typed,
    *,
    problems: dict[str, str] | None = None,
    preview: Preview | None = None,
    status: int = 200,
    applied: Applied | None = None,
    is_replan: bool = False,
) -> Response[str]:
    """The page with the form as it was typed; nothing that was read here is stored."""
    site_id, member = site.id, call.request.user
    if problems:
        call.roll_back()
        site = access.get(call.db, member, Site, site_id)
    held = settings.of(call.db, site)
    ahead = None if problems else _outlook(call.db, call.system, site, typed)
    return call.page(
        "sites/publishing.html",
        status=status,
        site=view.site(call.db, call.system, member, site_id),
        typed=typed,
        given=typed.given,
        problems=problems or {},
        preview=preview,
        is_replan=is_replan,
        listed=LISTED,
        changed=settings_form.changes(_stored(site, held), typed),
        applied=applied,
        held=held,
        outlook=ahead,
        weeks=WEEKS,
        all_zones=zones.names(),
        now=call.system.clock(),
        may_manage=member.may(Capability.MANAGE, site_id),
        may_decide=member.may(Capability.PUBLISH, site_id),
    )


def _outlook(db: Session, system: System, site: Site, typed: Typed) -> Outlook:
    rules = settings.rules(settings.draft(settings.of(db, site), typed.given))
    found, text = plans.forecast(db, system, site, typed.given)
    times = [_clock(minutes) for minutes in slots.wall_times(rules)]
    return Outlook(times, slots.spacing(rules), text, found, settings.remarks(rules))


def _stored(site: Site, held: PublishingSettings) -> Typed:
    return settings_form.of(settings.as_dict(held), site.timezone, held.version)


def _told(steps: Sequence[Step]) -> str:
    """The steps as an address carries them: their ids."""
    return "-".join(str(step.change_id) for step in steps if step.change_id)


def _applied(call: Call, site_id: int, done: str | None) -> Applied | None:
    """What the address names, as far as it is this person's, at this site."""
    if done is None:
        return None
    named = [number for part in done.split("-")[:4] if (number := id_in(part)) is not None]
    steps = changes.offered(call.db, call.member, named, site_id=site_id)
    moved = len(changes.content_ids(steps))
    return Applied([step.id for step in steps], moved, is_undone=bool(named and not steps))


def _clock(minutes: int) -> str:
    at = timedelta(minutes=minutes)
    return f"{at.seconds // 3600:02}:{at.seconds % 3600 // 60:02}"


ROUTES = [show, change, look_ahead, preview_replan, replan, pause, resume]
