"""Tables: what a person keeps about the calendar."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base


class SavedView(Base):
    """A calendar's address that somebody gave a name; `query` is without the date."""

    __tablename__ = "saved_views"
    __table_args__ = (sa.UniqueConstraint("account_id", "user_id", "name"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    name: Mapped[str]
    query: Mapped[str]


class CalendarFeed(Base):
    """A person's way to read a site's calendar (or all: no site) in another program.

    Its address is signed over `nonce`: a new nonce makes the old address worthless.
    """

    __tablename__ = "calendar_feeds"
    __table_args__ = (
        sa.Index("ix_calendar_feeds_owner", "account_id", "user_id", "site_id"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id"))
    nonce: Mapped[str]
