"""`sites/{id}/publishing-settings/`, `replan/`, `forecast/`: a site's rhythm and its plan."""

from __future__ import annotations

from litestar.params import FromPath
from msgspec import UNSET

from webapp.accounts import access, audit
from webapp.accounts.audit import Act
from webapp.accounts.models import Site
from webapp.api.endpoint import Nothing, get, post, put
from webapp.api.v1.publishing_shapes import (
    Applied,
    Change,
    ForecastWhole,
    PreviewWhole,
    Settings,
    SettingsChanged,
    SettingsWhole,
    ShiftLine,
    Undo,
    Undone,
    WeekLine,
    WhatIf,
)
from webapp.call import Call
from webapp.core.errors import Invalid, NotFound
from webapp.publisher.planning import plans, settings, settings_change, undoing
from webapp.publisher.planning.plans import Preview
from webapp.publisher.records.models import PlanChange, PublishingSettings


@get("/sites/{site_id:int}/publishing-settings", gives=SettingsWhole, errors=(404,))
def publishing_settings(call: Call, site_id: FromPath[int]) -> SettingsWhole:
    """Read a site's publishing settings."""
    site = access.get(call.db, call.member, Site, site_id)
    return _whole(site, settings.of(call.db, site))


@put(
    "/sites/{site_id:int}/publishing-settings",
    takes=Change,
    names_all=True,
    gives=SettingsChanged,
    errors=(404, 409, 422),
)
def change_publishing_settings(
    call: Call, site_id: FromPath[int], given: Change
) -> SettingsChanged:
    """Change them; look at the preview first, to see what would move."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    zone = site.timezone if given.timezone is UNSET else given.timezone
    change = settings_change.Change(given.given(), given.version, zone, given.replan)
    steps = settings_change.apply(call.db, call.system, site, change, by=call.member)
    audit.note(call.db, call.system, Act.SETTINGS_CHANGED, site.name, by=call.member)
    applied = Applied(sum(one.moved for one in steps), [s.change_id for s in steps if s.moved])
    return SettingsChanged(_whole(site, settings.of(call.db, site)), applied)


@post(
    "/sites/{site_id:int}/publishing-settings/preview",
    takes=WhatIf,
    names_all=True,
    gives=PreviewWhole,
    errors=(404, 422),
)
def preview_publishing_settings(call: Call, site_id: FromPath[int], given: WhatIf) -> PreviewWhole:
    """What would move with other settings, or in another zone. Nothing is stored."""
    site = access.get(call.db, call.member, Site, site_id)
    zone = "" if given.timezone is UNSET else given.timezone
    if given.timezone == "":
        raise Invalid({"timezone": "Name a time zone, such as Europe/Berlin."})
    return _preview(plans.preview_change(call.db, call.system, site, given.given(), timezone=zone))


@post("/sites/{site_id:int}/replan/preview", takes=Nothing, gives=PreviewWhole, errors=(404, 422))
def preview_replan(call: Call, site_id: FromPath[int]) -> PreviewWhole:
    """What would move if all that nobody pinned were planned anew."""
    site = access.get(call.db, call.member, Site, site_id)
    return _preview(plans.preview_replan(call.db, call.system, site))


@post("/sites/{site_id:int}/replan", takes=Nothing, gives=Applied, errors=(404, 422))
def replan(call: Call, site_id: FromPath[int]) -> Applied:
    """Plan anew all that nobody pinned: one step, which can be undone."""
    site = access.get_for_update(call.db, call.member, Site, site_id)
    step = plans.replan(call.db, call.system, site, by=call.member)
    return Applied(step.moved, [step.change_id] if step.moved else [])


@post("/sites/{site_id:int}/replan/undo", takes=Undo, gives=Undone, errors=(404, 409, 422))
def undo_replan(call: Call, site_id: FromPath[int], given: Undo) -> Undone:
    """Undo a step: a move, a replan, an insertion, a change of zone."""
    access.get(call.db, call.member, Site, site_id)
    access.check_ids(call.db, call.member, PlanChange, "change_id", [given.change_id])
    if access.get(call.db, call.member, PlanChange, given.change_id).site_id != site_id:
        raise NotFound
    done = undoing.undo(call.db, call.system, given.change_id, by=call.member)
    return Undone(done.restored, done.left)


@post(
    "/sites/{site_id:int}/forecast",
    takes=Settings,
    names_all=True,
    gives=ForecastWhole,
    errors=(404, 422),
)
def forecast(call: Call, site_id: FromPath[int], given: Settings) -> ForecastWhole:
    """When the approved pieces will have gone out, with these settings or the ones there are."""
    site = access.get(call.db, call.member, Site, site_id)
    found, sentence = plans.forecast(call.db, call.system, site, given.given())
    weeks = [WeekLine(one.monday, one.used, one.planned, one.limit) for one in found.weeks]
    return ForecastWhole(found.waiting, found.last, found.unplaced, found.reason, sentence, weeks)


def _whole(site: Site, held: PublishingSettings) -> SettingsWhole:
    return SettingsWhole(
        site_id=site.id,
        timezone=site.timezone,
        **settings.as_dict(held),
        paused_at=held.paused_at if held.paused else None,
        version=held.version,
        remarks=settings.remarks(settings.rules(held)),
    )


def _preview(found: Preview) -> PreviewWhole:
    lines = [
        ShiftLine(one.content_id, one.title, one.before, one.after, one.reason)
        for one in found.shifts
    ]
    return PreviewWhole(found.moved, found.placed, found.lost, lines, found.remarks)


ROUTES = [
    publishing_settings,
    change_publishing_settings,
    preview_publishing_settings,
    preview_replan,
    replan,
    undo_replan,
    forecast,
]
