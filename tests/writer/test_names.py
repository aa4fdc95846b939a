"""A new name of a term, sector or cluster is no edit of the pieces that carry it."""

from __future__ import annotations

import hashlib
import importlib.util
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from tests.support.destination import Website
from tests.support.pictures import PNG
from webapp.accounts.models import Sector
from webapp.core.migrate import SCRIPTS
from webapp.publisher.records import site_status
from webapp.publisher.records.models import PublishingRecord
from webapp.writer import contents, payload
from webapp.writer.models import Cluster, Content, ContentTaxonomy, Keyword, ReviewComment

pytestmark = pytest.mark.both_databases


@pytest.fixture
def piece(desk: Desk, website: Website) -> int:
    """Published, with one of everything that has a name."""
    desk.connect_to_website()
    with desk.system.db.write() as db:
        home = {"account_id": desk.site.account_id, "site_id": desk.site.id}
        cluster = Cluster(**home, sector_id=desk.sector.id, name="Sails", slug="sails")
        db.add(cluster)
        db.flush()
        keyword = Keyword(**home, cluster_id=cluster.id, phrase="spare sails")
        db.add(keyword)
        db.flush()
        given: dict[str, Any] = {"cluster_id": cluster.id, "keyword_ids": [keyword.id]}
    content_id = desk.write(
        categories=[{"name": "Boats"}, {"name": "Harbours"}],
        tags=[{"name": "Wind"}],
        sector_id=desk.sector.id,
        **given,
    )
    desk.add_image(
        content_id, image_type="featured", url="", data=PNG, alt="A boat", filename="b.png"
    )
    desk.publish(content_id)
    desk.run_worker()
    assert desk.content(content_id).status == "published"
    return content_id


def rename_everything(desk: Desk) -> None:
    with desk.system.db.write() as db:
        for model in (ContentTaxonomy, Sector, Cluster):
            table = model.__table__.c
            db.execute(
                sa.update(model).values(name=table.name + " anew", slug=table.slug + "-anew")
            )
        db.execute(sa.update(Keyword).values(phrase=Keyword.phrase + " anew"))


def test_new_names_leave_approval_and_what_is_online_alone(desk: Desk, piece: int) -> None:
    before = desk.content(piece)
    rename_everything(desk)
    with desk.changing(piece) as (db, content):
        contents.changed(db, content)
    content = desk.content(piece)
    assert content.content_hash == before.content_hash
    assert site_status.is_up_to_date(content)
    assert contents.is_approved(content)
    desk.edit(piece, title=content.title)
    assert desk.content(piece).version == before.version, "nothing was changed"


def test_what_is_sent_has_the_names_of_then(desk: Desk, piece: int, website: Website) -> None:
    rename_everything(desk)
    desk.publish(piece, force=True)
    desk.run_worker()
    sent = website.online()[piece].payload
    assert sent is not None
    named = [*sent.categories, *sent.tags, *sent.sectors, *sent.clusters]
    assert [term.name for term in named] == [
        "Boats anew",
        "Harbours anew",
        "Wind anew",
        "News anew",
        "Sails anew",
    ]


def test_other_terms_in_another_order_are_an_edit(desk: Desk, piece: int) -> None:
    desk.edit(piece, categories=[{"name": "Harbours"}, {"name": "Boats"}])
    assert desk.content(piece).status == "review"


def hash_with_names(db: Any, content_id: int) -> str:
    """As it was reckoned before."""
    told: dict[str, Any] = msgspec.to_builtins(payload.build_by_id(db, content_id))
    del told["category_ids"], told["tag_ids"]
    return hashlib.sha256(msgspec.json.encode(told, order="sorted")).hexdigest()


def rehash(desk: Desk) -> None:
    """What the migration does."""
    path = SCRIPTS / "versions" / "0012_terms_by_id.py"
    spec = importlib.util.spec_from_file_location("terms_by_id", path)
    assert spec is not None
    assert spec.loader is not None
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    with desk.system.db.write() as db:
        migration.rehash(db.connection())


def test_an_upgrade_keeps_what_is_approved_and_online(desk: Desk, piece: int) -> None:
    plain, edited = desk.approved(), desk.approved(categories=[{"name": "Boats"}])
    hashes = {one.id: one.content_hash for one in desk.rows(Content)}
    with desk.system.db.write() as db:
        for content in db.scalars(sa.select(Content)):
            old = hash_with_names(db, content.id)
            assert (old == content.content_hash) == (content.id == plain)
            content.content_hash = content.approved_hash = old
            content.published_hash = old if content.id == piece else ""
            said = sa.update(ReviewComment).where(ReviewComment.content_id == content.id)
            db.execute(said.values(content_hash=old))
        changed = db.get_one(Content, edited)
        changed.approved_hash = "of another text"
        db.flush()
        db.execute(sa.update(PublishingRecord).values(content_hash=hash_with_names(db, piece)))
    rehash(desk)
    rows = {one.id: one for one in desk.rows(Content)}
    assert {one.id: one.content_hash for one in rows.values()} == hashes
    assert {one.id: one.approved_hash for one in rows.values()} == {
        **hashes,
        edited: "of another text",
    }
    assert site_status.is_up_to_date(rows[piece])
    assert desk.records_of(piece)[0].content_hash == hashes[piece]
    assert {one.content_hash for one in desk.rows(ReviewComment)} == set(hashes.values())
    once = [(one.content_hash, one.approved_hash) for one in desk.rows(Content)]
    rehash(desk)
    assert [(one.content_hash, one.approved_hash) for one in desk.rows(Content)] == once
