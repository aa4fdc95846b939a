"""Named mistakes in slots, planner, limits, shifts and state tables, which the tests must catch.

    python -m tests.publisher.mutants [name …]

Each is a change of one place in the source. The module with the mistake and those that build on it
are made anew beside the real ones, and the tests run on them.
"""

from __future__ import annotations

import importlib
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
# Modules in the order in which they build on each other, and the tests that judge them.
PLANNING = ("slots", "limits", "trace", "planner", "capacity", "shift")
PURE = ("webapp.core.zones", *(f"webapp.publisher.planning.{name}" for name in PLANNING))
STATES = ("webapp.publisher.records.states", "webapp.writer.statuses")
JUDGES = {PURE: ("slots", "planner", "capacity", "shift", "trace", "oracle"), STATES: ("states",)}
# Through these the tests call what is judged.
HANDS = {PURE: ("tests.publisher.cases",), STATES: ()}


class Mutant(NamedTuple):
    """A mistake: in this module, `old` (which stands there once) became `new`."""

    name: str
    module: str
    old: str
    new: str


def mutants() -> list[Mutant]:
    """All of them."""
    table = tomllib.loads(Path(__file__).with_name("mistakes.toml").read_text())
    return [
        Mutant(name, module, old, new)
        for module, rows in table.items()
        for name, (old, new) in rows.items()
    ]


def sources(mutant: Mutant) -> dict[str, str]:
    """The source of every module that has to be made anew, by its name."""
    chain = next(chain for chain in JUDGES if mutant.module in chain)
    texts = {name: (ROOT / f"{name.replace('.', '/')}.py").read_text() for name in chain}
    assert texts[mutant.module].count(mutant.old) == 1, f"{mutant.name}: not there, or not once"
    texts[mutant.module] = texts[mutant.module].replace(mutant.old, mutant.new)
    for full in (*HANDS[chain], *(f"tests.publisher.test_{name}" for name in JUDGES[chain])):
        texts[full] = (ROOT / f"{full.replace('.', '/')}.py").read_text()
    return texts


@contextmanager
def planted(mutant: Mutant) -> Iterator[list[ModuleType]]:
    """The test modules, made anew on top of the mistake."""
    texts = sources(mutant)
    kept = {name: importlib.import_module(name) for name in texts}
    try:
        made = [_make(name, text) for name, text in texts.items()]
        yield [module for module in made if module.__name__.startswith("tests.")]
    finally:
        for name, module in kept.items():
            _put(name, module)


def _make(name: str, text: str) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = str(ROOT / f"{name.replace('.', '/')}.py")
    _put(name, module)
    exec(compile(text, module.__file__, "exec"), module.__dict__)
    return module


def _put(name: str, module: ModuleType) -> None:
    package, _, last = name.rpartition(".")
    sys.modules[name] = module
    setattr(sys.modules[package], last, module)


def caught_by(mutant: Mutant) -> str:
    """The test that fails, or "" if none does."""
    with planted(mutant) as modules:
        for module in modules:
            for name, test in _tests(module):
                try:
                    test()
                except (Exception, pytest.fail.Exception):
                    return f"{module.__name__.rpartition('.')[2]}::{name}"
    return ""


def _tests(module: ModuleType) -> Iterator[tuple[str, Callable[[], Any]]]:
    """The module's tests, without those that take long or are made up at random."""
    for name, test in vars(module).items():
        marks = {mark.name: mark for mark in getattr(test, "pytestmark", ())}
        if name.startswith("test_") and "heavy" not in marks and not hasattr(test, "hypothesis"):
            for row in _rows(marks["parametrize"]) if "parametrize" in marks else [()]:
                yield name, partial(test, *row)


def _rows(mark: pytest.Mark) -> Iterator[tuple[Any, ...]]:
    names, values = mark.args
    for value in values:
        row = getattr(value, "values", value)
        yield row if not isinstance(names, str) or row is not value else (row,)


def main(names: list[str]) -> int:
    """Judge the mistakes named, or all; how many were not caught."""
    began, survived = time.perf_counter(), 0
    chosen = [one for one in mutants() if not names or one.name in names]
    for mutant in chosen:
        test = caught_by(mutant)
        survived += not test
        print(f"{'caught  ' if test else 'SURVIVED'}  {mutant.name}  {test}")
    print(f"{len(chosen)} mistakes, {survived} survived, {time.perf_counter() - began:.0f} s")
    return survived


if __name__ == "__main__":
    raise SystemExit(bool(main(sys.argv[1:])))
