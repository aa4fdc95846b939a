"""docs/traceability.md names a test for every row that is built, and each of them exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "traceability.md"
BUILT = {
    *(f"P{number}" for number in range(1, 17)),
    "P19",
    "P20",
    *(f"S{number}" for number in range(1, 10)),
    *(f"E{number}" for number in range(1, 10)),
    "A6",
    "A8",
    "V2",
    "D1",
    "D5",
    "W1",
    "W2",
    "W3",
    "W4",
    "W5",
    "W6",
    "W7",
    "W9",
}


def rows() -> dict[str, list[str]]:
    """The tests that each row names."""
    lines = re.findall(r"^\| ([A-Z]\d+) \| .+? \| (.*) \|$", PAGE.read_text(), re.M)
    return {row: re.findall(r"`([^`]+)`", cell) for row, cell in lines}


def functions(path: Path) -> set[str]:
    """Names of the tests in a file."""
    module = ast.parse(path.read_text())
    return {node.name for node in ast.walk(module) if isinstance(node, ast.FunctionDef)}


def test_every_row_that_is_built_has_a_test() -> None:
    found = rows()
    assert set(found) >= BUILT
    assert [row for row, tests in found.items() if not tests] == []


def test_every_named_test_exists() -> None:
    missing = []
    for name in {name for tests in rows().values() for name in tests}:
        path, _, function = name.partition("::")
        if not (ROOT / path).is_file() or function not in functions(ROOT / path):
            missing.append(name)
    assert missing == []
