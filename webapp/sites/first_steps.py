"""The three steps of a new site, told from its rows: added, connected, a first piece on its way.

Nothing is kept of them. What has published once has done them all, whatever becomes of its
connection later.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.sites.view import Connection, Shown
from webapp.writer.models import Content

ALL = 3
WORKS = ("healthy", "degraded")


@dataclass(frozen=True)
class FirstSteps:
    """`tested` is the connection whose test is told of, None where there is none; `waits` is the
    state of the piece that is nearest to its time: "approved", "review", "draft", "" for none."""

    is_connected: bool
    has_time: bool
    tested: Connection | None = None
    waits: str = ""

    @property
    def done(self) -> int:
        return 1 + self.is_connected + self.has_time

    @property
    def is_over(self) -> bool:
        return self.done == ALL


def of(db: Session, member: Member, site: Shown) -> FirstSteps:
    """How far the site has come. No query of its own but where a first piece is the next step."""
    active = [one for one in site.connections if one.is_active]
    working = [one for one in active if one.standing.state in WORKS]
    is_connected = site.has_published or bool(working)
    has_time = site.has_published or site.scheduled > 0
    waits = _waits(db, member, site.id) if is_connected and not has_time else ""
    tested = next(iter([*working, *active]), None)
    return FirstSteps(is_connected, has_time, tested, waits)


def _waits(db: Session, member: Member, site_id: int) -> str:
    for status in ("approved", "review", "draft"):
        query = access.visible(member, Content, Content.id)
        where = (Content.site_id == site_id, Content.status == status)
        if db.scalar(query.where(*where).limit(1)) is not None:
            return status
    return ""
