"""What is sound about the structure of a text, so that a merge can be asked to keep it. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from webapp.writing.lexer import CLOSE, COMMENT, OPEN, STRANGE, UNFINISHED, VOID, tokens

# Each block's comments stand in pairs; tags do; both are nested in each other; a paragraph holds no
# block and a link no link; nothing is begun that is no tag and no comment.
BLOCKS, TAGS, NESTED, PROPER, FINISHED = "blocks", "tags", "nested", "proper", "finished"
ALL = frozenset({BLOCKS, TAGS, NESTED, PROPER, FINISHED})

BLOCK = re.compile(r"<!--\s+(/?)wp:([a-z][\w/-]*)(?:\s.*?)?(/?)-->", re.S)
# How many times a text is read in all when a merge of it has broken something.
_MOST_READINGS = 12
# What ends an open paragraph, for browsers.
_NOT_IN_P = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "center",
        "details",
        "dir",
        "div",
        "dl",
        "fieldset",
        "figcaption",
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
        "hgroup",
        "hr",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "table",
        "ul",
        "li",
        "dd",
        "dt",
    ]
)


def kept(html: str) -> frozenset[str]:
    """What the text keeps of ALL."""
    reader = _Reader()
    for token in tokens(html):
        if token.kind == OPEN:
            if token.name not in VOID and not html.endswith("/>", token.start, token.end):
                reader.begin(token.name)
            elif token.name == "hr":
                reader.look(token.name)
        elif token.kind == CLOSE and token.name not in VOID:
            reader.end(token.name)
        elif token.kind == COMMENT:
            reader.comment(html[token.start : token.end])
        elif token.kind in (STRANGE, UNFINISHED):
            reader.broken.add(FINISHED)
    return reader.kept()


def are_whole(*texts: str) -> bool:
    """Whether each of them is sound by itself."""
    return all("<" not in text or kept(text) == ALL for text in texts)


def enclosing(html: str, places: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The elements and blocks of the text that hold two of the places or more, inner ones first;
    those whose edge lies in a place are left out. It ends when the text was gone through a few
    times."""
    left = _MOST_READINGS * len(html)
    starts, ends = [start for start, _ in places], [end for _, end in places]
    for start, end in _pairs(html):
        first, last = bisect_left(starts, start), bisect_right(ends, end)
        is_crossed = (first > 0 and ends[first - 1] > start) or (
            last < len(starts) and starts[last] < end
        )
        if last - first < 2 or is_crossed:
            continue
        left -= end - start
        if left < 0:
            return
        yield start, end


def _pairs(html: str) -> Iterator[tuple[int, int]]:
    """From a start tag, or a block's first comment, to what ends it; by their ends."""
    stack: list[tuple[str, int]] = []
    for token in tokens(html):
        name, begins = token.name, token.kind == OPEN
        if token.kind == COMMENT:
            found = BLOCK.fullmatch(html, token.start, token.end)
            if found is None or found[3]:
                continue
            name, begins = f"wp:{found[2]}", not found[1]
        elif token.kind not in (OPEN, CLOSE) or name in VOID:
            continue
        if begins:
            stack.append((name, token.start))
        elif stack and stack[-1][0] == name:
            yield stack.pop()[1], token.end


class _Reader:
    def __init__(self) -> None:
        self.broken: set[str] = set()
        self._tags: list[str] = []
        self._blocks: list[str] = []
        self._both: list[str] = []

    def kept(self) -> frozenset[str]:
        for stack, name in ((self._tags, TAGS), (self._blocks, BLOCKS), (self._both, NESTED)):
            if stack:
                self.broken.add(name)
        return ALL - self.broken

    def begin(self, name: str) -> None:
        self.look(name)
        self._tags.append(name)
        self._both.append(name)

    def look(self, name: str) -> None:
        """What opens here, and may not."""
        is_in_p = bool(self._tags) and self._tags[-1] == "p" and name in _NOT_IN_P
        if is_in_p or (name == "a" and "a" in self._tags[-20:]):
            self.broken.add(PROPER)

    def end(self, name: str) -> None:
        self._pop(self._tags, name, TAGS)
        self._pop(self._both, name, NESTED)

    def comment(self, comment: str) -> None:
        found = BLOCK.fullmatch(comment)
        if found is None or found[3]:
            return
        if not found[1]:
            self._blocks.append(found[2])
            self._both.append(f"wp:{found[2]}")
            return
        self._pop(self._blocks, found[2], BLOCKS)
        self._pop(self._both, f"wp:{found[2]}", NESTED)

    def _pop(self, stack: list[str], name: str, what: str) -> None:
        if stack and stack[-1] == name:
            stack.pop()
        else:
            self.broken.add(what)
