"""One piece as a page shows it: its facts, its checks, and what has been said about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import access
from webapp.accounts.access import Member
from webapp.accounts.models import Site, User
from webapp.accounts.rights import Capability
from webapp.content import checks
from webapp.content.checks import Check
from webapp.core import links
from webapp.core.errors import NotFound
from webapp.core.secrets import Unreadable
from webapp.core.system import System
from webapp.integrations import connections, registry, standing
from webapp.integrations.models import SiteIntegration
from webapp.publisher.records import stands
from webapp.writer import markup, outgoing, readings
from webapp.writer import payload as payloads
from webapp.writer.edits import Removal
from webapp.writer.models import Content, ReviewComment
from webapp.writer.payload import Payload


@dataclass(frozen=True)
class Picture:
    """An image of the piece, at an address that the page may load."""

    ref: str
    kind: str
    address: str
    alt: str
    caption: str
    size: int


@dataclass(frozen=True)
class Comment:
    kind: str
    text: str
    by: str
    at: datetime
    is_current: bool


@dataclass(frozen=True)
class SearchResult:
    """How the piece would look in a list of search results."""

    host: str
    path: str
    title: str
    description: str
    is_from_text: bool


@dataclass(frozen=True)
class Piece:
    """Everything of a content that a page shows besides its publication (see panel.py)."""

    content: Content
    payload: Payload
    site: str
    zone: str
    facts: markup.Facts
    removals: list[Removal]
    checks: list[Check]
    result: SearchResult
    pictures: list[Picture]
    comments: list[Comment]


def load(db: Session, system: System, member: Member, content_id: int) -> Piece:
    """The piece, or NotFound."""
    query = access.visible(member, Content, Content, Site.name, Site.timezone, Site.url)
    row = db.execute(
        query.join(Site, Site.id == Content.site_id).where(Content.id == content_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    content: Content = row.Content
    follows = member.may(Capability.FOLLOW, content.site_id)
    sent = payloads.build(db, content)
    facts = readings.kept(db, content)
    integration = connections.default_of(db, content.site_id)
    return Piece(
        content=content,
        payload=sent,
        site=row.name,
        zone=row.timezone,
        facts=facts,
        removals=outgoing.left_out(sent, facts),
        checks=checks_of(db, system, content, sent, facts, integration),
        result=search_result(sent, facts, (integration.base_url if integration else "") or row.url),
        pictures=_pictures(content.id, sent),
        comments=comments_of(db, content) if follows else [],
    )


def blocking(db: Session, system: System, content: Content) -> list[Check]:
    """Only what stands in the way of publishing."""
    sent = payloads.build(db, content)
    integration = connections.default_of(db, content.site_id)
    found = checks_of(db, system, content, sent, readings.kept(db, content), integration)
    return [check for check in found if check.verdict == "block"]


def search_result(payload: Payload, facts: markup.Facts, address: str) -> SearchResult:
    """Title and description cut where search engines cut them."""
    host = links.host_of(address) or "your website"
    description = markup.readable(payload.meta_description or payload.excerpt)
    return SearchResult(
        host=host,
        path=payload.slug,
        title=_cut(payload.meta_title or payload.title or "Without a title", 60),
        description=_cut(description or facts.text, 160),
        is_from_text=not description,
    )


def image_address(content_id: int, ref: str) -> str:
    """Where the desk serves an image of a piece that only we have."""
    return f"/content/{content_id}/images/{ref}"


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + " …"


def checks_of(
    db: Session,
    system: System,
    content: Content,
    payload: Payload,
    facts: markup.Facts,
    integration: SiteIntegration | None,
) -> list[Check]:
    """What a reader should know of this payload of the piece, the worst first."""
    found = _of_destination(db, system, payload, facts, integration)
    there = stands.elsewhere(db, content, integration)
    return [Check("block", stands.stays(there)), *found] if there else found


def _of_destination(
    db: Session,
    system: System,
    payload: Payload,
    facts: markup.Facts,
    integration: SiteIntegration | None,
) -> list[Check]:
    if integration is None:
        return checks.of(payload, facts, None, [])
    try:
        target = connections.open_target(db, system, integration)
    except Unreadable:
        return checks.of(payload, facts, None, [], is_key_lost=True)
    there = registry.adapter_for(system, target).check(payload)
    return checks.of(payload, facts, standing.of_integration(integration), there)


def _pictures(content_id: int, payload: Payload) -> list[Picture]:
    groups: list[tuple[str, list[Any]]] = [
        ("Featured", [payload.featured_image] if payload.featured_image else []),
        ("Gallery", payload.gallery),
        ("In the text", payload.inline_images),
    ]
    return [
        Picture(
            ref=one.ref,
            kind=kind,
            address=image_address(content_id, one.ref) if one.sha256 else one.url,
            alt=one.alt,
            caption=one.caption,
            size=one.size,
        )
        for kind, members in groups
        for one in members
    ]


def comments_of(db: Session, content: Content) -> list[Comment]:
    """What was said about the piece, the newest first."""
    rows = db.execute(
        sa.select(ReviewComment, User.name, User.email)
        .join(User, User.id == ReviewComment.user_id)
        .where(ReviewComment.content_id == content.id)
        .order_by(ReviewComment.id.desc())
        .limit(20)
    ).all()
    return [
        Comment(
            kind=row.ReviewComment.kind,
            text=row.ReviewComment.text,
            by=row.name or row.email,
            at=row.ReviewComment.created_at,
            is_current=row.ReviewComment.content_hash == content.content_hash,
        )
        for row in rows
    ]
