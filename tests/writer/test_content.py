"""A piece's verbs: versions, approvals bound to the text, and the hash of all that goes out."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

from tests.support.desk import Desk
from webapp.accounts import setup
from webapp.core.codes import Code
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.writer import binned, contents
from webapp.writer.models import ContentTaxonomy, ReviewComment

pytestmark = pytest.mark.both_databases


def png(shade: int) -> bytes:
    """A picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes([0, shade]))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def test_an_edit_of_a_version_that_is_gone_is_refused(desk: Desk) -> None:
    content_id = desk.write()
    read = desk.content(content_id).version
    desk.edit(content_id, title="Somebody else was quicker")
    with (
        pytest.raises(Conflict, check=lambda problem: problem.code == Code.VERSION_CONFLICT),
        desk.changing(content_id) as (_, content),
    ):
        contents.check_version(content, read)
    assert desk.content(content_id).title == "Somebody else was quicker"


def test_an_edit_that_changes_nothing_is_none(desk: Desk) -> None:
    content_id = desk.approved(title="The same")
    before = desk.content(content_id)
    desk.edit(content_id, title="The same")
    after = desk.content(content_id)
    assert (after.version, after.status) == (before.version, "approved")


def test_an_approval_holds_for_exactly_this_text(desk: Desk) -> None:
    content_id = desk.approved()
    assert contents.is_approved(desk.content(content_id))
    desk.edit(content_id, title="Changed")
    assert not contents.is_approved(desk.content(content_id))
    assert desk.content(content_id).status == "review"
    desk.edit(content_id, title="Changed again", keep_approved=True)
    assert desk.content(content_id).status == "review", "there was no approval to keep"
    desk.approve(content_id)
    desk.edit(content_id, title="Kept", keep_approved=True)
    assert contents.is_approved(desk.content(content_id))
    assert [row.kind for row in desk.rows(ReviewComment)] == ["approval"] * 3


def test_who_may_approve(desk: Desk) -> None:
    content_id = desk.write()
    with pytest.raises(Forbidden):
        desk.approve(content_id, by=desk.viewer)
    with pytest.raises(NotFound):
        desk.approve(content_id, by=desk.stranger)
    desk.approve(content_id, by=desk.teammate)
    assert desk.content(content_id).approved_by == desk.teammate.user_id


def test_asking_for_changes_says_why(desk: Desk) -> None:
    content_id = desk.approved()
    with pytest.raises(Invalid), desk.changing(content_id) as (db, content):
        contents.request_changes(db, content, "  ", by=desk.teammate)
    with desk.changing(content_id) as (db, content):
        contents.request_changes(db, content, "Shorter, please.", by=desk.teammate)
    content = desk.content(content_id)
    assert (content.status, content.approved_hash) == ("draft", "")
    assert desk.rows(ReviewComment)[-1].text == "Shorter, please."


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title": " "}, {"title"}),
        ({"slug": "Not A Slug"}, {"slug"}),
        ({"html": "x" * (5 * 1024 * 1024 + 1)}, {"html"}),
        ({"content_type": "Post!"}, {"content_type"}),
        ({"author_email": "nobody"}, {"author_email"}),
        ({"title": "a\x00b", "excerpt": "\x00"}, {"title", "excerpt"}),
        ({"tags": [{"name": "!!!"}], "slug": "A"}, {"tags", "slug"}),
        ({"sector_id": 999_999}, {"sector_id"}),
        ({"keyword_ids": [999_999]}, {"keyword_ids"}),
    ],
)
def test_every_wrong_field_is_named(desk: Desk, fields: dict[str, Any], wrong: set[str]) -> None:
    content_id = desk.write()
    with pytest.raises(Invalid) as refused:
        desk.edit(content_id, **fields)
    assert set(refused.value.fields) == wrong


def test_a_strangers_sector_does_not_exist(desk: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        desk.write(sector_id=desk.other_sector.id)
    assert set(refused.value.fields) == {"sector_id"}


def test_the_hash_is_over_everything_that_goes_out(desk: Desk) -> None:
    content_id = desk.write()
    hashes = [desk.content(content_id).content_hash]

    def note() -> None:
        hashes.append(desk.content(content_id).content_hash)

    for fields in (
        {"title": "Another"},
        {"html": "<p>Another</p>"},
        {"tags": [{"name": "Tag"}]},
        {"categories": [{"name": "Category"}]},
        {"meta_description": "Another"},
        {"focus_keywords": ["another"]},
        {"sector_id": desk.sector.id},
    ):
        desk.edit(content_id, **fields)
        note()
    desk.add_image(content_id, image_type="gallery", data=png(1), ref="one")
    note()
    desk.add_image(content_id, image_type="featured", data=png(2), ref="front")
    note()
    desk.add_image(content_id, image_type="featured", data=png(3), ref="front")
    note()
    assert len(set(hashes)) == len(hashes)
    desk.edit(content_id, priority=5)
    note()
    assert hashes[-1] == hashes[-2], "what does not go out does not count"


def test_terms_are_made_once_per_site(desk: Desk) -> None:
    for _ in range(2):
        desk.write(tags=[{"name": "Köln"}, {"name": "köln"}, {"name": "Rhein"}])
    assert sorted(row.slug for row in desk.rows(ContentTaxonomy)) == ["koln", "rhein"]


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        (["C", "C++", "C#", "c--"], ["c", "c-2", "c-3"]),
        (["край", "краи"], ["край", "краи"]),
        (["Digital Marketing", "digital-marketing"], ["digital-marketing"]),
    ],
)
def test_names_that_lead_to_one_slug_stay_different(
    desk: Desk, names: list[str], slugs: list[str]
) -> None:
    for name in names:
        desk.write(tags=[{"name": name}])
    desk.write(tags=[{"name": name} for name in reversed(names)])
    assert sorted(row.slug for row in desk.rows(ContentTaxonomy)) == sorted(slugs)


def test_a_term_stands_below_the_parent_that_was_named(desk: Desk) -> None:
    desk.write(
        categories=[{"name": "News", "parent": "Europe"}, {"name": "News", "parent": "Asia"}]
    )
    desk.write(categories=[{"name": "News", "parent": "asia"}, {"name": "Europe"}])
    rows = desk.rows(ContentTaxonomy)
    by_id = {row.id: row.name for row in rows}
    placed = {(row.name, by_id.get(row.parent_id or 0), row.slug) for row in rows}
    assert placed == {
        ("Europe", None, "europe"),
        ("Asia", None, "asia"),
        ("News", "Europe", "news"),
        ("News", "Asia", "news-2"),
    }


def test_what_is_online_or_on_its_way_is_not_put_away(desk: Desk) -> None:
    desk.connect()
    online, waiting, draft = desk.published(), desk.approved(), desk.write()
    desk.publish(waiting)
    for content_id in (online, waiting):
        with pytest.raises(Conflict), desk.changing(content_id) as (_, content):
            binned.put_away(content, by=desk.owner, now=desk.system.clock())
    with desk.changing(draft) as (_, content):
        binned.put_away(content, by=desk.owner, now=desk.system.clock())
    with pytest.raises(NotFound), desk.changing(draft, desk.owner):
        pass
    assert desk.content(draft).deleted_at is not None


def test_an_edit_back_to_what_was_approved_is_approved(desk: Desk) -> None:
    content_id = desk.approved(title="As approved")
    signed = desk.content(content_id)
    desk.edit(content_id, title="As approved!")
    assert desk.content(content_id).status == "review"
    desk.edit(content_id, title="As approved")
    content = desk.content(content_id)
    assert (content.status, contents.is_approved(content)) == ("approved", True)
    assert (content.approved_at, content.approved_by) == (signed.approved_at, signed.approved_by)
    assert content.version == signed.version + 2


def test_an_edit_back_to_what_is_online_is_published_again(desk: Desk) -> None:
    desk.connect()
    content_id = desk.published(title="Online")
    desk.edit(content_id, title="Online, or so")
    desk.edit(content_id, title="Online")
    content = desk.content(content_id)
    assert (content.status, contents.is_approved(content)) == ("published", True)


def test_what_was_sent_back_is_not_approved_by_an_edit(desk: Desk) -> None:
    content_id = desk.approved(title="As approved")
    with desk.changing(content_id) as (db, content):
        contents.request_changes(db, content, "Shorter, please.", by=desk.teammate)
    desk.edit(content_id, title="Longer")
    desk.edit(content_id, title="As approved")
    assert desk.content(content_id).status == "draft"


def test_terms_of_one_long_slug_get_numbers_that_fit(desk: Desk) -> None:
    long = "x" * 200
    terms = [{"name": name, "slug": long} for name in ("One", "Two", "Three")]
    for _ in range(2):
        desk.write(tags=terms)
    made = [(one.name, one.slug) for one in desk.rows(ContentTaxonomy)]
    assert made == [("One", long), ("Two", f"{'x' * 198}-2"), ("Three", f"{'x' * 198}-3")]


def test_a_parent_that_can_have_no_address_is_refused(desk: Desk) -> None:
    for above in ({"parent_name": "+"}, {"parent": "+"}, {"parent": "", "parent_name": "+"}):
        with pytest.raises(Invalid, check=lambda problem: "categories" in problem.fields):
            desk.write(categories=[{"name": "Child", **above}])
    with pytest.raises(Invalid, check=lambda problem: "categories" in problem.fields):
        desk.write(categories=[{"name": "Child", "parent_name": "x" * 201}])
    assert desk.rows(ContentTaxonomy) == []
    desk.write(categories=[{"name": "Child", "parent": "plus", "parent_name": "+"}])
    assert {one.slug: one.name for one in desk.rows(ContentTaxonomy)} == {
        "plus": "+",
        "child": "Child",
    }


def test_sites_of_one_long_name_get_slugs_that_fit(desk: Desk) -> None:
    with desk.system.db.write() as db:
        made = [
            setup.add_site(db, one.account_id, "x" * 200, "https://a.example", "Europe/Berlin").slug
            for one in (desk.owner, desk.stranger)
        ]
    assert made == ["x" * 200, f"{'x' * 198}-2"]
