"""A place of a text as a reader meets it: its block in plain words, and where that stands. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import NamedTuple

from webapp.writing.blocks import ELEMENTS, HEADING, OTHER, blocks
from webapp.writing.lexer import OPEN, TEXT, attributes, decoded, tokens

# So many characters of the source are read around a place, and of a place.
_AROUND, _MOST = 600, 20_000
_LONGEST_HEADING = 60
# What begins a line, besides what is a block by itself.
_LINES = ELEMENTS | {"br", "dd", "dt", "figcaption", "hr", "li", "td", "th", "tr"}
_SPACES = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n\s*")


class Passage(NamedTuple):
    """What is around a place within its block, and the block's own place in words."""

    head: str
    tail: str
    place: str


def around(html: str, start: int, end: int) -> Passage:
    """The block, or blocks, in which characters `start` to `end` stand."""
    found = blocks(html)
    if not found:
        return Passage("", "", "")
    starts = [block.start for block in found]
    first = max(bisect_right(starts, start) - 1, 0)
    last = max(bisect_right(starts, max(end - 1, start)) - 1, first)
    block = found[first]
    named = "block" if block.kind == OTHER else block.kind
    place = f"{named.capitalize()} {block.number}"
    above = next((one for one in reversed(found[:first]) if one.kind == HEADING), None)
    if above is not None:
        words = read(above.source)
        cut = words if len(words) <= _LONGEST_HEADING else f"{words[:_LONGEST_HEADING]} …"
        place += f", under “{cut}”"
    head = html[max(block.start, start - _AROUND) : start]
    tail = html[end : min(found[last].end, end + _AROUND)]
    return Passage(_behind_half(head), _before_half(tail), place)


def read(source: str) -> str:
    """Its words without markup, a line for each block, item and cell; a picture by its words."""
    parts: list[str] = []
    for token in tokens(source[:_MOST]):
        if token.kind == TEXT:
            parts.append(decoded(source[token.start : token.end]).replace("\n", " "))
        elif token.name in _LINES:
            parts.append("\n")
        elif token.name == "img" and token.kind == OPEN:
            tag = source[token.start : token.end]
            given = {one.name: decoded(one.value) for one in attributes(tag, "img")}
            parts.append(f"[Picture: {given.get('alt') or given.get('src', '')}]")
    text = _BREAKS.sub("\n", _SPACES.sub(" ", "".join(parts))).strip()
    return f"{text} …" if len(source) > _MOST else text


def _behind_half(head: str) -> str:
    """Without the end of a tag that begins before it."""
    closes, opens = head.find(">"), head.find("<")
    return head[closes + 1 :] if closes >= 0 and (opens < 0 or closes < opens) else head


def _before_half(tail: str) -> str:
    """Without the beginning of a tag that ends behind it."""
    opens = tail.rfind("<")
    return tail[:opens] if opens > tail.rfind(">") else tail
