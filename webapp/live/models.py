"""Tables: notices of what changed, for the pages that are open (SQLite only; Redis elsewhere)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped

from webapp.core.db import Base


class Notice(Base):
    """Something changed: `topic` and the row's id. Pages that show it fetch it again."""

    __tablename__ = "notices"

    account_id: Mapped[int]
    topic: Mapped[str]
    object_id: Mapped[int]
    at: Mapped[datetime]
