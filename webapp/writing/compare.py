"""What changed between two texts, block by block, as a person would say it. Pure.

Unchanged text is never called changed: a block that is the same is unchanged or moved, and in one
that changed only the words, formats and pictures that did. Applied to the old text the changes give
the new one byte for byte.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from webapp.writing import reading
from webapp.writing.blocks import Block, blocks
from webapp.writing.coding import Vocabulary
from webapp.writing.diff import edits
from webapp.writing.finding import Finder
from webapp.writing.merge import Written
from webapp.writing.reading import ADDED, EQUAL, FORMATTED, REMOVED, Run, ShownPicture

UNCHANGED, CHANGED, MOVED = "unchanged", "changed", "moved"
WORDS, FORMAT, PICTURES, SOURCE = "words", "format", "pictures", "source"
# From such a part of their words in common on two blocks are one that was changed: where they stand
# at the same place, and where one of them has moved.
_SAME_PLACE, _ELSEWHERE = 0.35, 0.6
# With less than that in common a block was written anew.
_REWRITTEN = 0.2
# So many pairs of blocks are looked at.
_MOST_PAIRS = 10_000


@dataclass(frozen=True)
class Change:
    """`kind` is UNCHANGED, ADDED, REMOVED, CHANGED or MOVED; of one that moved, and of one that
    changed, `what` says what else did: WORDS, FORMAT, PICTURES, or only the SOURCE, which nobody
    sees. `pictures` are those before and now, where they differ. `edits` make the new block's
    source of the old one's."""

    kind: str
    old: Block | None
    new: Block | None
    edits: tuple[Written, ...] = ()
    what: frozenset[str] = frozenset()
    runs: tuple[Run, ...] = ()
    pictures: tuple[tuple[ShownPicture, ...], tuple[ShownPicture, ...]] = ((), ())
    words_added: int = 0
    words_removed: int = 0


def compare(old: str, new: str) -> list[Change]:
    """All blocks, in the order of the new text; what was removed stands where it stood."""
    before, after = blocks(old), blocks(new)
    pairs = _Pairing(before, after).pairs()
    paired = {one for one, _ in pairs.values()}
    gone = deque(one for one in range(len(before)) if one not in paired)
    changes: list[Change] = []
    for number, block in enumerate(after):
        if number not in pairs:
            changes.append(_added(block))
            continue
        place, has_moved = pairs[number]
        if not has_moved:
            while gone and gone[0] < place:
                changes.append(_removed(before[gone.popleft()]))
        changes.append(_paired(before[place], block, has_moved))
    return changes + [_removed(before[one]) for one in gone]


def apply(old: str, changes: Iterable[Change]) -> str:
    """The new text, made of the old one and what changed."""
    parts = []
    for change in changes:
        if change.new is None:
            continue
        source = old[change.old.start : change.old.end] if change.old else ""
        at = 0
        for edit in change.edits:
            parts += [source[at : edit.start], edit.text]
            at = edit.end
        parts.append(source[at:])
    return "".join(parts)


def _added(block: Block) -> Change:
    told = reading.runs("", block.source)
    return Change(
        ADDED,
        None,
        block,
        (Written(0, 0, block.source),),
        frozenset(),
        tuple(told),
        ((), tuple(reading.pictures_of(block.source))),
        reading.counted(told, ADDED),
    )


def _removed(block: Block) -> Change:
    told = reading.runs(block.source, "")
    return Change(
        REMOVED,
        block,
        None,
        (),
        frozenset(),
        tuple(told),
        (tuple(reading.pictures_of(block.source)), ()),
        0,
        reading.counted(told, REMOVED),
    )


def _paired(old: Block, new: Block, has_moved: bool) -> Change:
    written = tuple(
        Written(one.start, one.end, new.source[one.new_start : one.new_end])
        for one in edits(old.source, new.source)
    )
    if old.core == new.core:
        return Change(MOVED if has_moved else UNCHANGED, old, new, written)
    told = _told(old, new)
    was, now = reading.pictures_of(old.source), reading.pictures_of(new.source)
    kinds = {run.kind for run in told if run.text.strip()}
    what = {WORDS} if kinds & {ADDED, REMOVED} else set()
    what |= {FORMAT} if FORMATTED in kinds else set()
    what |= {PICTURES} if was != now else set()
    return Change(
        MOVED if has_moved else CHANGED,
        old,
        new,
        written,
        frozenset(what or {SOURCE}),
        tuple(told),
        (tuple(was), tuple(now)) if was != now else ((), ()),
        reading.counted(told, ADDED),
        reading.counted(told, REMOVED),
    )


def _told(old: Block, new: Block) -> list[Run]:
    """The words of both. Where hardly one stayed, all that was is told before all that is: words
    that both happen to have would cut either into pieces."""
    told = reading.runs(old.core, new.core)
    counts = {kind: reading.counted(told, kind) for kind in (EQUAL, FORMATTED, ADDED, REMOVED)}
    stayed = counts[EQUAL] + counts[FORMATTED]
    changed = max(counts[ADDED], counts[REMOVED])
    if stayed < _REWRITTEN * (stayed + changed):
        return [*reading.runs(old.core, ""), *reading.runs("", new.core)]
    return told


class _Pairing:
    """Which block of the new text was which of the old one."""

    def __init__(self, before: list[Block], after: list[Block]) -> None:
        self._before, self._after = before, after
        self._found: dict[int, tuple[int, bool]] = {}
        self._taken: set[int] = set()
        self._words: dict[tuple[bool, int], Counter[str]] = {}
        self._left = _MOST_PAIRS

    def pairs(self) -> dict[int, tuple[int, bool]]:
        """By the place of the new block: that of the old one, and whether it moved."""
        self._pair_equal()
        self._pair_moved()
        for olds, news in list(self._gaps()):
            self._pair_alike(olds, news, _SAME_PLACE, has_moved=False)
        olds = [one for one in range(len(self._before)) if one not in self._taken]
        news = [one for one in range(len(self._after)) if one not in self._found]
        self._pair_alike(olds, news, _ELSEWHERE, has_moved=True)
        for olds, news in list(self._gaps()):
            self._pair_rewritten(olds, news)
        return self._found

    def _take(self, old: int, new: int, has_moved: bool) -> None:
        self._found[new] = (old, has_moved)
        self._taken.add(old)

    def _pair_equal(self) -> None:
        """What is the same, in the same order."""
        known = Vocabulary()
        codes = known.encode(block.core or " " for block in self._before).codes
        new_codes = known.encode(block.core or " " for block in self._after).codes
        for at, new_at, length in Finder(known).matches(codes, new_codes):
            for one in range(length):
                self._take(at + one, new_at + one, has_moved=False)

    def _pair_moved(self) -> None:
        """What is the same somewhere else."""
        places: dict[str, deque[int]] = defaultdict(deque)
        for place, block in enumerate(self._before):
            if place not in self._taken:
                places[block.core].append(place)
        for number, block in enumerate(self._after):
            if number not in self._found and places.get(block.core):
                self._take(places[block.core].popleft(), number, has_moved=True)

    def _gaps(self) -> Iterator[tuple[list[int], list[int]]]:
        """Stretches of both texts between blocks that stayed where they were."""
        stayed = [(new, old) for new, (old, moved) in sorted(self._found.items()) if not moved]
        at = new_at = 0
        for new, old in [*stayed, (len(self._after), len(self._before))]:
            olds = [one for one in range(at, old) if one not in self._taken]
            news = [one for one in range(new_at, new) if one not in self._found]
            if olds and news:
                yield olds, news
            at, new_at = old + 1, new + 1

    def _pair_alike(
        self, olds: list[int], news: list[int], least: float, *, has_moved: bool
    ) -> None:
        """The likest first; at the same place only such that keep their order."""
        self._left -= len(olds) * len(news)
        if self._left < 0:
            return
        rated = [
            (self._likeness(one, other, has_moved), one, other) for one in olds for other in news
        ]
        chosen: list[tuple[int, int]] = []
        for likeness, one, other in sorted(rated, key=lambda it: (-it[0], it[1], it[2])):
            if likeness < least:
                return
            is_free = one not in self._taken and other not in self._found
            if is_free and (has_moved or _is_in_order(one, other, chosen)):
                self._take(one, other, has_moved)
                chosen.append((one, other))

    def _pair_rewritten(self, olds: list[int], news: list[int]) -> None:
        """At one place as many blocks of a kind went as came: each was written anew."""
        for kind in dict.fromkeys(self._before[one].kind for one in olds):
            went = [one for one in olds if self._before[one].kind == kind]
            came = [one for one in news if self._after[one].kind == kind]
            if len(went) == len(came):
                for old, new in zip(went, came, strict=True):
                    self._take(old, new, has_moved=False)

    def _likeness(self, old: int, new: int, has_moved: bool) -> float:
        """Which part of the longer one's words both have."""
        shared = self._shared(old, new)
        both = self._before[old].source, self._after[new].source
        if not has_moved and all("<img" in source for source in both):
            return (1 + shared) / 2  # another picture in the place of one
        return shared

    def _shared(self, old: int, new: int) -> float:
        one = self._counted(self._before[old], (False, old))
        other = self._counted(self._after[new], (True, new))
        longest = max(one.total(), other.total())
        return (one & other).total() / longest if longest else 0.0

    def _counted(self, block: Block, key: tuple[bool, int]) -> Counter[str]:
        if key not in self._words:
            text = (word.text for word in reading.words_of(block.source))
            self._words[key] = Counter(one for one in text if not one.isspace())
        return self._words[key]


def _is_in_order(old: int, new: int, others: list[tuple[int, int]]) -> bool:
    return all((place < old) == (number < new) for place, number in others)
