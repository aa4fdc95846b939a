"""The demo account: two magazines with a hundred pieces in all states, really published.

Everything is made by the product's own verbs, at moments of the past weeks, so that what is shown
is what would stand there had people done it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import passwords, setup, sites
from webapp.accounts.access import Member
from webapp.accounts.models import Account, Site
from webapp.accounts.rights import Role
from webapp.core import zones
from webapp.core.codes import Code
from webapp.core.system import System
from webapp.demo import pictures, pieces
from webapp.demo.pieces import Magazine, Topic
from webapp.integrations import connections, headless, journal, registry
from webapp.integrations.base import Adapter, Permanent
from webapp.integrations.models import SiteIntegration
from webapp.publisher.delivery import claims, outcomes, pipeline
from webapp.publisher.delivery.verification import Check
from webapp.publisher.planning import plans, schedule
from webapp.publisher.planning import settings as publishing
from webapp.publisher.planning.schedule import Choice
from webapp.publisher.records import records
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents, images
from webapp.writer.draft import Change, Draft
from webapp.writer.images import Picture
from webapp.writer.models import Cluster, Content
from webapp.writer.payload import Term
from webapp.writer.pictures import sound
from webapp.writer.terms import slugify

EMAIL = "owner@demo.example"
COVERS = 12
PLANS = {"auto_publish_enabled": True}


@dataclass(frozen=True)
class Login:
    """How to sign in to the demo."""

    email: str
    password: str


def ensure(system: System, var: Path) -> Login | None:
    """Make the demo in an empty database. None where other accounts are; else how to sign in."""
    kept = var / "demo-login.json"
    with system.db.read() as db:
        is_empty = not db.scalar(sa.select(sa.func.count()).select_from(Account))
    if not is_empty:
        return Login(**json.loads(kept.read_text())) if kept.exists() else None
    login = Login(EMAIL, secrets.token_urlsafe(12))
    _make(system, login)
    with os.fdopen(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(asdict(login), file)
    return login


def _make(system: System, login: Login) -> None:
    password_hash = passwords.hash_password(login.password)
    with system.db.write() as db:
        account = Account(name="Demo")
        db.add(account)
        db.flush()
        user = setup.add_user(db, login.email, password_hash, "Demo owner", "Europe/Berlin")
        setup.join(db, account.id, user.id, Role.OWNER)
        member = Member(
            user.id, account.id, Role.OWNER, user.email, user.name, user.timezone or "UTC"
        )
        shelves = [
            (magazine, *_Shelf(db, system, member, magazine).fill())
            for magazine in (pieces.COFFEE, pieces.OUTDOOR)
        ]
    for magazine, site_id, ids in shelves:
        _play(system, member, ids)
        _switch(system, site_id, magazine.plans_by_itself)


class _Shelf:
    """One magazine's site with its pieces, all still drafts."""

    def __init__(self, db: Session, system: System, member: Member, magazine: Magazine) -> None:
        self._db = db
        self._system = system
        self._member = member
        self._magazine = magazine

    def fill(self) -> tuple[int, list[int]]:
        """Make the site and its pieces; returns its id and the contents' ids, well mixed."""
        magazine = self._magazine
        site = setup.add_site(
            self._db, self._member.account_id, magazine.name, magazine.url, magazine.timezone
        )
        site.is_public = True
        connections.connect(self._db, self._system, site, headless.PLATFORM.name)
        rhythm = publishing.for_update(self._db, site)
        publishing.change(self._db, self._system, rhythm, {**magazine.rhythm, **PLANS})
        ids = []
        for topic in magazine.topics:
            cluster = self._cluster(site, topic)
            for number, title in enumerate(topic.titles):
                ids.append(self._piece(site, cluster, topic, number, title))
        return site.id, [ids[(7 * place) % len(ids)] for place in range(len(ids))]

    def _cluster(self, site: Site, topic: Topic) -> Cluster:
        sector = sites.add_sector(self._db, site, topic.sector)
        cluster = Cluster(
            account_id=site.account_id,
            site_id=site.id,
            sector_id=sector.id,
            name=topic.cluster,
            slug=slugify(topic.cluster),
        )
        self._db.add(cluster)
        self._db.flush()
        return cluster

    def _piece(self, site: Site, cluster: Cluster, topic: Topic, number: int, title: str) -> int:
        in_text = ""
        if number % 4 == 1:
            in_text = (
                '<figure><img src="igny8:in-text" alt="A drawing that goes with it"></figure>\n'
            )
        draft = Draft(
            title=title,
            html=pieces.html(self._magazine, topic, number, in_text),
            excerpt=topic.openings[number % len(topic.openings)],
            meta_title=title if number % 5 else "",
            meta_description=f"{title}: {topic.closing}"[:155],
            focus_keywords=[topic.cluster.lower(), topic.tags[0]],
            sector_id=cluster.sector_id,
            cluster_id=cluster.id,
            categories=[Term(topic.sector)],
            tags=[Term(tag) for tag in topic.tags],
        )
        content = contents.create(self._db, site.id, draft, by=self._member)
        seed = content.id % COVERS
        cover = Picture(
            "featured",
            file=sound(pictures.cover(seed)),
            filename=f"cover-{seed}.png",
            alt="Coloured discs above a plain horizon" if number % 3 else "",
        )
        images.add(self._db, content, cover)
        if in_text:
            drawing = Picture(
                "in_article",
                ref="in-text",
                file=sound(pictures.cover(seed + COVERS)),
                filename=f"drawing-{seed}.png",
                alt="A drawing that goes with it",
            )
            images.add(self._db, content, drawing)
        contents.changed(self._db, content)
        return content.id


def _play(system: System, member: Member, ids: list[int]) -> None:
    """Three weeks of a content team, in a second."""
    now = system.clock()
    acts: list[tuple[int, Callable[[_Day, Content], None]]] = [
        (17, _Day.publish),
        (2, _Day.publish_with_a_finding),
        (2, _Day.publish_and_edit),
        (1, _Day.publish_and_retract),
        (2, _Day.fail),
        (6, _Day.schedule),
        (1, _Day.schedule_by_hand),
        (7, _Day.approve),
        (1, _Day.approve_and_edit),
        (9, _Day.submit),
    ]
    waiting = iter(ids)
    place = 0
    for count, act in acts:
        for _ in range(count):
            content_id = next(waiting, None)
            if content_id is None:
                return
            moment = now - timedelta(hours=11 * (40 - place), minutes=(place * 17) % 60)
            day, content = _Day(system, member, min(moment, now)), _load(system, content_id)
            act(day, content)
            day.date(content)
            place += 1


def _switch(system: System, site_id: int, on: bool) -> None:
    """Whether the site goes on giving approved pieces their times by itself."""
    with system.db.write() as db:
        site = db.get_one(Site, site_id)
        held = publishing.for_update(db, site)
        publishing.change(db, system, held, {"auto_publish_enabled": on})


def _load(system: System, content_id: int) -> Content:
    with system.db.read() as db:
        return db.get_one(Content, content_id)


class _Day:
    """What happened to one piece, at a moment of the past."""

    def __init__(self, system: System, member: Member, moment: datetime) -> None:
        self._now = system.clock()
        self._system = replace(system, clock=lambda: moment)
        self._member = member

    def submit(self, content: Content) -> None:
        self._do(content, lambda _db, row: contents.submit(row))

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

    def date(self, content: Content) -> None:
        """What the day wrote was written then, and the piece a day before."""
        then = self._system.clock()
        piece = sa.update(Content).where(Content.id == content.id)
        record = sa.update(PublishingRecord).where(PublishingRecord.content_id == content.id)

        def write(db: Session, _: Content) -> None:
            db.execute(piece.values(created_at=then - timedelta(days=1), updated_at=then))
            by_hand = sa.and_(Content.pinned, Content.scheduled_publish_at.is_not(None))
            signed = piece.where(Content.approved_at.is_not(None), ~by_hand)
            db.execute(signed.values(approved_at=then, updated_at=then))
            waits = piece.where(Content.in_review_since.is_not(None))
            db.execute(waits.values(in_review_since=then, updated_at=then))
            db.execute(record.values(created_at=then))

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
