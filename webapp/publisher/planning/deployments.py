"""Many pieces of a site at once: what is not online as it was approved, or everything anew.

A deployment is a row, and a row for each of its pieces; a worker gives these their records, in the
lane behind all others. From then on they are publications like any other: a crash changes nothing,
and one that fails stops none of the rest.
"""

from __future__ import annotations

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core.codes import Code
from webapp.core.db import among
from webapp.core.errors import Conflict, NotFound, Problem
from webapp.core.system import System
from webapp.core.wake import wake
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import deployment_reads
from webapp.publisher.records import records, states
from webapp.publisher.records.models import DeploymentItem, DeploymentRecord, PublishingRecord
from webapp.writer import contents
from webapp.writer.models import Content

log = structlog.get_logger()
INCREMENTAL, FULL = "incremental", "full"
TYPES = (INCREMENTAL, FULL)
# Pieces in one transaction: others get their turn in between.
AT_ONCE = 50
_ACTIVE = DeploymentRecord.status.in_((states.PENDING, states.DEPLOYING))
# Approved as it stands, and neither on its way, nor with a time of its own, nor on hold.
_MAY_GO = (
    contents.IS_APPROVED,
    Content.site_status.in_((states.NOT_PUBLISHED, states.PUBLISHED, states.FAILED)),
    Content.scheduled_publish_at.is_(None),
    sa.cast(Content.attention, sa.Text).not_like("%,held,%"),
)
_DIFFERS = sa.or_(Content.external_id == "", Content.published_hash != Content.content_hash)


def counts(db: Session, site_id: int) -> dict[str, int]:
    """How many pieces each type would send, and how many have a time, or are on hold, and so are
    left out."""
    approved = (Content.site_id == site_id, contents.IS_APPROVED)
    waits = (states.NOT_PUBLISHED, states.SCHEDULED, states.PUBLISHED, states.FAILED)
    found = sa.select(
        sa.func.count().filter(*_MAY_GO, _DIFFERS).label(INCREMENTAL),
        sa.func.count().filter(*_MAY_GO).label(FULL),
        sa.func.count().filter(Content.site_status.in_(waits), ~sa.and_(*_MAY_GO)).label("keep"),
    ).where(*approved)
    return dict(db.execute(found).mappings().one())


def create(
    db: Session, system: System, site: Site, deployment_type: str, *, by: Member
) -> DeploymentRecord:
    """Choose the pieces, now; a worker does the rest. `site` is locked by the caller.

    Raises Conflict: no connection, nothing to send, another deployment of the site goes on.
    """
    integration = connections.default_of(db, site.id)
    if integration is None:
        raise Conflict.of(Code.INTEGRATION_MISSING)
    going = sa.select(DeploymentRecord).where(DeploymentRecord.site_id == site.id, _ACTIVE)
    for one in db.scalars(going.with_for_update()).all():
        if not _end(db, system, one):
            raise Conflict.of(Code.DEPLOYMENT_RUNS)
    made = DeploymentRecord(
        account_id=site.account_id,
        site_id=site.id,
        integration_id=integration.id,
        deployment_type=deployment_type,
        requested_by=by.user_id,
    )
    db.add(made)
    db.flush()
    if not _choose(db, system, made):
        raise Conflict.of(Code.NOTHING_TO_DEPLOY)
    wake(db, system, "deploy", made.id)
    _tell(db, system, made)
    return made


def cancel(db: Session, system: System, deployment: DeploymentRecord) -> None:
    """What has not begun is withdrawn, by a worker; what has begun comes to its end. `deployment`
    is locked by the caller. Raises Conflict where it is over."""
    if deployment.status in (states.PENDING, states.DEPLOYING):
        _end(db, system, deployment)
    deployment.status = states.DEPLOYMENT.after(deployment.status, "cancel")
    deployment.completed_at = system.clock()
    wake(db, system, "deploy", deployment.id)
    _tell(db, system, deployment)


def run(system: System, only: tuple[int, ...] | None = None) -> None:
    """Go on with all deployments, or with `only` these: give records, withdraw, end. What another
    worker does at the same time is not done twice."""
    with system.db.read() as db:
        waiting = sa.select(DeploymentRecord.id).where(
            sa.or_(_ACTIVE, sa.and_(_IS_CANCELLED, _WITHDRAWABLE)), among(DeploymentRecord.id, only)
        )
        ids = db.scalars(waiting.order_by(DeploymentRecord.id)).all()
    for deployment_id in ids:
        while system.commits.run(lambda db, one=deployment_id: _step(db, system, one)):  # type: ignore[misc]
            pass


_IS_CANCELLED = DeploymentRecord.status == states.CANCELLED
_ITEMS_TO_WITHDRAW = (
    sa.select(DeploymentItem.id, PublishingRecord.id.label("record_id"), DeploymentItem.content_id)
    .join(PublishingRecord, PublishingRecord.id == DeploymentItem.record_id)
    .where(
        DeploymentItem.is_joined.is_(False),
        PublishingRecord.status == states.PENDING,
        PublishingRecord.attempt == 0,
        PublishingRecord.lane == records.BULK_LANE,
    )
)
_WITHDRAWABLE = (
    _ITEMS_TO_WITHDRAW.where(DeploymentItem.deployment_id == DeploymentRecord.id)
    .correlate(DeploymentRecord)
    .exists()
)


def _choose(db: Session, system: System, made: DeploymentRecord) -> int:
    """The pieces, in the order in which they were approved; how many."""
    now = system.clock()
    chosen = sa.select(
        sa.literal(made.account_id),
        sa.literal(made.site_id),
        sa.literal(made.id),
        Content.id,
        sa.literal(False),
        sa.literal(now),
        sa.literal(now),
    ).where(Content.site_id == made.site_id, *_MAY_GO)
    if made.deployment_type == INCREMENTAL:
        chosen = chosen.where(_DIFFERS)
    columns = ["account_id", "site_id", "deployment_id", "content_id", "is_joined"]
    insert = sa.insert(DeploymentItem).from_select(
        [*columns, "created_at", "updated_at"], chosen.order_by(Content.approved_at, Content.id)
    )
    db.execute(insert)
    items = sa.select(sa.func.count()).where(DeploymentItem.deployment_id == made.id)
    return db.scalar(items) or 0


def _step(db: Session, system: System, deployment_id: int) -> bool:
    """Some more of it, in one transaction; whether there may be more."""
    locked = sa.select(DeploymentRecord).where(DeploymentRecord.id == deployment_id)
    again = locked.with_for_update().execution_options(populate_existing=True)
    deployment = db.scalars(again).one_or_none()
    if deployment is None:
        return False
    if deployment.status == states.CANCELLED:
        return _withdraw_some(db, system, deployment)
    if deployment.status not in (states.PENDING, states.DEPLOYING):
        return False
    if _send_some(db, system, deployment):
        return True
    _end(db, system, deployment)
    return False


def _send_some(db: Session, system: System, deployment: DeploymentRecord) -> bool:
    waiting = sa.select(DeploymentItem).where(
        DeploymentItem.deployment_id == deployment.id,
        DeploymentItem.record_id.is_(None),
        DeploymentItem.refused.is_(None),
    )
    items = db.scalars(waiting.order_by(DeploymentItem.id).limit(AT_ONCE)).all()
    if not items:
        return False
    deployment.status = states.DEPLOYMENT.after(deployment.status, "begin")
    deployment.started_at = deployment.started_at or system.clock()
    there = db.get_one(SiteIntegration, deployment.integration_id)
    for item in items:
        _send(db, system, deployment, item, there if there.is_active else None)
    wake(db, system, "publish")
    _tell(db, system, deployment)
    return True


def _send(
    db: Session,
    system: System,
    deployment: DeploymentRecord,
    item: DeploymentItem,
    there: SiteIntegration | None,
) -> None:
    """Give one piece its record, or note why it gets none."""
    try:
        with db.begin_nested():
            locked = sa.select(Content).where(
                Content.id == item.content_id, Content.deleted_at.is_(None)
            )
            content = db.scalars(locked.with_for_update()).one_or_none()
            if content is None:
                raise NotFound
            before = records.active_record(db, content.id)
            record = records.publish_with_many(db, system, content, there, deployment)
    except Problem as problem:
        item.refused = problem.as_dict() | {"message": problem.message}
    else:
        item.record_id, item.is_joined = record.id, before is not None


def _withdraw_some(db: Session, system: System, deployment: DeploymentRecord) -> bool:
    mine = _ITEMS_TO_WITHDRAW.where(DeploymentItem.deployment_id == deployment.id)
    found = db.execute(mine.order_by(DeploymentItem.id).limit(AT_ONCE)).all()
    for row in found:
        content = db.scalars(
            sa.select(Content).where(Content.id == row.content_id).with_for_update()
        ).one()
        record = db.get_one(PublishingRecord, row.record_id, with_for_update=True)
        if record.status == states.PENDING and record.attempt == 0:
            records.withdraw_one_of_many(db, system, content, record)
    if found:
        _tell(db, system, deployment)
    return bool(found)


def _end(db: Session, system: System, deployment: DeploymentRecord) -> bool:
    """It is over once nothing of it waits or is on its way; whether it is."""
    found = deployment_reads.counts_of(db, [deployment.id])[deployment.id]
    if found.is_over:
        worked = found.done > 0 or found.total == 0
        deployment.status = states.DEPLOYMENT.after(deployment.status, "end", worked=worked)
        deployment.completed_at = system.clock()
        _tell(db, system, deployment)
    return found.is_over


def _tell(db: Session, system: System, deployment: DeploymentRecord) -> None:
    system.notices.send(db, deployment.account_id, "deployment", deployment.id)
