"""A sample of cases is fair: no value of any parameter is left out."""

from __future__ import annotations

import itertools

import pytest

from tests.support.samples import sample


def table(*sizes: int) -> list[frozenset[tuple[str, str]]]:
    names = [f"parameter {number}" for number in range(len(sizes))]
    rows = itertools.product(*(map(str, range(size)) for size in sizes))
    return [frozenset(zip(names, row, strict=True)) for row in rows]


@pytest.mark.parametrize("sizes", [(2, 2), (5, 5), (6, 5, 2), (4, 2, 3, 2), (12, 2)])
@pytest.mark.parametrize("of", [2, 3])
def test_every_value_stands_in_a_sample(sizes: tuple[int, ...], of: int) -> None:
    cases = table(*sizes)
    for name in ("one test", "another"):
        kept = sample(cases, name, of=of)
        assert set().union(*(cases[number] for number in kept)) == set().union(*cases)
        assert {0, len(cases) - 1} <= kept
        assert len(kept) == max(-(-len(cases) // of), *sizes)
        assert kept == sample(cases, name, of=of)


def test_tests_have_samples_of_their_own() -> None:
    cases = table(6, 5, 2)
    assert sample(cases, "one test", of=3) != sample(cases, "another", of=3)


def test_a_table_of_one_parameter_runs_whole() -> None:
    assert sample(table(9), "one test", of=3) == set(range(9))
