"""What was removed from a text and what was added, by tokens. Pure.

The search for the fewest changes is a library's (shortest.py). It is asked about stretches of
bounded length only: what is longer is cut at lines that occur once in both texts, and beyond a
fixed amount of work a stretch counts as replaced. So the time grows with the length, whatever the
texts are, and the same two texts have the same answer at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from webapp.writing.coding import Coded, Full, Vocabulary
from webapp.writing.finding import Finder
from webapp.writing.shortest import Match
from webapp.writing.tokens import tokens, words

EQUAL, REMOVED, ADDED = "equal", "removed", "added"
Split = Callable[[str], Iterable[str]]


class Range(NamedTuple):
    """Characters `start` to `end` of the old text and `new_start` to `new_end` of the new one."""

    kind: str
    start: int
    end: int
    new_start: int
    new_end: int


class Edit(NamedTuple):
    """Old characters `start` to `end` became the new ones `new_start` to `new_end`."""

    start: int
    end: int
    new_start: int
    new_end: int


def diff(old: str, new: str) -> list[Range]:
    """How the new text comes from the old one: equal, removed and added ranges, in order."""
    ranges = []
    at = new_at = 0
    end_of_both = Edit(len(old), len(old), len(new), len(new))
    for start, end, new_start, new_end in [*edits(old, new), end_of_both]:
        if start > at:
            ranges.append(Range(EQUAL, at, start, new_at, new_start))
        if end > start:
            ranges.append(Range(REMOVED, start, end, new_start, new_start))
        if new_end > new_start:
            ranges.append(Range(ADDED, end, end, new_start, new_end))
        at, new_at = end, new_end
    return ranges


def edits(old: str, new: str) -> list[Edit]:
    """The same as edits in order, of which no two touch."""
    if old == new:
        return []
    for split in (tokens, _lines):
        try:
            return _edits(old, new, split)
        except Full:
            continue
    return [Edit(0, len(old), 0, len(new))]


def words_changed(old: str, new: str) -> tuple[int, int]:
    """How many words were added and how many removed, as readers count them."""
    changed = edits(old, new)
    added = sum(words(new[one.new_start : one.new_end]) for one in changed)
    return added, sum(words(old[one.start : one.end]) for one in changed)


def _lines(text: str) -> Iterable[str]:
    return text.splitlines(keepends=True)


def _edits(old: str, new: str, split: Split) -> list[Edit]:
    vocabulary = Vocabulary()
    before, after = vocabulary.encode(split(old)), vocabulary.encode(split(new))
    found = Finder(vocabulary).matches(before.codes, after.codes)
    gaps = _gaps(found, before, after)
    settled = _Places(vocabulary, before, after).settle(gaps)
    return [
        Edit(
            before.ends[one.start],
            before.ends[one.end],
            after.ends[one.new_start],
            after.ends[one.new_end],
        )
        for one in settled
    ]


def _gaps(found: Iterable[Match], before: Coded, after: Coded) -> list[Edit]:
    """What lies between the matches, in tokens."""
    gaps = []
    at = new_at = 0
    for start, new_start, length in [*found, Match(len(before.codes), len(after.codes), 0)]:
        if start > at or new_start > new_at:
            gaps.append(Edit(at, start, new_at, new_start))
        at, new_at = start + length, new_start + length
    return gaps


class _Places:
    """Where equal tokens let an insertion or removal stand at several places, it is put at the one
    that a person means: before a block, behind one, before a word."""

    def __init__(self, vocabulary: Vocabulary, before: Coded, after: Coded) -> None:
        self._words = vocabulary
        self._old, self._new = before.codes, after.codes

    def settle(self, gaps: list[Edit]) -> list[Edit]:
        settled: list[Edit] = []
        for number, gap in enumerate(gaps):
            first = settled[-1].end + 1 if settled else 0
            last = gaps[number + 1].start - 1 if number + 1 < len(gaps) else len(self._old)
            settled.append(self._settled(gap, first, last))
        return settled

    def _settled(self, gap: Edit, first: int, last: int) -> Edit:
        """`first` and `last`: how far the edit may reach without touching its neighbours."""
        if gap.end > gap.start and gap.new_end > gap.new_start:
            return gap
        text, start, end = (
            (self._old, gap.start, gap.end)
            if gap.end > gap.start
            else (self._new, gap.new_start, gap.new_end)
        )
        left = right = 0
        while gap.start - left > first and text[start - left - 1] == text[end - left - 1]:
            left += 1
        while gap.end + right < last and text[start + right] == text[end + right]:
            right += 1
        if not left and not right:
            return gap
        by = max(range(-left, right + 1), key=lambda by: (self._rank(text, start + by), -abs(by)))
        return Edit(*(place + by for place in gap))

    def _rank(self, text: str, at: int) -> int:
        """How natural it is that something begins there."""
        if at == 0 or at == len(text):
            return 3
        before, after = self._words.token(text[at - 1]), self._words.token(text[at])
        if after.startswith("<!-- wp:"):
            return 4
        if before.startswith(("</", "<!-- /wp:")):
            return 2 + (after[0] == "<" and after[1:2] != "/")
        if after[0] == "<" and before.isspace():
            return 3
        return int(before.isspace())
