"""What leaves of a piece: no field of it carries anything that runs, and text stays text."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.desk import Desk
from tests.writer.test_html import ATTACKS, dangers
from webapp.core.codes import Code
from webapp.publisher.records import validation
from webapp.writer import markup, outgoing, payload, readings
from webapp.writer.payload import Payload, Term


def full_of(desk: Desk, marker: str) -> Payload:
    """A piece with the marker in every text that a person may type."""
    content_id = desk.write(categories=[{"name": "Category"}], tags=[{"name": "Tag"}])
    for kind in ("featured", "gallery", "in_article"):
        desk.add_image(content_id, image_type=kind, url="https://a.example/x.png")
    with desk.system.db.read() as db:
        plain = payload.build_by_id(db, content_id)
    picture = msgspec.structs.replace(
        plain.pictures()[0],
        alt=f"Alt {marker}",
        caption=f"Caption {marker}",
        filename=f"File {marker}",
    )
    return msgspec.structs.replace(
        plain,
        title=f"Title {marker}",
        excerpt=f"Excerpt {marker}",
        html=f"<p>Text</p>{marker}",
        meta_title=f"Meta {marker}",
        meta_description=f"Description {marker}",
        focus_keywords=[f"word {marker}"],
        canonical_url=f"https://a.example/{marker}",
        categories=[msgspec.structs.replace(plain.categories[0], name=f"Category {marker}")],
        tags=[Term(f"Tag {marker}", "tag", "above", f"Above {marker}")],
        sectors=[Term(f"Sector {marker}", "sector")],
        clusters=[Term(f"Cluster {marker}", "cluster")],
        author_email=f"a@b.example {marker}",
        featured_image=picture,
        gallery=[picture],
        inline_images=[picture],
    )


@pytest.mark.parametrize("start", range(0, len(ATTACKS), 10))
def test_no_field_carries_what_runs(desk: Desk, start: int) -> None:
    written = full_of(desk, "".join(ATTACKS[start : start + 10]))
    sent = outgoing.of(written)
    for text in texts_of(msgspec.to_builtins(sent)):
        assert dangers(text) == [], text
    for text in (sent.meta_title, sent.tags[0].name, sent.pictures()[0].alt):
        assert "<script" not in text.lower()


def test_what_was_written_stays_and_is_what_is_hashed(desk: Desk) -> None:
    written = full_of(desk, "<script>x</script>")
    before = payload.digest(written)
    outgoing.of(written)
    assert payload.digest(written) == before
    assert "<script>" in written.title


def test_what_a_field_loses_is_said_of_every_field(desk: Desk) -> None:
    written = full_of(desk, "<script>x</script>")
    sent = outgoing.of(written)
    said = outgoing.left_out(written, readings.of(written.html))
    changed = sum(
        before != after
        for before, after in zip(
            *(texts_of(msgspec.to_builtins(one)) for one in (written, sent)), strict=True
        )
    )
    pictures = {f"images.{one.ref}" for one in written.pictures()}
    assert {one.field for one in said} == pictures | {
        "html",
        "excerpt",
        "title",
        "meta_title",
        "meta_description",
        "canonical_url",
        "author_email",
        "focus_keywords",
        "terms",
        "sectors",
        "clusters",
    }
    assert len(said) == changed, "one of each text that is changed"


def test_no_field_is_emptied_unsaid(desk: Desk) -> None:
    deep = "<b>" * 666
    plain = full_of(desk, "")
    picture = msgspec.structs.replace(plain.gallery[0], ref="deep", caption=deep)
    written = msgspec.structs.replace(plain, excerpt=deep, title=deep, gallery=[picture])
    assert outgoing.of(written).excerpt == ""
    facts = readings.of(written.html)
    assert {one.field for one in outgoing.left_out(written, facts)} == {
        "excerpt",
        "title",
        "images.deep",
    }
    problems = [(one.code, one.field) for one in validation.of_payload(written)]
    for field in ("excerpt", "title", "images.deep"):
        assert (Code.CONTENT_TOO_COMPLEX, field) in problems
    assert Code.TITLE_MISSING not in {code for code, _ in problems}


def test_an_excerpt_that_is_rewritten_says_so(desk: Desk) -> None:
    written = msgspec.structs.replace(full_of(desk, ""), excerpt="<table><p>E")
    assert outgoing.of(written).excerpt == "<p>E</p><table></table>"
    (said,) = outgoing.left_out(written, readings.of(written.html))
    assert (said.field, said.what) == ("excerpt", "rewritten")


@pytest.mark.parametrize(
    "text", ["Tom & Jerry", "5 < 6 > 4", "AT&amp;T", "«Ωmega» — 日本語 🌿", "a &lt;b&gt; c", ""]
)
def test_plain_text_is_sent_as_it_was_typed(text: str) -> None:
    assert markup.plain(text) == markup.line(text) == text


def test_a_title_keeps_what_stands_in_a_line() -> None:
    title = "CO<sub>2</sub> & <em>you</em><script>x</script><p onclick=x>!</p><img src=x onerror=x>"
    assert markup.line(title) == "CO<sub>2</sub> & <em>you</em>!"
    assert markup.plain(title) == "CO2 & you!"
    assert markup.readable("a &amp; <b>b</b>") == "a & b"


def test_an_address_cannot_break_out_of_the_place_it_is_put_into() -> None:
    address = 'https://pics.example/a.png"><script>alert(1)</script>'
    shown = markup.with_images_at('<p><img src="igny8:a"></p>', {"a": address})
    assert dangers(shown) == []
    assert "<script" not in shown


def texts_of(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for one in value.values() for text in texts_of(one)]
    if isinstance(value, list):
        return [text for one in value for text in texts_of(one)]
    return []
