"""A source cut into blocks: WordPress's own, else elements, else paragraphs by blank lines.
Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from webapp.writing.lexer import CLOSE, COMMENT, OPEN, TEXT, VOID, Token, tokens
from webapp.writing.structure import BLOCK

PARAGRAPH, HEADING, LIST, PICTURE, TABLE, QUOTE, CODE, OTHER = (
    "paragraph",
    "heading",
    "list",
    "picture",
    "table",
    "quote",
    "code",
    "other",
)
_KINDS = {
    **dict.fromkeys(("p",), PARAGRAPH),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), HEADING),
    **dict.fromkeys(("ul", "ol", "li", "dl", "dt", "dd"), LIST),
    **dict.fromkeys(("figure", "img", "picture"), PICTURE),
    **dict.fromkeys(("table", "tr", "td", "th"), TABLE),
    **dict.fromkeys(("blockquote",), QUOTE),
    **dict.fromkeys(("pre", "code"), CODE),
}
# What stands by itself where it stands in nothing else.
ELEMENTS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "details",
        "div",
        "dl",
        "fieldset",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "iframe",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "ul",
        "video",
        "audio",
        "script",
        "style",
    ]
)
_BLANK_LINE = re.compile(r"\n[ \t\r]*\n\s*")
_FIRST_TAG = re.compile(r"<([a-zA-Z][a-zA-Z0-9]*)")


class Block(NamedTuple):
    """Characters `start` to `end` of a source, with the white space behind it; `kind` is one of
    the above, and it is the `number`th of them."""

    start: int
    end: int
    source: str
    kind: str
    number: int

    @property
    def core(self) -> str:
        """Its source without the white space around it."""
        return self.source.strip()


def blocks(html: str) -> list[Block]:
    """All of the source, in order and without gaps."""
    found: list[Block] = []
    numbers: dict[str, int] = {}
    start = 0
    for end in [*_cuts(html), len(html)]:
        source = html[start:end]
        if not source.strip() and end < len(html):
            continue  # goes with what follows; what ends the text goes with what is before it
        if source and (source.strip() or not found):
            kind = _kind(source)
            numbers[kind] = numbers.get(kind, 0) + 1
            found.append(Block(start, end, source, kind, numbers[kind]))
        elif source:
            last = found[-1]
            found[-1] = last._replace(end=end, source=last.source + source)
        start = end
    return found


def _kind(source: str) -> str:
    first = _FIRST_TAG.search(source)
    if first is not None and first[1].lower() in _KINDS:
        return _KINDS[first[1].lower()]
    return OTHER if source.lstrip()[:1] in ("<", "[") else PARAGRAPH


def _cuts(html: str) -> Iterator[int]:
    """Places where a block may end, in order."""
    reader = _Reader(html)
    for token in tokens(html):
        if token.kind == COMMENT:
            yield from reader.comment(token)
        elif token.kind == TEXT:
            yield from reader.text(token)
        elif token.kind in (OPEN, CLOSE) and token.name in ELEMENTS - VOID:
            yield from reader.element(token)


class _Reader:
    """Knows in how many of WordPress's blocks, and outside of them in how many elements, it is."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._blocks = self._elements = 0

    def comment(self, token: Token) -> Iterator[int]:
        found = BLOCK.fullmatch(self._html, token.start, token.end)
        if found is None:
            return
        ends, is_empty = bool(found[1]), bool(found[3])
        if not ends:
            yield token.start
        if ends or is_empty:
            yield self._behind(token.end)
        if not is_empty:
            self._blocks = max(self._blocks + (-1 if ends else 1), 0)
            self._elements = 0

    def text(self, token: Token) -> Iterator[int]:
        if not self._blocks and not self._elements:
            for line in _BLANK_LINE.finditer(self._html, token.start, token.end):
                yield line.end()

    def element(self, token: Token) -> Iterator[int]:
        if self._blocks:
            return
        if token.kind == OPEN:
            if not self._elements:
                yield token.start
            self._elements += 1
        elif self._elements:
            self._elements -= 1
            if not self._elements:
                yield self._behind(token.end)

    def _behind(self, place: int) -> int:
        """The place behind the white space that follows."""
        while place < len(self._html) and self._html[place].isspace():
            place += 1
        return place
