"""docs/contributing.md names files, functions and decisions that exist."""

from __future__ import annotations

import re

from tests.docs.test_traceability import ROOT, functions

PAGE = (ROOT / "docs" / "contributing.md").read_text()
TOPS = (
    "webapp/",
    "tests/",
    "templates/",
    "static/",
    "docs/",
    "bin/",
    "migrations/",
    "wordpress-plugin/",
)


def test_every_path_that_is_named_exists() -> None:
    named = {one for one in re.findall(r"`([\w./-]+?)(?:::\w+)?`", PAGE) if one.startswith(TOPS)}
    assert len(named) > 50
    assert [one for one in sorted(named) if not (ROOT / one).exists()] == []


def test_every_function_that_is_named_exists() -> None:
    named = re.findall(r"`([\w./-]+)::(\w+)`", PAGE)
    assert len(named) > 5
    assert [one for one in named if one[1] not in functions(ROOT / one[0])] == []


def test_every_decision_that_is_named_exists() -> None:
    named = re.findall(r"\]\((decisions/[\w.-]+)\)", PAGE)
    assert [one for one in named if not (ROOT / "docs" / one).exists()] == []
