"""The house keeps its rules: who imports whom, what stays pure, how long a file is."""

from __future__ import annotations

import re

import pytest

from tests.architecture.rules import LAYERS, RULES, TEMPLATE_RULES, WIDEST, Rule, room
from tests.architecture.source import ROOT, application, templates
from webapp.accounts import route_table
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


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_no_module_breaks_a_rule(rule: Rule) -> None:
    broken = {str(source): found for source in application() if (found := rule(source))}
    assert broken == {}, rule.__doc__


@pytest.mark.parametrize("rule", TEMPLATE_RULES, ids=lambda rule: rule.__name__)
def test_no_template_breaks_a_rule(rule: Rule) -> None:
    broken = {str(source): found for source in templates() if (found := rule(source))}
    assert broken == {}, rule.__doc__


def test_every_route_says_who_may_use_it(system: System) -> None:
    """create_app refuses to start without; and the table names no route that is gone."""
    app = create_app(system=system)
    there = {
        f"{method} {route.path.rstrip('/') or '/'}"
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
    }
    assert set(route_table.ROUTES) - there == set()


def test_no_file_is_longer_than_one_can_hold_in_the_head() -> None:
    suffixes = (".py", ".php", ".sh", ".js", ".css")
    long = {}
    for top, longest in LONGEST.items():
        for path in sorted((ROOT / top).rglob("*")):
            name = str(path.relative_to(ROOT))
            if path.suffix not in suffixes or "vendor" in path.parts or name in TEXTS:
                continue
            lines = len(path.read_text().splitlines())
            if lines > longest:
                long[name] = lines
    assert long == {}, "make each a folder of the same name"


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
