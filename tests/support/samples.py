"""Of a large table of cases a fair sample, or, with IGNY8_EVERYWHERE=1, all of them.

A table of several parameters (at which call it fails, how, what came before) has far more cases
than there is to be found out. `@pytest.mark.sampled(of=N)` leaves one of N: the first and the last
case, and of the others those that bring together most values that have not met yet. Every value of
every parameter stands in at least one case that runs, so a table of one parameter runs whole. Which
ones follow from the test's name: the same ones each time, and other ones in each test.

`some` is for a loop within a test: what one round leaves out, the next ones have.
"""

from __future__ import annotations

import itertools
import os
import zlib
from collections.abc import Iterable
from typing import Any, TypeVar

import pytest

_Values = frozenset[tuple[str, str]]
_Case = TypeVar("_Case")


def is_whole() -> bool:
    """Whether all cases shall run."""
    return os.environ.get("IGNY8_EVERYWHERE") == "1"


def some(cases: Iterable[_Case], number: int, *, of: int) -> list[_Case]:
    """One case of `of`, other ones for each number in turn; or all of them."""
    return list(cases) if is_whole() else list(cases)[number % of :: of]


def leave_samples(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Deselect what is not in the sample of its test, if that is marked."""
    if is_whole():
        return
    tests: dict[tuple[str, str], list[pytest.Function]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("sampled"):
            tests.setdefault((str(item.path), item.originalname), []).append(item)
    left_out: set[pytest.Item] = set()
    for (_, name), cases in tests.items():
        marker = cases[0].get_closest_marker("sampled")
        assert marker is not None
        kept = sample([_values_of(case) for case in cases], name, of=marker.kwargs["of"])
        left_out.update(case for number, case in enumerate(cases) if number not in kept)
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def sample(cases: list[_Values], name: str, *, of: int) -> set[int]:
    """The numbers of the cases that run: one of `of`, and as many as it takes for every value."""
    wanted = set().union(*cases)
    left = sorted(range(len(cases)), key=lambda number: zlib.crc32(f"{name} {number}".encode()))
    kept: set[int] = set()
    met: set[Any] = set()
    for number in (0, len(cases) - 1):
        kept.add(number)
        met |= _meetings(cases[number])
    while len(kept) * of < len(cases) or not wanted <= met:
        rest = [number for number in left if number not in kept]
        best = max(rest, key=lambda number: _worth(cases[number], wanted, met))
        kept.add(best)
        met |= _meetings(cases[best])
    return kept


def _worth(case: _Values, wanted: set[Any], met: set[Any]) -> tuple[int, int]:
    """Values that have not been seen come before those that have not met."""
    return len(case & (wanted - met)), len(_meetings(case) - met)


def _meetings(case: _Values) -> set[Any]:
    """Its values, and each two of them."""
    return {*case, *map(frozenset, itertools.combinations(sorted(case), 2))}


def _values_of(case: pytest.Function) -> _Values:
    callspec = getattr(case, "callspec", None)
    given = callspec.params.items() if callspec else ()
    return frozenset((name, repr(value)) for name, value in given)
