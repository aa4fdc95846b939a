"""Tables: what the text of a piece has been, what of it somebody has seen, and what is said of its
passages."""

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


class PlacedAnchor(Base):
    """A passage of a piece (anchors.py): `first` to `behind` of the text of `version`. Every save
    moves those that are `moving`; of one that is `gone` this is where it stood last."""

    __tablename__ = "anchors"
    __table_args__ = (
        sa.Index(
            "ix_anchors_moving",
            "content_id",
            postgresql_where=sa.text("moving"),
            sqlite_where=sa.text("moving"),
        ),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"), index=True)
    version: Mapped[int]
    first: Mapped[int]
    behind: Mapped[int]
    quotation: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    gone: Mapped[bool] = mapped_column(default=False)
    moving: Mapped[bool] = mapped_column(default=True)


class Thread(Base):
    """What people say about a passage, or, without an anchor, about the whole piece.

    A suggestion has a `replacement` for `base`, which stood at `base_at` in the text of `version`;
    `model` names the program that made it. `remarks` counts what was said. Clients see
    `shared` ones.
    """

    __tablename__ = "threads"
    __table_args__ = (sa.Index(None, "content_id", "status", "id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    anchor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("anchors.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    status: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=0)
    base: Mapped[str] = mapped_column(default="")
    base_at: Mapped[int] = mapped_column(default=0)
    replacement: Mapped[str | None]
    model: Mapped[str] = mapped_column(default="")
    remarks: Mapped[int] = mapped_column(default=0)
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    settled_at: Mapped[datetime | None]


class Remark(Base):
    """What somebody said in a thread, the `number`th, from 1 on."""

    __tablename__ = "remarks"
    __table_args__ = (sa.UniqueConstraint("thread_id", "number"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"), index=True)
    thread_id: Mapped[int] = mapped_column(sa.ForeignKey("threads.id"))
    number: Mapped[int]
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    text: Mapped[str]


class Mention(Base):
    """Somebody was named in a remark."""

    __tablename__ = "mentions"
    __table_args__ = (sa.UniqueConstraint("remark_id", "user_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"), index=True)
    remark_id: Mapped[int] = mapped_column(sa.ForeignKey("remarks.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
