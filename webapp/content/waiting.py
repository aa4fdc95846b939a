"""The list of what waits: which pieces, in which order, fifty at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access, sites
from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.accounts.rights import Capability
from webapp.content import approval
from webapp.content.state import Planned, state_of, will_not_go_out
from webapp.core import paging
from webapp.core.paging import Order
from webapp.core.rows import typed
from webapp.forms import Form, Id
from webapp.integrations import obstacles
from webapp.publisher.records import counters, states
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import binned, statuses
from webapp.writer.models import Content

PAGE_SIZE = 50
NEWEST = Order((Content.id,))
MOST_COUNTED = 10_000
MOST_KEPT = 100
STATUSES = {
    "waiting": "Waiting",
    "review": "In review",
    "approved": "Approved",
    "attention": "Needs attention",
    "draft": "Drafts",
    "published": "Published",
    "all": "Everything",
}


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. `after` is the id of the last piece of the page before."""

    status: str = "waiting"
    q: str = ""
    content_type: str = ""
    author: str = ""
    site_id: int | None = None
    after: int | None = None

    def query(self, **changes: Any) -> str:
        """As a query string, without what is not set; `changes` replace single values."""
        values = {
            "status": "" if self.status == "waiting" else self.status,
            "q": self.q,
            "type": self.content_type,
            "author": self.author,
            "after": self.after,
            **changes,
        }
        return urlencode({name: value for name, value in values.items() if value})


class FilterForm(Form, rename={"content_type": "type"}):
    """The filters as an address says them."""

    status: str = ""
    q: str = ""
    content_type: str = ""
    author: str = ""
    after: Id = None

    def filters(self, usual: str, site_id: int | None) -> Filters:
        """With the `usual` status where none is known, for the site that the desk works on."""
        status = self.status if self.status in STATUSES else usual
        return Filters(status, self.q.strip(), self.content_type, self.author, site_id, self.after)


@dataclass(frozen=True)
class Row:
    """A piece in a list. `state` is the one word that says most about it; `since`: since when
    it is that; `stop` says why it will not go out, "" if it will."""

    id: int
    version: int
    title: str
    state: str
    attention: list[str]
    content_type: str
    author: str
    since: datetime
    site: str
    zone: str
    updated_at: datetime
    scheduled_at: datetime | None
    is_online: bool
    is_changed: bool
    steps: str
    can_approve: bool
    can_delete: bool
    stop: str


@dataclass(frozen=True)
class Listing:
    """One page of a list. `total` is exact up to 10,000; `next_after` is None on the last page.
    Without a site (`has_sites`) there cannot be anything in it."""

    rows: list[Row]
    total: int
    next_after: int | None
    types: list[str]
    authors: list[str]
    has_sites: bool = True


_WAITS = sa.exists().where(
    PublishingRecord.content_id == Content.id,
    PublishingRecord.status == states.PENDING,
    PublishingRecord.action == "publish",
)
_COLUMNS = (
    Content.id,
    Content.version,
    Content.site_id,
    Content.title,
    Content.status,
    Content.site_status,
    Content.attention,
    Content.content_type,
    Content.author_email,
    Content.updated_at,
    Content.approved_at,
    Content.site_status_updated_at,
    Content.in_review_since,
    Content.scheduled_publish_at,
    Content.content_hash,
    Content.published_hash,
    Content.approved_hash,
    _WAITS.label("waits"),
    obstacles.column(Content.site_id).label("obstacle"),
    Content.approval_list_id,
    Content.approval_step,
    approval.STEPS,
    Content.external_url,
    Site.name.label("site"),
    Site.timezone.label("zone"),
)


def only_waiting(query: sa.Select[Any]) -> sa.Select[Any]:
    """What an editor has to decide on."""
    return query.where(counters.IS_WAITING)


def listing(db: Session, member: Member, filters: Filters, keep: Sequence[int] = ()) -> Listing:
    """A page of the list: newest first, by id, so that nothing ever changes places.

    `keep` are ids that the reader sees already: they stay, even where they no longer match.
    """
    matching = _narrowed(access.visible(member, Content, Content.id), filters)
    some = matching.limit(MOST_COUNTED).subquery()
    total = sa.select(sa.func.count()).select_from(some).scalar_subquery()
    query = _narrowed(access.visible(member, Content, *_COLUMNS, total.label("total")), filters)
    query = query.join(Site, Site.id == Content.site_id)
    after = [filters.after] if filters.after else []
    page = db.execute(NEWEST.page(query, PAGE_SIZE, after))
    found, more = paging.cut(typed(_Counted, page), PAGE_SIZE)
    rows = [_row(row, member) for row in found]
    gone = set(keep[:MOST_KEPT]) - {row.id for row in rows}
    if gone:
        query = access.visible(member, Content, *_COLUMNS).join(Site, Site.id == Content.site_id)
        kept = db.execute(query.where(Content.id.in_(gone)))
        rows += [_row(row, member) for row in typed(_Selected, kept)]
        rows.sort(key=lambda row: -row.id)
    types, authors = _choices(db, member, filters)
    return Listing(
        rows=rows,
        total=found[0].total if found else 0,
        next_after=found[-1].id if more else None,
        types=types,
        authors=authors,
        has_sites=bool(rows) or sites.has_any(db, member),
    )


def one(db: Session, member: Member, content_id: int) -> Row | None:
    """A single row of the list, as it stands now."""
    query = access.visible(member, Content, *_COLUMNS).join(Site, Site.id == Content.site_id)
    found = typed(_Selected, db.execute(query.where(Content.id == content_id)))
    return _row(found[0], member) if found else None


def _narrowed(query: sa.Select[Any], filters: Filters) -> sa.Select[Any]:
    query = _of_status(query, filters.status)
    if filters.site_id:
        query = query.where(Content.site_id == filters.site_id)
    if filters.content_type:
        query = query.where(Content.content_type == filters.content_type)
    if filters.author:
        query = query.where(Content.author_email == filters.author)
    for word in filters.q.split()[:8]:
        query = query.where(Content.title.icontains(word, autoescape=True))
    return query


def _of_status(query: sa.Select[Any], status: str) -> sa.Select[Any]:
    if status == "all":
        return query
    if status == "attention":
        return query.where(Content.attention != frozenset())
    if status in ("review", "approved", "draft", "published"):
        return query.where(Content.status == status)
    return only_waiting(query)


def _choices(db: Session, member: Member, filters: Filters) -> tuple[list[str], list[str]]:
    """Types and authors among all pieces of the same status."""
    query = _of_status(
        access.visible(member, Content, Content.content_type, Content.author_email), filters.status
    )
    if filters.site_id:
        query = query.where(Content.site_id == filters.site_id)
    found = db.execute(query.distinct().limit(500)).all()
    types = {row.content_type for row in found} | {filters.content_type}
    authors = {row.author_email for row in found} | {filters.author}
    return sorted(types - {""}), sorted(authors - {""})


class _Selected(Planned, Protocol):
    """What _COLUMNS select."""

    id: int
    version: int
    site_id: int
    title: str
    attention: frozenset[str]
    content_type: str
    author_email: str
    updated_at: datetime
    approved_at: datetime | None
    site_status_updated_at: datetime | None
    in_review_since: datetime | None
    scheduled_publish_at: datetime | None
    published_hash: str
    external_url: str
    waits: bool
    obstacle: str
    approval_list_id: int | None
    approval_step: int
    steps: int
    site: str
    zone: str


class _Counted(_Selected, Protocol):
    """The same, with how many there are."""

    total: int


def _since(row: _Selected, state: str) -> datetime:
    """Since when it is in the state that its row says."""
    at = {
        statuses.DRAFT: row.updated_at,
        statuses.REVIEW: row.in_review_since,
        statuses.APPROVED: row.approved_at,
    }
    return at.get(state, row.site_status_updated_at) or row.updated_at


def _may_approve(row: _Selected, member: Member) -> bool:
    """Whether approving it may be this member's; whose step it is, the verb asks."""
    in_steps = row.approval_list_id is not None and row.status == statuses.REVIEW
    return member.may(Capability.SIGN if in_steps else Capability.APPROVE, row.site_id)


def _row(row: _Selected, member: Member) -> Row:
    state = state_of(row.status, row.site_status, row.attention)
    return Row(
        id=row.id,
        version=row.version,
        title=row.title or "Without a title",
        state=state,
        attention=sorted(row.attention),
        content_type=row.content_type,
        author=row.author_email,
        since=_since(row, state),
        site=row.site,
        zone=row.zone,
        updated_at=row.updated_at,
        scheduled_at=row.scheduled_publish_at,
        is_online=bool(row.external_url),
        is_changed=bool(row.external_url) and row.content_hash != row.published_hash,
        steps=approval.told(row.approval_step, row.steps) if state == statuses.REVIEW else "",
        can_approve=row.status in ("draft", "review") and _may_approve(row, member),
        can_delete=not row.external_url
        and row.site_status != states.PUBLISHING
        and member.may(binned.needed(row), row.site_id),
        stop=will_not_go_out(row, waits=row.waits, obstacle=row.obstacle),
    )
