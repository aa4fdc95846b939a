"""Reading HTML from left to right as browsers do, with the place of everything that is found.

Each character is looked at a bounded number of times: the time grows with the text's length and
with nothing else. What a token means is decided elsewhere (cleaning.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

TEXT, OPEN, CLOSE, COMMENT, STRANGE, UNFINISHED, RAW = range(7)
# What stands in these is no markup until they are closed.
RAW_TEXT = frozenset(
    ["script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"]
)
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "bgsound",
        "frame",
        "keygen",
        "basefont",
    ]
)

_S = r"\t\n\f\r "
_NAME = rf"[A-Za-z][^{_S}/>]*+"
# A name, and a value unless no `=` follows: a quote that is never closed is no value.
_ATTRIBUTE = (
    rf"(?:=[^{_S}/>=]*+|[^{_S}/>=]++)"
    rf"(?:[{_S}]*+=[{_S}]*+(?:\"[^\"]*+\"|'[^']*+'|[^{_S}>\"'][^{_S}>]*+|(?=>))|(?![{_S}]*+=))"
)
# One with more attributes than anybody writes is none.
_TAG = re.compile(rf"</?+({_NAME})(?:[{_S}/]++|{_ATTRIBUTE}){{0,420}}+>")
_PARTS = re.compile(
    rf"[{_S}/]*+(=[^{_S}/>=]*+|[^{_S}/>=]++)"
    rf"(?:[{_S}]*+=[{_S}]*+(?:\"([^\"]*+)\"|'([^']*+)'|([^{_S}>\"'][^{_S}>]*+)|(?=>)))?+"
)
# Whatever begins anything but text.
_NEXT = re.compile(r"<(?:[A-Za-z!?]|/.)", re.S)
_STRANGE = re.compile(r"<(?:\?|/[^A-Za-z])", re.S)
_COMMENT_END = re.compile(r"--!?>")
_CLOSES = {name: re.compile(rf"</{name}(?=[{_S}/>])", re.I) for name in RAW_TEXT}
_LONG_NUMBER = re.compile(r"&#(?:0*+[0-9]{8,}+|[xX]0*+[0-9a-fA-F]{7,}+);?")
# How often a tag that is never finished is taken for text before all that follows is.
_MOST_UNFINISHED = 3


class Token(NamedTuple):
    """`name` is a tag's name in lower case; "" of everything else."""

    kind: int
    start: int
    end: int
    name: str = ""


# The quicker way to make one.
_token = tuple.__new__


class Attribute(NamedTuple):
    """`start` is before the spaces that set it apart; `value` is as written, `value_at` its place
    in the tag (-1: there is none)."""

    name: str
    value: str
    start: int
    end: int
    value_at: int


def tokens(html: str) -> Iterator[Token]:
    """The whole text, without gaps. What begins raw text and never ends it begins none: who cleans
    takes such a tag out."""
    at, unfinished, length = 0, 0, len(html)
    never_closed: set[str] = set()
    while at < length:
        found = _NEXT.search(html, at)
        if found is None or unfinished >= _MOST_UNFINISHED:
            yield from _rest(html, at)
            return
        mark = found.start()
        if mark > at:
            yield _token(Token, (TEXT, at, mark, ""))
        token = _markup(html, mark)
        unfinished += token.kind == UNFINISHED
        yield token
        at = token.end
        if token.kind == OPEN and token.name in RAW_TEXT and token.name not in never_closed:
            closing = _CLOSES[token.name].search(html, at)
            if closing is None and token.name not in ("script", "style"):
                never_closed.add(token.name)
                continue
            end = closing.start() if closing else length
            if end > at:
                yield Token(RAW, at, end, token.name)
            at = end


def attributes(tag: str, name: str) -> Iterator[Attribute]:
    """The attributes of a start tag's source. `name` is its name, in any case."""
    at, last = 1 + len(name), len(tag) - 1
    while at < last:
        found = _PARTS.match(tag, at, last)
        if found is None:
            return
        place = found.lastindex or 1
        value_at = found.start(place) if place > 1 else -1
        value = found[place] if place > 1 else ""
        yield Attribute(found[1].lower(), value, at, found.end(), value_at)
        at = found.end()


def decoded(text: str) -> str:
    """With its character references read; numbers of any length cost nothing."""
    if "&" not in text:
        return text
    return unescape(_LONG_NUMBER.sub("\ufffd", text))


def _rest(html: str, at: int) -> Iterator[Token]:
    """What is left, as text; each `<` in it that would begin something is named."""
    while at < len(html):
        found = _NEXT.search(html, at)
        mark = found.start() if found else -1
        end = len(html) if mark < 0 else mark
        if end > at:
            yield Token(TEXT, at, end)
        if mark >= 0:
            yield Token(UNFINISHED, mark, mark + 1)
            end = mark + 1
        at = end


def _markup(html: str, mark: int) -> Token:
    found = _TAG.match(html, mark)
    if found is not None:
        kind = CLOSE if html[mark + 1] == "/" else OPEN
        return _token(Token, (kind, mark, found.end(), found[1].lower()))
    if html[mark + 1] == "!":
        return _declaration(html, mark)
    return _strange(html, mark) if _STRANGE.match(html, mark) else Token(UNFINISHED, mark, mark + 1)


def _declaration(html: str, mark: int) -> Token:
    if not html.startswith("<!--", mark):
        return _strange(html, mark)
    body = mark + 4
    if html.startswith((">", "->"), body):
        return Token(STRANGE, mark, html.index(">", body) + 1)
    end = _COMMENT_END.search(html, body)
    if end is None:
        return Token(STRANGE, mark, len(html))
    is_plain = end[0] == "-->" and html.find("<!--", body, end.start()) < 0
    return Token(COMMENT if is_plain else STRANGE, mark, end.end())


def _strange(html: str, mark: int) -> Token:
    """What browsers take for a comment though it is none: up to the next `>`."""
    end = html.find(">", mark)
    return Token(STRANGE, mark, len(html) if end < 0 else end + 1)
