"""Why nothing goes out from a site by its connections, and what puts that right.

One place for it, so that panel, queue, calendar, site page and the top of every page say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from webapp.integrations import registry
from webapp.integrations.models import SiteIntegration

NONE, OFF, NO_DEFAULT, NO_KEY = "none", "off", "no_default", "no_key"


@dataclass(frozen=True)
class Obstacle:
    """`word` is a few letters for a table, `reason` ends a sentence, `remedy` stands on a link to
    the site's page."""

    word: str
    reason: str
    remedy: str


OBSTACLES = {
    NONE: Obstacle("not connected", "the site is connected to no website", "Connect one"),
    OFF: Obstacle("switched off", "the site’s connection is switched off", "Switch it on"),
    NO_DEFAULT: Obstacle(
        "no default", "none of the site’s connections is its default", "Make one the default"
    ),
    NO_KEY: Obstacle("no key", "the site’s connection has no key", "Make a new key"),
}


def column(site_id: Any) -> Any:
    """For a query that has a site: the key of its obstacle in OBSTACLES, "" where there is none."""
    # Of its own, since the query may have connections too.
    one = aliased(SiteIntegration)

    def number(*where: Any) -> Any:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*where), 1), else_=0)), 0)

    has_no_key = (one.platform.in_(registry.with_keys()), one.credentials == "")
    found = sa.case(
        (sa.func.count(one.id) == 0, NONE),
        (number(one.is_active) == 0, OFF),
        (number(one.is_active, one.is_default) == 0, NO_DEFAULT),
        (number(one.is_active, one.is_default, *has_no_key) > 0, NO_KEY),
        else_="",
    )
    return sa.select(found).where(one.site_id == site_id).scalar_subquery()


def of(db: Session, site_id: int) -> str:
    """The key of the site's obstacle, "" where there is none."""
    return db.scalar(sa.select(column(site_id))) or ""
