"""Other words for those of a passage: its tags, and so its formats and links, stay. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import NamedTuple

from webapp.writing.coding import Vocabulary
from webapp.writing.finding import Finder
from webapp.writing.lexer import TEXT, decoded
from webapp.writing.lexer import tokens as lexed

_WORD = re.compile(r"&(?:#?[0-9A-Za-z]{1,32});?|\w+|\s+|[^\w\s]")


class _Word(NamedTuple):
    """What is seen of characters `start` to `end`; spaces are one space."""

    text: str
    start: int
    end: int


def rewritten(fragment: str, words: str) -> str:
    """The fragment of a source, saying `words`: what is said already is left as it is."""
    old = list(_words_of(fragment))
    new = [" " if one.isspace() else one for one in re.findall(r"\w+|\s+|[^\w\s]", words)]
    vocabulary = Vocabulary()
    codes = vocabulary.encode(word.text for word in old).codes
    new_codes = vocabulary.encode(new).codes
    parts: list[str] = []
    at = seen = said = 0
    for start, new_start, length in [
        *Finder(vocabulary).matches(codes, new_codes),
        (len(old), len(new), 0),
    ]:
        put = escape("".join(new[said:new_start]), quote=False)
        gone = old[seen:start]
        # Behind the word before it, so that it has that one's formats.
        place = gone[0].start if gone else old[seen - 1].end if seen else 0
        parts += [fragment[at:place], put]
        at = place
        for word in gone:
            parts.append(fragment[at : word.start])
            at = word.end
        seen, said = start + length, new_start + length
    return "".join([*parts, fragment[at:]])


def _words_of(fragment: str) -> Iterator[_Word]:
    for token in lexed(fragment):
        if token.kind == TEXT:
            for word in _WORD.finditer(fragment, token.start, token.end):
                text = decoded(word[0])
                yield _Word(" " if text.isspace() else text, *word.span())
