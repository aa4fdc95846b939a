"""What was sent, what stands there and what is here, field by field and paragraph by paragraph.
Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any, NamedTuple

from webapp.history import comparing, fields, words
from webapp.history.comparing import Shown
from webapp.publisher.records import taking
from webapp.publisher.records.taking import BOTH, HERE, THERE
from webapp.writing import compare, reading
from webapp.writing.blocks import blocks
from webapp.writing.reading import ADDED, EQUAL, Run
from webapp.writing.revisions import Version

TEXT = "html"


class Side(NamedTuple):
    """What one of the two has: the words with what became of them; `note` says what words do not,
    such as "Moved up"."""

    runs: list[Run]
    note: str = ""


class Row(NamedTuple):
    """A field, or a part of the text. A side is None where it is as it was sent."""

    name: str
    sent: list[Run]
    there: Side | None
    here: Side | None

    @property
    def is_clash(self) -> bool:
        return self.there is not None and self.here is not None

    @property
    def kind(self) -> str:
        if self.is_clash:
            return "both changed it"
        return "changed there" if self.there is not None else "changed here"


@dataclass(frozen=True)
class Part:
    """What is taken from one side as a whole: a field with its row, or the text with its parts.
    `takes` are the sides that it can be taken from, `take` the one that is proposed."""

    key: str
    name: str
    rows: list[Row]
    takes: tuple[str, ...]
    take: str

    @property
    def is_text(self) -> bool:
        return self.key == TEXT


@dataclass(frozen=True)
class Differing:
    """All that differs."""

    parts: list[Part]

    @property
    def rows(self) -> list[Row]:
        return [row for part in self.parts for row in part.rows]

    @property
    def there(self) -> int:
        return sum(row.there is not None for row in self.rows)

    @property
    def here(self) -> int:
        return sum(row.here is not None for row in self.rows)

    @property
    def clashes(self) -> int:
        return sum(row.is_clash for row in self.rows)


def of(
    sent: Mapping[str, Any], there: Mapping[str, Any], here: Mapping[str, Any], both: str | None
) -> Differing:
    """What differs between the three; `both` is the text with both changes, where there is one."""
    parts = []
    for name in taking.FIELDS:
        if there[name] == sent[name] and here[name] == sent[name]:
            continue
        rows = (
            _paragraphs(sent[TEXT], there[TEXT], here[TEXT])
            if name == TEXT
            else [_field(name, sent[name], there[name], here[name])]
        )
        is_both = there[name] != sent[name] and here[name] != sent[name]
        with_both = name == TEXT and is_both and both is not None
        takes = (THERE, HERE, BOTH) if with_both else (THERE, HERE)
        take = BOTH if with_both else HERE if there[name] == sent[name] else THERE
        parts.append(Part(name, fields.name_of(name), rows, takes, take))
    return Differing(parts)


def _field(name: str, sent: Any, there: Any, here: Any) -> Row:
    was = fields.shown(sent)
    return Row(
        fields.name_of(name),
        [Run(EQUAL, was, frozenset(), frozenset())] if was else [],
        _side(was, there) if there != sent else None,
        _side(was, here) if here != sent else None,
    )


def _side(was: str, value: Any) -> Side:
    now = fields.shown(value)
    note = "" if now else "Empty"
    return Side(reading.runs(escape(was), escape(now)), note if was != now else "Another one")


def _paragraphs(sent: str, there: str, here: str) -> list[Row]:
    """The blocks of what was sent that either has changed, and behind each what was added there."""
    theirs, added_there = _changes(sent, there)
    ours, added_here = _changes(sent, here)
    rows = [*_added(added_there[-1], added_here[-1])]
    for block in blocks(sent):
        one, other = theirs.get(block.start), ours.get(block.start)
        if one is not None or other is not None:
            was = comparing.tidied(comparing.reading_of(block.source))
            rows.append(Row(words.name(block), was, _of_block(one), _of_block(other)))
        rows += _added(added_there[block.start], added_here[block.start])
    return rows


def _changes(sent: str, now: str) -> tuple[dict[int, Shown], dict[int, list[Shown]]]:
    """By where a block of what was sent begins: what became of it, and what was added behind it."""
    changed: dict[int, Shown] = {}
    added: dict[int, list[Shown]] = defaultdict(list)
    last = -1
    for shown in comparing.of(Version(sent, {}), Version(now, {})).texts:
        old = shown.change.old
        if old is None:
            added[last].append(shown)
            continue
        last = max(last, old.start)
        if not shown.is_same:
            changed[old.start] = shown
    return changed, added


def _of_block(shown: Shown | None) -> Side | None:
    if shown is None:
        return None
    says = shown.change.what - {compare.WORDS} or shown.change.kind != compare.CHANGED
    return Side(shown.runs, shown.moved or shown.mark if says else "")


def _added(there: list[Shown], here: list[Shown]) -> list[Row]:
    """What both have added alike is one row."""
    rows = []
    ours = {one.block.core: one for one in here}
    for one in there:
        twin = ours.pop(one.block.core, None)
        rows.append(Row(words.name(one.block), [], _new(one), _new(twin) if twin else None))
    return rows + [Row(words.name(one.block), [], None, _new(one)) for one in ours.values()]


def _new(shown: Shown) -> Side:
    runs = [run._replace(kind=ADDED) for run in shown.runs]
    return Side(runs, "Added" if runs else shown.mark)
