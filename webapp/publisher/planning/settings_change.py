"""A change of a site's settings: what has to move because of it, and the change itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core.system import System
from webapp.publisher.planning import plans, rezone, settings
from webapp.publisher.planning.times import Step


class Change(NamedTuple):
    """The fields of the settings that are `given`, the `version` that was read, the site's zone
    from now on, and whether what has to move shall `move` at once."""

    given: Mapping[str, Any]
    version: int | None
    timezone: str
    move: bool


def apply(db: Session, system: System, site: Site, change: Change, *, by: Member) -> list[Step]:
    """Store the settings, then the zone, and move what has to, if that is wished. Raises Invalid
    with every wrong field, Conflict where another version is stored."""
    held = settings.for_update(db, site)
    had_begun = held.auto_publish_enabled
    settings.change(db, system, held, change.given, version=change.version)
    db.flush()
    steps = []
    moves_zone = change.timezone != site.timezone
    if moves_zone:
        steps.append(rezone.change(db, system, site, change.timezone, by=by))
    if change.move and moves_zone:
        steps.append(plans.replan(db, system, site, by=by))
    elif change.move:
        begins = held.auto_publish_enabled and not had_begun
        steps.append(plans.adjust(db, system, site, by=by, begins=begins))
    return steps
