"""What was found in a text is found once for each version, and not while a transaction waits."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.desk import Desk
from webapp.publisher.delivery import dry_run
from webapp.writer import markup, readings
from webapp.writer.draft import Draft
from webapp.writer.models import Content, TextFacts

TEXT = (
    '<h2>A</h2><p onclick="x">Four words <a href="https://a.example/">and</a> more</p>\n'
    '<img src="https://a.example/x.png"><script>steal()</script>'
)


@pytest.mark.both_databases
def test_facts_are_kept_with_the_piece_for_the_text_that_it_has(desk: Desk) -> None:
    content_id = desk.write(html=TEXT)
    (row,) = desk.rows(TextFacts)
    assert (row.content_id, row.facts["words"]) == (content_id, 5)
    with desk.system.db.read() as db:
        assert readings.kept(db, db.get_one(Content, content_id)) == markup.facts(TEXT)
    desk.edit(content_id, title="Another title")
    assert desk.rows(TextFacts)[0].updated_at == row.updated_at, "the text is the same"
    desk.edit(content_id, html="<p>Two words</p>")
    (row,) = desk.rows(TextFacts)
    assert (row.facts["words"], desk.content(content_id).word_count) == (2, 2)
    with desk.system.db.write() as db:
        db.get_one(Content, content_id).html = "<p>Behind its back, five words</p>"
    with desk.system.db.read() as db:
        assert readings.kept(db, db.get_one(Content, content_id)).words == 5


def test_a_text_is_read_before_the_transaction_that_stores_it() -> None:
    text = f"{TEXT} never seen before"
    msgspec.convert({"html": text}, Draft).prepare()
    assert readings.of(text) is readings.of(text)


def test_facts_count_what_is_sent() -> None:
    found = markup.facts(TEXT)
    assert (found.words, found.images, found.images_without_alt) == (5, 1, 1)
    assert (found.links, found.link_count) == (["https://a.example/"], 1)
    assert found.headings == [(2, "")]
    assert found.text == "A Four words and more"
    assert [(one.what, one.line) for one in found.removals] == [("p[onclick]", 1), ("script", 2)]


@pytest.mark.parametrize(
    ("text", "something"),
    [
        ("", False),
        ("<p> &nbsp;\n</p>", False),
        ("<script>x</script>", False),
        ("<p>x</p>", True),
        ("<!-- wp:latest-posts /-->", True),
        ("<!-- wp:paragraph -->", False),
        ("&amp;", True),
        ("<img src=x>", True),
        ("<iframe src=x></iframe>", True),
        ("<!-- x -->", False),
    ],
)
def test_whether_there_is_anything_to_publish(text: str, something: bool) -> None:
    assert markup.has_something(text) == something


def test_validation_names_what_is_left_out_of_every_field(desk: Desk) -> None:
    content_id = desk.write(
        html=TEXT,
        title="A <em>title</em><script>x</script>",
        excerpt="<p onload=x>E</p>",
        meta_description="<b>bold</b>",
        tags=[{"name": "T<i>ag"}],
    )
    with desk.system.db.read() as db:
        found = dry_run.verdict(db, desk.system, desk.owner, content_id)
    assert [(one.field, one.what) for one in found.removals] == [
        ("html", "p[onclick]"),
        ("html", "script"),
        ("excerpt", "p[onload]"),
        ("title", "script"),
        ("meta_description", "b"),
        ("terms", "i"),
    ]
    assert not found.rewritten
