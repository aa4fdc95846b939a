"""What changed is said as what it is, and what did not change is not said to have changed."""

from __future__ import annotations

import pytest

from tests.writing.changes import word_replaced
from tests.writing.posts import NASTY, Posts
from webapp.writing import reading
from webapp.writing.blocks import blocks
from webapp.writing.compare import (
    CHANGED,
    FORMAT,
    MOVED,
    PICTURES,
    SOURCE,
    UNCHANGED,
    WORDS,
    Change,
    apply,
    compare,
)
from webapp.writing.reading import ADDED, EQUAL, FORMATTED, REMOVED, ShownPicture


def changed(old: str, new: str) -> list[Change]:
    return [one for one in compare(old, new) if one.kind != UNCHANGED]


def only(old: str, new: str) -> Change:
    (change,) = changed(old, new)
    return change


@pytest.mark.parametrize("html", NASTY)
def test_blocks_are_the_whole_source(html: str) -> None:
    assert "".join(block.source for block in blocks(html)) == html
    assert [one.kind for one in compare(html, html)] == [UNCHANGED] * len(blocks(html))


def test_blocks_are_what_a_person_calls_so() -> None:
    posts = Posts(9)
    for write in (
        posts.classic,
        lambda number: [posts.paragraph() + "\n\n" for _ in range(number)],
    ):
        parts = write(6)
        assert [block.source for block in blocks("".join(parts))] == parts
    html = "<h2>A</h2>\n<p>b</p>\n<p>c</p>\n<ul><li>d</li></ul><figure><img src=e></figure>text"
    assert [(one.kind, one.number) for one in blocks(html)] == [
        ("heading", 1),
        ("paragraph", 1),
        ("paragraph", 2),
        ("list", 1),
        ("picture", 1),
        ("paragraph", 3),
    ]


def test_applied_the_changes_are_the_new_text() -> None:
    """300 pairs that have nothing to do with each other, and 300 that have."""
    posts = Posts(10)
    for _ in range(300):
        old, other = posts.any(), posts.any()
        assert apply(old, compare(old, other)) == other
        assert {one.kind for one in compare(old, old)} <= {UNCHANGED}
        parts = [block.source for block in blocks(old)]
        posts.random.shuffle(parts)
        new = "".join([*parts[1:], *parts[:1], posts.line()])
        assert apply(old, compare(old, new)) == new


def test_unchanged_text_is_never_flagged() -> None:
    """300 posts with one word exchanged in some of their blocks: exactly those blocks changed, and
    in them exactly that word."""
    posts = Posts(11)
    for _ in range(300):
        old = posts.random.choice([posts.blocks, posts.classic])(posts.random.randint(2, 10))
        new = [word_replaced(posts, one) if posts.random.random() < 0.3 else one for one in old]
        found = changed("".join(old), "".join(new))
        assert len(found) == sum(one != other for one, other in zip(old, new, strict=True))
        for change in found:
            in_text = int(change.what == {WORDS})  # else in what is said of a picture
            assert (change.kind, len(change.what)) == (CHANGED, 1)
            assert (change.words_added, change.words_removed) == (in_text, in_text)
            assert in_text or change.what == {PICTURES}
            assert change.old is not None
            was = "".join(word.text for word in reading.words_of(change.old.core))
            told = "".join(run.text for run in change.runs if run.kind in (EQUAL, REMOVED))
            assert told == was


def test_what_moved_is_said_to_have_moved() -> None:
    """100 posts of which one block stands somewhere else."""
    posts = Posts(12)
    for _ in range(100):
        old = [posts.paragraph() + "\n\n" for _ in range(8)]
        place, there = posts.random.sample(range(8), 2)
        if abs(place - there) == 1:
            continue  # either of two neighbours may be said to have moved
        new = old[:place] + old[place + 1 :]
        new.insert(there, old[place])
        change = only("".join(old), "".join(new))
        assert (change.kind, change.what) == (MOVED, frozenset())
        assert change.old is not None
        assert change.new is not None
        assert (change.old.number, change.new.number) == (place + 1, there + 1)


def test_what_moved_and_changed_is_said_to_have_done_both() -> None:
    posts = Posts(13)
    for _ in range(100):
        old = [posts.paragraph(posts.sentence(20)) + "\n\n" for _ in range(7)]
        new = [*old[1:6], word_replaced(posts, old[0]), old[6]]
        change = only("".join(old), "".join(new))
        assert (change.kind, change.what) == (MOVED, frozenset({WORDS}))
        assert (change.words_added, change.words_removed) == (1, 1)


def test_what_was_only_formatted_is_said_to_be_formatted() -> None:
    posts = Posts(14)
    for _ in range(100):
        old = [posts.paragraph(posts.sentence(12)) + "\n\n" for _ in range(4)]
        word = next(word for word in old[1].split(" ")[3:] if word.isalnum())
        bold = old[1].replace(f" {word} ", f" <strong>{word}</strong> ", 1)
        change = only("".join(old), "".join([old[0], bold, *old[2:]]))
        assert (change.kind, change.what) == (CHANGED, frozenset({FORMAT}))
        (run,) = [one for one in change.runs if one.kind == FORMATTED]
        assert (run.formats, run.was) == (frozenset({"bold"}), frozenset())
        assert (change.words_added, change.words_removed) == (0, 0)


def test_a_picture_that_was_replaced_is_a_picture() -> None:
    posts = Posts(15)
    for _ in range(100):
        old = [posts.paragraph(), posts.picture(), posts.paragraph()]
        change = only("\n\n".join(old), "\n\n".join([old[0], posts.picture(), old[2]]))
        assert (change.kind, change.what) == (CHANGED, frozenset({PICTURES, WORDS}))
        was, now = change.pictures
        assert was[0].src != now[0].src
    one, other = '<p><img src="a.png" alt="A"></p>', '<p><img src="a.png" alt="B &amp; C"></p>'
    assert only(one, other).what == {PICTURES}
    assert only(one, other).pictures == (
        (ShownPicture("a.png", "A"),),
        (ShownPicture("a.png", "B & C"),),
    )


def test_another_address_of_a_link_is_a_format() -> None:
    change = only('<p>See <a href="/a">this</a>.</p>', '<p>See <a href="/b">this</a>.</p>')
    (run,) = [one for one in change.runs if one.kind == FORMATTED]
    assert (run.text, run.was, run.formats) == (
        "this",
        frozenset({"link to /a"}),
        frozenset({"link to /b"}),
    )


def test_what_nobody_sees_is_the_source() -> None:
    assert only("<p>a</p>", '<p class="x">a</p>').what == {SOURCE}
    assert changed("<p>a</p>\n<p>b</p>", "<p>a</p>\n\n\n<p>b</p>") == []


def test_a_block_that_was_written_anew_is_one_that_changed() -> None:
    change = only("<h2>Where to begin</h2><p>a</p>", "<h2>How you start</h2><p>a</p>")
    assert (change.kind, change.what) == (CHANGED, frozenset({WORDS}))
    assert [(run.kind, run.text) for run in change.runs][:2] == [
        (REMOVED, "Where to begin"),
        (ADDED, "How you start"),
    ]
    kinds = [one.kind for one in changed("<p>a b</p>", "<p>c</p><p>d</p>")]
    assert kinds == [ADDED, ADDED, REMOVED], "which of the two it was, nobody can say"
    old = "<p>Milk that was steamed for too long tastes of the pan.</p>"
    new = "<p>Whoever grinds for a French press wants grains like coarse salt.</p>"
    assert [run.kind for run in only(old, new).runs] == [REMOVED, ADDED]


def test_added_and_removed_stand_where_they_stand() -> None:
    found = compare("<p>a</p><p>b</p><p>c</p>", "<p>a</p><p>c</p><p>x y</p>")
    assert [one.kind for one in found] == [UNCHANGED, REMOVED, UNCHANGED, ADDED]
    assert (found[1].words_removed, found[3].words_added) == (1, 2)
