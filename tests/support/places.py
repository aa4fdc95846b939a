"""Each case at one place, or, with IGNY8_EVERYWHERE=1, at all of them.

Many cases hold at several kinds of website (two versions of WordPress, two storage engines, an
object cache, a sub-directory). `bin/test` runs each case at one of its kinds; which one follows
from the case's name, so that the cases of a test are spread over all kinds and stay where they are.
"""

from __future__ import annotations

import os
import zlib
from collections import defaultdict
from pathlib import Path

import pytest

_Case = tuple[Path, str, str]


def leave_one_place_each(
    config: pytest.Config, items: list[pytest.Item], directory: Path, place: str
) -> None:
    """Deselect, below a directory, all but one of the items that differ in the place only.

    `place` names the fixture whose parameter is the place. What the caller named by its whole id
    stands alone in `items`, and is kept.
    """
    if os.environ.get("IGNY8_EVERYWHERE") == "1":
        return
    cases: dict[_Case, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if isinstance(item, pytest.Function) and directory in item.path.parents:
            callspec = getattr(item, "callspec", None)
            if callspec and place in callspec.params:
                others = callspec.id.replace(callspec.params[place], "", 1)
                cases[item.path, item.originalname, others].append(item)
    left_out = {item for case, found in cases.items() for item in _all_but_one(case, found)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]


def _all_but_one(case: _Case, found: list[pytest.Item]) -> list[pytest.Item]:
    path, name, others = case
    kept = zlib.crc32(f"{path.name} {name} {others}".encode()) % len(found)
    return found[:kept] + found[kept + 1 :]
