"""Tables: who works here, and for which sites."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core import zones
from webapp.core.db import Base


class Account(Base):
    """One customer: everything else belongs to exactly one account."""

    __tablename__ = "accounts"

    name: Mapped[str]
    credits: Mapped[int] = mapped_column(default=0)


class User(Base):
    """A person, by e-mail address (lower case). May be a member of several accounts."""

    __tablename__ = "users"

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(default="")
    password_hash: Mapped[str] = mapped_column(default="")
    # Where the person is, "" while that is not known (accounts/members.py).
    timezone: Mapped[str] = mapped_column(default="")
    # Whether single letters act on pages.
    has_keys: Mapped[bool] = mapped_column(default=True)
    is_active: Mapped[bool] = mapped_column(default=True)


class Membership(Base):
    """A user's role in an account (rights.py); "" for those who only have roles on some sites."""

    __tablename__ = "memberships"
    __table_args__ = (sa.UniqueConstraint("account_id", "user_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[str]


class SiteMembership(Base):
    """A member's role on one site, in place of the one in the account."""

    __tablename__ = "site_memberships"
    __table_args__ = (sa.UniqueConstraint("user_id", "site_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    role: Mapped[str]


class UserSession(Base):
    """A signed-in browser. Only the token's fingerprint is stored.

    `expires_at` moves on while it is used, up to `ends_at`. `origin` and `agent` are words by which
    its owner recognises it.
    """

    __tablename__ = "sessions"

    token_hash: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sites.id", ondelete="SET NULL"))
    theme: Mapped[str] = mapped_column(default="system")
    expires_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    origin: Mapped[str] = mapped_column(default="", server_default="")
    agent: Mapped[str] = mapped_column(default="", server_default="")


class SignInFailure(Base):
    """A wrong password or key, kept for as long as it slows the next try down (accounts/brake.py).

    `subject` is a hash: nothing that a stranger typed is stored.
    """

    __tablename__ = "sign_in_failures"
    __table_args__ = (sa.Index(None, "subject", "at"), Base.__table_args__)

    subject: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)


class AuditEvent(Base):
    """One act that concerns the safety of an account. The database refuses to change a row."""

    __tablename__ = "audit_events"
    __table_args__ = (sa.Index(None, "account_id", "id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    who: Mapped[str]
    act: Mapped[str]
    about: Mapped[str] = mapped_column(default="")
    origin: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(index=True)


class Site(Base):
    """One website, with the IANA zone in which its days begin.

    `language` is what its WordPress says of itself ("de-DE"): accents come off slugs by it.
    `planned_with` is the version of the zones' rules by which its times were last worked out.
    """

    __tablename__ = "sites"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str] = mapped_column(default="UTC")
    language: Mapped[str] = mapped_column(default="", server_default="")
    is_public: Mapped[bool] = mapped_column(default=False)
    planned_with: Mapped[str] = mapped_column(default=zones.VERSION, server_default="")


class Sector(Base):
    """A topical part of a site."""

    __tablename__ = "sectors"
    __table_args__ = (sa.UniqueConstraint("site_id", "slug"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    name: Mapped[str]
    slug: Mapped[str]


class ApiToken(Base):
    """A program's way in, acting as the user who made it. Only the fingerprint is stored.

    One with a `refresh_hash` is a pass (passes.py), which a password gave for some minutes.
    """

    __tablename__ = "api_tokens"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    name: Mapped[str]
    prefix: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    refresh_hash: Mapped[str | None] = mapped_column(index=True, unique=True)
    scopes: Mapped[list[str]]
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """A request that was given a key of its own: what it made, for a day.

    `key` begins with the noun it was used for; `body_hash` notices another request under it.
    """

    __tablename__ = "idempotency_keys"
    __table_args__ = (sa.UniqueConstraint("account_id", "key"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    key: Mapped[str]
    body_hash: Mapped[str]
    object_id: Mapped[int]
