"""The list of what lies in the bin: the newest first, fifty at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site, User
from webapp.accounts.rights import Capability
from webapp.core import paging
from webapp.core.paging import Order
from webapp.core.rows import typed
from webapp.forms import Form, Id, Instant
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import binned, statuses
from webapp.writer.models import Content, Image

PAGE_SIZE = 50
NEWEST = Order((Content.deleted_at, Content.id))
_DAY = timedelta(days=1)


class BinForm(Form):
    """Behind which row the page begins; `step`: what was just done, which Undo takes back."""

    at: Instant = None
    after: Id = None
    step: Id = None


@dataclass(frozen=True)
class Row:
    """A piece in the bin. `days` are those that are left, none where it is over and stays only
    because it is online, at `address`."""

    id: int
    title: str
    site: str
    zone: str
    content_type: str
    deleted_at: datetime
    who: str
    days: int
    address: str
    was_approved: bool
    was_sent: bool
    pictures: int
    may_return: bool
    may_end: bool


@dataclass(frozen=True)
class Bin:
    """One page of it; `following` is the last row of it where there are more behind."""

    rows: list[Row]
    following: Row | None


class _Selected(Protocol):
    id: int
    title: str
    site_id: int
    content_type: str
    status: str
    deleted_at: datetime
    external_url: str
    site: str
    zone: str
    who: str | None
    pictures: int
    was_sent: bool


_PICTURES = (
    sa.select(sa.func.count(Image.id))
    .where(Image.content_id == Content.id, Image.deleted_at.is_(None))
    .correlate(Content)
    .scalar_subquery()
)
_SENT = sa.exists().where(PublishingRecord.content_id == Content.id)
_COLUMNS = (
    Content.id,
    Content.title,
    Content.site_id,
    Content.content_type,
    Content.status,
    Content.deleted_at,
    Content.external_url,
    Site.name.label("site"),
    Site.timezone.label("zone"),
    User.name.label("who"),
    _PICTURES.label("pictures"),
    _SENT.label("was_sent"),
)


def load(db: Session, member: Member, now: datetime, asked: BinForm) -> Bin:
    """A page of the bin, of the site that the desk works on."""
    query = binned.visible(member, *_COLUMNS, now=now)
    query = query.join(Site, Site.id == Content.site_id)
    query = query.outerjoin(User, User.id == Content.deleted_by)
    if member.site_id:
        query = query.where(Content.site_id == member.site_id)
    after = (asked.at, asked.after) if asked.at and asked.after else ()
    found, more = paging.cut(
        typed(_Selected, db.execute(NEWEST.page(query, PAGE_SIZE, after))), PAGE_SIZE
    )
    rows = [_row(row, member, now) for row in found]
    return Bin(rows, rows[-1] if more else None)


def _row(row: _Selected, member: Member, now: datetime) -> Row:
    left = row.deleted_at + binned.STAYS - now
    return Row(
        id=row.id,
        title=row.title or "Without a title",
        site=row.site,
        zone=row.zone,
        content_type=row.content_type,
        deleted_at=row.deleted_at,
        who=row.who or "",
        days=max(0, -(-left // _DAY)),
        address=row.external_url,
        was_approved=row.status in statuses.MAY_GO_OUT,
        was_sent=row.was_sent,
        pictures=row.pictures,
        may_return=member.may(Capability.WRITE, row.site_id),
        may_end=member.may(Capability.PUBLISH, row.site_id),
    )
