"""Which types a piece of a site may have."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.integrations.models import SiteIntegration
from webapp.writer.draft import TYPES

LEARNT = "types"


def known(db: Session, site_id: int) -> frozenset[str]:
    """The usual ones, and those that the site's websites named when they were looked at."""
    learnt = db.scalars(
        sa.select(SiteIntegration.config_json).where(SiteIntegration.site_id == site_id)
    )
    return TYPES.union(*(one.get(LEARNT, ()) for one in learnt))


def of_report(report: dict[str, Any]) -> dict[str, list[str]]:
    """What a website's report on its health teaches of its types, as it is kept."""
    named = report.get("content_types")
    types = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    return {LEARNT: sorted(types)}
