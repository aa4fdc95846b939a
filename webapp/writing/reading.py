"""A block as a reader has it: words with their formats, and pictures; and what changed of that.
Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from webapp.writing.coding import Vocabulary
from webapp.writing.finding import Finder
from webapp.writing.lexer import CLOSE, OPEN, TEXT, attributes, decoded
from webapp.writing.lexer import tokens as lexed
from webapp.writing.tokens import is_word, tokens

EQUAL, REMOVED, ADDED, FORMATTED = "equal", "removed", "added", "formatted"
_FORMATS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underlined",
    "s": "struck",
    "del": "struck",
    "code": "code",
    "mark": "marked",
    "sub": "sub",
    "sup": "sup",
    "a": "link",
}


class Word(NamedTuple):
    """A word, a space or a sign, with the formats that it has."""

    text: str
    formats: frozenset[str]


class Run(NamedTuple):
    """Text of one fate. `formats` are what it has now (of what was removed: had), `was` what it had
    before."""

    kind: str
    text: str
    formats: frozenset[str]
    was: frozenset[str]


class ShownPicture(NamedTuple):
    src: str
    alt: str


def words_of(source: str) -> Iterator[Word]:
    """The visible text of a block, token by token."""
    formats: Counter[str] = Counter()
    links: list[str] = []
    for token in lexed(source):
        if token.kind == TEXT:
            worn = frozenset(+formats)
            for part in tokens(source[token.start : token.end]):
                yield Word(decoded(part), worn)
        elif token.name in _FORMATS and token.kind == OPEN:
            name = _FORMATS[token.name]
            if name == "link":
                given = _given(source[token.start : token.end], "a")
                links.append(f"link to {given.get('href', '')}")
                name = links[-1]
            formats[name] += 1
        elif token.name in _FORMATS and token.kind == CLOSE:
            name = _FORMATS[token.name]
            if name == "link":
                name = links.pop() if links else ""
            formats[name] = max(formats[name] - 1, 0)


def pictures_of(source: str) -> list[ShownPicture]:
    """Its pictures, in order."""
    found = []
    for token in lexed(source):
        if token.kind == OPEN and token.name == "img":
            given = _given(source[token.start : token.end], "img")
            found.append(ShownPicture(given.get("src", ""), given.get("alt", "")))
    return found


def runs(old: str, new: str) -> list[Run]:
    """How the visible text of a block became that of another."""
    before, after = list(words_of(old)), list(words_of(new))
    vocabulary = Vocabulary()
    codes = vocabulary.encode(word.text for word in before).codes
    new_codes = vocabulary.encode(word.text for word in after).codes
    found: list[tuple[str, Word, frozenset[str]]] = []
    at = new_at = 0
    for start, new_start, length in Finder(vocabulary).matches(codes, new_codes):
        found += [(REMOVED, word, word.formats) for word in before[at:start]]
        found += [(ADDED, word, frozenset()) for word in after[new_at:new_start]]
        at, new_at = start + length, new_start + length
        for was, now in zip(before[start:at], after[new_start:new_at], strict=True):
            kind = EQUAL if was.formats == now.formats else FORMATTED
            found.append((kind, now, was.formats))
    found += [(REMOVED, word, word.formats) for word in before[at:]]
    found += [(ADDED, word, frozenset()) for word in after[new_at:]]
    groups = groupby(found, key=lambda one: (one[0], one[1].formats, one[2]))
    return [
        Run(kind, "".join(word.text for _, word, _ in group), formats, was)
        for (kind, formats, was), group in groups
    ]


def counted(told: list[Run], kind: str) -> int:
    """How many words of that fate there are."""
    return sum(sum(map(is_word, tokens(run.text))) for run in told if run.kind == kind)


def _given(tag: str, name: str) -> dict[str, str]:
    return {one.name: decoded(one.value) for one in attributes(tag, name)}
