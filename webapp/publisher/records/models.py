"""Tables: publications, what they did, and who is working."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.core.leases import Leased

ACTIVE = sa.text("status IN ('pending', 'publishing')")
# In the words of the indexes of active records: without them SQLite reads all that ever was.
IS_ACTIVE = sa.text(f"publishing_records.{ACTIVE}")


class PublishingRecord(Leased):
    """One intent: one content going to (or coming from) one integration.

    `id` grows with every intent and `attempt` with every claim; the two together are the fence
    that a destination holds against requests that arrive late. `failures` counts tries that
    failed, `attempt` also those that a dead worker left behind. `over` names what was seen at the
    destination by who wanted to publish over it. `deliver_as`: how it is to stand there
    (records/delivery.py). `is_unanswered`: it may have been sent without an
    answer having come. `publishing` without a lease is publisher/delivery/unclear.py.
    """

    __tablename__ = "publishing_records"
    __table_args__ = (
        sa.Index(
            "uq_publishing_records_active",
            "content_id",
            "integration_id",
            unique=True,
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        sa.Index(
            "ix_publishing_records_claim",
            "status",
            "lane",
            "next_attempt_at",
            "id",
            "integration_id",
            sqlite_where=ACTIVE,
            postgresql_where=ACTIVE,
        ),
        sa.Index(
            "ix_publishing_records_lease",
            "lease_until",
            sqlite_where=sa.text("status = 'publishing'"),
            postgresql_where=sa.text("status = 'publishing'"),
        ),
        sa.Index(
            "ix_publishing_records_verify",
            "verify_at",
            sqlite_where=sa.text("verify_at IS NOT NULL"),
            postgresql_where=sa.text("verify_at IS NOT NULL"),
        ),
        sa.Index(None, "content_id", "id"),
        sa.Index(None, "account_id", "id"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"), index=True)
    destination: Mapped[str]
    action: Mapped[str] = mapped_column(default="publish")
    mode: Mapped[str] = mapped_column(default="manual")
    lane: Mapped[int] = mapped_column(default=0)
    force: Mapped[bool] = mapped_column(default=False)
    over: Mapped[str] = mapped_column(default="")
    deliver_as: Mapped[str] = mapped_column(default="public", server_default="public")
    retract_to: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    status: Mapped[str] = mapped_column(default="pending")
    publish_key: Mapped[str] = mapped_column(unique=True)
    request_id: Mapped[str] = mapped_column(default="", server_default="")
    content_hash: Mapped[str] = mapped_column(default="")
    snapshot: Mapped[dict[str, Any] | None]
    intended_at: Mapped[datetime | None]

    failures: Mapped[int] = mapped_column(default=0)
    is_unanswered: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    deadline: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]

    external_id: Mapped[str] = mapped_column(default="")
    external_url: Mapped[str] = mapped_column(default="")
    published_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None]
    receipt: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    missed_seconds: Mapped[int | None]
    verify_at: Mapped[datetime | None]
    verify_round: Mapped[int] = mapped_column(default=0)


class Drift(Base):
    """What was found at a destination that differs from what we left (records/drifts.py).

    It is about what the publication `record_id` left, and void once a newer one has gone out or the
    piece was taken down. `over` names the state that was seen, `there` is the post then, None where
    there is none. `changed_by` and `changed_at`: who saved it there and when, if known.
    """

    __tablename__ = "drifts"
    __table_args__ = (
        sa.UniqueConstraint("content_id", "integration_id"),
        sa.Index(None, "account_id", "id"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"), index=True)
    record_id: Mapped[int | None]
    kind: Mapped[str]
    status_there: Mapped[str] = mapped_column(default="")
    over: Mapped[str] = mapped_column(default="")
    there: Mapped[dict[str, Any] | None]
    changed_by: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime | None]
    found_at: Mapped[datetime]


class JournalRow(Base):
    """An act of an intent at a destination that is not atomic, written down before it is done
    (integrations/journal.py)."""

    __tablename__ = "journal_entries"
    __table_args__ = (sa.UniqueConstraint("record_id", "number"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("publishing_records.id"))
    number: Mapped[int]
    attempt: Mapped[int]
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any] | None]
    deadline: Mapped[datetime]
    remote_id: Mapped[str] = mapped_column(default="")
    state: Mapped[str]


class PublishEvent(Base):
    """A step of an attempt has begun. One row per step, so that hearing of it twice is harmless."""

    __tablename__ = "publish_events"
    __table_args__ = (
        sa.UniqueConstraint("record_id", "attempt", "step_number"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("publishing_records.id"))
    attempt: Mapped[int]
    step: Mapped[str]
    step_number: Mapped[int]
    total_steps: Mapped[int]
    progress: Mapped[int]
    message: Mapped[str]
    at: Mapped[datetime]


class UndoAction(Base):
    """What a destination is still to be asked about an intent: to drop what is left of one that
    was given up, or what became of one that is unclear. `kind`: publisher/delivery/unclear.py."""

    __tablename__ = "undo_actions"
    __table_args__ = (sa.Index(None, "record_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("publishing_records.id"))
    attempt: Mapped[int]
    kind: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(index=True)


class WorkerProcess(Base):
    """A worker and the time it was alive: from `started_at` to `seen_at`. Kept for a while after it
    stopped or died, because whether somebody was there at a due moment is asked later. Its machine
    shows a time so many ms ahead of the database's. `figures`: delivery/heartbeats.py."""

    __tablename__ = "worker_processes"

    owner: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str]
    pid: Mapped[int]
    threads: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
    stopped_at: Mapped[datetime | None]
    clock_ahead_ms: Mapped[int] = mapped_column(default=0)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class PublishingSettings(Base):
    """A site's rhythm: how much goes out, on which days and at which hours (planning/slots.py).

    A limit of None is none, 0 lets nothing out by itself. `version` grows with each change: who
    saves names the one that was read. A pause is the time from `paused_at` to `resumed_at`.
    """

    __tablename__ = "publishing_settings"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), unique=True)
    auto_approval_enabled: Mapped[bool] = mapped_column(default=False)
    auto_publish_enabled: Mapped[bool] = mapped_column(default=False)
    daily_publish_limit: Mapped[int | None]
    weekly_publish_limit: Mapped[int | None]
    monthly_publish_limit: Mapped[int | None]
    publish_days: Mapped[list[str]]
    publish_time_slots: Mapped[list[Any]]
    slot_spacing_minutes: Mapped[int | None]
    min_lead_minutes: Mapped[int]
    blackout_dates: Mapped[list[str]] = mapped_column(default=list)
    missed_grace_minutes: Mapped[int | None]
    missed_then: Mapped[str] = mapped_column(default="next_slot")
    paused: Mapped[bool] = mapped_column(default=False)
    paused_at: Mapped[datetime | None]
    resumed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)


class DeploymentRecord(Base):
    """Many pieces of a site, sent at once by a person (publisher/planning/deployments.py). A site
    has one at a time that has not ended."""

    __tablename__ = "deployment_records"
    __table_args__ = (
        sa.Index(
            "uq_deployment_records_active",
            "site_id",
            unique=True,
            sqlite_where=sa.text("status IN ('pending', 'deploying')"),
            postgresql_where=sa.text("status IN ('pending', 'deploying')"),
        ),
        sa.Index(None, "site_id", "id"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"))
    deployment_type: Mapped[str]
    status: Mapped[str] = mapped_column(default="pending")
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    started_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]

    @property
    def is_forced(self) -> bool:
        """Whether what has not changed goes out as well."""
        return self.deployment_type == "full"


class DeploymentItem(Base):
    """One piece of a deployment: the record that it got, or why it got none. `is_joined`: the
    record was on its way before, and is not the deployment's to withdraw."""

    __tablename__ = "deployment_items"
    __table_args__ = (
        sa.UniqueConstraint("deployment_id", "content_id"),
        sa.Index(None, "deployment_id", "id"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    deployment_id: Mapped[int] = mapped_column(sa.ForeignKey("deployment_records.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("publishing_records.id"))
    is_joined: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    refused: Mapped[dict[str, Any] | None]


class PlanChange(Base):
    """One step of changing times, as it can be undone once: a move, a replan, an insertion.

    `moves` holds for each content what stood there before and after (planning/changes.py).
    """

    __tablename__ = "plan_changes"
    __table_args__ = (
        sa.Index(None, "site_id", "id"),
        sa.Index(None, "user_id", "id"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    kind: Mapped[str]
    moves: Mapped[list[Any]]
    undone_at: Mapped[datetime | None]


class ContentTally(Base):
    """How many contents of a site stand in `bucket` (publisher/records/counters.py).

    Kept by triggers on `contents` (migrations/versions/0004_queue.py). On PostgreSQL several rows
    add up to one number, so it is always read as a sum.
    """

    __tablename__ = "content_tallies"
    __table_args__ = (sa.Index(None, "account_id", "site_id", "bucket"), Base.__table_args__)

    account_id: Mapped[int]
    site_id: Mapped[int]
    bucket: Mapped[str]
    count: Mapped[int]
