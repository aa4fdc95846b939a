"""A small publishing house for tests: people with their roles, a site, a destination, pieces.

The names say who may what: `owner`, `admin`, `teammate` (editor) and `viewer` work in one account;
`stranger` owns another one and must never see anything of the first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import msgspec
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from tests.support.application import open_client
from tests.support.house import House, found, furnish
from webapp.accounts import access, sessions
from webapp.accounts.access import Member
from webapp.accounts.models import Site, User
from webapp.core.db import Base
from webapp.core.secrets import fingerprint
from webapp.core.system import System
from webapp.integrations import connections, placements
from webapp.integrations.base import Published
from webapp.integrations.models import SiteIntegration
from webapp.integrations.placements import Put
from webapp.publisher.delivery import claims, due, pipeline
from webapp.publisher.planning import deployments
from webapp.publisher.records import records, site_status
from webapp.publisher.records.models import PublishEvent, PublishingRecord
from webapp.writer import contents, images
from webapp.writer.draft import TYPES, Change, Draft
from webapp.writer.images import Picture
from webapp.writer.models import Content
from webapp.writer.pictures import sound

# With the one that the tests' website does not take.
KINDS = TYPES | {"forbidden"}
T = TypeVar("T", bound=Base)


class Desk:
    """One installation with two accounts; the verbs take and give ids."""

    def __init__(self, system: System, house: House | None = None) -> None:
        """`house`: what the database has already, a copy of one that was furnished."""
        self.system = system
        with system.db.write() as db:
            has = found(db, house) if house else furnish(db)
        self.site, self.sector = has.site, has.sector
        self.other_site, self.other_sector = has.other_site, has.other_sector
        staff, self.stranger = has.staff, has.stranger
        self.owner, self.admin, self.teammate = staff["owner"], staff["admin"], staff["teammate"]
        self.viewer, self.writer, self.client = staff["viewer"], staff["writer"], staff["client"]
        self.members = {member.role: member for member in staff.values()}
        self._numbers = itertools.count(1)

    # Destinations

    def connect(
        self, platform: str = "headless", base_url: str = "", site: Site | None = None
    ) -> int:
        """Connect the site with a platform; the integration's id."""
        with self.system.db.write() as db:
            made, _ = connections.connect(
                db, self.system, site or self.site, platform, base_url=base_url
            )
            return made.id

    def connect_to_website(self, site: Site | None = None) -> int:
        """Connect the site with the tests' own platform (the fixture `website`)."""
        home = site or self.site
        with self.system.db.write() as db:
            made = SiteIntegration(
                account_id=home.account_id, site_id=home.id, platform="test", is_default=True
            )
            db.add(made)
            db.flush()
            return made.id

    def integration(self, integration_id: int | None = None) -> SiteIntegration:
        """The integration, or the site's default one, as it stands now."""
        with self.system.db.read() as db:
            if integration_id is not None:
                return db.get_one(SiteIntegration, integration_id)
            found = connections.default_of(db, self.site.id)
            assert found is not None, "the site is connected to nothing"
            return found

    # Pieces

    def write(self, *, by: Member | None = None, site: Site | None = None, **fields: Any) -> int:
        """A new draft with text; `fields` as in writer.draft.Draft. Its id."""
        number = next(self._numbers)
        given = {
            "title": f"Piece {number}",
            "html": f"<p>The text of piece {number}, long enough to be read.</p>",
            "excerpt": f"What piece {number} is about.",
        } | fields
        draft = msgspec.convert(given, Draft)
        with self.system.db.write() as db:
            home = site or self.site
            author = by or (
                self.owner if home.account_id == self.owner.account_id else self.stranger
            )
            return contents.create(db, home.id, draft, by=author, types=KINDS).id

    def approved(self, **fields: Any) -> int:
        """A new piece that is approved."""
        content_id = self.write(**fields)
        self.approve(content_id, by=fields.get("by"))
        return content_id

    def approve(self, content_id: int, *, by: Member | None = None) -> None:
        """Approve it as it stands."""
        with self.changing(content_id, by) as (db, content):
            contents.approve(db, content, by=by or self._home(content))

    def edit(self, content_id: int, *, keep_approved: bool = False, **fields: Any) -> None:
        """Change it, as its owner."""
        with self.changing(content_id) as (db, content):
            change = msgspec.convert({**fields, "keep_approved": keep_approved}, Change)
            contents.edit(db, content, change, by=self._home(content), types=KINDS)

    def add_image(self, content_id: int, **given: Any) -> int:
        """Give it a picture: writer.images.Picture, or its bytes as `data`. Returns its id."""
        if "data" in given:
            given["file"] = sound(given.pop("data"))
        with self.changing(content_id) as (db, content):
            image = images.add(db, content, Picture(**given))
            contents.changed(db, content)
            return image.id

    # Publishing

    def publish(
        self, content_id: int, *, by: Member | None = None, force: bool = False, over: str = ""
    ) -> int:
        """Click Publish; the record's id."""
        with self.changing(content_id, by) as (db, content):
            member = by or self._home(content)
            return records.publish(db, self.system, content, by=member, force=force, over=over).id

    def schedule(self, content_id: int, in_seconds: float = 0) -> None:
        """Give it a time, from now on the system's clock."""
        with self.changing(content_id) as (_, content):
            site_status.move(content, "schedule", self.system.clock())
            content.scheduled_publish_at = self.system.clock() + timedelta(seconds=in_seconds)

    def retract(self, content_id: int, to: str = "draft") -> int:
        """Click Take down; the record's id."""
        with self.changing(content_id) as (db, content):
            return records.retract(db, self.system, content, by=self._home(content), to=to).id

    def deploy(self, kind: str = deployments.FULL, site: Site | None = None) -> int:
        """Send many of a site's pieces; the deployment's id."""
        home = site or self.site
        by = self.owner if home.account_id == self.owner.account_id else self.stranger
        with self.system.db.write() as db:
            locked = access.get_for_update(db, by, Site, home.id)
            return deployments.create(db, self.system, locked, kind, by=by).id

    def take(self, free: int = 8, system: System | None = None) -> list[claims.Claim]:
        """Begin what is due and claim what waits, as a worker with free places does."""
        worker = system or self.system
        worker.commits.run(lambda db: due.claim_due(db, worker))
        return worker.commits.run(lambda db: claims.take(db, worker, free))

    def run_worker_once(self, system: System | None = None) -> int:
        """Claim what waits and work on it, in this thread; how many claims there were."""
        worker = system or self.system
        taken = self.take(8, worker)
        for claim in taken:
            pipeline.run(worker, claim)
        return len(taken)

    def run_worker(self, most: int = 100) -> int:
        """Work until nothing waits now; how many claims there were."""
        total = 0
        while found := self.run_worker_once():
            total += found
            assert total <= most, "the worker does not come to an end"
        return total

    def published(self, **fields: Any) -> int:
        """A new piece that has gone out."""
        content_id = self.approved(**fields)
        self.publish(content_id)
        self.run_worker()
        return content_id

    # Looking

    def put_online(self, content_id: int, integration_id: int, url: str, number: str = "7") -> None:
        """As if it stood at that address since a publication of which no record tells."""
        done = Published(
            external_id=number, external_url=url, external_type="post", result="created"
        )
        with self.changing(content_id) as (db, content):
            content.status, content.site_status = "published", "published"
            put = Put(
                account_id=content.account_id,
                site_id=content.site_id,
                content_id=content_id,
                integration_id=integration_id,
                record_id=None,
                published_hash=content.content_hash,
                images=[],
            )
            placements.put(db, put, done, self.system.clock())
            placements.mirror(db, content)

    def content(self, content_id: int) -> Content:
        """The piece as it stands now."""
        return self.row(Content, content_id)

    def record(self, record_id: int) -> PublishingRecord:
        """The record as it stands now."""
        return self.row(PublishingRecord, record_id)

    def records_of(self, content_id: int) -> list[PublishingRecord]:
        """All records of a piece, oldest first."""
        found = self.rows(PublishingRecord)
        return [record for record in found if record.content_id == content_id]

    def events_of(self, record_id: int) -> list[PublishEvent]:
        """All steps that were told of a record, in the order in which they were written."""
        self.system.commits.run(lambda _: None)  # steps are sent ahead: wait for them
        return [event for event in self.rows(PublishEvent) if event.record_id == record_id]

    def row(self, model: type[T], row_id: int) -> T:
        """One row, detached: a lazy load would fail."""
        with self.system.db.read() as db:
            return db.get_one(model, row_id)

    def rows(self, model: type[T]) -> list[T]:
        """All rows of a table by id, detached."""
        with self.system.db.read() as db:
            return sorted(db.query(model), key=lambda row: row.id)

    @contextmanager
    def changing(
        self, content_id: int, by: Member | None = None
    ) -> Iterator[tuple[Session, Content]]:
        """A transaction in which the piece is locked, as every request that changes one has it."""
        with self.system.db.write() as db:
            who = by or self._home(db.get_one(Content, content_id))
            yield db, access.get_for_update(db, who, Content, content_id)

    # Browsers

    def session_of(self, member: Member) -> str:
        """A new session's token, for the cookie `sessions.COOKIE`."""
        with self.system.db.write() as db:
            user = db.get_one(User, member.user_id)
            return sessions.sign_in(db, user, self.system.clock())

    @contextmanager
    def browser(self, member: Member | None = None) -> Iterator[TestClient[Litestar]]:
        """A client of the real application, signed in as the member (or as nobody)."""
        with open_client(self.system) as client:
            if member is not None:
                self.sign_in(client, member)
            yield client

    def sign_in(self, client: TestClient[Litestar], member: Member) -> None:
        """From now on the client is this member; it sends the session's CSRF token."""
        token = self.session_of(member)
        client.cookies.set(sessions.COOKIE, token)
        client.headers["X-CSRF-Token"] = self.system.secrets.sign("csrf", fingerprint(token))

    def _home(self, content: Content) -> Member:
        return self.owner if content.account_id == self.owner.account_id else self.stranger
