"""Tables: publications, what they did, and who is working."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

ACTIVE = sa.text("status IN ('pending', 'publishing')")


class PublishingRecord(Base):
    """One intent: one content going to (or coming from) one integration.

    `id` grows with every intent and `attempt` with every claim; the two together are the fence
    that a destination holds against requests that arrive late. `failures` counts tries that
    failed, `attempt` also those that a dead worker left behind.
    """

    __tablename__ = "publishing_records"
    __table_args__ = (
        sa.Index("uq_publishing_records_active", "content_id", "integration_id", unique=True,
                 sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        sa.Index("ix_publishing_records_claim", "status", "lane", "next_attempt_at", "id",
                 "integration_id", sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        sa.Index("ix_publishing_records_lease", "lease_until",
                 sqlite_where=sa.text("status = 'publishing'"),
                 postgresql_where=sa.text("status = 'publishing'")),
        sa.Index("ix_publishing_records_verify", "verify_at",
                 sqlite_where=sa.text("verify_at IS NOT NULL"),
                 postgresql_where=sa.text("verify_at IS NOT NULL")),
        sa.Index(None, "content_id", "id"),
        sa.Index(None, "account_id", "id"),
        Base.__table_args__,
    )  # fmt: skip

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"), index=True)
    destination: Mapped[str]
    action: Mapped[str] = mapped_column(default="publish")
    mode: Mapped[str] = mapped_column(default="manual")
    lane: Mapped[int] = mapped_column(default=0)
    force: Mapped[bool] = mapped_column(default=False)
    retract_to: Mapped[str] = mapped_column(default="")
    requested_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    status: Mapped[str] = mapped_column(default="pending")
    publish_key: Mapped[str] = mapped_column(unique=True)
    content_hash: Mapped[str] = mapped_column(default="")
    snapshot: Mapped[dict[str, Any] | None]
    intended_at: Mapped[datetime | None]

    owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
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
    verify_at: Mapped[datetime | None]
    verify_round: Mapped[int] = mapped_column(default=0)


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
    """A given-up intent whose leftovers the destination has not yet confirmed to be gone."""

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
    """A running worker and when it was last seen alive."""

    __tablename__ = "worker_processes"

    owner: Mapped[str] = mapped_column(unique=True)
    host: Mapped[str]
    pid: Mapped[int]
    threads: Mapped[int]
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)
