"""The source of a piece in the parts that people change: tags, comments, words, single runs of
white space, signs. Joined they are the source again, whatever it is. Pure, and linear in time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.writing.lexer import RAW, TEXT
from webapp.writing.lexer import tokens as lexed

# Scripts that set no spaces between words: there each character is one.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u2e80-\u30ff\u3400-\u9fff"
    "\uf900-\ufaff\U00020000-\U0003ffff"
)
# What belongs to the letter before it, and joiners within a word.
_BOUND = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u064b-\u065f\u0670"
    "\u0900-\u0963\u0966-\u0dff\u200c\u200d"
)
_LETTER = rf"(?:[^\W{_UNSPACED}]|[{_BOUND}])"
_PARTS = re.compile(rf"&\#?\w{{1,32}}+;|{_LETTER}++(?:['’]{_LETTER}++)*+|\s++|.", re.S)
_WORD = re.compile(rf"{_LETTER}|[{_UNSPACED}]")
_ENDS_A_BLOCK = re.compile(
    r"</(?:p|li|dd|dt|td|th|tr|h[1-6]|div|figure|figcaption|blockquote|pre|[ou]l|table)\b|<[bh]r\b",
    re.I,
)
_SENTENCE = frozenset(".!?。!?")


def tokens(html: str) -> Iterator[str]:
    """The parts, from left to right and without gaps."""
    for token in lexed(html):
        part = html[token.start : token.end]
        if token.kind in (TEXT, RAW):
            yield from _PARTS.findall(part)
        else:
            yield part


def ends_a_stretch(token: str) -> bool:
    """Whether a long text may be cut behind this part: after a line, a block, a sentence."""
    if token[0] == "<":
        return token.startswith("<!--") or _ENDS_A_BLOCK.match(token) is not None
    return "\n" in token or token in _SENTENCE


def is_word(token: str) -> bool:
    """Whether the part is a word, or a number."""
    return _WORD.match(token) is not None


def words(html: str) -> int:
    """How many words the text has for those who read it."""
    found = 0
    for token in lexed(html):
        if token.kind == TEXT:
            found += sum(map(is_word, _PARTS.findall(html, token.start, token.end)))
    return found
