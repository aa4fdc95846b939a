"""Table: what of a piece somebody has seen."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class Look(Base):
    """The newest version of a piece that somebody has had before them, since `at`; `before` is the
    one that they had seen then, None where it was their first look."""

    __tablename__ = "looks"
    __table_args__ = (sa.UniqueConstraint("content_id", "user_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    version: Mapped[int]
    before: Mapped[int | None]
    at: Mapped[datetime] = mapped_column(index=True)
