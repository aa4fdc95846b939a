"""Passages that something is said of, moved along with the text. Pure.

An anchor goes where its words went. What was rewritten by more than half, or stands among other
words than before, is doubtful: its quotation is looked for among what was added, and where it is
not found once, the passage is gone. It never comes to stand on other words.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from webapp.writing.diff import Edit, edits
from webapp.writing.tokens import words

AROUND = 30
# So much of what stands on one side of a passage tells that it is the same place.
_ENOUGH = 6
# So much may have been written between two words of a passage.
_BETWEEN = 80
# A quotation of so many words is found by itself; a shorter one by what stands beside it.
_TELLING = 4
_SOURCE = re.compile(r"\ssrc\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+)", re.I)


class Anchor(NamedTuple):
    """Characters `start` to `end` of a source, which are `quotation`, with what stands around."""

    start: int
    end: int
    quotation: str
    before: str
    after: str


class Gone(NamedTuple):
    """The passage is not there any more; what it was."""

    quotation: str


def of(source: str, start: int, end: int) -> Anchor:
    """The anchor of a passage of a source."""
    return Anchor(
        start,
        end,
        source[start:end],
        source[max(start - AROUND, 0) : start],
        source[end : end + AROUND],
    )


def move(anchor: Anchor, old: str, new: str) -> Anchor | Gone:
    """Where the passage of the old source stands in the new one."""
    return move_all([anchor], old, new)[0]


def move_all(anchors: Sequence[Anchor], old: str, new: str) -> list[Anchor | Gone]:
    """The same for all anchors of a text: the sources are compared once."""
    if old == new or not anchors:
        return list(anchors)
    way = _Way(old, new)
    return [way.of(anchor) for anchor in anchors]


class _Way:
    """From one source to the next."""

    def __init__(self, old: str, new: str) -> None:
        self._old, self._new = old, new
        self._edits = edits(old, new)
        self._starts = [one.start for one in self._edits]
        self._added = [(one.new_start, one.new_end) for one in self._edits]

    def of(self, anchor: Anchor) -> Anchor | Gone:
        if self._old[anchor.start : anchor.end] == anchor.quotation:
            kept = self._together(self._kept(anchor.start, anchor.end))
            length = sum(end - start for start, end in kept)
            if kept and 2 * length >= len(anchor.quotation):
                moved = of(self._new, kept[0][0], kept[-1][1])
                if moved.quotation != anchor.quotation or _is_beside(moved, anchor):
                    return moved
        return self._found(anchor) or self._picture(anchor) or Gone(anchor.quotation)

    def _kept(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """What is left of a range, as ranges of the new source."""
        number = max(bisect_right(self._starts, start) - 1, 0)
        at, shift = start, 0
        if number < len(self._edits) and self._edits[number].start <= start:
            at, shift = max(start, self._edits[number].end), _shift(self._edits[number])
            number += 1
        while at < end:
            upto = min(end, self._starts[number]) if number < len(self._edits) else end
            if upto > at:
                yield at + shift, upto + shift
            if number >= len(self._edits) or self._starts[number] >= end:
                return
            at, shift = max(at, self._edits[number].end), _shift(self._edits[number])
            number += 1

    def _together(self, kept: Iterator[tuple[int, int]]) -> list[tuple[int, int]]:
        """The most of what is left that stands together: between words that were parted by much, or
        by a line, stands something else, and some of them are others of the same name."""
        runs: list[list[tuple[int, int]]] = []
        for start, end in kept:
            between = self._new[runs[-1][-1][1] : start] if runs else ""
            if runs and len(between) <= _BETWEEN and "\n" not in between:
                runs[-1].append((start, end))
            else:
                runs.append([(start, end)])
        return max(runs, key=lambda run: sum(end - start for start, end in run), default=[])

    def _found(self, anchor: Anchor) -> Anchor | None:
        """The one place among what was added where the quotation stands."""
        places = [
            of(self._new, place, place + len(anchor.quotation))
            for place in _places(self._new, anchor.quotation)
            if self._is_new(place, place + len(anchor.quotation))
        ]
        beside = [one for one in places if _is_beside(one, anchor)]
        if len(beside) == 1:
            return beside[0]
        is_telling = words(anchor.quotation) >= _TELLING
        return places[0] if len(places) == 1 and is_telling else None

    def _is_new(self, start: int, end: int) -> bool:
        """Whether something of that range was added."""
        number = bisect_left(self._added, (start, end))
        near = self._added[max(number - 1, 0) : number + 1]
        return any(one < end and other > start for one, other in near)

    def _picture(self, anchor: Anchor) -> Anchor | None:
        """A picture is known by its address, whatever else is said of it."""
        source = _SOURCE.search(anchor.quotation)
        if not anchor.quotation.lower().startswith("<img") or source is None:
            return None
        shown = re.compile(rf"<img\b[^<>]*?\ssrc\s*=\s*{re.escape(source[1])}[^<>]*>", re.I)
        found = [one.span() for one in shown.finditer(self._new)]
        return of(self._new, *found[0]) if len(found) == 1 else None


def _shift(edit: Edit) -> int:
    """How far what comes behind an edit has moved."""
    return edit.new_end - edit.end


def _is_beside(one: Anchor, other: Anchor) -> bool:
    """Whether what stands on one side of both is the same."""
    return _ends_alike(one.before, other.before) or _ends_alike(one.after[::-1], other.after[::-1])


def _ends_alike(one: str, other: str) -> bool:
    length = min(_ENOUGH, len(other))
    return (one[-length:] if length else one) == other[-length:] if length else not one


def _places(text: str, quotation: str) -> Iterator[int]:
    at = text.find(quotation) if quotation else -1
    while at >= 0:
        yield at
        at = text.find(quotation, at + len(quotation))
