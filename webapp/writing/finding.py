"""What two texts of coded tokens have in common, in time that grows with their length. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from webapp.writing import shortest
from webapp.writing.coding import Vocabulary
from webapp.writing.shortest import Match
from webapp.writing.tokens import ends_a_stretch

_DEEPEST = 12
# Longer ones are not looked at word by word.
_MOST_WORDS = 400_000
# What a match costs us afterwards, in pairs of tokens.
_PRICE = 1_000
_CHUNK = 4096


class _Part(NamedTuple):
    """Parts of both texts, which begin at `at` and `new_at`; how often they were cut so far."""

    old: str
    new: str
    at: int
    new_at: int
    depth: int

    def between(self, start: int, end: int, new_start: int, new_end: int) -> _Part:
        """What of them lies between these places."""
        return _Part(
            self.old[start:end],
            self.new[new_start:new_end],
            self.at + start,
            self.new_at + new_start,
            self.depth + 1,
        )


class Finder:
    """Finds what is equal in two texts of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._edges = {code for token, code in vocabulary.items() if ends_a_stretch(token)}
        self._work = shortest.MOST_WORK

    def matches(self, old: str, new: str) -> Iterator[Match]:
        """What both have, in order; two that touch are told apart or as one."""
        return self._within(_Part(old, new, 0, 0, 0))

    def _within(self, part: _Part) -> Iterator[Match]:
        old, new = part.old, part.new
        ahead = _common_start(old, new)
        behind = _common_end(old, new, min(len(old), len(new)) - ahead)
        if ahead:
            yield Match(part.at, part.new_at, ahead)
        end, new_end = len(old) - behind, len(new) - behind
        if end > ahead and new_end > ahead:
            is_short = end + new_end - 2 * ahead <= shortest.AT_ONCE
            look = self._at_once if is_short else self._cut
            yield from look(part.between(ahead, end, ahead, new_end))
        if behind:
            yield Match(part.at + end, part.new_at + new_end, behind)

    def _at_once(self, part: _Part) -> Iterator[Match]:
        if not self._affords(part.old, part.new):
            return
        for found in shortest.matches(part.old, part.new):
            self._work -= _PRICE
            yield Match(part.at + found.old, part.new_at + found.new, found.length)

    def _cut(self, part: _Part) -> Iterator[Match]:
        """What is long, stretch by stretch: lines that occur once stay, or words that do, and what
        lies between them is looked at by itself."""
        if part.depth > _DEEPEST:
            return
        olds, news = self._stretches(part.old), self._stretches(part.new)
        pairs = _once_in_both(olds, news) or self._alike(olds, news)
        if not pairs and len(part.old) + len(part.new) <= _MOST_WORDS:
            olds, news = list(part.old), list(part.new)
            pairs = _once_in_both(olds, news)
        if pairs:
            yield from self._around(part, pairs, olds, news)
        elif len(olds) == len(news):
            yield from self._side_by_side(part, olds, news)

    def _around(
        self, part: _Part, pairs: list[tuple[int, int]], olds: list[str], news: list[str]
    ) -> Iterator[Match]:
        """Pairs of equal stretches, and what is found between them."""
        starts = list(accumulate(map(len, olds), initial=0))
        new_starts = list(accumulate(map(len, news), initial=0))
        done = new_done = 0
        for one, other in [*pairs, (len(olds), len(news))]:
            start, new_start = starts[one], new_starts[other]
            yield from self._within(part.between(done, start, new_done, new_start))
            if one < len(olds):
                yield Match(part.at + start, part.new_at + new_start, len(olds[one]))
                done, new_done = starts[one + 1], new_starts[other + 1]

    def _side_by_side(self, part: _Part, olds: list[str], news: list[str]) -> Iterator[Match]:
        """Stretch with stretch, as each text has as many: a word may be another in all of them."""
        done = new_done = 0
        for old, new in zip(olds, news, strict=True):
            end, new_end = done + len(old), new_done + len(new)
            yield from self._within(part.between(done, end, new_done, new_end))
            done, new_done = end, new_end

    def _alike(self, olds: list[str], news: list[str]) -> list[tuple[int, int]]:
        """Pairs of equal stretches by the fewest changes, where there are not too many."""
        if len(olds) + len(news) > shortest.AT_ONCE or not self._affords(olds, news):
            return []
        known = Vocabulary()
        codes, new_codes = known.encode(olds).codes, known.encode(news).codes
        return [
            (found.old + one, found.new + one)
            for found in shortest.matches(codes, new_codes)
            for one in range(found.length)
        ]

    def _affords(self, old: Sequence[str], new: Sequence[str]) -> bool:
        self._work -= len(old) * len(new)
        return self._work >= 0

    def _stretches(self, codes: str) -> list[str]:
        ends = [place for place, code in enumerate(codes, 1) if code in self._edges]
        if not ends or ends[-1] < len(codes):
            ends.append(len(codes))
        return [codes[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _common_start(old: str, new: str) -> int:
    """How many characters both begin with."""
    shared, most = 0, min(len(old), len(new))
    while shared < most and old[shared : shared + _CHUNK] == new[shared : shared + _CHUNK]:
        shared += _CHUNK
    shared = min(shared, most)
    while shared < most and old[shared] == new[shared]:
        shared += 1
    return shared


def _common_end(old: str, new: str, most: int) -> int:
    """How many characters both end with, at most so many."""
    return _common_start(old[len(old) - most :][::-1], new[len(new) - most :][::-1])


def _once_in_both(olds: list[str], news: list[str]) -> list[tuple[int, int]]:
    """Places of stretches that each text has exactly once, as many as stand in the same order."""
    counts, new_counts = Counter(olds), Counter(news)
    new_place = {one: place for place, one in enumerate(news) if new_counts[one] == 1}
    both = [
        (place, new_place[one])
        for place, one in enumerate(olds)
        if counts[one] == 1 and one in new_place
    ]
    return _longest_in_order(both)


def _longest_in_order(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs whose second numbers rise too."""
    lasts: list[int] = []  # the least number that a row of so many can end with
    rows: list[int] = []  # the pair that it ends with
    before: list[int] = []
    for place, (_, number) in enumerate(pairs):
        length = bisect_left(lasts, number)
        before.append(rows[length - 1] if length else -1)
        lasts[length : length + 1] = [number]
        rows[length : length + 1] = [place]
    chosen = []
    place = rows[-1] if rows else -1
    while place >= 0:
        chosen.append(pairs[place])
        place = before[place]
    return chosen[::-1]
