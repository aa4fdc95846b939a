"""Tokens as characters: two texts become two strings that can be compared. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import NamedTuple

# Below it lie characters that mean something to the library, such as the end of a line.
_FIRST, _SURROGATES, _HOW_MANY, _LAST = 0x20, 0xD800, 0x800, 0x10FFFF


class Full(Exception):
    """There are more different tokens than characters."""


class Coded(NamedTuple):
    """A character for each token; token `n` stands at `ends[n]` to `ends[n + 1]` of the text."""

    codes: str
    ends: array[int]


class Vocabulary(dict[str, str]):
    """A character for each token, the same for the same."""

    def __init__(self) -> None:
        super().__init__()
        self._tokens: dict[str, str] = {}

    def __missing__(self, token: str) -> str:
        number = _FIRST + len(self)
        if number >= _SURROGATES:
            number += _HOW_MANY
        if number > _LAST:
            raise Full
        code = self[token] = chr(number)
        self._tokens[code] = token
        return code

    def encode(self, tokens: Iterable[str]) -> Coded:
        """The text, whose tokens are given in order."""
        codes, ends, at = [], array("L", [0]), 0
        for token in tokens:
            codes.append(self[token])
            at += len(token)
            ends.append(at)
        return Coded("".join(codes), ends)

    def token(self, code: str) -> str:
        """What the character stands for."""
        return self._tokens[code]
