"""What people change at a website comes back: taken over, shown or ignored, in order, and nothing
that anybody wrote is lost on either side."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

import msgspec
import pytest
import sqlalchemy as sa
from litestar import Litestar
from litestar.testing import TestClient

from tests.support.clock import FakeClock
from tests.support.desk import Desk
from tests.support.destination import Website
from webapp.accounts.access import ConnectedSite
from webapp.core.system import System
from webapp.integrations import connections, from_website
from webapp.integrations.models import Placement, SiteIntegration, WebsiteChange
from webapp.publisher.delivery import collecting, hearing, inbound
from webapp.publisher.delivery.told import Heard, Told
from webapp.publisher.records import site_status
from webapp.writer import contents, payload
from webapp.writer.models import Cluster, Keyword
from webapp.writing import revisions
from webapp.writing.models import Revision

TERMS = {"categories": [{"name": "News"}], "tags": [{"name": "Fresh"}]}
UNCATEGORIZED = {"id": 1, "name": "Uncategorized", "slug": "uncategorized"}
_sequence = itertools.count(1)


class House:
    """A desk whose site publishes to a website, which tells of changes."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.integration_id = desk.connect_to_website()
        site = desk.site
        self.site = ConnectedSite(site.account_id, site.id, self.integration_id)

    def switch(self, **chosen: str) -> None:
        with self.desk.system.db.write() as db:
            row = db.get_one(SiteIntegration, self.integration_id)
            row.config_json = {**row.config_json, from_website.KEPT: chosen}

    def tells(self, content_id: int, sequence: int = 0, **parts: Any) -> Heard:
        """The website tells of the piece, by `parts` of the message."""
        message = {
            "content_id": content_id,
            "sequence": sequence or next(_sequence),
            "updated_by": "wordpress_user_7",
            "updated_by_name": "Mia",
            "updated_at": datetime(2030, 1, 1, tzinfo=UTC),
        } | parts
        told = msgspec.convert(message, Told)
        with self.desk.system.db.write() as db:
            return hearing.hear(db, self.desk.system, self.site, told)

    def terms(self, content_id: int) -> tuple[list[str], list[str]]:
        with self.desk.system.db.read() as db:
            built = payload.build_by_id(db, content_id)
        return [one.name for one in built.categories], [one.name for one in built.tags]

    def shown(self, content_id: int) -> dict[str, tuple[str, str, str]]:
        with self.desk.system.db.read() as db:
            found = hearing.shown_of(db, self.desk.content(content_id))
            return {one.field: (one.left, one.there, one.why) for _, one in found}

    def agrees(self, content_id: int) -> bool:
        """The piece is what is online, approved, and nothing of it is in question."""
        content = self.desk.content(content_id)
        return site_status.is_up_to_date(content) and contents.is_approved(content)


def terms(*names: str) -> list[dict[str, Any]]:
    numbered = ((crc32(one.lower().encode()), one) for one in names)
    return [{"id": number, "name": one, "slug": one.lower()} for number, one in numbered]


def field(there: str, left: str | None = None) -> dict[str, str | None]:
    return {"there": there, "left": left}


@pytest.fixture
def house(desk: Desk, website: Website) -> House:
    return House(desk)


def cluster(desk: Desk, name: str, other: bool = False) -> int:
    site, sector = (desk.other_site, desk.other_sector) if other else (desk.site, desk.sector)
    with desk.system.db.write() as db:
        made = Cluster(
            account_id=site.account_id, site_id=site.id, sector_id=sector.id, name=name, slug=name
        )
        db.add(made)
        db.flush()
        return made.id


def keyword(desk: Desk, cluster_id: int, phrase: str) -> int:
    with desk.system.db.write() as db:
        made = Keyword(
            account_id=desk.site.account_id,
            site_id=desk.site.id,
            cluster_id=cluster_id,
            phrase=phrase,
        )
        db.add(made)
        db.flush()
        return made.id


@pytest.mark.both_databases
def test_terms_and_relations_are_taken_over_and_all_moves_along(house: House) -> None:
    desk = house.desk
    first, second = cluster(desk, "Olives"), cluster(desk, "Vinegar")
    words = [keyword(desk, first, f"word {n}") for n in range(3)]
    piece = desk.published(cluster_id=first, keyword_ids=words[:2], **TERMS)
    version = desk.content(piece).version
    heard = house.tells(
        piece,
        taxonomies={"categories": [UNCATEGORIZED, *terms("News", "Food")], "tags": []},
        before={"categories": [UNCATEGORIZED, *terms("news")], "tags": terms("Fresh")},
        relationships={"cluster_id": second, "keyword_ids": [words[0], words[2]]},
    )
    assert heard.outcome == "heard"
    assert heard.taken == ["categories", "tags", "cluster_id", "keyword_ids"]
    assert house.terms(piece) == (["News", "Food"], [])
    content = desk.content(piece)
    assert (content.cluster_id, content.status, content.version) == (
        second,
        "published",
        version + 1,
    )
    assert house.agrees(piece)
    with desk.system.db.read() as db:
        assert payload.build(db, content).keyword_ids == [words[0], words[2]]
        lines, _ = revisions.listed(db, desk.owner, piece)
    assert (lines[0].why, lines[0].source, lines[0].note) == (
        "accepted",
        "website",
        "WordPress, user 7 (Mia)",
    )
    assert house.shown(piece) == {}


@pytest.mark.both_databases
def test_the_same_message_again_is_answered_and_an_older_one_is_stale(house: House) -> None:
    piece = house.desk.published(**TERMS)
    message = {"taxonomies": {"tags": terms("Fresh", "Oil")}, "before": {"tags": terms("Fresh")}}
    first = house.tells(piece, sequence=5, **message)
    house.desk.edit(piece, tags=[{"name": "Fresh"}])
    again = house.tells(piece, sequence=5, **message)
    assert again == first
    assert house.terms(piece)[1] == ["Fresh"], "what was taken away here since stays away"
    assert len(house.desk.rows(WebsiteChange)) == 1
    other = {"taxonomies": {"tags": terms("Else")}}
    assert house.tells(piece, sequence=5, **other) == Heard(outcome="stale", sequence=5)
    assert house.tells(piece, sequence=4, **message) == Heard(outcome="stale", sequence=5)
    # It knew only of what was left at first; we know what it said last.
    more = {"taxonomies": {"tags": terms("Fresh", "Oil", "New")}, "before": message["before"]}
    house.tells(piece, sequence=6, **more)
    assert house.terms(piece)[1] == ["Fresh", "New"]


def test_what_both_have_changed_is_joined_or_shown(house: House) -> None:
    desk = house.desk
    first, second, third = (cluster(desk, name) for name in ("One", "Two", "Three"))
    piece = desk.published(cluster_id=first, **TERMS)
    desk.edit(piece, cluster_id=second, tags=[{"name": "Fresh"}, {"name": "Ours"}])
    heard = house.tells(
        piece,
        taxonomies={"tags": terms("Fresh", "Theirs")},
        before={"tags": terms("Fresh")},
        relationships={"cluster_id": third},
    )
    assert (heard.taken, heard.shown) == (["tags"], ["cluster_id"])
    assert house.terms(piece)[1] == ["Fresh", "Ours", "Theirs"]
    assert desk.content(piece).cluster_id == second
    assert not house.agrees(piece)
    for number in range(60):
        house.tells(piece, fields={"title": field(f"Theirs {number}")})
    assert house.shown(piece)["cluster_id"][:2] == (str(first), str(third)), "however long ago"
    desk.edit(piece, cluster_id=first, tags=[{"name": "Fresh"}, {"name": "Theirs"}])
    assert site_status.is_up_to_date(desk.content(piece)), "what is online is known exactly"


def test_foreign_ids_are_refused_one_by_one(house: House) -> None:
    desk = house.desk
    mine, theirs = cluster(desk, "Mine"), cluster(desk, "Theirs", other=True)
    word = keyword(desk, mine, "olive oil")
    piece = desk.published(**TERMS)
    heard = house.tells(
        piece, relationships={"cluster_id": theirs, "keyword_ids": [word, 99_999, 2**40]}
    )
    assert heard.taken == ["keyword_ids"]
    refused = {(one.field, one.value) for one in heard.refused}
    assert refused == {
        ("cluster_id", str(theirs)),
        ("keyword_ids", "99999"),
        ("keyword_ids", str(2**40)),
    }
    assert desk.content(piece).cluster_id is None
    assert set(house.shown(piece)) == {"cluster_id", "keyword_ids"}
    by_name = house.tells(piece, taxonomies={"clusters": terms("Theirs")})
    assert [one.reason for one in by_name.refused] == [
        "This site has none of this name. It is made in IGNY8."
    ]
    both: dict[str, Any] = {
        "taxonomies": {"clusters": terms("Theirs")},
        "relationships": {"cluster_id": mine},
    }
    assert house.tells(piece, **both).taken == ["cluster_id", "clusters"], "the number wins"
    assert house.tells(piece, taxonomies={"clusters": []}).taken == ["clusters"]
    assert desk.content(piece).cluster_id is None


def test_texts_status_and_deletion_are_shown_by_default(house: House) -> None:
    desk = house.desk
    piece = desk.published(title="Ours", **TERMS)
    heard = house.tells(
        piece, fields={"title": field("Theirs", "Ours"), "status": field("private", "publish")}
    )
    assert (heard.taken, heard.shown) == ([], ["title", "status"])
    assert house.agrees(piece)
    assert house.shown(piece) == {
        "title": ("Ours", "Theirs", ""),
        "status": ("publish", "private", ""),
    }
    house.tells(piece, fields={"title": field("Ours", "Ours")})
    assert set(house.shown(piece)) == {"status"}, "it was put back there"
    house.tells(piece, deleted=True)
    assert set(house.shown(piece)) == {"status", "deleted"}
    house.switch(status="ignore", texts="ignore")
    ignored = house.tells(piece, fields={"status": field("draft"), "title": field("X")})
    assert ignored.ignored == ["title", "status"]
    desk.edit(piece, title="Ours, newer")
    desk.approve(piece)
    desk.publish(piece)
    desk.run_worker()
    assert house.shown(piece) == {}, "a newer publication ends it"


@pytest.mark.both_databases
def test_a_text_taken_over_is_theirs_and_goes_to_review(house: House) -> None:
    desk = house.desk
    house.switch(texts="take")
    piece = desk.published(title="Ours", html="<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>")
    before = desk.content(piece)
    there = "<p>One.</p>\n<p>Two.</p>\n<p>Three, theirs.</p>"
    heard = house.tells(piece, fields={"content": field(there), "title": field("Theirs")})
    assert heard.taken == ["title", "content"]
    content = desk.content(piece)
    assert (content.html, content.title) == (there, "Theirs")
    assert (content.status, content.approved_hash) == ("review", before.approved_hash)
    assert site_status.is_up_to_date(content), "it stays online"
    back = field("<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>", there)
    house.tells(piece, fields={"content": back, "title": field("Ours", "Theirs")})
    assert desk.content(piece).status == "published", "the very text that was approved"


def test_a_text_that_both_have_written_in_is_merged_or_shown(house: House) -> None:
    desk = house.desk
    house.switch(texts="take")
    html = "<p>One.</p>\n<p>Two.</p>\n<p>Three.</p>"
    piece = desk.published(html=html)
    desk.edit(piece, html=html.replace("One.", "One, ours."))
    stored = html.replace("Three.", 'Three.<img src="https://there.example/x.png">')
    there = stored.replace("Two.", "Two, theirs.")
    assert house.tells(piece, fields={"content": field(there, stored)}).taken == ["content"]
    merged = "<p>One, ours.</p>\n<p>Two, theirs.</p>\n<p>Three.</p>"
    assert desk.content(piece).html == merged
    clash = there.replace("One.", "One, mine.")
    heard = house.tells(piece, fields={"content": field(clash, there)})
    assert (heard.taken, heard.shown) == ([], ["content"])
    assert desk.content(piece).html == merged
    assert house.shown(piece)["content"][2] == "It was changed here, too."
    with desk.system.db.read() as db:
        kept = set(db.scalars(sa.select(Revision.note)))
    assert "WordPress, user 7 (Mia)" in kept


def test_whose_piece_it_is(house: House) -> None:
    desk = house.desk
    piece = desk.published(**TERMS)
    tags: dict[str, Any] = {"taxonomies": {"tags": terms("X")}}
    other = desk.write(site=desk.other_site)
    never_published = desk.write()
    for content_id in (other, never_published, 10**9):
        assert house.tells(content_id, **tags).outcome == "foreign"
    assert house.tells(piece, installation="somebody-else", **tags).outcome == "foreign"
    desk.edit(piece, title="Newer")
    desk.approve(piece)
    desk.publish(piece)
    assert house.tells(piece, **tags).outcome == "later", "it is being published right now"
    assert house.terms(piece)[1] == ["Fresh"]


@pytest.mark.both_databases
def test_a_website_is_asked_once_its_window_is_over(
    house: House, system: System, clock: FakeClock
) -> None:
    def due() -> list[int]:
        return [one for one, _ in system.commits.run(lambda db: collecting.take(db, system))]

    def says() -> None:
        system.commits.run(lambda db: inbound.changes_wait(db, system, house.site))

    says()
    clock.advance(20)
    says()
    assert due() == []
    clock.advance(10)
    [(one, lease)] = system.commits.run(lambda db: collecting.take(db, system))
    assert due() == [], "another worker asks right now"
    says()
    collecting.ask(system, one, lease)
    clock.advance(30)
    assert due() == [one], "what it said meanwhile counts"
    clock.advance(collecting.LEASE.total_seconds())
    [(one, lease)] = system.commits.run(lambda db: collecting.take(db, system))
    collecting.ask(system, one, lease)
    clock.advance(3600)
    assert due() == []


def test_a_publication_begins_anew(house: House) -> None:
    desk = house.desk
    piece = desk.published(**TERMS)
    house.tells(
        piece, taxonomies={"tags": terms("Fresh", "There")}, before={"tags": terms("Fresh")}
    )
    desk.edit(piece, title="Newer", keep_approved=True)
    desk.publish(piece)
    desk.run_worker()
    [placement] = desk.rows(Placement)
    assert placement.published_hash == desk.content(piece).content_hash
    with desk.system.db.read() as db:
        assert db.scalar(sa.select(Placement.heard)) == {}
    assert house.agrees(piece)


def test_doors_for_people_and_websites(desk: Desk, client: TestClient[Litestar]) -> None:
    """The switches on the site's page, what a piece shows, and terms by their numbers alone."""
    with desk.system.db.write() as db:
        made, key = connections.connect(
            db, desk.system, desk.site, "wordpress", base_url="http://127.0.0.1:9"
        )
        number = made.id
    chosen = {"terms": "take", "relations": "ignore", "texts": "show", "status": "ignore"}
    for sent, status in ((chosen | {"status": "take"}, 422), (chosen, 303)):
        answer = client.post(
            f"/settings/integrations/{number}/from-website", data=sent, follow_redirects=False
        )
        assert answer.status_code == status
    assert desk.integration(number).config_json[from_website.KEPT] == chosen
    page = client.get(f"/settings/sites/{desk.site.id}").text
    assert 'value="ignore" selected' in page
    piece = desk.approved(**TERMS)
    desk.put_online(piece, number, "http://127.0.0.1:9/a/")
    calls = {"Authorization": f"Bearer {key}", "X-IGNY8-Protocol": "1"}
    who = {"updated_by": "wordpress_user_7", "updated_at": "2030-01-01T00:00:00Z"}
    told = {**who, "tags": [{"id": 8, "name": "Oil", "slug": "oil"}, 99], "sequence": 1}
    path = f"/api/v1/writer/content/{piece}"
    heard = client.put(f"{path}/taxonomies/", json=told, headers=calls).json()["data"]
    assert (heard["taken"], heard["refused"][0]["value"]) == (["tags"], "99")
    there = {**who, "sequence": 2, "cluster_id": 4}
    heard = client.put(f"{path}/relationships/", json=there, headers=calls).json()["data"]
    assert heard["ignored"] == ["cluster_id"]
    changed = {**who, "content_id": piece, "sequence": 3, "fields": {"title": field("<b>Theirs")}}
    path = f"/api/v1/integrations/{desk.site.id}"
    assert client.post(f"{path}/changes/", json=changed, headers=calls).status_code == 200
    assert client.post(f"{path}/dirty/", json={"waiting": 1}, headers=calls).status_code == 202
    assert desk.integration(number).changes_due_at is not None
    shown = client.get(f"/content/{piece}/panel").text
    assert "Changed on the website" in shown
    assert "&lt;b&gt;Theirs" in shown
