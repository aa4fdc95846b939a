"""A running desk whose routes are called with ids of everything that a path can name."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qsl

import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy.orm import Session

from tests.support.desk import Desk
from tests.support.pictures import PNG
from webapp.accounts import access, sessions, tokens
from webapp.accounts.access import Member
from webapp.accounts.models import ApiToken, Site, User, UserSession
from webapp.api.described import samples
from webapp.calendar.models import SavedView
from webapp.core.secrets import fingerprint
from webapp.integrations import connections
from webapp.integrations.models import SiteIntegration
from webapp.publisher.planning import schedule
from webapp.publisher.records.models import DeploymentRecord
from webapp.writer.models import Content, ContentShare
from webapp.writing.models import Thread

# What websites send, and what ends a pass.
FROM_WEBSITES = (
    "/publish-progress",
    "/update-structure",
    "/terms",
    "/authors",
    "/auth/logout",
    "/dirty",
    "/changes",
    "/taxonomies",
    "/relationships",
)
BODIES: dict[str, Any] = {
    "POST /api/v1/writer/content": {"title": "New"},
    "POST /api/v1/sites": {"name": "New", "url": "https://new.example", "timezone": "UTC"},
    "POST /api/v1/writer/content/{content_id:int}/request_changes": {"comment": "More of it."},
    "POST /api/v1/writer/content/{content_id:int}/threads": {"text": "Since when?"},
    "POST /api/v1/writer/content/{content_id:int}/threads/{thread_id:int}/replies": {"text": "x"},
    "POST /api/v1/writer/content/{content_id:int}/images": {"image_url": "https://a.example/b.png"},
    "PUT /api/v1/writer/content/{content_id:int}/images/order": {"image_ids": []},
    "PUT /api/v1/sites/{site_id:int}/approval-lists": {"steps": []},
    "POST /api/v1/publisher/deployments": {"site_id": 1, "deployment_type": "full"},
    "POST /api/v1/integration/integrations": {"site_id": 1, "platform": "headless"},
    "PATCH /api/v1/integration/integrations/{integration_id:int}/content-types": {"post_types": {}},
    **{route: body for route, body in samples.BODIES.items() if route.endswith(FROM_WEBSITES)},
}
FORM = dict(
    parse_qsl(
        "comment=More+of+it.&theme=dark&to=draft&platform=wordpress&base_url=http://127.0.0.1:9"
        "&force=yes&which=all&is_public=no&timezone=Europe/Berlin&day=&email=a@example.com"
        "&deployment_type=full&password=wrong&name=New&url=https://another.example"
        "&terms=take&relations=take&texts=show&status=show",
        keep_blank_values=True,
    )
)


class House:
    """A running desk whose routes are called as this or that caller."""

    def __init__(self, desk: Desk, client: TestClient[Litestar]) -> None:
        self.desk = desk
        self.client = client
        with desk.system.db.write() as db:
            self.key = connections.connect(
                db, desk.system, desk.site, "wordpress", base_url="http://127.0.0.1:9"
            )[1]
        self.homes = {desk.site.id: desk.connect()}
        self.homes[desk.other_site.id] = desk.connect(site=desk.other_site)
        with desk.system.db.write() as db:
            own = db.get_one(SiteIntegration, self.homes[desk.site.id])
            connections.make_default(db, own)

    def things(
        self, site: Site, by: Member | None = None, *, for_route: str = ""
    ) -> dict[str, Any]:
        """Fresh ids of everything that a path can name, or of what the route's does, on this site;
        views are saved by `by`."""
        desk = self.desk
        content_id = desk.approved(site=site)
        found = {
            "content_id": content_id,
            "record_id": desk.publish(content_id),
            "integration_id": self.homes[site.id],
            "site_id": site.id,
            "site_slug": site.slug,
            **dict.fromkeys(("slug", "name", "token"), "none"),
            "ref": "pic",
            "revision": 1,
            "file_path": "css/app.css",
            "day": "2030-01-07",
        }
        if not for_route or re.search("{(image_id|ref):", for_route):
            given = {"image_type": "in_article", "ref": "pic", "data": PNG}
            found["image_id"] = desk.add_image(content_id, **given)
        if not for_route or "{deployment_id:" in for_route:
            found["deployment_id"] = self._deployment(site)
        return found | self._kept(site, content_id, by, for_route)

    def _deployment(self, site: Site) -> int:
        """Another one: a site has one at a time."""
        with self.desk.system.db.write() as db:
            db.execute(sa.update(DeploymentRecord).values(status="completed"))
        self.desk.approved(site=site)
        return self.desk.deploy(site=site)

    def _kept(
        self, site: Site, content_id: int, by: Member | None, for_route: str
    ) -> dict[str, int]:
        """A step that can be undone, what somebody saved, and how somebody is signed in."""
        desk = self.desk
        home = desk.owner if site.account_id == desk.owner.account_id else desk.stranger
        by = by or home
        with desk.system.db.write() as db:
            content = access.get_for_update(db, home, Content, content_id)
            content.writer_id = by.user_id
            person = {"account_id": site.account_id, "user_id": by.user_id}
            view = SavedView(**person, name=f"View {content_id}", query="")
            whose = {"account_id": site.account_id, "site_id": site.id, "writer_id": by.user_id}
            binned = Content(**whose, title="Binned", deleted_at=desk.system.clock())
            db.add_all([ContentShare(**person, content_id=content_id), view, binned])
            thread = Thread(**person, content_id=content_id, status="open", shared=True)
            db.add(thread)
            step = schedule.dismiss(db, desk.system, content, by=home)
            db.flush()
            found = {
                **dict.fromkeys(("change", "change_id"), step.change_id),
                "view_id": view.id,
                "thread_id": thread.id,
                "binned_id": binned.id,
            }
            if not for_route or re.search("{(session|token)_id:", for_route):
                found |= self._signed_in(db, by)
            return found

    def _signed_in(self, db: Session, by: Member) -> dict[str, int]:
        user = db.get_one(User, by.user_id)
        signed_in = fingerprint(sessions.sign_in(db, user, self.desk.system.clock()))
        own = sa.select(UserSession.id).where(UserSession.token_hash == signed_in)
        key = tokens.create(
            db, user_id=by.user_id, account_id=by.account_id, name="t", scopes=["read"]
        )
        hashed = sa.select(ApiToken.id).where(ApiToken.token_hash == fingerprint(key))
        return {"session_id": db.scalars(own).one(), "token_id": db.scalars(hashed).one()}

    def call(self, route: str, things: dict[str, Any], **headers: str) -> Any:
        """The answer to the route, with the things' ids in path and body."""
        method, template = route.split(" ", 1)
        path = re.sub(r"{(\w+):\w+}", lambda found: str(things[found[1]]), template)
        given: dict[str, Any] = {}
        if method != "GET":
            is_api = path.startswith("/api/")
            form = {
                **FORM,
                "id": things["content_id"],
                "site_id": things["site_id"],
                "step": things["change"],
                "thread": things["thread_id"],
            }
            body = BODIES.get(route, {})
            if route.endswith("/undo"):
                body = {"change_id": things["change"]}
            given = {"json": body} if is_api else {"data": form}
        return self.client.request(method, path, headers=headers, follow_redirects=False, **given)

    def as_member(self, member: Member) -> dict[str, str]:
        """Headers of a signed-in browser."""
        token = self.desk.session_of(member)
        csrf = self.desk.system.secrets.sign("csrf", fingerprint(token))
        return {"Cookie": f"{sessions.COOKIE}={token}", "X-CSRF-Token": csrf}

    def with_token(self, member: Member, *scopes: str) -> dict[str, str]:
        with self.desk.system.db.write() as db:
            token = tokens.create(
                db,
                user_id=member.user_id,
                account_id=member.account_id,
                name="t",
                scopes=list(scopes),
            )
        return {"Authorization": f"Bearer {token}"}
