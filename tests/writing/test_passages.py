"""What a reader sees of a place, and where that is."""

from __future__ import annotations

import pytest

from webapp.writing import passages

TEXT = (
    "<h2>Boats &amp; ships</h2>\n<p>First.</p>\n"
    '<!-- wp:paragraph --><p class="x">One <b>bold</b> word.</p><!-- /wp:paragraph -->\n'
    '<ul><li>a</li><li>b</li></ul><p>See <img src="x.png" alt="a jug"></p>'
)


@pytest.mark.parametrize(
    ("words", "place", "read"),
    [
        ("bold", "Paragraph 2, under “Boats & ships”", "One bold word."),
        ("<li>b</li>", "List 1, under “Boats & ships”", "a\nb"),
        ("<img", "Paragraph 3, under “Boats & ships”", "See [Picture: a jug]"),
        ("Boats", "Heading 1", "Boats & ships"),
    ],
)
def test_a_place_is_named_and_read(words: str, place: str, read: str) -> None:
    at = TEXT.index(words)
    found = passages.around(TEXT, at, at + len(words))
    assert found.place == place
    assert passages.read(found.head + TEXT[at : at + len(words)] + found.tail) == read


def test_what_is_put_in_at_the_end_and_into_nothing_has_a_place_too() -> None:
    assert passages.around("", 0, 0).place == ""
    assert passages.around("<p>One.</p>", 11, 11) == ("<p>One.</p>", "", "Paragraph 1")


def test_a_long_line_is_cut_between_tags() -> None:
    line = f"<p>{'<b>word</b> ' * 300}here{' <i>word</i>' * 300}</p>"
    at = line.index("here")
    found = passages.around(line, at, at + 4)
    assert passages.read(f"{found.head}here{found.tail}").count("here") == 1
    assert "<" not in passages.read(f"{found.head}here{found.tail}")
    assert len(found.head) + len(found.tail) < 1300
