"""Scripts keep their rules, and each rule finds the faults that are planted in a script of ours."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tests.architecture import scripts as rules
from tests.architecture.rules import Rule
from tests.architecture.scripts import CLASSIC, LONGEST, SCRIPT_RULES, SCRIPTS, scripts
from tests.architecture.source import ROOT, Source
from webapp.core import assets

TEMPLATES = [path.read_text() for path in sorted((ROOT / "templates").rglob("*.html"))]


@pytest.mark.parametrize("script", scripts(), ids=lambda one: one.name)
@pytest.mark.parametrize("rule", SCRIPT_RULES, ids=lambda rule: rule.__name__)
def test_no_script_breaks_a_rule(rule: Rule, script: Source) -> None:
    assert rule(script) == [], rule.__doc__


def fetched_later(script: Path) -> list[str]:
    """What a script imports when it is needed."""
    found = re.findall(r'\bimport\("(\.[^"]+)"\)', script.read_text())
    places = [(script.parent / one).resolve() for one in found]
    return [one.relative_to(ROOT / "static").as_posix() for one in places]


def test_pages_load_every_script_as_a_module() -> None:
    """By `ui.script`, which also names what it imports, and where another script asks for it;
    only what must not wait is written out."""
    asked = r'ui\.script\("([^"]+)"'
    loaded = {one for text in TEMPLATES for one in re.findall(asked, text)}
    classic = {one for text in TEMPLATES for one in re.findall(r"<script src=.*'(js/.+?)'", text)}
    there = {path.relative_to(ROOT / "static").as_posix() for path in SCRIPTS.rglob("*.js")}
    assert classic == {f"{name.removeprefix('static.').replace('.', '/')}.js" for name in CLASSIC}
    loaded |= {name for path in SCRIPTS.rglob("*.js") for name in fetched_later(path)}
    ours = {one for one in loaded.union(*map(assets.imports, loaded)) if "vendor/" not in one}
    assert ours == there - classic


PLANTED = [
    (rules.hides_in_a_function, "queue.ticks", "(() => {\n  count();\n})();"),
    (rules.hides_in_a_function, "queue.menu", "(async () => open())();"),
    (rules.hides_in_a_function, "layout.focus", "!(function () {})();"),
    (rules.puts_something_on_window, "calendar.board", "window.calendar = { root };"),
    (rules.puts_something_on_window, "calendar.board", "window.calendar.hide ??= hide;"),
    (rules.puts_something_on_window, "common.dom", 'globalThis["byId"] = byId;'),
    (rules.puts_something_on_window, "common.toasts", "Object.assign(window, { toast });"),
    (rules.is_too_long, "common.dom", "// one more\n" * LONGEST),
    (rules.goes_over_lines, "common.dom", "const words = `one\n// two`;"),
    (rules.goes_over_lines, "editor.text.habits", "/* more\n   words */"),
]


@pytest.mark.parametrize(
    ("rule", "script", "text"),
    PLANTED,
    ids=[f"{one[0].__name__}: {one[2][:40]}" for one in PLANTED],
)
def test_a_planted_fault_is_found(rule: Rule, script: str, text: str) -> None:
    clean = Source.of(SCRIPTS / f"{script.replace('.', '/')}.js")
    assert rule(clean) == []
    assert rule(replace(clean, text=f"{clean.text}\n{text}\n")) != []


@pytest.mark.parametrize(
    "name",
    [
        "calendar",
        "calendars.index",
        "calendar.moving.drag",
        "calendar.text.index",
        "editor.text.deep.index",
        "editor.other.index",
    ],
)
def test_a_script_in_no_features_folder_is_found(name: str) -> None:
    assert rules.lies_in_no_feature(Source(f"static.js.{name}", "")) != []


def test_every_rule_has_a_planted_fault() -> None:
    assert {one[0] for one in PLANTED} | {rules.lies_in_no_feature} == set(SCRIPT_RULES)
