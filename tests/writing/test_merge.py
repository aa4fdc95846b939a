"""Two people's versions become one, exactly, or a question is asked; nothing is ever broken."""

from __future__ import annotations

import re

import pytest

from tests.writing.changes import edited
from tests.writing.posts import Posts
from webapp.writing.merge import BOTH, OURS, STRUCTURE, THEIRS, merge, merge_fields
from webapp.writing.tokens import tokens

TWO = (
    "<!-- wp:paragraph -->\n<p>one two three four</p>\n<!-- /wp:paragraph -->\n\n"
    "<!-- wp:paragraph -->\n<p>five six seven</p>\n<!-- /wp:paragraph -->"
)


def test_edits_at_different_places_are_both_taken() -> None:
    """500 posts, in which each of two people changes other blocks than the other."""
    posts = Posts(4)
    for _ in range(500):
        base = posts.random.choice([posts.blocks, posts.classic])(posts.random.randint(4, 12))
        whose = _apart(posts, len(base))
        new = [
            edited(posts, block) if who else block for block, who in zip(base, whose, strict=True)
        ]
        sides = [
            "".join(
                after if who == side else before
                for before, after, who in zip(base, new, whose, strict=True)
            )
            for side in (THEIRS, OURS)
        ]
        merged = merge("".join(base), *sides)
        assert merged.clashes == ()
        assert merged.text == "".join(new)


def test_one_edit_of_both_is_taken_once() -> None:
    new = TWO.replace("two", "2").replace("seven", "7")
    assert merge(TWO, new, TWO.replace("two", "2")).text == new
    assert merge(TWO, TWO.replace("two", "2"), new).text == new


def test_two_words_for_one_are_a_clash() -> None:
    theirs = TWO.replace("two", "2").replace("six", "6")
    merged = merge(TWO, theirs, TWO.replace("two", "II"))
    (clash,) = merged.clashes
    assert (clash.base, clash.theirs, clash.ours, clash.why) == ("two", "2", "II", BOTH)
    assert TWO[clash.start : clash.end] == "two"
    assert clash.before.endswith("<p>one ")
    assert clash.after.startswith(" three four</p>")
    assert merged.text == theirs
    assert merged.text[clash.at :].startswith("2 three")
    assert merged.settled([THEIRS]) == theirs
    assert merged.settled([OURS]) == theirs.replace("2", "II")


def test_edits_side_by_side_are_a_clash() -> None:
    merged = merge(TWO, TWO.replace("two three", "2 three"), TWO.replace("two three", "two, three"))
    assert [clash.why for clash in merged.clashes] == [BOTH]


def test_two_insertions_at_one_place_are_a_clash_unless_they_are_the_same() -> None:
    one, other = TWO.replace("one ", "one A "), TWO.replace("one ", "one B ")
    assert [(clash.theirs, clash.ours) for clash in merge(TWO, one, other).clashes] == [
        ("A ", "B ")
    ]
    assert merge(TWO, one, one).clashes == ()


def test_what_one_deletes_and_the_other_edits_is_a_clash() -> None:
    without = TWO[: TWO.index("\n\n")]
    merged = merge(TWO, without, TWO.replace("six", "6"))
    (clash,) = merged.clashes
    assert clash.theirs == ""
    assert "five 6 seven" in clash.ours
    assert merged.text == without


def test_no_mixture_of_choices_breaks_the_text() -> None:
    sides = ("<b>{}</b>", "<i>{}</i>", '<a href="/x">{}</a>')
    base, theirs, ours = (f"<p>See {one.format('this')} now.</p>\n<p>Last.</p>" for one in sides)
    merged = merge(base, theirs, ours)
    (clash,) = merged.clashes
    assert (clash.why, clash.ours) == (STRUCTURE, sides[2].format("this"))
    heads = ("<h2>One</h2>\n<h2>Two</h2>", "<h3>One</h3>\n<h3>Two</h3>", "<p>One</p>\n<p>Two</p>")
    merged = merge(*heads)
    assert [one.theirs for one in merged.clashes] == heads[1].split("\n")
    assert merged.settled([OURS, THEIRS]) == "<p>One</p>\n<h3>Two</h3>"


def test_formats_that_overlap_are_a_question_about_their_paragraph() -> None:
    theirs = TWO.replace("two three", "<b>two three</b>").replace("six", "6")
    ours = TWO.replace("three four", "<i>three four</i>").replace("seven", "7")
    merged = merge(TWO, theirs, ours)
    (clash,) = merged.clashes
    assert clash.why == STRUCTURE
    assert clash.base == "<p>one two three four</p>"
    assert clash.ours == "<p>one two <i>three four</i></p>"
    assert "<p>five 6 7</p>" in merged.text


def test_a_link_within_a_link_is_a_question() -> None:
    theirs = TWO.replace("one two three", '<a href="/x">one two three</a>')
    ours = TWO.replace("two", '<a href="/y">two</a>')
    assert [clash.why for clash in merge(TWO, theirs, ours).clashes] == [STRUCTURE]


def test_a_comment_without_its_other_is_a_question() -> None:
    """One takes the second block's beginning away, and the other writes somewhere else."""
    ours = TWO.replace("\n\n<!-- wp:paragraph -->\n<p>five", "\n\n<p>five")
    merged = merge(TWO, TWO.replace("one", "1"), ours)
    assert [clash.why for clash in merged.clashes] == [STRUCTURE]
    assert merged.text == TWO.replace("one", "1")


def test_one_persons_save_is_taken_as_it_is() -> None:
    posts = Posts(5)
    for _ in range(300):
        base, other = posts.any(), posts.any()
        assert merge(base, base, other).text == other
        assert merge(base, other, base).text == other
        assert merge(base, other, other).text == other


def test_no_merge_breaks_what_was_whole() -> None:
    """2,000 posts, of which two people move, drop and copy tags and words at random: whatever is
    taken of it has its tags and comments in pairs, where the stored text has them. (Of a text that
    nobody else has changed, anything is taken.)"""
    posts = Posts(6)
    asked = 0
    for _ in range(2_000):
        base = "".join(posts.blocks(posts.random.randint(1, 4)))
        theirs, ours = (_torn(posts, base) for _ in range(2))
        merged = merge(base, theirs, ours)
        asked += any(clash.why == STRUCTURE for clash in merged.clashes)
        if theirs != base and _is_whole(theirs):
            assert _is_whole(merged.text), (base, theirs, ours)
        assert merged.settled([THEIRS] * len(merged.clashes)) == merged.text
    assert asked > 100


def test_who_saves_first_makes_no_difference() -> None:
    posts = Posts(7)
    for _ in range(500):
        base = posts.any()
        theirs, ours = (_torn(posts, base) for _ in range(2))
        one, other = merge(base, theirs, ours), merge(base, ours, theirs)
        assert len(one.clashes) == len(other.clashes)
        choices = len(one.clashes)
        assert one.settled([OURS] * choices) == other.settled([THEIRS] * choices)


@pytest.mark.parametrize(
    ("base", "theirs", "ours", "merged", "clashes"),
    [
        ({"title": "a"}, {"title": "b"}, {"title": "a"}, {"title": "b"}, []),
        ({"title": "a"}, {"title": "a"}, {"title": "c"}, {"title": "c"}, []),
        ({"title": "a"}, {"title": "b"}, {"title": "b"}, {"title": "b"}, []),
        ({"title": "a"}, {"title": "b"}, {"title": "c"}, {"title": "b"}, ["title"]),
        ({"tags": [1]}, {"tags": [1, 2]}, {"tags": [1]}, {"tags": [1, 2]}, []),
        ({}, {"slug": ""}, {"slug": "x"}, {"slug": ""}, ["slug"]),
    ],
)
def test_fields_are_taken_as_wholes(
    base: dict[str, object],
    theirs: dict[str, object],
    ours: dict[str, object],
    merged: dict[str, object],
    clashes: list[str],
) -> None:
    assert merge_fields(base, theirs, ours) == (merged, clashes)


def _apart(posts: Posts, number: int) -> list[str]:
    """Who changes which block; nobody's lie between theirs and ours."""
    whose = [posts.random.choice(["", "", THEIRS, OURS]) for _ in range(number)]
    for place in range(1, number):
        if {whose[place - 1], whose[place]} == {THEIRS, OURS}:
            whose[place] = ""
    return whose


def _torn(posts: Posts, html: str) -> str:
    parts = list(tokens(html))
    for _ in range(posts.random.randint(1, 3)):
        place = posts.random.randrange(len(parts) or 1)
        length = posts.random.choice([1, 1, 2, 5, 12])
        act = posts.random.randrange(4)
        if act == 0:
            del parts[place : place + length]
        elif act == 1:
            parts[place:place] = [posts.new_word(), " "]
        elif act == 2:
            parts[place : place + length] = ["<em>", *parts[place : place + length], "</em>"]
        else:
            there = posts.random.randrange(len(parts) or 1)
            moved = parts[place : place + length]
            del parts[place : place + length]
            parts[there:there] = moved
    return "".join(parts)


def _is_whole(html: str) -> bool:
    """Tags and block comments in pairs, by a reading of the test's own."""
    stack = []
    for closes, comment, end, tag, empty in re.findall(
        r"<!-- (?:(/)?wp:(\S+)[^>]*?-->)|<(/)?([a-z]\w*)[^>]*?(/)?>", html
    ):
        name = f"wp:{comment}" if comment else tag
        if empty or name in ("img", "br", "hr"):
            continue
        if not (closes or end):
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack


def test_a_sentence_that_both_wrote_anew_is_one_place() -> None:
    base = "<p>First.</p><p>A sentence to change here.</p>"
    theirs = base.replace("A sentence to change here", "Theirs stands instead of it")
    ours = base.replace("A sentence to change here", "Mine is wholly other")
    merged = merge(base, theirs, ours)
    assert len(merged.clashes) == 1
    assert merged.settled([OURS]) == ours
    assert merged.settled([THEIRS]) == theirs
