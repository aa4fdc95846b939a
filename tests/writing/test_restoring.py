"""A piece becomes what it was, byte for byte and with all that belongs to it."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from tests.support.desk import Desk
from tests.support.pictures import PNG, picture
from webapp.core.errors import NotFound
from webapp.publisher.planning import decisions
from webapp.writer import contents, images, payload
from webapp.writer.images import Picture
from webapp.writer.models import ContentTaxonomy, ContentTaxonomyRelation, Image, MediaFile
from webapp.writer.pictures import sound
from webapp.writing import revisions
from webapp.writing.models import Revision

OLD: dict[str, Any] = {
    "title": "Milk at 58 degrees",
    "slug": "milk",
    "html": "<p>One &amp; <b>two</b>.</p>\r\n<!-- a -->",
    "excerpt": "Why not more",
    "focus_keywords": ["milk"],
    "categories": [{"name": "Kitchen"}],
    "tags": [{"name": "Dairy"}, {"name": "Heat"}],
}
NEW: dict[str, Any] = {
    "title": "Cream",
    "slug": "cream",
    "html": "<p>Three.</p>",
    "excerpt": "",
    "focus_keywords": [],
    "categories": [],
    "tags": [{"name": "Cold"}],
}


def restore(desk: Desk, content_id: int, version: int) -> list[str]:
    with desk.changing(content_id) as (db, content):
        return decisions.restore(db, desk.system, content, version, by=desk.owner)


def hash_of(desk: Desk, content_id: int) -> str:
    with desk.changing(content_id) as (db, content):
        return payload.digest(payload.build(db, content))


@pytest.mark.both_databases
def test_all_of_it_comes_back(desk: Desk) -> None:
    content_id = desk.write(**OLD)
    before = desk.content(content_id).content_hash
    desk.edit(content_id, **NEW)
    assert restore(desk, content_id, 1) == []
    content = desk.content(content_id)
    assert (content.html, content.content_hash) == (OLD["html"], before)
    newest = max(desk.rows(Revision), key=lambda one: one.version)
    assert (newest.version, newest.why, newest.note) == (3, revisions.RESTORED, "version 1")


def test_pictures_come_back_as_they_were_and_in_their_order(desk: Desk) -> None:
    content_id = desk.write()
    with desk.changing(content_id) as (db, content), contents.editing(db, content, by=desk.owner):
        images.add(db, content, Picture("featured", "cover", file=sound(PNG), alt="A cup"))
        second = images.add(db, content, Picture("gallery", "b", file=sound(picture(shade=1))))
        images.add(db, content, Picture("desktop", "c", url="https://images.example/c.png"))
    before = hash_of(desk, content_id)
    with desk.changing(content_id) as (db, content), contents.editing(db, content, by=desk.owner):
        images.change(db, content, db.merge(second), {"alt": "Other"}, sound(picture(shade=2)))
        images.remove_featured(db, content)
        images.add(db, content, Picture("gallery", "new", url="https://images.example/n.png"))
    assert restore(desk, content_id, 2) == []
    assert hash_of(desk, content_id) == before == desk.content(content_id).content_hash


def test_what_is_missing_is_named_and_keeps_nothing_back(desk: Desk) -> None:
    content_id = desk.write(sector_id=desk.sector.id, content_type="forbidden", **OLD)
    with desk.changing(content_id) as (db, content), contents.editing(db, content, by=desk.owner):
        images.add(db, content, Picture("gallery", "b", file=sound(PNG), filename="cup.png"))
    desk.edit(content_id, sector_id=None, content_type="post", **NEW)
    with desk.changing(content_id) as (db, content):
        images.remove(db.query(Image).one())
        db.execute(sa.delete(MediaFile))
        db.execute(sa.delete(ContentTaxonomyRelation))
        db.execute(sa.delete(ContentTaxonomy).where(ContentTaxonomy.name == "Heat"))
        kept = db.query(Revision).filter(Revision.version == 2).one()
        kept.fields = {**kept.fields, "sector_id": 999, "keyword_ids": [998]}
    lost = restore(desk, content_id, 2)
    assert [sentence.split(":")[0] for sentence in lost] == [
        "The sector that it had is gone; it keeps the one it has.",
        "Of its keywords 1 are gone.",
        "The type stayed as it is",
        "The picture “cup.png” is not kept any more.",
    ]
    content = desk.content(content_id)
    assert (content.html, content.content_type) == (OLD["html"], "post")
    with desk.changing(content_id) as (db, content):
        assert [tag.name for tag in payload.build(db, content).tags] == ["Dairy", "Heat"]


def test_what_was_approved_is_approved_again(desk: Desk) -> None:
    content_id = desk.approved()
    desk.edit(content_id, html="<p>Another.</p>")
    assert desk.content(content_id).status == "review"
    restore(desk, content_id, 1)
    assert desk.content(content_id).status == "approved"


def test_a_version_that_nobody_keeps(desk: Desk) -> None:
    content_id = desk.write()
    with pytest.raises(NotFound, match="not kept"):
        restore(desk, content_id, 7)
