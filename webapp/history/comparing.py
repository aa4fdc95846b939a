"""Two versions of a piece side by side, as the page shows them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from webapp.history import fields, words
from webapp.history.fields import FieldChange
from webapp.writing import blocks, compare
from webapp.writing.blocks import Block
from webapp.writing.compare import Change
from webapp.writing.reading import ADDED, EQUAL, REMOVED, Run, pictures_of, words_of
from webapp.writing.revisions import Version

_SPACE = re.compile(r"[ \t\r\n\f]+")
_TAGS = {blocks.HEADING: "h2", blocks.QUOTE: "blockquote", blocks.CODE: "pre"}


class Shown(NamedTuple):
    """A block with what its margin says; `place` is the number of its change, 0 for none."""

    change: Change
    place: int
    mark: str
    moved: str

    @property
    def block(self) -> Block:
        found = self.change.new or self.change.old
        assert found is not None
        return found

    @property
    def name(self) -> str:
        """ "Paragraph 2"."""
        return words.name(self.block)

    @property
    def tag(self) -> str:
        return _TAGS.get(self.block.kind, "p")

    @property
    def is_same(self) -> bool:
        return self.place == 0

    @property
    def runs(self) -> list[Run]:
        """Its words with what became of each."""
        return tidied(list(self.change.runs) or reading_of(self.block.source))

    @property
    def before(self) -> list[Run]:
        """What stood there: without what was added."""
        return [run for run in self.runs if run.kind != ADDED]

    @property
    def after(self) -> list[Run]:
        return [run for run in self.runs if run.kind != REMOVED]


class ChangeLine(NamedTuple):
    """A change in the list beside: where it stands, what it is."""

    place: int
    icon: str
    name: str
    said: str


@dataclass(frozen=True)
class Comparison:
    """`texts` are the blocks of the new text in its order, with those that were removed where they
    stood, and without what is the same and nobody sees, such as where a list begins."""

    fields: list[FieldChange]
    texts: list[Shown]

    @cached_property
    def lines(self) -> list[ChangeLine]:
        """All changes, fields first."""
        found = [
            ChangeLine(number, "type", one.name, one.said)
            for number, one in enumerate(self.fields, 1)
        ]
        for one in self.texts:
            if not one.is_same:
                icon = words.ICONS.get(one.change.kind, "pencil-line")
                found.append(ChangeLine(one.place, icon, one.name, words.said(one.change)))
        return found

    @property
    def same(self) -> int:
        """How many blocks that are seen are the same, byte for byte."""
        return sum(one.is_same for one in self.texts)

    @property
    def rows(self) -> list[list[Shown]]:
        """Runs of unchanged blocks together, each changed one by itself."""
        found: list[list[Shown]] = []
        for one in self.texts:
            if one.is_same and found and found[-1][0].is_same:
                found[-1].append(one)
            else:
                found.append([one])
        return found


def of(old: Version, new: Version) -> Comparison:
    """What changed between them."""
    changed = fields.changed(old.fields, new.fields)
    headings = [one for one in blocks.blocks(old.html) if one.kind == blocks.HEADING]
    place = len(changed)
    shown = []
    order = _order(changes := compare.compare(old.html, new.html))
    for change in changes:
        if change.kind == compare.UNCHANGED:
            same = Shown(change, 0, "", "")
            shown += [same] if same.runs or pictures_of(same.block.source) else []
            continue
        place += 1
        moved = _moved(change, headings, order) if change.kind == compare.MOVED else ""
        shown.append(Shown(change, place, _mark(change), moved))
    return Comparison(changed, shown)


def _mark(change: Change) -> str:
    """A word or two for the margin."""
    if change.kind != compare.CHANGED:
        return {ADDED: "Added", REMOVED: "Removed"}.get(change.kind, "Moved")
    if change.what == {compare.FORMAT}:
        return "Format"
    if change.what == {compare.PICTURES}:
        return "Picture"
    if change.what == {compare.SOURCE}:
        return "Source"
    return words.said(change).split(",")[0]


def _order(changes: list[Change]) -> dict[int, int]:
    """For the old place of each block that is still there, how many places further down it is."""
    pairs = [(one.old.start, one.new.start) for one in changes if one.old and one.new]
    before = {start: number for number, (start, _) in enumerate(sorted(pairs))}
    after = sorted(pairs, key=lambda pair: pair[1])
    return {start: number - before[start] for number, (start, _) in enumerate(after)}


def _moved(change: Change, headings: list[Block], order: dict[int, int]) -> str:
    """From where, and whether anything else of it changed."""
    assert change.old is not None
    way = "down" if order.get(change.old.start, 0) > 0 else "up"
    above = [one for one in headings if one.start < change.old.start]
    under = f", from under “{_title(above[-1])}”" if above else ", from the beginning"
    return f"Moved {way}{under}{'' if change.what else ', unchanged'}"


def _title(heading: Block) -> str:
    text = "".join(run.text for run in reading_of(heading.source)).strip()
    return text if len(text) <= 60 else f"{text[:60]}…"


def reading_of(source: str) -> list[Run]:
    """A text's visible words, as runs that are all the same."""
    return [Run(EQUAL, word.text, word.formats, word.formats) for word in words_of(source)]


def tidied(runs: list[Run]) -> list[Run]:
    """The same without white space at both ends, and with at most one end of a line between."""
    found: list[Run] = []
    for run in runs:
        text = _SPACE.sub(lambda gap: "\n" if "\n" in gap[0] else " ", run.text)
        if not found or found[-1].text.endswith("\n"):
            text = text.lstrip()
        if text:
            found.append(run._replace(text=text))
    while found and not found[-1].text.strip():
        found.pop()
    if found:
        found[-1] = found[-1]._replace(text=found[-1].text.rstrip())
    return found
