"""Table: who has a piece open in the editor."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class OpenEditor(Base):
    """One tab with the piece open. `place` is the heading that its writer is nearest to."""

    __tablename__ = "open_editors"
    __table_args__ = (sa.UniqueConstraint("content_id", "user_id", "tab"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    tab: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    seen_at: Mapped[datetime]
