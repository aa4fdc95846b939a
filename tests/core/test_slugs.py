"""Slugs by themselves; WordPress judges them in tests/wordpress/test_slugs.py."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.titles import BETWEEN, WORDS
from webapp.core import slugs

PARTS = [*BETWEEN, *(word for words in WORDS.values() for word in words.split())]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("한국어 가이드", "한국어-가이드"),
        ("ガイドブック: パリの朝", "ガイドブック-パリの朝"),
        ("हिन्दी में लिखना सीखें", "हिन्दी-में-लिखना-सीखें"),
        ("Новый край: йод и ёлка", "новый-край-йод-и-ёлка"),
        ("Best 4×4 cars", "best-4x4-cars"),
        ("Crème brûlée & naïve <em>cafés</em>", "creme-brulee-naive-cafes"),
        ("C, C++, C#", "c-c-c"),
        ("!!!", ""),
        ("a\x00b\x07c\nd", "abcd"),
    ],
)
def test_titles(title: str, slug: str) -> None:
    assert slugs.of_title(title) == slug


@given(st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PARTS)).map("".join)))
def test_a_slug_stays_what_it_is_and_fits(title: str) -> None:
    for language in ("", "de-DE", "da_DK", "ca"):
        slug = slugs.of_title(title, language)
        assert slugs.of_title(slug, language) == slug
        assert slugs.typed(slug, language) == slug
        assert len(slugs.encoded(slug)) <= slugs.LONGEST
        assert not set(slug) & set(" /?#%\\\"'<>&")


@pytest.mark.parametrize("slug", ["한국어-가이드", "новый-край", "हिन्दी-में", "plain-2"])
def test_a_typed_slug_is_taken_however_it_is_written(slug: str) -> None:
    for written in (
        slug,
        unicodedata.normalize("NFD", slug),
        slugs.encoded(slug),
        f" {slug} ",
        slugs.encoded(slug).lower(),
    ):
        assert slugs.typed(written) == slug


def test_a_long_title_is_cut_between_characters() -> None:
    assert slugs.of_title("가" * 100) == "가" * 22
    assert slugs.of_title("a" + "йё" * 50) == "a" + "йё" * 16 + "й"
    assert slugs.of_title("x" * 400) == "x" * 200


def test_a_number_makes_room_for_itself() -> None:
    assert slugs.numbered("plain", 2) == "plain-2"
    assert slugs.numbered("x" * 200, 12) == "x" * 197 + "-12"
    assert len(slugs.encoded(slugs.numbered("가" * 22, 100))) <= slugs.LONGEST


def test_a_free_slug_fits_and_begins_with_its_stem() -> None:
    for wanted in ("plain", "x" * 200, "가" * 22, "", "a--"):
        taken: set[str] = set()
        for _ in range(12):
            free = slugs.free(wanted, taken)
            assert free not in taken
            assert free.startswith(slugs.stem(wanted))
            assert len(slugs.encoded(free)) <= slugs.LONGEST
            assert slugs.is_numbered(wanted, free)
            taken.add(free)
    assert slugs.stem("plain") == "plain"
    assert not any(slugs.is_numbered("plain", one) for one in ("plain-", "plain-a", "plainer-2"))
