"""The fewest changes between two strings, by a library. Pure.

The compiled one is a hundred times as fast; where there is none for this Python, the same search
runs in Python, and less is asked of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from diff_match_patch import diff_match_patch

try:
    from fast_diff_match_patch import diff as compiled
except ImportError:
    compiled = None

# So many characters of both strings together are looked at in one call,
AT_ONCE = 10_000 if compiled else 1_500
# and so many pairs of them in all the calls that compare two texts.
MOST_WORK = 400_000_000 if compiled else 4_000_000


class Match(NamedTuple):
    """`length` characters from `old` on are those from `new` on."""

    old: int
    new: int
    length: int


def matches(old: str, new: str) -> Iterator[Match]:
    """What both have, in order. Never asked with a limit of time: the answer would depend on what
    else the machine does, and the library's short cut for that case is quadratic itself."""
    at = new_at = 0
    for kind, length in _by_compiled(old, new) if compiled else by_python(old, new):
        if kind == "=":
            yield Match(at, new_at, length)
        at += length if kind != "+" else 0
        new_at += length if kind != "-" else 0


def _by_compiled(old: str, new: str) -> list[tuple[str, int]]:
    told: list[tuple[str, int]] = compiled(
        old, new, timelimit=0, checklines=False, cleanup="No", counts_only=True, as_patch=False
    )
    return told


def by_python(old: str, new: str) -> list[tuple[str, int]]:
    """The same without the compiled library."""
    search: Any = diff_match_patch()
    search.Diff_Timeout = 0
    told = search.diff_main(old, new, False)
    return [("-=+"[kind + 1], len(part)) for kind, part in told]
