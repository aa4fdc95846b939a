"""Turning what was read into the classes it is read as.

msgspec learns a class the first time that anything is converted into it, and two threads that both
do so at that moment end the process: one of them meets a class that is learnt by half. Here each
class is learnt once, by one thread; all conversions of the product go this way.
"""

from __future__ import annotations

import threading
from typing import Any, TypeVar, overload

import msgspec

T = TypeVar("T")
_learnt: set[Any] = set()
_learning = threading.Lock()


def convert(given: Any, kind: type[T]) -> T:
    """What was given, as JSON would give it, as a `kind`. Raises msgspec.ValidationError."""
    _learn(kind)
    return msgspec.convert(given, kind)


@overload
def decode(text: bytes | str, kind: type[T]) -> T: ...
@overload
def decode(text: bytes | str, kind: Any) -> Any: ...
def decode(text: bytes | str, kind: Any) -> Any:
    """A JSON text as a `kind`. Raises msgspec.DecodeError, msgspec.ValidationError among them."""
    _learn(kind)
    return msgspec.json.decode(text, type=kind)


def _learn(kind: Any) -> None:
    if kind not in _learnt:
        with _learning:
            msgspec.json.Decoder(kind)
            _learnt.add(kind)
