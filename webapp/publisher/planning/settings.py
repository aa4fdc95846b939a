"""A site's publishing settings: reading and changing them; pause and resume."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.models import Site
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Invalid
from webapp.core.system import System
from webapp.publisher.planning import changes, slots
from webapp.publisher.planning.settings_fields import DEFAULTS, check
from webapp.publisher.planning.slots import Rules, Window
from webapp.publisher.records.models import PublishingSettings

_OF_SITE = sa.select(PublishingSettings).where(PublishingSettings.site_id == sa.bindparam("site"))


def of(db: Session, site: Site) -> PublishingSettings:
    """The site's settings; the defaults, not yet stored, where nobody has chosen any."""
    return db.scalars(_OF_SITE, {"site": site.id}).one_or_none() or _fresh(site)


def for_update(db: Session, site: Site) -> PublishingSettings:
    """The site's settings, locked: whoever holds them is the only one who plans for the site."""
    query = _OF_SITE.with_for_update().execution_options(populate_existing=True)
    given = {"site": site.id}
    found = db.scalars(query, given).one_or_none()
    if found is None:
        try:
            with db.begin_nested():
                db.add(_fresh(site))
        except sa.exc.IntegrityError:  # another request was the first
            pass
        found = db.scalars(query, given).one()
    return found


def rules(settings: PublishingSettings) -> Rules:
    """What the planner needs of them."""
    return Rules(
        publish_days=tuple(settings.publish_days),
        publish_time_slots=tuple(
            Window(start=one["start"], end=one["end"]) for one in settings.publish_time_slots
        ),
        daily_publish_limit=settings.daily_publish_limit,
        weekly_publish_limit=settings.weekly_publish_limit,
        monthly_publish_limit=settings.monthly_publish_limit,
        slot_spacing_minutes=settings.slot_spacing_minutes,
        min_lead_minutes=settings.min_lead_minutes,
        blackout_dates=tuple(date.fromisoformat(one) for one in settings.blackout_dates),
    )


def as_dict(settings: PublishingSettings) -> dict[str, Any]:
    """The fields a person may set, as `check` takes them."""
    return {name: getattr(settings, name) for name in DEFAULTS}


def draft(settings: PublishingSettings, given: Mapping[str, Any]) -> PublishingSettings:
    """The settings as they would be, not stored. Raises Invalid with every wrong field."""
    checked = check(given)
    if checked.problems:
        raise Invalid(checked.problems)
    kept = as_dict(settings) | {"account_id": settings.account_id, "site_id": settings.site_id}
    return PublishingSettings(**(kept | checked.values))


def change(
    db: Session,
    system: System,
    settings: PublishingSettings,
    given: Mapping[str, Any],
    *,
    version: int | None = None,
) -> None:
    """Store what is given (`settings` is locked). `version` is the one that was read.

    Times that were assigned before stay: moving them is a replan.
    """
    if version is not None and version != settings.version:
        raise Conflict.of(Code.VERSION_CONFLICT, version=settings.version)
    checked = check(given)
    if checked.problems:
        raise Invalid(checked.problems)
    paused = checked.values.pop("paused", settings.paused)
    changed = {k: v for k, v in checked.values.items() if getattr(settings, k) != v}
    for name, value in changed.items():
        setattr(settings, name, value)
    if changed:
        settings.version += 1
        _tell(db, system, settings)
    if paused != settings.paused:
        (pause if paused else resume)(db, system, settings)


def pause(db: Session, system: System, settings: PublishingSettings) -> None:
    """From now on nothing of the site goes out by itself; clicks on Publish still work."""
    if not settings.paused:
        settings.paused = True
        settings.paused_at, settings.resumed_at = system.clock(), None
        settings.version += 1
        _tell(db, system, settings)


def resume(db: Session, system: System, settings: PublishingSettings) -> None:
    """Go on. What fell due meanwhile goes by the policy for missed times."""
    if settings.paused:
        settings.paused = False
        settings.resumed_at = system.clock()
        settings.version += 1
        _tell(db, system, settings)


def remarks(rules: Rules) -> list[str]:
    """What is allowed but probably not meant, in sentences."""
    found = []
    if not rules.publish_days:
        found.append("No day is chosen, so nothing is given a time.")
    if not rules.publish_time_slots:
        found.append("There is no time of day, so nothing is given a time.")
    elif slots.too_few(rules):
        found.append(
            f"A day has {len(slots.wall_times(rules))} slots, fewer than the daily limit of "
            f"{rules.daily_publish_limit}. Shorten the spacing or widen the hours."
        )
    limits = (rules.daily_publish_limit, rules.weekly_publish_limit, rules.monthly_publish_limit)
    if 0 in limits:
        found.append("A limit is 0, so nothing goes out by itself.")
    return found


def pause_covers(settings: PublishingSettings, moment: datetime) -> bool:
    """Whether the site was paused at that moment (by its last pause)."""
    begun, ended = settings.paused_at, settings.resumed_at
    return begun is not None and begun <= moment and (ended is None or moment < ended)


def _fresh(site: Site) -> PublishingSettings:
    return PublishingSettings(account_id=site.account_id, site_id=site.id, version=1, **DEFAULTS)


def _tell(db: Session, system: System, settings: PublishingSettings) -> None:
    system.notices.send(db, settings.account_id, "plan", settings.site_id)
    changes.plan_soon(db, system, settings.site_id)
