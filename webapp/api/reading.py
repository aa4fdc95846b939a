"""Reading what callers send: bodies and query strings, with everything wrong in them at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from webapp.core import decoders, limits
from webapp.core.db import LARGEST_INTEGER
from webapp.core.errors import Invalid, Problem

_TOO_LONG = re.compile(r"Expected `(?:str|array)` of length <= ([0-9]+)")
_STEP = re.compile(r"\.(\w+)|\[([0-9]+)\]")
T = TypeVar("T", bound=msgspec.Struct)


class Malformed(Problem):
    """The body cannot be read at all."""

    status, code = 400, "MALFORMED_JSON"


def body(raw: bytes, into: type[T]) -> T:
    """The JSON object as `into`; no body is an empty object.

    Raises Malformed (400) for what is no JSON object, Invalid (422) naming every wrong, missing
    and unknown field. Unknown ones are only refused where `into` forbids them.
    """
    read, wrong = partly(raw, into)
    if wrong:
        raise Invalid(wrong)
    return read


def partly(raw: bytes, into: type[T]) -> tuple[T, dict[str, str]]:
    """The JSON object with those of its fields that can be read, and a sentence for each other.

    Raises as `body` does where a required field is among the others.
    """
    given = _object(raw)
    known = {field.encode_name: field for field in msgspec.structs.fields(into)}
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name in known:
            try:
                _check_storable(value)
                values[known[name].name] = decoders.convert(value, known[name].type)
            except (msgspec.ValidationError, ValueError) as problem:
                at, sentence = _said(str(problem), value)
                wrong[name + at] = sentence
        elif into.__struct_config__.forbid_unknown_fields:
            wrong[name] = "There is no such field."
    for name, field in known.items():
        if field.required and name not in given:
            wrong[name] = "This is required."
    if any(field.required and field.name not in values for field in known.values()):
        raise Invalid(wrong)
    return into(**values), wrong


def integer(name: str, text: str, low: int = 1, high: int = LARGEST_INTEGER) -> int:
    """A whole number of a query; Invalid where it is none, or out of range."""
    digits = text.removeprefix("-")
    value = int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else low - 1
    if not low <= value <= high:
        limit = f" to {high}" if high < LARGEST_INTEGER else " on"
        raise Invalid({name: f"Write a whole number from {low}{limit}."})
    return value


def _object(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        return {}
    try:
        given = msgspec.json.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise Malformed(f"The body is no JSON: {problem}.") from None
    if not isinstance(given, dict):
        raise Malformed("The body must be a JSON object.")
    return given


def _check_storable(value: Any) -> None:
    """What no database of ours can hold: NUL characters and integers beyond 32 bits."""
    for one in _leaves(value):
        if isinstance(one, str) and "\x00" in one:
            raise ValueError("This holds a character that cannot be stored (NUL)")
        if isinstance(one, int) and abs(one) > LARGEST_INTEGER:
            raise ValueError("This number is too large")


def _leaves(value: Any) -> Iterator[Any]:
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        else:
            yield one


def _said(problem: str, value: Any) -> tuple[str, str]:
    """msgspec's sentence as ("[0].name", "Expected `str`, got `int`."); too long says how much."""
    sentence, _, at = problem.partition(" - at `$")
    at = at.removesuffix("`")
    most = _TOO_LONG.fullmatch(sentence)
    if most:
        for key, number in _STEP.findall(at):
            value = value[key] if key else value[int(number)]
        unit = "characters" if isinstance(value, str) else "entries"
        return at, limits.sentence(int(most[1]), len(value), unit)
    return at, sentence.removesuffix(".") + "."
