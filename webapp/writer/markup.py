"""The HTML of a piece: what is shown and sent of it, and what a reader would count in it.

The stored text stays as the author wrote it. What is shown or sent is cleaned (cleaning.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from urllib.parse import quote

import msgspec

from webapp.writer import allowed, cleaning, edits, judge
from webapp.writer.allowed import LINE_TAGS, OWN_SCHEME
from webapp.writer.edits import Removal
from webapp.writing import lexer
from webapp.writing.lexer import Token, decoded

LONGEST_BEGINNING = 400
MOST_LISTED = 200
_OWN_REF = re.compile(rf"{OWN_SCHEME}:([A-Za-z0-9_-]+)")
# A block without a body, such as `<!-- wp:latest-posts /-->`, is filled by the website.
_FILLED_THERE = re.compile(r"<!--\s+wp:[a-z].*/-->", re.S)
_WITHIN_WORDS = frozenset(["a", "b", "i", "em", "strong", "span", "code", "sup", "sub", "mark"])
_SHOWS = frozenset(["img", "iframe", "video", "audio"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_NOTHING = re.compile(r"(?:\s++|&(?:nbsp|#160|#xa0|ensp|emsp|thinsp|zwnj|zwj|#8203);)*+", re.I)


def clean(html: str) -> str:
    """The text as it is sent. Never hash this: it changes with what an installation allows."""
    return cleaning.clean(html, allowed.current()).html


def shown(html: str) -> str:
    """The text for a page on which nothing runs: every tag is closed, a frame is a link to it."""
    policy = replace(allowed.current(), embed_hosts=frozenset(), only_listed_embeds=True)
    return judge.printed(cleaning.clean(html, policy).html, allowed.TAGS, policy)


def line(text: str) -> str:
    """A title or a caption: of markup only what stands within a line is left."""
    return cleaning.only(text, LINE_TAGS, allowed.current()).html


def plain(text: str) -> str:
    """A text without markup, for what is no HTML; character references stay as they were typed."""
    return cleaning.only(text, frozenset()).html


def readable(text: str) -> str:
    """The same as a person reads it, for pages that escape it."""
    return decoded(plain(text))


def with_images_at(html: str, addresses: dict[str, str]) -> str:
    """Put addresses in the place of `igny8:<ref>`, so that none can leave the attribute in which it
    stands; an unknown reference stays."""
    safe = {ref: escape(_without_spaces(address)) for ref, address in addresses.items()}
    return _OWN_REF.sub(lambda found: safe.get(found[1], found[0]), html)


def _without_spaces(address: str) -> str:
    return re.sub(r"[\s\x00-\x1f`]", lambda found: quote(found[0]), address)


def own_references(html: str) -> list[str]:
    """The `igny8:<ref>` images that the text names, in their order, each once."""
    return list(dict.fromkeys(_OWN_REF.findall(html)))


class Facts(msgspec.Struct):
    """What a reader of the text would count, and what of it is not sent.

    `text` is its beginning; of long lists the first are kept, and how many there are.
    """

    words: int = 0
    text: str = ""
    links: list[str] = []
    link_count: int = 0
    images: int = 0
    images_without_alt: int = 0
    headings: list[tuple[int, str]] = []
    removals: list[Removal] = []
    rewritten: bool = False
    too_complex: bool = False


def facts(html: str) -> Facts:
    """Words, links, images and headings of the text as it is sent, and what is left out of it."""
    text = html.replace("\x00", "")
    reader = _Reader(text)
    done = cleaning.clean(text, allowed.current(), reader.read)
    found = reader.facts
    whole = decoded("".join(reader.parts))
    found.text = " ".join(whole[: 4 * LONGEST_BEGINNING].split())[:LONGEST_BEGINNING]
    found.words = _words(whole)
    found.removals = edits.removals(text, done.edits)
    found.rewritten, found.too_complex = done.rewritten or text != html, done.too_complex
    return found


def has_something(html: str) -> bool:
    """Whether there is a word, a picture, a player, or a block that the website fills; reads no
    further than the first."""
    if cleaning.has_too_much(html):
        return True
    return any(_is_something(html, token) for token in _outside_of_programs(html))


def _outside_of_programs(html: str) -> Iterator[Token]:
    for token in lexer.tokens(html):
        if token.kind != lexer.RAW:
            yield token


def _is_something(html: str, token: Token) -> bool:
    if token.kind == lexer.OPEN:
        return token.name in _SHOWS
    if token.kind == lexer.COMMENT:
        return _FILLED_THERE.match(html, token.start, token.end) is not None
    nothing = _NOTHING.match(html, token.start, token.end)
    return token.kind == lexer.TEXT and nothing is not None and nothing.end() < token.end


def _words(text: str) -> int:
    """How many there are, without holding them all."""
    step, words = 1 << 16, 0
    for start in range(0, len(text), step):
        part = text[start : start + step]
        words += len(part.split())
        if start and not text[start - 1].isspace() and not part[0].isspace():
            words -= 1  # it began in the part before
    return words


class _Reader:
    """Counts what stays of a text, token by token."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.facts = Facts()
        self.parts: list[str] = []

    def read(self, token: Token) -> None:
        if token.kind == lexer.TEXT:
            self.parts.append(self.html[token.start : token.end])
        elif token.kind == lexer.OPEN:
            self._open(token)
        elif token.kind == lexer.CLOSE and token.name not in _WITHIN_WORDS:
            self.parts.append(" ")

    def _open(self, token: Token) -> None:
        name, found = token.name, self.facts
        if name not in _WITHIN_WORDS:
            self.parts.append(" ")
        if name in _HEADINGS and len(found.headings) < MOST_LISTED:
            found.headings.append((int(name[1]), ""))
        if name not in ("a", "img"):
            return
        source = self.html[token.start : token.end]
        given = {one.name: one.value for one in lexer.attributes(source, name)}
        if name == "img":
            found.images += 1
            found.images_without_alt += "alt" not in given
        elif given.get("href"):
            found.link_count += 1
            if len(found.links) < MOST_LISTED:
                found.links.append(decoded(given["href"]))
