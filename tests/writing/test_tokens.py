"""Tokens joined are the source; a difference applied is the new text; the time is the length's."""

from __future__ import annotations

import pytest

from tests.writing.posts import NASTY, Posts
from webapp.writing import shortest, tokens
from webapp.writing.diff import ADDED, EQUAL, REMOVED, diff, edits
from webapp.writing.tokens import words


def split(html: str) -> list[str]:
    return list(tokens.tokens(html))


@pytest.mark.parametrize("html", NASTY)
def test_nothing_is_lost_of_what_nobody_should_write(html: str) -> None:
    assert "".join(split(html)) == html


def test_any_text_is_its_tokens() -> None:
    """2,000 texts from a seed, and what is left of each when it is cut anywhere."""
    posts = Posts(1)
    for _ in range(2_000):
        html = posts.any()
        cut = html[posts.random.randrange(len(html) + 1) :]
        assert "".join(split(html)) == html
        assert "".join(split(cut)) == cut


def test_a_token_is_what_a_person_changes() -> None:
    assert split("<p>Don’t  stop: 3&nbsp;l</p>\n") == [
        "<p>",
        "Don’t",
        "  ",
        "stop",
        ":",
        " ",
        "3",
        "&nbsp;",
        "l",
        "</p>",
        "\n",
    ]
    assert split("<!-- wp:image {'id':1} -->") == ["<!-- wp:image {'id':1} -->"]


def test_scripts_without_spaces_are_told_apart_by_characters() -> None:
    assert split("热牛奶 58度") == ["热", "牛", "奶", " ", "58", "度"]
    assert split("สวัสดี") == list("สวัสดี")
    assert split("नमस्ते") == ["नमस्ते"]


def test_words_are_counted_as_readers_see_them() -> None:
    assert words('<p class="one two">Three <b>four</b>, five&nbsp;six.</p><!-- seven -->') == 4


def test_differences_applied_are_the_new_text() -> None:
    """2,000 pairs, of which half have nothing in common."""
    posts = Posts(2)
    for _ in range(2_000):
        old = posts.any()
        new = posts.any() if posts.random.random() < 0.5 else _shaken(posts, old)
        ranges = diff(old, new)
        for one in ranges:
            if one.kind == EQUAL:
                assert old[one.start : one.end] == new[one.new_start : one.new_end]
        assert "".join(old[one.start : one.end] for one in ranges if one.kind != ADDED) == old
        assert (
            "".join(new[one.new_start : one.new_end] for one in ranges if one.kind != REMOVED)
            == new
        )


def test_what_is_equal_around_a_change_is_not_touched() -> None:
    assert edits("<p>one two three</p>", "<p>one 2 three</p>") == [(7, 10, 7, 8)]


def test_a_new_paragraph_is_a_paragraph() -> None:
    """Not the end of one and the beginning of the next, though the characters are the same."""
    old, new = "<p>one</p>\n<p>two</p>", "<p>one</p>\n<p>new</p>\n<p>two</p>"
    (edit,) = edits(old, new)
    assert new[edit.new_start : edit.new_end] == "<p>new</p>\n"
    (edit,) = edits(new, old)
    assert new[edit.start : edit.end] == "<p>new</p>\n"


def test_without_the_compiled_library_the_changes_are_as_few() -> None:
    posts = Posts(3)
    for _ in range(200):
        old, new = posts.sentence(), posts.sentence()
        in_python = sum(length for kind, length in shortest.by_python(old, new) if kind == "=")
        assert sum(one.length for one in shortest.matches(old, new)) == in_python


TEXT = "".join(f"<p>Warm milk {n} is sweet {n * 7} again.</p>\n" for n in range(22_000))
LONG = {
    "one word typed": (TEXT, TEXT.replace("milk 77 ", "cream 77 "), 1),
    "a word in each line": (TEXT, TEXT.replace("milk", "cream"), 22_000),
    "another text": (TEXT, TEXT[::-1], 1),
    "all alike": ("a " * 500_000, "b " + "a " * 250_000 + "c " + "a " * 250_000 + "d", 1),
    "never closed": ('<a "' * 200_000, '<a "' * 200_001 + "x", 1),
}


@pytest.mark.parametrize("case", LONG)
def test_a_long_text_takes_as_long_as_it_is_long(case: str) -> None:
    """A megabyte, of any kind; the limit is for a machine that does other things too."""
    old, new, changes = LONG[case]
    found = edits(old, new)
    assert len(found) >= changes


def test_more_different_words_than_there_are_characters() -> None:
    old = "".join(f"{n:x};" for n in range(700_000))
    new = "".join(f"{n:x};" for n in range(400_000, 1_200_000))
    assert (
        "".join(new[one.new_start : one.new_end] for one in diff(old, new) if one.kind != REMOVED)
        == new
    )


def _shaken(posts: Posts, html: str) -> str:
    """The text with some of its tokens elsewhere, gone, or twice."""
    parts = split(html)
    for _ in range(posts.random.randint(1, 6)):
        if not parts:
            break
        place, other = (posts.random.randrange(len(parts)) for _ in range(2))
        act = posts.random.randrange(3)
        if act == 0:
            parts.insert(other, parts.pop(place))
        elif act == 1:
            del parts[place:other]
        else:
            parts[place:place] = parts[other : other + 3]
    return "".join(parts)
