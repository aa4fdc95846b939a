"""The demo account: two magazines with a hundred pieces in all states, really published.

Everything is made by the product's own verbs, at moments of the past weeks, so that what is shown
is what would stand there had people done it.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from webapp.accounts import passwords, setup, sites
from webapp.accounts.access import Member
from webapp.accounts.models import Account, Site
from webapp.accounts.rights import Role
from webapp.core.system import System
from webapp.demo import pictures, pieces
from webapp.demo.day import Day
from webapp.demo.pieces import Magazine, Topic
from webapp.integrations import connections, headless
from webapp.publisher.planning import settings as publishing
from webapp.writer import contents, images
from webapp.writer.draft import Draft
from webapp.writer.images import Picture
from webapp.writer.models import Cluster, Content
from webapp.writer.payload import Term
from webapp.writer.pictures import Sound, sound
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
            file=_drawn(seed),
            filename=f"cover-{seed}.png",
            alt="Coloured discs above a plain horizon" if number % 3 else "",
        )
        drawing = Picture(
            "in_article",
            ref="in-text",
            file=_drawn(seed + COVERS),
            filename=f"drawing-{seed}.png",
            alt="A drawing that goes with it",
        )
        with contents.editing(self._db, content, by=self._member):
            for picture in (cover, drawing) if in_text else (cover,):
                images.add(self._db, content, picture)
        return content.id


@cache
def _drawn(seed: int) -> Sound:
    """Many pieces have the same cover."""
    return sound(pictures.cover(seed))


def _play(system: System, member: Member, ids: list[int]) -> None:
    """Three weeks of a content team, in a second."""
    now = system.clock()
    acts: list[tuple[int, Callable[[Day, Content], None]]] = [
        (17, Day.publish),
        (2, Day.publish_with_a_finding),
        (2, Day.publish_and_edit),
        (1, Day.publish_and_retract),
        (2, Day.fail),
        (6, Day.schedule),
        (1, Day.schedule_by_hand),
        (7, Day.approve),
        (1, Day.approve_and_edit),
        (9, Day.submit),
        (1, Day.delete),
    ]
    waiting = iter(ids)
    place = 0
    for count, act in acts:
        for _ in range(count):
            content_id = next(waiting, None)
            if content_id is None:
                return
            moment = now - timedelta(hours=11 * (40 - place), minutes=(place * 17) % 60)
            day, content = Day(system, member, min(moment, now)), _load(system, content_id)
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
