"""Each case at one place, or, with IGNY8_EVERYWHERE=1, at all of them.

Many cases hold at several kinds of website (two versions of WordPress, two storage engines, an
object cache, a sub-directory) or on both databases. `bin/test` runs each case at one of them; which
one follows from the test's name and the case's number, so that the cases of a test are spread over
all of them.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import pytest

_Test = tuple[Path, str]
_Case = tuple[tuple[str, int], ...]


def leave_one_place_each(
    config: pytest.Config, items: list[pytest.Item], directory: Path, place: str
) -> None:
    """Deselect, below a directory, all but one of the items that differ in the place only.

    `place` names the fixture whose parameter is the place. What the caller named by its whole id
    stands alone in `items`, and is kept.
    """
    _leave(config, items, directory, place, least=1)


def share_out_cases(config: pytest.Config, items: list[pytest.Item], place: str) -> None:
    """The same for tests with several cases; those with a single one run at all places."""
    _leave(config, items, Path(config.rootpath), place, least=2)


def _leave(
    config: pytest.Config, items: list[pytest.Item], directory: Path, place: str, *, least: int
) -> None:
    if os.environ.get("IGNY8_EVERYWHERE") == "1":
        return
    tests: dict[_Test, dict[_Case, list[pytest.Item]]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and directory in item.path.parents:
            callspec = getattr(item, "callspec", None)
            if callspec and place in callspec.params:
                given = callspec.params.items()
                others = tuple(sorted((name, id(one)) for name, one in given if name != place))
                cases = tests.setdefault((item.path, item.originalname), {})
                cases.setdefault(others, []).append(item)
    left_out = {
        item
        for test, cases in tests.items()
        if len(cases) >= least
        for number, found in enumerate(cases.values())
        for item in _all_but_one(test, number, found)
    }
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _all_but_one(test: _Test, number: int, found: list[pytest.Item]) -> list[pytest.Item]:
    path, name = test
    kept = (zlib.crc32(f"{path.name} {name}".encode()) + number) % len(found)
    return found[:kept] + found[kept + 1 :]
