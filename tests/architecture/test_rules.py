"""The house keeps its rules: who imports whom, what stays pure, how long a file is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.rules import LAYERS, RULES, TEMPLATE_RULES, WIDEST, Rule, room
from tests.architecture.source import ROOT, Source, application, templates
from webapp.accounts import routes
from webapp.app import create_app
from webapp.core.system import System

# "About 300 lines"; tests carry more data than code.
LONGEST = {
    "webapp": 330,
    "wordpress-plugin": 335,
    "static": 330,
    "bin": 330,
    "benchmarks": 330,
    "tests": 385,
}
TEXTS = {"webapp/demo/pieces.py"}  # prose and not code


def test_every_room_is_known() -> None:
    assert {room(one.name) for one in application()} - {""} <= set().union(*LAYERS)


@pytest.mark.parametrize("source", application(), ids=str)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_breaks_a_rule(rule: Rule, source: Source) -> None:
    assert rule(source) == [], rule.__doc__


@pytest.mark.parametrize("template", templates(), ids=str)
@pytest.mark.parametrize("rule", TEMPLATE_RULES, ids=lambda rule: rule.__name__)
def test_no_template_breaks_a_rule(rule: Rule, template: Source) -> None:
    assert rule(template) == [], rule.__doc__


def test_every_route_says_who_may_use_it(system: System) -> None:
    """create_app refuses to start without; and the table names no route that is gone."""
    app = create_app(system=system)
    there = {
        f"{method} {route.path.rstrip('/') or '/'}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
    }
    assert set(routes.ROUTES) - there == set()


@pytest.mark.parametrize(
    "path",
    [
        path
        for top in LONGEST
        for path in sorted((ROOT / top).rglob("*"))
        if path.suffix in (".py", ".php", ".sh", ".js", ".css") and "vendor" not in path.parts
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_file_is_longer_than_one_can_hold_in_the_head(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    lines = len(path.read_text().splitlines())
    fits = lines <= LONGEST[path.relative_to(ROOT).parts[0]]
    assert fits or name in TEXTS, f"{lines} lines: make it a folder of the same name"


@pytest.mark.parametrize("suffix", [".js", ".css"])
def test_no_line_of_the_front_end_is_wider_than_a_screen(suffix: str) -> None:
    wide = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sorted((ROOT / "static").rglob(f"*{suffix}"))
        if "vendor" not in path.parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > WIDEST and not re.search(r'url\("data:|^\s+U\+', line)
    ]
    assert wide == []
