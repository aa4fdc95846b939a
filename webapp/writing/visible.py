"""What of a source a reader sees, without its spaces, and where in the source each character
stands. Pure.

A browser and this module read the same text with other spaces between its lines; without spaces
they read it alike. `static/js/threads/letters.js` is the other side.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from webapp.writing.lexer import OPEN, TEXT, attributes, decoded, tokens

# So many characters on each side tell one place of the same words from another.
AROUND = 60
_BLANK = re.compile(r"[\s\u200b\ufeff]+")
_ENTITY = r"&(?:#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z][A-Za-z0-9]{1,31});?"
_PART = re.compile(rf"(?P<entity>{_ENTITY})|(?P<blank>[\s\u200b\ufeff]+)|[^&\s\u200b\ufeff]+|&")


class Quoted(NamedTuple):
    """Words as they are seen, and what is seen around them; all without spaces."""

    words: str
    before: str
    after: str


class Place(NamedTuple):
    """Characters `start` to `end` of the source; `same` other places fit as well."""

    start: int
    end: int
    same: int


class Visible:
    """The visible text of a source."""

    def __init__(self, source: str) -> None:
        parts: list[str] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        for text, start, end in _parts(source):
            parts.append(text)
            is_plain = len(text) == end - start
            self._starts += range(start, end) if is_plain else [start] * len(text)
            self._ends += range(start + 1, end + 1) if is_plain else [end] * len(text)
        self.letters = "".join(parts)

    def find(self, words: str, before: str = "", after: str = "") -> Place | None:
        """Where the words stand: of several places the one with the most of `before` in front of it
        and of `after` behind it. None where they do not stand there."""
        sought, before, after = bare(words), bare(before), bare(after)
        if not sought:
            return None
        scores = [
            (self._fit(at, at + len(sought), before, after), at) for at in self._places(sought)
        ]
        if not scores:
            return None
        best = max(score for score, _ in scores)
        fitting = [at for score, at in scores if score == best]
        last = fitting[0] + len(sought) - 1
        return Place(self._starts[fitting[0]], self._ends[last], len(fitting) - 1)

    def quoted(self, start: int, end: int) -> Quoted:
        """What is seen of that range of the source, and around it."""
        first = bisect_left(self._starts, start)
        behind = max(bisect_left(self._starts, end), first)
        return Quoted(
            self.letters[first:behind],
            self.letters[max(first - AROUND, 0) : first],
            self.letters[behind : behind + AROUND],
        )

    def _places(self, sought: str) -> Iterator[int]:
        at = self.letters.find(sought)
        while at >= 0:
            yield at
            at = self.letters.find(sought, at + 1)

    def _fit(self, start: int, end: int, before: str, after: str) -> int:
        """How many characters on both sides are as they should be."""
        head = self.letters[max(start - len(before), 0) : start]
        tail = self.letters[end : end + len(after)]
        return _alike(head[::-1], before[::-1]) + _alike(tail, after)


def bare(text: str) -> str:
    """The text without its spaces."""
    return _BLANK.sub("", text)


def picture(source: str, address: str) -> Place | None:
    """The picture with that address."""
    found = []
    for token in tokens(source):
        if token.kind == OPEN and token.name == "img":
            given = attributes(source[token.start : token.end], "img")
            if any(one.name == "src" and decoded(one.value) == address for one in given):
                found.append((token.start, token.end))
    return Place(*found[0], len(found) - 1) if found else None


def pictures(source: str) -> list[tuple[str, str]]:
    """Each picture's address and what it is called, once."""
    found: dict[str, str] = {}
    for token in tokens(source):
        if token.kind == OPEN and token.name == "img":
            tag = source[token.start : token.end]
            given = {one.name: decoded(one.value) for one in attributes(tag, "img")}
            if given.get("src"):
                found.setdefault(given["src"], given.get("alt") or given["src"].rsplit("/", 1)[-1])
    return list(found.items())


def _parts(source: str) -> Iterator[tuple[str, int, int]]:
    """What is seen, piece by piece, with its range."""
    for token in tokens(source):
        if token.kind != TEXT:
            continue
        for part in _PART.finditer(source, token.start, token.end):
            if part["entity"]:
                text = bare(decoded(part["entity"]))
                if text:
                    yield text, *part.span()
            elif not part["blank"]:
                yield part[0], *part.span()


def _alike(one: str, other: str) -> int:
    """How long both begin alike."""
    number = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        number += 1
    return number
