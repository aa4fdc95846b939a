"""Two people's versions of one text become one. Pure.

What only one of them changed is taken, what both changed alike is taken once, and what they changed
differently, or side by side, is a clash that a person settles. A merge never breaks what was whole
in the base, or in both.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from webapp.writing import structure
from webapp.writing.blocks import blocks
from webapp.writing.diff import edits

# So many characters before and after a clash are shown with it.
CONTEXT = 160
# Of so many places it is looked at what becomes of the text where one chooses ours there alone.
_MOST_MIXED = 8
BOTH, STRUCTURE = "both", "structure"
OURS, THEIRS = "ours", "theirs"


@dataclass(frozen=True)
class Clash:
    """Characters `start` to `end` of the base, and what each made of them; `why` is BOTH where both
    changed it, and STRUCTURE where both changes together would break the text. In the merged text
    `theirs` stands there, from `at` on."""

    start: int
    end: int
    base: str
    theirs: str
    ours: str
    before: str
    after: str
    at: int
    why: str


@dataclass(frozen=True)
class Merged:
    """`text` has all that does not clash, and theirs where it does: it can be kept as it is."""

    text: str
    clashes: tuple[Clash, ...] = ()

    def settled(self, choices: Sequence[str]) -> str:
        """The text with one of OURS and THEIRS for each clash, in order."""
        parts, at = [], 0
        for clash, choice in zip(self.clashes, choices, strict=True):
            parts += [self.text[at : clash.at], clash.ours if choice == OURS else clash.theirs]
            at = clash.at + len(clash.theirs)
        return "".join([*parts, self.text[at:]])


class Written(NamedTuple):
    """One side's edit of the base: `text` stands for `start` to `end`."""

    start: int
    end: int
    text: str


class _Spot(NamedTuple):
    """A place of the base that was changed; they differ where it is a clash."""

    start: int
    end: int
    theirs: str
    ours: str
    why: str = BOTH

    @property
    def is_clash(self) -> bool:
        return self.theirs != self.ours

    @property
    def is_loose(self) -> bool:
        """Whether it clashes with no more than an end of an element: another place has the other,
        and one who chooses differently there would break it."""
        return self.is_clash and not structure.are_whole(self.theirs, self.ours)

    def settled(self, is_ours: bool) -> Written:
        return Written(self.start, self.end, self.ours if is_ours else self.theirs)


def merge(base: str, theirs: str, ours: str) -> Merged:
    """What is stored now (`theirs`) and what came in (`ours`), both made of `base`."""
    if ours in (base, theirs):
        return Merged(theirs)
    if theirs == base:
        return Merged(ours)
    sides = _Sides(base, list(_written(base, theirs)), list(_written(base, ours)))
    spots = sides.spots()
    if sides.is_sound(spots, 0, len(base)):
        return _put_together(base, spots)
    for start, end in sides.broken(spots):
        clash = _Spot(start, end, *sides.versions(start, end), STRUCTURE)
        apart = [one for one in spots if one.end < start or one.start > end]
        spots = sorted([*apart, clash])
    if not sides.is_sound(spots, 0, len(base)):
        spots = [_Spot(0, len(base), theirs, ours, STRUCTURE)]
    return _put_together(base, spots)


def merge_fields(
    base: Mapping[str, Any], theirs: Mapping[str, Any], ours: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """The same for values that are taken as wholes: those of all fields that `ours` names, and the
    names of those that clash, which keep theirs."""
    merged, clashes = {}, []
    for name, mine in ours.items():
        was, stored = base.get(name), theirs.get(name)
        is_clash = stored not in (was, mine) and mine != was
        merged[name] = mine if stored == was else stored
        clashes += [name] if is_clash else []
    return merged, clashes


def together(theirs: str, ours: str) -> str:
    """Both texts in one, block by block: once what stands in both, else theirs and then ours."""
    stored, came = blocks(theirs), blocks(ours)
    matcher = difflib.SequenceMatcher(
        a=[one.core for one in stored], b=[one.core for one in came], autojunk=False
    )
    parts: list[str] = []
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        found = [*stored[start:end], *(came[new_start:new_end] if what != "equal" else [])]
        parts += [one.source for one in found]
    apart = [one if one[-1:].isspace() else f"{one}\n\n" for one in parts[:-1]]
    return "".join([*apart, *parts[-1:]])


def _written(base: str, text: str) -> Iterator[Written]:
    for one in edits(base, text):
        yield Written(one.start, one.end, text[one.new_start : one.new_end])


class _Sides:
    """A base, and what each side has made of it."""

    def __init__(self, base: str, theirs: list[Written], ours: list[Written]) -> None:
        self._base, self._theirs, self._ours = base, theirs, ours

    def spots(self) -> list[_Spot]:
        """The changed places in order. Edits of both that touch are one place."""
        mine = {id(one) for one in self._ours}
        waiting = sorted([*self._theirs, *self._ours], key=lambda edit: (edit.start, edit.end))
        groups: list[list[Written]] = []
        end = -1
        for edit in waiting:
            if edit.start <= end:
                groups[-1].append(edit)
            else:
                groups.append([edit])
            end = max(end, edit.end)
        spots = [
            self._spot(
                [one for one in group if id(one) not in mine],
                [one for one in group if id(one) in mine],
            )
            for group in groups
        ]
        return self._joined(spots)

    def _joined(self, spots: list[_Spot]) -> list[_Spot]:
        """Clashes of words next to each other are one: nobody wrote one side's first word before
        the other's second."""
        joined: list[_Spot] = []
        for spot in spots:
            last = joined[-1] if joined else spot
            is_next = self._base[last.end : spot.start] == " "
            if is_next and last.is_clash and spot.is_clash:
                joined[-1] = _Spot(last.start, spot.end, *self.versions(last.start, spot.end))
            else:
                joined.append(spot)
        return joined

    def _spot(self, theirs: list[Written], ours: list[Written]) -> _Spot:
        both = [*theirs, *ours]
        start, end = min(one.start for one in both), max(one.end for one in both)
        stored, came = (self._with(side, start, end) for side in (theirs or ours, ours or theirs))
        return _Spot(start, end, stored, came)

    def _with(self, side: Iterable[Written], start: int, end: int) -> str:
        """That part of the base with one side's edits, all of which lie in it."""
        parts, at = [], start
        for edit in side:
            parts += [self._base[at : edit.start], edit.text]
            at = edit.end
        return "".join([*parts, self._base[at:end]])

    def versions(self, start: int, end: int) -> tuple[str, str]:
        """What theirs and ours have made of that part."""
        theirs, ours = (
            self._with((one for one in side if start <= one.start and one.end <= end), start, end)
            for side in (self._theirs, self._ours)
        )
        return theirs, ours

    def is_sound(self, spots: list[_Spot], start: int, end: int) -> bool:
        """Whether that part stays whole, whichever side is chosen where they clash."""
        theirs, ours = self.versions(start, end)
        must = structure.kept(self._base[start:end])
        must |= structure.kept(theirs) & structure.kept(ours)
        loose = [one for one in spots if one.is_loose]
        mixed = [{one} for one in loose[:_MOST_MIXED]] if len(loose) > 1 else []
        chosen = (
            self._with([one.settled(one in mine) for one in spots], start, end)
            for mine in (set(), set(spots), *mixed)
        )
        return all(must <= structure.kept(text) for text in chosen)

    def broken(self, spots: list[_Spot]) -> list[tuple[int, int]]:
        """The smallest elements and blocks of the base that do not stay whole."""
        found: list[tuple[int, int]] = []
        for start, end in structure.enclosing(self._base, [one[:2] for one in spots]):
            if any(start <= one and other <= end for one, other in found):
                continue
            within = [one for one in spots if start <= one.start and one.end <= end]
            if not self.is_sound(within, start, end):
                found.append((start, end))
        return found


def _put_together(base: str, spots: list[_Spot]) -> Merged:
    parts, clashes = [], []
    at = length = 0
    for spot in spots:
        parts += [base[at : spot.start], spot.theirs]
        length += spot.start - at
        if spot.is_clash:
            clashes.append(_clash(base, spot, length))
        length += len(spot.theirs)
        at = spot.end
    return Merged("".join([*parts, base[at:]]), tuple(clashes))


def _clash(base: str, spot: _Spot, at: int) -> Clash:
    return Clash(
        start=spot.start,
        end=spot.end,
        base=base[spot.start : spot.end],
        theirs=spot.theirs,
        ours=spot.ours,
        before=base[max(spot.start - CONTEXT, 0) : spot.start],
        after=base[spot.end : spot.end + CONTEXT],
        at=at,
        why=spot.why,
    )
