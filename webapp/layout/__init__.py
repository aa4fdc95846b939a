"""The layout of every page: where one can go, what waits, and what is wrong right now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.config import Config
from webapp.core import labels
from webapp.core.clock import OFF
from webapp.integrations import installation, obstacles, standing
from webapp.integrations.models import SiteIntegration
from webapp.integrations.obstacles import OBSTACLES
from webapp.publisher.delivery import clocks, heartbeats
from webapp.publisher.planning import plan_input
from webapp.publisher.records import counters

MOST_COUNTED, MOST_LINES = 999, 4


@dataclass(frozen=True)
class Item:
    href: str
    icon: str
    word: str


@dataclass(frozen=True)
class Line:
    """Something that is wrong now, under the top of every page."""

    colour: str
    icon: str
    text: str
    href: str = ""
    link: str = ""


@dataclass(frozen=True)
class SiteChoice:
    id: int
    name: str


@dataclass(frozen=True)
class Layout:
    """`waiting` is the number beside Review, `attention` the one beside Queue, as text: "" for
    none, "999+" for very many."""

    nav: tuple[Item, ...]
    sites: list[SiteChoice]
    waiting: str
    attention: str
    lines: list[Line]


QUEUE = Item("/publisher/publishing-queue", "list-checks", "Queue")
SITES = Item("/settings/sites", "globe", "Sites")
NAV = (
    Item("/review", "inbox", "Review"),
    Item("/publisher/content-calendar", "calendar-days", "Calendar"),
    QUEUE,
    Item("/content", "file-text", "Content"),
    SITES,
)


# Why the pieces of a site that have a time will not go out; "" where they do, or none has one.
_STUCK = sa.case(
    (sa.exists().where(*plan_input.is_planned(Site.id)), obstacles.column(Site.id)), else_=""
).label("stuck")


def build(db: Session, member: Member, config: Config) -> Layout:
    """Two queries: the sites with their destinations' state, and the numbers with who we are.

    It is the same on every page, whatever the page's own route needs.
    """
    member = replace(member, acting=None)
    sites = db.execute(
        access.visible(member, Site, Site.id, Site.name, _STUCK, *standing.COLUMNS)
        .outerjoin(
            SiteIntegration, sa.and_(SiteIntegration.site_id == Site.id, SiteIntegration.is_active)
        )
        .order_by(sa.func.lower(Site.name), Site.id)
    ).all()
    site_id = member.site_id
    numbers = db.execute(
        sa.select(
            counters.number_of(member, counters.WAITING, site_id).label("waiting"),
            counters.number_of(member, counters.ATTENTION, site_id).label("attention"),
            heartbeats.owners_seen().scalar_subquery().label("workers"),
            clocks.worst().scalar_subquery().label("clock_off"),
            *installation.COLUMNS,
        )
    ).one()
    sees_sites = member.may_somewhere(Capability.SEE_SITES)
    question = installation.sender(numbers, config).question
    lines = _lines(
        [row for row in sites if member.sees_setup(row.id)],
        heartbeats.any_runs(numbers.workers),
        question,
    )
    choices = {row.id: SiteChoice(row.id, row.name) for row in sites}
    return Layout(
        _nav(member),
        list(choices.values()),
        _count(numbers.waiting or 0),
        _count(numbers.attention or 0),
        [*_of_clocks(numbers.clock_off or 0), *lines][:MOST_LINES] if sees_sites else [],
    )


def nav(member: Member | None) -> tuple[Item, ...]:
    """Where one can go, as far as it is known who that is: without, where everybody can."""
    if member is None:
        return tuple(one for one in NAV if one not in (QUEUE, SITES))
    return _nav(member)


def _nav(member: Member) -> tuple[Item, ...]:
    needed = {QUEUE: Capability.FOLLOW, SITES: Capability.SEE_SITES}
    return tuple(item for item in NAV if member.may_somewhere(needed.get(item, Capability.READ)))


def _count(number: int) -> str:
    return f"{MOST_COUNTED}+" if number > MOST_COUNTED else str(number or "")


def _of_clocks(off: int) -> list[Line]:
    """`off`: how many ms the worst clock of those who work is."""
    if timedelta(milliseconds=off) <= OFF:
        return []
    text = (
        f"A machine that IGNY8 works on has a clock that is {off / 1000:,.0f} s off. Pieces go out "
        "by the database’s clock; `igny8 doctor` tells whoever runs IGNY8 which one it is."
    )
    return [Line("amber", "clock", text)]


def _lines(sites: Any, is_worked: bool, question: str) -> list[Line]:
    lines: list[Line] = []
    if question:
        text = f"{question} Nothing is published until whoever runs IGNY8 has said which it is."
        lines.append(Line("red", "copy", text))
    if not is_worked:
        text = "The worker is not running. What you publish waits until it is back."
        lines.append(Line("red", "server-off", text))
    for row in {row.id: row for row in sites if row.stuck}.values():
        obstacle = OBSTACLES[row.stuck]
        text = f"{row.name}: scheduled pieces will not go out: {obstacle.reason}."
        lines.append(Line("red", "plug", text, f"/settings/sites/{row.id}", obstacle.remedy))
    for row in sites:
        how = standing.of(row)
        if how.reason and not (row.stuck and how.state == standing.NO_KEY):
            chip, text = labels.chip(how.state), f"{row.name}: {how.reason}"
            home = f"/settings/sites/{row.id}"
            lines.append(Line(chip.colour, chip.icon, text, home, "Look at the connection"))
    return lines
