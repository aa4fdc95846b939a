"""The give-up policy of a destination: when it is paused, slowed down, and taken up again."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlsplit

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.accounts.models import Site
from webapp.core.codes import Code
from webapp.core.db import after_commit
from webapp.core.prepared import Prepared
from webapp.core.system import System
from webapp.integrations import installation
from webapp.integrations.base import Failure
from webapp.integrations.health import Health
from webapp.integrations.models import SiteIntegration

log = structlog.get_logger()
_INTEGRATIONS = cast(sa.Table, SiteIntegration.__table__)
_IS_DOWN = _INTEGRATIONS.c.health == "down"
_WORKED = Prepared(
    sa.update(_INTEGRATIONS)
    .where(
        _INTEGRATIONS.c.id == sa.bindparam("this"),
        sa.or_(_INTEGRATIONS.c.failures_in_row > 0, _IS_DOWN),
    )
    .values(
        failures_in_row=0,
        failing_since=None,
        # That the last test failed holds no more; the next one says how it is.
        health=sa.case((_IS_DOWN, "unknown"), else_=_INTEGRATIONS.c.health),
        health_checked_at=sa.case((_IS_DOWN, sa.null()), else_=_INTEGRATIONS.c.health_checked_at),
    )
)
FAILURES_TO_PAUSE = 5
# In a health report: see core/told_times.py.
CLOCK = "clock_ahead_ms"
WILDEST = timedelta(days=10)  # that far off, no more is to be said of a clock
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,20}){0,3}")
TIME_TO_PAUSE = timedelta(minutes=10)


def worked(db: Session, system: System, account_id: int, integration_id: int) -> None:
    """It answered well: the run of failures is over, and what a test found wrong. Writes only where
    there was something."""
    if _WORKED.change(db, {"this": integration_id}):
        system.notices.send(db, account_id, "integration", integration_id)


def failed(
    db: Session, system: System, integration_id: int, failure: Failure, now: datetime
) -> None:
    """It failed in a way that may pass. Five in a row over ten minutes pause it."""
    integration = db.get_one(SiteIntegration, integration_id)
    integration.failures_in_row += 1
    integration.failing_since = integration.failing_since or now
    if failure.code == Code.DESTINATION_BUSY:
        current = integration.parallel_limit or system.config.destination_parallel
        integration.parallel_limit = max(1, current // 2)
    if (
        integration.paused_at is None
        and integration.failures_in_row >= FAILURES_TO_PAUSE
        and now - integration.failing_since >= TIME_TO_PAUSE
    ):
        integration.paused_at = now
        system.notices.send(db, integration.account_id, "integration", integration.id)


def note_health(db: Session, system: System, integration: SiteIntegration, health: Health) -> None:
    """Keep what a health check found; a healthy destination is taken up again, at full speed."""
    now = system.clock()
    is_free = health.takes_publications and not installation.is_refused(integration)
    if is_free and (integration.health == "down" or integration.paused_at):
        _say_back(db, integration, now)
    changed = integration.health != health.status
    integration.health = health.status
    integration.health_checked_at = now
    integration.health_report = {
        "message": health.message,
        "checks": health.checks,
        "report": health.report,
        CLOCK: _clock_ahead(system, integration),
    }
    _note_language(db, integration, health)
    if health.changes_waiting and integration.changes_due_at is None:
        integration.changes_due_at = now
    if any(integration.config_json.get(name) != value for name, value in health.learnt.items()):
        integration.config_json = {**integration.config_json, **health.learnt}
    is_limited = integration.paused_at or integration.parallel_limit
    if is_free and is_limited:
        integration.paused_at = None
        integration.parallel_limit = None
        integration.failures_in_row, integration.failing_since = 0, None
        changed = True
    if changed:
        system.notices.send(db, integration.account_id, "integration", integration.id)


def _say_back(db: Session, integration: SiteIntegration, now: datetime) -> None:
    """One that was down or paused takes publications again; how long is known of one that failed
    while something was published."""
    since = integration.failing_since
    told = {"integration": integration.id, "site": integration.site_id}
    if since is not None:
        told["seconds"] = round((now - since).total_seconds())
    after_commit(db, lambda: log.info("a destination is back", **told))


def _clock_ahead(system: System, integration: SiteIntegration) -> int | None:
    """By how many ms its server's clock is ahead of the one that we go by, within WILDEST."""
    ahead = system.http.told.ahead(urlsplit(integration.base_url).netloc)
    if ahead is None:
        return None
    return max(-WILDEST, min(ahead, WILDEST)) // timedelta(milliseconds=1)


def _note_language(db: Session, integration: SiteIntegration, health: Health) -> None:
    """Keep what the website says of its language: slugs of its pieces are made by it."""
    said = health.report.get("site")
    language = str(said.get("language") or "") if isinstance(said, dict) else ""
    site = db.get_one(Site, integration.site_id)
    if LANGUAGE.fullmatch(language) and site.language != language:
        site.language = language
