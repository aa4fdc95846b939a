"""The destination that IGNY8 itself serves: published snapshots in our own database.

Exactly-once comes from one transaction that reads the fence, decides and writes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.core import decoders, slugs
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations.base import (
    Fence,
    Offer,
    Permanent,
    Problem,
    Publication,
    Published,
    Remote,
    Report,
    Superseded,
    Target,
)
from webapp.integrations.from_website import Collected
from webapp.integrations.headless import document
from webapp.integrations.health import Health
from webapp.integrations.journal import Journal
from webapp.integrations.models import HeadlessAddress, HeadlessDocument, HeadlessFile
from webapp.writer.models import Content
from webapp.writer.payload import Payload

SHORTEST_BASE = 10  # of a slug that was cut to make room for a number, more is left
LAST_ATTEMPT = 2**31 - 1
TERM_KINDS = ("categories", "tags", "sectors", "clusters")


class HeadlessAdapter:
    """See webapp.integrations.base.Adapter."""

    def __init__(self, system: System, target: Target) -> None:
        self.target = target
        self._system = system
        self._root = f"{system.config.public_url}/sites/{slugs.encoded(target.site_slug)}"

    def check(self, payload: Payload) -> list[Problem]:
        if payload.slug in document.RESERVED_SLUGS:
            message = f"“{payload.slug}” is an address that the site itself uses."
            return [Problem(code=Code.SLUG_INVALID, message=message, field="slug")]
        return []

    def publish(self, publication: Publication, report: Report, _: Journal) -> Published:
        report("media_processing")
        report("taxonomies")
        report("creating_post")
        published = self._system.commits.run(lambda db: self._publish(db, publication))
        report("seo_metadata")
        return published

    def dry_run(self, publication: Publication) -> dict[str, Any]:
        payload = publication.payload
        with self._system.db.read() as db:
            row = self._row(db, payload.content_id)
            old = row.document if row is not None and row.status == "publish" else {}
            new = self._document(payload, self._free_slug(db, payload))
        return {
            "content_id": payload.content_id,
            "dry_run": True,
            "result": "updated" if old else "created",
            "fields": [
                {
                    "field": name,
                    "action": "keep" if old.get(name) == value else "change" if old else "create",
                    "from": document.said(old.get(name)),
                    "to": document.said(value),
                }
                for name, value in new.items()
                if name not in document.UNSEEN
            ],
        }

    def lookup(self, content_id: int) -> Remote | None:
        with self._system.db.read() as db:
            row = self._row(db, content_id)
            if row is None or row.status == "deleted":
                return None
            return Remote(
                external_id=str(row.id),
                external_url=self._url(row.slug),
                status=row.status,
                posts_with_this_id=1,
                stored_hash=row.content_hash,
                terms=_terms(row.document),
                featured_image_url=_featured(row.document),
            )

    def seen(self, content_id: int) -> Fence | None:
        with self._system.db.read() as db:
            row = self._row(db, content_id)
            return Fence(row.publish_key, row.intent, row.attempt) if row is not None else None

    def result_of(self, fence: Fence, content_id: int, _: Journal) -> Published | None:
        with self._system.db.read() as db:
            row = self._row(db, content_id)
            if row is None or row.publish_key != fence.publish_key or not row.result:
                return None
            return decoders.convert(row.result, Published)

    def retract(self, fence: Fence, content_id: int, to: str) -> str:
        def take_down(db: Session) -> None:
            row = self._row(db, content_id, lock=True)
            if row is None:
                return
            _check_fence(row, fence)
            row.status = "deleted" if to == "delete" else to
            _set_fence(row, fence)
            row.result = {}
            row.sequence += 1
            if to == "delete":
                row.document = {}

        self._system.commits.run(take_down)
        return to

    def abandon(
        self, fence: Fence, content_id: int, _staged: list[str], _: Journal
    ) -> Published | None:
        """One transaction leaves nothing half done, but a worker that was thought dead may still
        send its own: from now on no attempt of this intent may write."""

        def give_up(db: Session) -> Published | None:
            row = self._row(db, content_id, lock=True) or self._nothing(content_id)
            if row.publish_key == fence.publish_key and row.result:
                return decoders.convert(row.result, Published)
            _check_fence(row, fence)
            _set_fence(row, replace(fence, attempt=LAST_ATTEMPT))
            row.result = {}
            db.add(row)
            return None

        return self._system.commits.run(give_up)

    def prove(self, offers: list[Offer]) -> int:  # noqa: ARG002
        return 0  # our own tables hold nothing of others

    def collect_changes(self) -> Collected:
        return Collected()

    def health(self) -> Health:
        return Health(status="healthy", message="Served by IGNY8 itself.")

    def _publish(self, db: Session, publication: Publication) -> Published:
        payload, fence = publication.payload, publication.fence
        row = self._row(db, payload.content_id, lock=True)
        if row is not None:
            _check_fence(row, fence)
            if row.publish_key == fence.publish_key and row.result:
                row.attempt = fence.attempt
                stored = decoders.convert(row.result, Published)
                return msgspec.structs.replace(stored, replayed=True)
        return self._write(db, row, publication)

    def _write(
        self, db: Session, row: HeadlessDocument | None, publication: Publication
    ) -> Published:
        payload, fence = publication.payload, publication.fence
        online = row is not None and row.status == "publish"
        same = online and row is not None and row.content_hash == publication.content_hash
        if row is None:
            row = self._nothing(payload.content_id)
        result = "updated" if online else "created"
        if same and not publication.force:
            result = "skipped"
        if not online:
            row.published_at = self._date(publication)
        if result != "skipped":
            self._fill(db, row, publication)
        _set_fence(row, fence)
        db.add(row)
        db.flush()
        if result != "skipped":
            _keep_files(db, row)
        published = Published(
            external_id=str(row.id),
            external_url=self._url(row.slug),
            external_type=row.content_type,
            result=result,
            published_at=row.published_at,
            stored_hash=row.content_hash,
            featured_image_url=_featured(row.document),
            terms=_terms(row.document),
        )
        row.result = msgspec.to_builtins(published)
        return published

    def _fill(self, db: Session, row: HeadlessDocument, publication: Publication) -> None:
        payload = publication.payload
        former, row.slug = row.slug, self._free_slug(db, payload)
        if former != row.slug:
            _keep_address(db, row, former)
        row.status = "publish"
        row.title = payload.title
        row.content_type = payload.content_type
        row.content_hash = publication.content_hash
        row.document = self._document(payload, row.slug)
        row.sequence += 1

    def _document(self, payload: Payload, slug: str) -> dict[str, Any]:
        media_root = f"{self._root}/media"
        return document.build(payload, slug, self._url(slug), media_root)

    def _nothing(self, content_id: int) -> HeadlessDocument:
        """The row of a content of which nothing is or was online."""
        return HeadlessDocument(
            account_id=self.target.account_id,
            site_id=self.target.site_id,
            integration_id=self.target.integration_id,
            content_id=content_id,
            status="deleted",
            slug="",
            title="",
            content_type="",
            content_hash="",
            document={},
            publish_key="",
            intent=0,
            attempt=0,
            sequence=0,
            result={},
            published_at=self._system.clock(),
        )

    def _date(self, publication: Publication) -> datetime:
        """A moment of the future is clamped to now, as every destination does it."""
        now = self._system.clock()
        return min(publication.published_at or now, now)

    def _row(self, db: Session, content_id: int, *, lock: bool = False) -> HeadlessDocument | None:
        if lock:  # where there is no document yet, the content's row is what two attempts meet at
            db.execute(sa.select(Content.id).where(Content.id == content_id).with_for_update())
        query = sa.select(HeadlessDocument).where(
            HeadlessDocument.integration_id == self.target.integration_id,
            HeadlessDocument.content_id == content_id,
        )
        return db.scalars(query.with_for_update() if lock else query).one_or_none()

    def _free_slug(self, db: Session, payload: Payload) -> str:
        wanted = payload.slug or f"content-{payload.content_id}"
        taken = set(
            db.scalars(
                sa.select(HeadlessDocument.slug).where(
                    HeadlessDocument.site_id == self.target.site_id,
                    HeadlessDocument.slug.startswith(wanted[:SHORTEST_BASE], autoescape=True),
                    HeadlessDocument.content_id != payload.content_id,
                )
            )
        )
        if wanted not in taken:
            return wanted
        number = 2
        while slugs.numbered(wanted, number) in taken:
            number += 1
        return slugs.numbered(wanted, number)

    def _url(self, slug: str) -> str:
        return f"{self._root}/{slugs.encoded(slug)}"


def _keep_address(db: Session, row: HeadlessDocument, former: str) -> None:
    """Whoever comes to the document's former address is sent on, unless another one has it."""
    both = HeadlessAddress.slug.in_([former, row.slug])
    db.execute(sa.delete(HeadlessAddress).where(HeadlessAddress.site_id == row.site_id, both))
    another = sa.select(HeadlessDocument.id).where(
        HeadlessDocument.site_id == row.site_id,
        HeadlessDocument.slug == former,
        HeadlessDocument.status == "publish",
        HeadlessDocument.content_id != row.content_id,
    )
    if former and db.scalar(another) is None:
        db.add(
            HeadlessAddress(
                account_id=row.account_id, site_id=row.site_id, document_id=row.id, slug=former
            )
        )


def _keep_files(db: Session, row: HeadlessDocument) -> None:
    """Which of our images the document shows: those the media address may hand out."""
    db.execute(sa.delete(HeadlessFile).where(HeadlessFile.document_id == row.id))
    db.add_all(
        HeadlessFile(
            account_id=row.account_id, site_id=row.site_id, document_id=row.id, sha256=sha256
        )
        for sha256 in row.document["files"]
    )


def _check_fence(row: HeadlessDocument, fence: Fence) -> None:
    if (fence.intent, fence.attempt) < (row.intent, row.attempt):
        raise Superseded("a newer attempt has written this document")
    if row.intent == fence.intent and row.publish_key != fence.publish_key:
        raise Permanent(Code.CONTENT_INVALID, "creating_post", "One intent has two keys.")


def _set_fence(row: HeadlessDocument, fence: Fence) -> None:
    row.publish_key, row.intent, row.attempt = fence.publish_key, fence.intent, fence.attempt


def _terms(stored: dict[str, Any]) -> dict[str, list[str]]:
    return {kind: [term["slug"] for term in stored.get(kind, [])] for kind in TERM_KINDS}


def _featured(stored: dict[str, Any]) -> str:
    image = stored.get("featured_image") or {}
    return str(image.get("url", ""))
