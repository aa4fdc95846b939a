"""Asking websites what they are made of: by button, and by itself where one has not told it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.core.codes import Code
from webapp.core.errors import Conflict
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, registry, structure
from webapp.integrations.base import DestinationError
from webapp.integrations.models import SiteIntegration
from webapp.integrations.structure import AuthorPage, Part, Structure

log = structlog.get_logger()
# Websites tell it every day by themselves; who has not is asked.
OVERDUE = timedelta(hours=26)
OLD_PLUGIN = "The plugin there is too old to tell it. Update the plugin, then ask again."


def fetch(system: System, integration_id: int) -> int:
    """Ask the website and keep what it tells, each page as it comes; how many terms it has. No
    transaction is open while it answers. Raises Conflict with what it said instead."""
    with system.db.read() as db:
        kind = registry.of(db.get_one(SiteIntegration, integration_id).platform)
        if kind.tells is None:
            raise Conflict(f"{kind.title} has no structure to fetch.")
        try:
            target = connections.target_of(db, system, integration_id)
        except Unreadable:
            raise Conflict.of(Code.CREDENTIALS_UNREADABLE) from None
    terms = 0
    try:
        for part in kind.tells(system, target):
            terms = system.commits.run(
                lambda db, part=part: keep(db, system, integration_id, part)  # type: ignore[misc]
            )
    except DestinationError as problem:
        is_unknown = problem.failure.code == Code.NOT_FOUND
        said = OLD_PLUGIN if is_unknown else problem.failure.message
        raise Conflict(said, code=problem.failure.code) from problem
    return terms


def keep(db: Session, system: System, integration_id: int, part: Part) -> int:
    """A part of what a website tells; how many terms are known then."""
    integration = db.get_one(SiteIntegration, integration_id, with_for_update=True)
    if isinstance(part, Structure):
        structure.keep(db, system, integration, part)
        return 0
    if isinstance(part, AuthorPage):
        structure.keep_authors(db, integration, part)
        return 0
    return structure.keep_terms(db, integration, part)


def fetch_overdue(system: System) -> None:
    """Ask every website that has not told it for more than a day: its own cron may be off."""
    before = system.clock() - OVERDUE
    with system.db.read() as db:
        active = sa.select(SiteIntegration).where(
            SiteIntegration.is_active,
            SiteIntegration.health.in_(("healthy", "degraded")),
            SiteIntegration.platform.in_(registry.telling()),
        )
        due = [
            one.id
            for one in db.scalars(active.order_by(SiteIntegration.id))
            if (structure.fetched_at(one) or before) <= before
        ]
    for one in due:
        try:
            fetch(system, one)
        except Conflict as problem:
            log.warning("a website did not tell its structure", integration=one, code=problem.code)
