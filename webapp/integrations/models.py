"""Tables: this installation, and the connections of sites with platforms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.db import Base

CHANGES_DUE = sa.text("changes_due_at IS NOT NULL")


class Installation(Base):
    """Who this installation is to destinations: one row, made with the database.

    Generation, counter and mark are its stamp, by which a copy of the database is told from it.
    `address` and `place` (addresses.py) are where it was started first. Records up to
    `last_foreign_record` were made by the installation that this one is a copy of: what they
    published is not ours. `key_marks` are of the secret keys that were in use (known_keys.py).
    """

    __tablename__ = "installation"

    uuid: Mapped[str]
    address: Mapped[str] = mapped_column(default="")
    place: Mapped[str] = mapped_column(default="")
    generation: Mapped[int] = mapped_column(default=1)
    counter: Mapped[int] = mapped_column(default=1)
    mark: Mapped[str]
    raised_at: Mapped[datetime | None]
    last_foreign_record: Mapped[int] = mapped_column(default=0)
    key_marks: Mapped[list[str]] = mapped_column(default=list, server_default=sa.text("'[]'"))


class SiteIntegration(Base):
    """The connection of a site with a platform; one active per site and platform.

    `credentials` is an encrypted JSON object. The key that WordPress calls us with is found by its
    fingerprint; after a rotation the old one is taken until `previous_key_until`.
    """

    __tablename__ = "site_integrations"
    __table_args__ = (
        sa.Index(
            "uq_site_integrations_active",
            "site_id",
            "platform",
            unique=True,
            sqlite_where=sa.text("is_active"),
            postgresql_where=sa.text("is_active"),
        ),
        sa.Index(
            "uq_site_integrations_default",
            "site_id",
            unique=True,
            sqlite_where=sa.text("is_default"),
            postgresql_where=sa.text("is_default"),
        ),
        sa.Index(
            "ix_site_integrations_changes_due",
            "changes_due_at",
            sqlite_where=CHANGES_DUE,
            postgresql_where=CHANGES_DUE,
        ),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    platform: Mapped[str]
    transport: Mapped[str] = mapped_column(default="plugin")
    base_url: Mapped[str] = mapped_column(default="")
    credentials: Mapped[str] = mapped_column(default="")
    key_prefix: Mapped[str] = mapped_column(default="")
    key_hash: Mapped[str | None] = mapped_column(unique=True)
    previous_key_hash: Mapped[str | None] = mapped_column(index=True)
    previous_key_until: Mapped[datetime | None]
    default_author: Mapped[str] = mapped_column(default="")
    config_json: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_active: Mapped[bool] = mapped_column(default=True)
    is_default: Mapped[bool] = mapped_column(default=False)

    health: Mapped[str] = mapped_column(default="unknown")
    health_checked_at: Mapped[datetime | None]
    health_report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failures_in_row: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    parallel_limit: Mapped[int | None]
    # When its website is asked for the changes that wait there.
    changes_due_at: Mapped[datetime | None]

    posts_published_count: Mapped[int] = mapped_column(default=0)
    pages_published_count: Mapped[int] = mapped_column(default=0)
    products_published_count: Mapped[int] = mapped_column(default=0)
    categories_synced_count: Mapped[int] = mapped_column(default=0)
    tags_synced_count: Mapped[int] = mapped_column(default=0)
    sectors_synced_count: Mapped[int] = mapped_column(default=0)
    clusters_synced_count: Mapped[int] = mapped_column(default=0)
    total_sync_operations: Mapped[int] = mapped_column(default=0)
    last_publish_at: Mapped[datetime | None]


class Placement(Base):
    """What stands of a content at an integration, by the newest publication there that worked.

    `status` is online, or draft or private where it is not shown, or offline: one that was taken
    down keeps its row, a link that was forgotten does not. `published_hash` is of our text,
    `stored_hash` what the destination made of it, `images` (by SHA-256) what it has of ours,
    `removed` what it left out of the text. `record_id` is the publication that tells.
    `heard_sequence` is the newest number of the post's history that is known here, `heard` what
    of the website's later changes was taken over (publisher/delivery/hearing.py).
    """

    __tablename__ = "placements"
    __table_args__ = (sa.UniqueConstraint("content_id", "integration_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"), index=True)
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("publishing_records.id"))
    status: Mapped[str]
    external_id: Mapped[str]
    external_url: Mapped[str]
    external_type: Mapped[str]
    published_hash: Mapped[str]
    stored_hash: Mapped[str] = mapped_column(default="")
    images: Mapped[list[str]] = mapped_column(default=list)
    removed: Mapped[list[str]] = mapped_column(default=list)
    first_published_at: Mapped[datetime]
    published_at: Mapped[datetime]
    heard_sequence: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    heard: Mapped[dict[str, Any]] = mapped_column(
        default=dict, server_default=sa.text("'{}'"), deferred=True
    )


class WebsiteChange(Base):
    """What a website told of a piece that was changed there, and what came of it.

    `sequence` and `digest` are of the message, `who` did it last; `outcome` is a hearing.Outcome.
    `record_id` is the publication that it was a change to: what was shown before a newer one is
    over.
    """

    __tablename__ = "website_changes"
    __table_args__ = (sa.Index(None, "content_id", "id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"))
    record_id: Mapped[int | None]
    sequence: Mapped[int]
    digest: Mapped[str]
    who: Mapped[str]
    happened_at: Mapped[datetime]
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)


class SiteTerm(Base):
    """A term that a website has, as it told it last; `external_id` and `parent_id` are its own ids.

    `taxonomy` is the website's name of the kind. `fetched_at` is the moment of its telling.
    """

    __tablename__ = "site_terms"
    __table_args__ = (
        sa.UniqueConstraint("integration_id", "taxonomy", "external_id"),
        sa.Index(None, "integration_id", "taxonomy", "count"),
        sa.Index(None, "integration_id", "taxonomy", "name"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"))
    taxonomy: Mapped[str]
    external_id: Mapped[int]
    name: Mapped[str]
    slug: Mapped[str]
    parent_id: Mapped[int] = mapped_column(default=0)
    count: Mapped[int] = mapped_column(default=0)
    fetched_at: Mapped[datetime]


class SiteAuthor(Base):
    """Somebody who may write at a website, as it told it last."""

    __tablename__ = "site_authors"
    __table_args__ = (sa.UniqueConstraint("integration_id", "external_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"))
    external_id: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    roles: Mapped[list[str]]
    fetched_at: Mapped[datetime]


# Where the contents of its site go.
IS_DEFAULT = sa.and_(SiteIntegration.is_active, SiteIntegration.is_default)


class CounterEntry(Base):
    """The ledger behind the counters: one row per integration, publish key and kind."""

    __tablename__ = "counter_entries"
    __table_args__ = (
        sa.UniqueConstraint("integration_id", "publish_key", "kind"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"))
    publish_key: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[int]


class HeadlessDocument(Base):
    """What the headless destination serves of a content: our own website's post.

    `intent` and `attempt` are the fence: a write that names lower ones is refused.
    """

    __tablename__ = "headless_documents"
    __table_args__ = (
        sa.UniqueConstraint("integration_id", "content_id"),
        sa.Index(
            "uq_headless_documents_slug",
            "site_id",
            "slug",
            unique=True,
            sqlite_where=sa.text("status = 'publish'"),
            postgresql_where=sa.text("status = 'publish'"),
        ),
        sa.Index(None, "site_id", "status", "published_at"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    integration_id: Mapped[int] = mapped_column(sa.ForeignKey("site_integrations.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    status: Mapped[str]
    slug: Mapped[str]
    title: Mapped[str]
    content_type: Mapped[str]
    content_hash: Mapped[str]
    document: Mapped[dict[str, Any]]
    publish_key: Mapped[str]
    intent: Mapped[int]
    attempt: Mapped[int]
    sequence: Mapped[int] = mapped_column(default=1)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    published_at: Mapped[datetime]


class HeadlessAddress(Base):
    """A slug that a document had before: its readers are sent on to the one that it has now."""

    __tablename__ = "headless_addresses"
    __table_args__ = (sa.UniqueConstraint("site_id", "slug"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("headless_documents.id"), index=True)
    slug: Mapped[str]


class HeadlessFile(Base):
    """A published document shows this image of ours: what the media address may hand out."""

    __tablename__ = "headless_files"
    __table_args__ = (
        sa.UniqueConstraint("document_id", "sha256"),
        sa.Index(None, "site_id", "sha256"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    document_id: Mapped[int] = mapped_column(sa.ForeignKey("headless_documents.id"))
    sha256: Mapped[str]
