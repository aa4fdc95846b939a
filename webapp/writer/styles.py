"""What may stay of an inline style: its declarations, one by one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from webapp.writer.allowed import LONGEST_STYLE, PICTURE, scheme_of
from webapp.writing.lexer import decoded

_MARKS = re.compile(r"&#?\w{1,32};|[;\"'()]")
_NAME = re.compile(r"\s*(?:--[\w-]+|-?[a-zA-Z][a-zA-Z-]*)\s*")
_RUNS = re.compile(r"expression\s*\(|javascript:|vbscript:|livescript:|@import|\\|<|/\*", re.I)
_ADDRESS = re.compile(r"""\b(?:url|src|image)\s*\(\s*["']?([^"')]*)""", re.I)


def is_allowed(style: str) -> bool:
    """Whether every declaration of it may stay."""
    return len(style) <= LONGEST_STYLE and not any(
        fault(style[start:end]) for start, end in declarations(style)
    )


def declarations(style: str) -> Iterator[tuple[int, int]]:
    """The places of a style's declarations, each with its semicolon."""
    start, quote, depth = 0, "", 0
    for found in _MARKS.finditer(style):
        mark = decoded(found[0])
        if quote:
            quote = "" if mark == quote else quote
        elif mark in ("'", '"'):
            quote = mark
        elif mark == "(":
            depth += 1
        elif mark == ")":
            depth = max(0, depth - 1)
        elif mark == ";" and not depth:
            yield start, found.end()
            start = found.end()
    if start < len(style):
        yield start, len(style)


def fault(declaration: str) -> str:
    """Why a declaration, as written, cannot stay; "" if it can."""
    text = decoded(declaration).strip(" \t\r\n\f;")
    if not text:
        return ""
    name, colon, value = text.partition(":")
    plain = name.strip().lower()
    if not colon or not _NAME.fullmatch(name):
        return "this is no style"
    if plain in ("behavior", "-moz-binding") or _RUNS.search(value):
        return "this style may run a script"
    for found in _ADDRESS.finditer(value):
        scheme = scheme_of(found[1])
        if scheme not in ("", "http", "https") and not PICTURE.match(found[1].strip()):
            return f"{scheme}: is no allowed address"
    return ""
