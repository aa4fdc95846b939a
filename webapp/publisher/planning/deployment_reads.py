"""Deployments as pages and programs read them: how far each is, and what became of each piece."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Scoped
from webapp.core import codes
from webapp.core.errors import NotFound
from webapp.publisher.records import states
from webapp.publisher.records.models import DeploymentItem, DeploymentRecord, PublishingRecord
from webapp.writer.models import Content

WAITING, ON_ITS_WAY, DONE, FAILED = "waiting", "on_its_way", "done", "failed"
UNCLEAR, CANCELLED = "unclear", "cancelled"
STATES = (WAITING, ON_ITS_WAY, DONE, FAILED, UNCLEAR, CANCELLED)

# What became of a piece, by its record; of a query that has deployment, item and record.
STATE = sa.case(
    (DeploymentItem.refused.is_not(None), FAILED),
    (
        sa.and_(PublishingRecord.id.is_(None), DeploymentRecord.status == states.CANCELLED),
        CANCELLED,
    ),
    (PublishingRecord.id.is_(None), WAITING),
    (PublishingRecord.status.in_(states.WORKED), DONE),
    (PublishingRecord.status == states.FAILED, FAILED),
    (PublishingRecord.status == states.CANCELLED, CANCELLED),
    (
        sa.and_(
            PublishingRecord.status == states.PUBLISHING, PublishingRecord.lease_until.is_(None)
        ),
        UNCLEAR,
    ),
    else_=ON_ITS_WAY,
)
JOINS = (
    (DeploymentRecord, DeploymentRecord.id == DeploymentItem.deployment_id),
    (PublishingRecord, PublishingRecord.id == DeploymentItem.record_id),
    (Content, Content.id == DeploymentItem.content_id),
)


class Counts(msgspec.Struct, kw_only=True, frozen=True):
    """How many of a deployment's pieces stand where."""

    waiting: int = 0
    on_its_way: int = 0
    done: int = 0
    failed: int = 0
    unclear: int = 0
    cancelled: int = 0

    @property
    def total(self) -> int:
        return sum(msgspec.structs.astuple(self))

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it by itself soon; of what is unclear nobody knows."""
        return not self.waiting and not self.on_its_way


class DeploymentLine(msgspec.Struct, kw_only=True):
    """Many pieces of a site, sent at once."""

    id: int
    site_id: int
    integration_id: int
    deployment_type: str
    status: str
    requested_by: int | None
    total: int
    items_waiting: int
    items_on_their_way: int
    items_deployed: int
    items_failed: int
    items_unclear: int
    items_cancelled: int
    created_at: datetime
    started_at: datetime | None
    completed_at: datetime | None

    @property
    def is_running(self) -> bool:
        """Whether more comes of it."""
        return self.status in (states.PENDING, states.DEPLOYING)

    @property
    def ended(self) -> int:
        """How many of its pieces are through."""
        return self.total - self.items_waiting - self.items_on_their_way


class DeploymentItemLine(msgspec.Struct, kw_only=True):
    """One piece of a deployment, and what became of it."""

    id: int
    content_id: int
    content_title: str
    record_id: int | None
    state: str
    error: dict[str, Any] | None
    external_url: str


ITEM_COLUMNS: tuple[Any, ...] = (
    DeploymentItem.id,
    DeploymentItem.content_id,
    Content.title.label("content_title"),
    DeploymentItem.record_id,
    STATE.label("state"),
    DeploymentItem.refused,
    PublishingRecord.error,
    sa.func.coalesce(PublishingRecord.external_url, "").label("external_url"),
)


def counts_of(db: Session, ids: Collection[int]) -> dict[int, Counts]:
    """Of each of these deployments."""
    query = sa.select(DeploymentItem.deployment_id, STATE.label("state"), sa.func.count())
    query = query.select_from(DeploymentItem)
    for model, condition in JOINS[:2]:
        query = query.outerjoin(model, condition)
    query = query.where(DeploymentItem.deployment_id.in_(ids))
    found: dict[int, dict[str, int]] = {one: {} for one in ids}
    for deployment_id, state, count in db.execute(
        query.group_by(DeploymentItem.deployment_id, "state")
    ):
        found[deployment_id][state] = count
    return {one: Counts(**by_state) for one, by_state in found.items()}


def line(row: DeploymentRecord, counts: Counts) -> DeploymentLine:
    """The row as programs read it. Its state is that of its pieces, also in the moment before a
    worker has written it down."""
    return DeploymentLine(
        id=row.id,
        site_id=row.site_id,
        integration_id=row.integration_id,
        deployment_type=row.deployment_type,
        status=status(row, counts),
        requested_by=row.requested_by,
        total=counts.total,
        items_waiting=counts.waiting,
        items_on_their_way=counts.on_its_way,
        items_deployed=counts.done,
        items_failed=counts.failed,
        items_unclear=counts.unclear,
        items_cancelled=counts.cancelled,
        created_at=row.created_at,
        started_at=row.started_at,
        completed_at=row.completed_at,
    )


def status(row: DeploymentRecord, counts: Counts) -> str:
    """Where it stands by its pieces."""
    if row.status in (states.PENDING, states.DEPLOYING) and counts.is_over:
        return states.DEPLOYMENT.after(row.status, "end", worked=counts.done > 0)
    return row.status


def one(db: Session, who: Scoped, deployment_id: int) -> DeploymentLine:
    """Raises NotFound."""
    row = db.scalars(
        access.visible(who, DeploymentRecord).where(DeploymentRecord.id == deployment_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return line(row, counts_of(db, [row.id])[row.id])


def newest(db: Session, who: Scoped, site_id: int, most: int) -> list[DeploymentLine]:
    """A site's, the newest first."""
    query = access.visible(who, DeploymentRecord).where(DeploymentRecord.site_id == site_id)
    rows = db.scalars(query.order_by(DeploymentRecord.id.desc()).limit(most)).all()
    counts = counts_of(db, [row.id for row in rows])
    return [line(row, counts[row.id]) for row in rows]


def item_line(row: Any) -> DeploymentItemLine:
    """A row of ITEM_COLUMNS, with its error in the words of pages."""
    error = row.refused or (row.error if row.state in (FAILED, ON_ITS_WAY, UNCLEAR) else None)
    return DeploymentItemLine(
        id=row.id,
        content_id=row.content_id,
        content_title=row.content_title,
        record_id=row.record_id,
        state=row.state,
        error=error,
        external_url=row.external_url,
    )


def for_programs(line: DeploymentItemLine) -> DeploymentItemLine:
    """The same with its error in the words of the API."""
    if line.error is None:
        return line
    return msgspec.structs.replace(line, error=codes.error_to_programs(line.error))


def items(who: Scoped, deployment_id: int) -> sa.Select[Any]:
    """The pieces of a deployment, with ITEM_COLUMNS."""
    query = access.visible(who, DeploymentItem, *ITEM_COLUMNS)
    for model, condition in JOINS:
        query = query.outerjoin(model, condition)
    return query.where(DeploymentItem.deployment_id == deployment_id)
