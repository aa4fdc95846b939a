"""Tables: what writers make."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import utc_now
from webapp.core.db import Base
from webapp.core.types import Json, WordSet
from webapp.writer import indexes


class Cluster(Base):
    """A group of keywords within a sector."""

    __tablename__ = "clusters"
    __table_args__ = (sa.UniqueConstraint("sector_id", "slug"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    sector_id: Mapped[int] = mapped_column(sa.ForeignKey("sectors.id"))
    name: Mapped[str]
    slug: Mapped[str]


class Keyword(Base):
    """A search phrase that a cluster is about."""

    __tablename__ = "keywords"
    __table_args__ = (sa.UniqueConstraint("cluster_id", "phrase"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"), index=True)
    cluster_id: Mapped[int] = mapped_column(sa.ForeignKey("clusters.id"))
    phrase: Mapped[str]


class Content(Base):
    """One piece. `status` is the working copy, `site_status` its last or next publication.

    `version` grows with every edit: who saves names the version that was read. `html` is what
    the author wrote, byte for byte; it is cleaned whenever it is shown or sent. `pinned`: a
    person chose the time, or that there is none. `deliver_as`: how it is to stand there
    (publisher/records/delivery.py). `deleted_at`: since when it lies in the bin; `emptied_at`:
    since when nothing is left of it but its title (writer/binned.py)."""

    __tablename__ = "contents"
    __table_args__ = (*indexes.of_contents(), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    sector_id: Mapped[int | None] = mapped_column(sa.ForeignKey("sectors.id"), index=True)
    cluster_id: Mapped[int | None] = mapped_column(sa.ForeignKey("clusters.id"), index=True)
    # Whose piece it is. Its name at the destination is `author_email`.
    writer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))

    title: Mapped[str] = mapped_column(default="")
    slug: Mapped[str] = mapped_column(default="")
    html: Mapped[str] = mapped_column(default="")
    excerpt: Mapped[str] = mapped_column(default="")
    word_count: Mapped[int] = mapped_column(default=0)
    meta_title: Mapped[str] = mapped_column(default="")
    meta_description: Mapped[str] = mapped_column(default="")
    focus_keywords: Mapped[list[str]] = mapped_column(default=list)
    canonical_url: Mapped[str] = mapped_column(default="")
    author_email: Mapped[str] = mapped_column(default="")
    content_type: Mapped[str] = mapped_column(default="post")
    content_structure: Mapped[str] = mapped_column(default="article")
    source: Mapped[str] = mapped_column(default="igny8")
    version: Mapped[int] = mapped_column(default=1)

    status: Mapped[str] = mapped_column(default="draft")
    site_status: Mapped[str] = mapped_column(default="not_published")
    site_status_updated_at: Mapped[datetime | None] = mapped_column(default=utc_now)
    attention: Mapped[frozenset[str]] = mapped_column(WordSet, default=frozenset)

    scheduled_publish_at: Mapped[datetime | None]
    scheduled_wall_time: Mapped[str | None]
    scheduled_zone: Mapped[str | None]
    pinned: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int] = mapped_column(default=0)
    deliver_as: Mapped[str] = mapped_column(default="", server_default="")
    plan_trace: Mapped[dict[str, Any] | None]

    first_published_at: Mapped[datetime | None]
    content_hash: Mapped[str] = mapped_column(default="")
    published_hash: Mapped[str] = mapped_column(default="")
    in_review_since: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    approved_hash: Mapped[str] = mapped_column(default="")
    # The steps with which it came in for review; None: one person's approval is all. How many are
    # signed, by how many the one that waits, and since when it waits (writer/signing.py).
    approval_list_id: Mapped[int | None] = mapped_column(sa.ForeignKey("approval_lists.id"))
    approval_step: Mapped[int] = mapped_column(default=0, server_default="0")
    step_signatures: Mapped[int] = mapped_column(default=0, server_default="0")
    step_since: Mapped[datetime | None]

    external_id: Mapped[str] = mapped_column(default="")
    external_url: Mapped[str] = mapped_column(default="")
    external_type: Mapped[str] = mapped_column(default="")
    sync_status: Mapped[str] = mapped_column(default="")
    deleted_at: Mapped[datetime | None]
    deleted_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    emptied_at: Mapped[datetime | None]


class WorkingChange(Base):
    """What somebody writes beside a text that may go out (writer/working.py): `fields` by name, as
    they are to be and as they were when that was typed; `html`, made of `base_html`; None where the
    text stays. `number` grows with each save; `user_id` saved last, `others` before."""

    __tablename__ = "working_changes"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    number: Mapped[int] = mapped_column(default=0)
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)
    html: Mapped[str | None]
    base_html: Mapped[str | None]
    others: Mapped[list[int]] = mapped_column(Json, default=list, server_default="[]")


class ContentShare(Base):
    """A piece that was shown to a member who else would not see it (accounts/rights.py)."""

    __tablename__ = "content_shares"
    __table_args__ = (sa.UniqueConstraint("user_id", "content_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(
        sa.ForeignKey("contents.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))


class TextFacts(Base):
    """What was found in a content's text (writer/readings.py); `mark` stands for that text."""

    __tablename__ = "text_facts"

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"), unique=True)
    mark: Mapped[str]
    facts: Mapped[dict[str, Any]]


class ContentTaxonomy(Base):
    """A category or tag of a site."""

    __tablename__ = "content_taxonomies"
    __table_args__ = (
        sa.UniqueConstraint("site_id", "slug", "taxonomy_type"),
        sa.UniqueConstraint("site_id", "external_id", "external_taxonomy"),
        Base.__table_args__,
    )

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    name: Mapped[str]
    slug: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("content_taxonomies.id"))
    taxonomy_type: Mapped[str]
    external_taxonomy: Mapped[str] = mapped_column(default="")
    external_id: Mapped[int | None]
    sync_status: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    count: Mapped[int] = mapped_column(default=0)
    external_metadata: Mapped[dict[str, Any]] = mapped_column(default=dict)


class ContentTaxonomyRelation(Base):
    """A content carries a term; `position` keeps the order in which they were given."""

    __tablename__ = "content_taxonomy_relations"
    __table_args__ = (sa.UniqueConstraint("content_id", "taxonomy_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    taxonomy_id: Mapped[int] = mapped_column(sa.ForeignKey("content_taxonomies.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)


class ContentKeyword(Base):
    """A content is about a keyword."""

    __tablename__ = "content_keywords"
    __table_args__ = (sa.UniqueConstraint("content_id", "keyword_id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    keyword_id: Mapped[int] = mapped_column(sa.ForeignKey("keywords.id"), index=True)


class Image(Base):
    """A picture of a content: either at an address (`image_url`) or ours (`sha256`, a MediaFile).

    `image_type` is featured, gallery (the notes: desktop), mobile or in_article. In the text an
    in_article image that only we have stands as `igny8:<ref>`.
    """

    __tablename__ = "images"
    __table_args__ = (sa.Index(None, "content_id", "position"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"), index=True)
    site_id: Mapped[int] = mapped_column(sa.ForeignKey("sites.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    ref: Mapped[str]
    image_type: Mapped[str]
    image_url: Mapped[str] = mapped_column(default="")
    sha256: Mapped[str] = mapped_column(default="")
    filename: Mapped[str] = mapped_column(default="")
    prompt: Mapped[str] = mapped_column(default="")
    alt: Mapped[str] = mapped_column(default="")
    caption: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="generated")
    position: Mapped[int] = mapped_column(default=0)
    deleted_at: Mapped[datetime | None]


class MediaFile(Base):
    """The bytes of an image, once per account and content of the file. In the database and not on
    disk, so that a backup is one file and every machine sees them."""

    __tablename__ = "media_files"
    __table_args__ = (sa.UniqueConstraint("account_id", "sha256"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    sha256: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    data: Mapped[bytes] = mapped_column(sa.LargeBinary, deferred=True)


class ReviewComment(Base):
    """What a reviewer said about a content; `kind` is comment, changes, approval, signature (a
    step was signed, and others are missing), or undone: a decision was taken back."""

    __tablename__ = "review_comments"
    __table_args__ = (sa.Index(None, "content_id", "id"), Base.__table_args__)

    account_id: Mapped[int] = mapped_column(sa.ForeignKey("accounts.id"))
    content_id: Mapped[int] = mapped_column(sa.ForeignKey("contents.id"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    kind: Mapped[str]
    text: Mapped[str]
    content_hash: Mapped[str] = mapped_column(default="")
