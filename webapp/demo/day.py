"""What a content team does with one piece on one day, as the demo plays it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, time, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts.access import Member
from webapp.accounts.models import Site
from webapp.core import zones
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.integrations import connections, journal, registry
from webapp.integrations.base import Adapter, Permanent
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import claims, outcomes, pipeline
from webapp.publisher.delivery.verification import Check
from webapp.publisher.planning import decisions, plans, schedule
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents
from webapp.writer.draft import Change
from webapp.writer.models import Content
from webapp.writing.models import Revision


class Day:
    """What happened to one piece, at a moment of the past."""

    def __init__(self, system: System, member: Member, moment: datetime) -> None:
        self._now = system.clock()
        self._system = replace(system, clock=lambda: moment)
        self._member = member

    def submit(self, content: Content) -> None:
        self._do(content, contents.submit)

    def approve(self, content: Content) -> None:
        self._do(content, lambda db, row: contents.approve(db, row, by=self._member))

    def approve_and_edit(self, content: Content) -> None:
        self.approve(content)
        self._edit(content)

    def schedule(self, content: Content) -> None:
        """Approved, and planned by the site's rhythm, as it would be today."""
        self.approve(content)
        today = replace(self._system, clock=lambda: self._now)
        with today.db.write() as db:
            plans.assign(db, today, content.site_id)

    def schedule_by_hand(self, content: Content) -> None:
        """Somebody chose the day after tomorrow, at seven in the evening."""
        today = replace(self._system, clock=lambda: self._now)

        def choose(db: Session, row: Content) -> None:
            site = db.get_one(Site, row.site_id)
            day = (self._now.astimezone(zones.zone(site.timezone)) + timedelta(days=2)).date()
            wall = datetime.combine(day, time(19, 0))
            schedule.schedule(db, today, row, Choice(wall, self._member, approves=True))

        self._do(content, choose)

    def publish(self, content: Content, checks: tuple[Check, ...] = ()) -> None:
        claim = self._claim(content)
        adapter = self._adapter(claim)
        assert claim.payload is not None
        publication = pipeline.publication_of(self._system, claim, claim.payload)
        done = adapter.publish(
            publication, lambda _step: None, journal.unwritten(self._system.clock)
        )
        self._system.commits.run(
            lambda db: outcomes.published(db, self._system, claim, done, list(checks))
        )

    def publish_with_a_finding(self, content: Content) -> None:
        finding = Check(
            name="description",
            ok=False,
            at=f"{self._system.clock():%Y-%m-%dT%H:%M:%SZ}",
            code=Code.DESCRIPTION_NOT_VISIBLE,
            message="The page did not carry the meta description.",
        )
        self.publish(content, (finding,))
        # It was looked at again twice since, and is as it was.
        looked = sa.update(PublishingRecord).where(PublishingRecord.content_id == content.id)
        self._do(content, lambda db, _row: db.execute(looked.values(verify_at=None)))

    def publish_and_edit(self, content: Content) -> None:
        self.publish(content)
        self._edit(content)

    def publish_and_retract(self, content: Content) -> None:
        self.publish(content)
        self._do(content, lambda db, row: records.retract(db, self._system, row, by=self._member))
        claim = self._take()
        became = self._adapter(claim).retract(claim.fence, content.id, "draft")
        self._system.commits.run(lambda db: outcomes.retracted(db, self._system, claim, became))

    def fail(self, content: Content) -> None:
        claim = self._claim(content)
        problem = Permanent(
            Code.IMAGE_UNREACHABLE,
            "validation",
            image_url="https://images.example/a-picture-that-moved.jpg",
            http_status=404,
        )
        self._system.commits.run(
            lambda db: outcomes.gave_up(db, self._system, claim, problem.failure, left_behind=False)
        )

    def delete(self, content: Content) -> None:
        """Into the bin, as a draft that nobody wants any more."""
        self._do(content, lambda db, row: decisions.delete(db, self._system, row, by=self._member))

    def date(self, content: Content) -> None:
        """What the day wrote was written then, and the piece a day before."""
        then = self._system.clock()
        piece = sa.update(Content).where(Content.id == content.id)
        record = sa.update(PublishingRecord).where(PublishingRecord.content_id == content.id)
        kept = sa.update(Revision).where(Revision.content_id == content.id)

        def write(db: Session, _: Content) -> None:
            db.execute(piece.values(created_at=then - timedelta(days=1), updated_at=then))
            by_hand = sa.and_(Content.pinned, Content.scheduled_publish_at.is_not(None))
            signed = piece.where(Content.approved_at.is_not(None), ~by_hand)
            db.execute(signed.values(approved_at=then, updated_at=then))
            waits = piece.where(Content.in_review_since.is_not(None))
            db.execute(waits.values(in_review_since=then, updated_at=then))
            db.execute(record.values(created_at=then))
            db.execute(kept.values(created_at=then, begun_at=then))

        self._do(content, write)

    def _edit(self, content: Content) -> None:
        def change(db: Session, row: Content) -> None:
            change = Change(html=row.html.replace("Where to begin", "Where to start, and when"))
            contents.edit(db, row, change, by=self._member)

        self._do(content, change)

    def _claim(self, content: Content) -> claims.Claim:
        self._do(content, lambda db, row: records.publish(db, self._system, row, by=self._member))
        return self._take()

    def _take(self) -> claims.Claim:
        return self._system.commits.run(lambda db: claims.take(db, self._system, 2))[0]

    def _adapter(self, claim: claims.Claim) -> Adapter:
        with self._system.db.read() as db:
            integration = db.get_one(SiteIntegration, claim.integration_id)
            target = connections.open_target(db, self._system, integration)
        return registry.adapter_for(self._system, target)

    def _do(self, content: Content, act: Callable[[Session, Content], object]) -> None:
        self._system.commits.run(lambda db: act(db, db.get_one(Content, content.id)))
