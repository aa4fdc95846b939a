"""Tables: the steps in which a site approves, and who signed which."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base
from webapp.core.types import Json

IS_CURRENT = sa.text("replaced_at IS NULL")


class ApprovalList(Base):
    """The steps in which pieces of a site are approved: all of them, or those of one
    `content_type`, one `source`, or both; "" is any. A list is never changed: another takes its
    place (`replaced_at`), and pieces that entered with this one stay with it."""

    __tablename__ = "approval_lists"
    __table_args__ = (
        sa.Index(
            "uq_approval_lists_current",
            "site_id",
            "content_type",
            "source",
            unique=True,
            postgresql_where=IS_CURRENT,
            sqlite_where=IS_CURRENT,
        ),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    content_type: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    number: Mapped[int] = mapped_column(default=1)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    replaced_at: Mapped[datetime | None]


class ApprovalStep(Base):
    """One step of a list: `needed` people with `role` sign it, or of the persons `people`.

    `not_own`: nobody signs what they typed. `survives_edits`: a signature stays when the text is
    changed. `hours`: the time to decide, None without an end; after it those with the role
    `substitute` may sign as well, where there is one."""

    __tablename__ = "approval_steps"
    __table_args__ = (sa.UniqueConstraint("list_id", "position"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    list_id: Mapped[int] = mapped_column(sa.ForeignKey("approval_lists.id"))
    position: Mapped[int]
    name: Mapped[str]
    role: Mapped[str]
    people: Mapped[list[int]] = mapped_column(Json, default=list)
    needed: Mapped[int] = mapped_column(default=1)
    not_own: Mapped[bool] = mapped_column(default=False)
    survives_edits: Mapped[bool] = mapped_column(default=False)
    hours: Mapped[int | None]
    substitute: Mapped[str] = mapped_column(default="")


class Signature(Base):
    """Somebody approved a text, by its hash, in one step. `comment_id` is what that left under the
    piece. `voided_at`: it was taken back, or the piece sent back, by `voided_by`; with the words
    `void_comment_id` then, by whose Undo it holds again."""

    __tablename__ = "signatures"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"), index=True)
    step_id: Mapped[int] = mapped_column(sa.ForeignKey("approval_steps.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    content_hash: Mapped[str]
    comment_id: Mapped[int] = mapped_column(default=0)
    voided_at: Mapped[datetime | None]
    voided_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    void_comment_id: Mapped[int] = mapped_column(default=0)
