"""The rules for static/js. Each takes a script and gives what breaks it: "line 7: …"."""

from __future__ import annotations

import re
from collections.abc import Callable

from tests.architecture.source import ROOT, WEBAPP, Source

SCRIPTS = ROOT / "static" / "js"
CLASSIC = ("static.js.theme",)  # it runs before the first paint, and a module cannot
LONGEST = 250

_FUNCTION_AT_ONCE = re.compile(r"^[;!]?\((?:async )?(?:\([^)]*\) =>|function\b)", re.M)
_WINDOW = r"\b(?:window|globalThis|self)\b"
_ON_WINDOW = re.compile(
    rf"{_WINDOW}(?:\??\.\w+|\[[^\]]+\])+\s*(?:[-+*/%&|?^<>]{{0,3}})=(?![=>])"
    rf"|\b(?:assign|define\w+)\({_WINDOW}"
)


def scripts() -> list[Source]:
    """Every script of ours that is a module."""
    found = [Source.of(path) for path in sorted(SCRIPTS.rglob("*.js"))]
    return [one for one in found if one.name not in CLASSIC]


# Parts of a feature that are large enough for a folder of their own.
PARTS = {"editor": {"text", "saving"}}


def lies_in_no_feature(script: Source) -> list[str]:
    """A script lies in the folder of its feature, of a part of it, or of what features share."""
    features = {path.name for path in WEBAPP.iterdir() if path.is_dir()} | {"common"}
    feature, *parts = script.name.split(".")[2:-1] or [""]
    is_part = not parts or (len(parts) == 1 and parts[0] in PARTS.get(feature, set()))
    return [] if feature in features and is_part else [script.name]


def hides_in_a_function(script: Source) -> list[str]:
    """A module is a scope of its own: no function around it that is called at once."""
    return _lines(script, _FUNCTION_AT_ONCE)


def puts_something_on_window(script: Source) -> list[str]:
    """What another script needs is exported, and imported there."""
    return _lines(script, _ON_WINDOW)


def is_too_long(script: Source) -> list[str]:
    """A script can be held in the head."""
    lines = len(script.text.splitlines())
    return [f"{lines} lines"] if lines > LONGEST else []


def _lines(script: Source, pattern: re.Pattern[str]) -> list[str]:
    found = [
        (script.text.count("\n", 0, one.start()) + 1, one) for one in pattern.finditer(script.text)
    ]
    return [f"line {number}: {one.group()}" for number, one in found]


_QUOTED = re.compile(
    r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\''
    r"|(?<=[(,=:?&|!\[ ])/(?![/*])(?:[^/\\\n\[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/"
)


def goes_over_lines(script: Source) -> list[str]:
    """A comment has lines of its own, each with its `//`, and a text stands on one: what is sent
    goes without the former and without indentation (webapp/core/assets.py)."""
    found = []
    for number, line in enumerate(script.text.splitlines(), 1):
        if line.lstrip().startswith("//"):
            continue
        is_open = line.count("`") % 2 and _QUOTED.sub("", line).count("`") % 2
        if is_open or re.match(r"\s*/\*", line):
            found.append(f"line {number}: {line.strip()}")
    return found


SCRIPT_RULES: tuple[Callable[[Source], list[str]], ...] = (
    lies_in_no_feature,
    hides_in_a_function,
    puts_something_on_window,
    is_too_long,
    goes_over_lines,
)
