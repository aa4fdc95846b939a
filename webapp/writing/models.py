"""Tables: what the text of a piece has been, and what of it somebody has seen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import utc_now
from webapp.core.db import Base
from webapp.core.types import Json

SHOWN = sa.text("NOT folded")


class Text(Base):
    """A text, packed, once per account. No list reads it."""

    __tablename__ = "texts"
    __table_args__ = (sa.UniqueConstraint("account_id", "sha256"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    sha256: Mapped[str]
    length: Mapped[int]
    packed: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class Revision(Base):
    """A version of a content, as it was saved at `created_at`.

    Saves of one person in a row are one revision, begun at `begun_at`: the last of them is shown,
    those before are `folded` and stay for a day, as bases of merges. `others` took part in it.
    `fields` are all but the text; `words_added` and `words_removed` are None for a long text.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        sa.UniqueConstraint("content_id", "version"),
        sa.Index(
            "ix_revisions_shown",
            "content_id",
            "version",
            postgresql_where=SHOWN,
            sqlite_where=SHOWN,
        ),
        sa.Index(
            "ix_revisions_folded",
            "created_at",
            postgresql_where=sa.text("folded"),
            sqlite_where=sa.text("folded"),
        ),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    version: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    others: Mapped[list[int]] = mapped_column(Json, default=list)
    why: Mapped[str]
    source: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    text_id: Mapped[int] = mapped_column(sa.ForeignKey("texts.id"), index=True)
    content_hash: Mapped[str]
    fields: Mapped[dict[str, Any]] = mapped_column(deferred=True)
    words: Mapped[int]
    words_added: Mapped[int | None]
    words_removed: Mapped[int | None]
    folded: Mapped[bool] = mapped_column(default=False)
    begun_at: Mapped[datetime] = mapped_column(default=utc_now)


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
